# Small, and easily thrown away.
module "rostrum" {
  source = "../../modules/rostrum"

  alerts              = { emails = var.alert_emails }
  archives            = var.archives
  billing_account     = var.billing_account
  budget              = { units = 50 }
  database            = { tier = "db-f1-micro", backup_days = 2, deletion_protection = false, disk_limit_gb = 20, max_connections = 50 }
  deletion_protection = false
  documents           = { backup_days = 2, delete_protection = false }
  documents_location  = "europe-west1"
  edge                = var.edge
  environment         = "dev"
  federation          = var.federation
  functions           = { audio_processing = { max_instances = 4 } }
  image               = var.image
  language_model      = { writer = "rubric" }
  log_level           = "DEBUG"
  mail                = var.mail
  objects_location    = "europe-west1"
  operators           = var.operators
  origins             = [var.web_app, "http://localhost:3000"]
  project_id          = var.project_id
  public_url          = var.web_app
  region              = "europe-west1"
  soft_delete_days    = {}
  source_repository   = var.source_repository
  state_bucket        = var.state_bucket
  sweep_schedule      = "*/5 * * * *"
  transcriber         = "local"
  when_quiet          = "promote"

  services = {
    ai_gateway = { max_instances = 2, min_instances = 0 }
    auth       = { max_instances = 2, min_instances = 0, pool = 4 }
    course     = { max_instances = 2, min_instances = 0, pool = 4 }
    practice   = { max_instances = 2, min_instances = 0 }
  }
}
