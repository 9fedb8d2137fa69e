# Two zones, restorable to any second of a week, and never cold where a learner waits.
module "rostrum" {
  source = "../../modules/rostrum"

  alerts              = { emails = var.alert_emails }
  archives            = var.archives
  billing_account     = var.billing_account
  budget              = { units = 3000 }
  database            = { tier = "db-custom-2-7680", availability = "REGIONAL", backup_days = 30, deletion_protection = true, disk_limit_gb = 200, max_connections = 400, pitr_days = 7 }
  deletion_protection = true
  documents           = { backup_days = 14, delete_protection = true, pitr = true }
  documents_location  = "eur3"
  edge                = var.edge
  environment         = "prod"
  federation          = var.federation
  functions           = { audio_processing = { max_instances = 240 }, feedback_writer = { max_instances = 20 } }
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
  soft_delete_days    = { ledger = 90, materials = 30 }
  source_repository   = var.source_repository
  state_bucket        = var.state_bucket
  sweep_schedule      = "* * * * *"
  transcriber         = "local"
  when_quiet          = "rollback"

  services = {
    ai_gateway = { max_instances = 20, min_instances = 1 }
    auth       = { max_instances = 20, min_instances = 1, pool = 8 }
    course     = { max_instances = 20, min_instances = 1, pool = 8 }
    practice   = { max_instances = 40, min_instances = 2 }
  }
}
