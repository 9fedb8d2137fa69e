# As prod in kind, smaller in size.
module "rostrum" {
  source = "../../modules/rostrum"

  alerts              = { emails = var.alert_emails }
  archives            = var.archives
  billing_account     = var.billing_account
  budget              = { units = 200 }
  database            = { tier = "db-custom-1-3840", backup_days = 7, deletion_protection = true, disk_limit_gb = 50, max_connections = 100, pitr_days = 3 }
  deletion_protection = true
  documents           = { backup_days = 7, delete_protection = true, pitr = true }
  documents_location  = "europe-west1"
  edge                = var.edge
  environment         = "staging"
  federation          = var.federation
  functions           = { audio_processing = { max_instances = 10 } }
  image               = var.image
  language_model      = { writer = "gemini" }
  log_level           = "INFO"
  mail                = var.mail
  objects_location    = "europe-west1"
  operators           = var.operators
  origins             = [var.web_app]
  project_id          = var.project_id
  public_url          = var.web_app
  region              = "europe-west1"
  soft_delete_days    = { ledger = 30, materials = 7 }
  source_repository   = var.source_repository
  state_bucket        = var.state_bucket
  sweep_schedule      = "* * * * *"
  transcriber         = "local"
  when_quiet          = "promote"

  services = {
    ai_gateway = { max_instances = 4, min_instances = 0 }
    auth       = { max_instances = 3, min_instances = 0, pool = 8 }
    course     = { max_instances = 3, min_instances = 0, pool = 8 }
    practice   = { max_instances = 4, min_instances = 0 }
  }
}
