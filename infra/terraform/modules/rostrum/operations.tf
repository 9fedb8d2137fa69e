module "delivery" {
  source = "../delivery"

  accounts          = { for key, account in google_service_account.deployable : key => account.name }
  admission         = var.admission
  environment       = var.environment
  federation        = var.federation
  grantable_roles   = local._granted_roles
  project_id        = module.project.project_id
  region            = var.region
  registry          = { id = module.function_registry.repository, location = var.region, path = module.registry.url }
  source_bucket     = module.objects.buckets.functions
  source_repository = var.source_repository
  state_bucket      = var.state_bucket
  when_quiet        = var.when_quiet
}

module "monitoring" {
  source = "../monitoring"

  channels   = var.alerts.channels
  database   = { instance = module.database.instance, max_connections = module.database.max_connections }
  emails     = var.alerts.emails
  hosts      = merge({ gateway = module.gateway.host }, { for host in try(var.edge.domains, []) : host => host })
  jobs       = { for key, job in module.migration : "migrate-${key}" => job.name }
  project_id = module.project.project_id
  slos       = var.alerts.slos
  thresholds = var.alerts.thresholds

  services = {
    # It waits for a model, which has ROSTRUM_MODEL_TIMEOUT_S.
    ai_gateway = { name = module.ai_gateway.name, latency_ms = 20000 }
    auth       = { name = module.auth.name }
    course     = { name = module.course.name }
    practice   = { name = module.practice.name }
  }
}

module "budget" {
  source = "../budget"

  amount          = var.budget
  billing_account = var.billing_account
  channels        = module.monitoring.channels
  project_number  = module.project.number
}

module "edge" {
  source = "../edge"

  edge       = var.edge
  gateway    = module.gateway.gateway
  project_id = module.project.project_id
  region     = coalesce(var.gateway_region, var.region)
}

locals {
  # What the modules give on the project: a delivery may give that again, and nothing else.
  _granted_roles = [
    "projects/${var.project_id}/roles/rostrum.modelCaller",
    "roles/cloudsql.client",
    "roles/cloudsql.instanceUser",
    "roles/cloudtrace.agent",
    "roles/datastore.user",
    "roles/datastore.viewer",
    "roles/firebaseauth.viewer",
    "roles/monitoring.metricWriter",
    "roles/pubsub.viewer",
    "roles/serviceusage.serviceUsageConsumer",
    "roles/speech.client",
    "roles/storage.objectViewer",
  ]
}
