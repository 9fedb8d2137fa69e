# Run before a delivery's traffic: migrations of each schema, by the account that owns the schemas.
module "migration" {
  source   = "../run_job"
  for_each = toset(["auth", "course"])

  account             = local.emails.migrate
  command             = ["python", "-m", "run_services.${each.key}.migrate"]
  deletion_protection = var.deletion_protection
  image               = var.image
  name                = "migrate-${each.key}"
  network             = local._to_database
  project_id          = module.project.project_id
  region              = var.region

  optional_settings = [local.collector_settings]

  settings = [
    local.runtime_settings,
    local.documents_settings,
    local.sql_settings,
    {
      ROSTRUM_SQL_POOL         = tostring(local.job_pool)
      ROSTRUM_SQL_SERVICE_USER = module.database.users[each.key]
      ROSTRUM_SQL_USER         = module.database.users["migrate"]
    },
  ]
}

# Run by operators: the first administrator (arguments: e-mail address and role), and those erased
# before a backup was restored.
module "operation" {
  source   = "../run_job"
  for_each = { grant = "run_services.auth.grant", reapply-erasures = "run_services.auth.reapply_erasures" }

  account             = local.emails.auth
  command             = ["python", "-m", each.value]
  deletion_protection = var.deletion_protection
  image               = var.image
  name                = each.key
  network             = local._to_database
  project_id          = module.project.project_id
  region              = var.region

  optional_settings = [local.collector_settings]

  settings = [
    local.runtime_settings,
    local.documents_settings,
    local.sql_settings,
    local.ledger_settings,
    {
      ROSTRUM_OWN_ACCOUNT = local.emails.auth
      ROSTRUM_SQL_POOL    = tostring(local.job_pool)
      ROSTRUM_SQL_USER    = module.database.users["auth"]
    },
  ]
}

module "schedules" {
  source = "../schedules"

  project_id = module.project.project_id
  region     = var.region
  schedule   = var.sweep_schedule
  topic      = module.events.topics["sweep-due"]
}

module "gateway" {
  source = "../gateway"

  account       = local.emails.gateway
  backends      = { auth = module.auth.url, course = module.course.url, practice = module.practice.url }
  project_id    = module.project.project_id
  region        = coalesce(var.gateway_region, var.region)
  token_account = local.emails.auth
}
