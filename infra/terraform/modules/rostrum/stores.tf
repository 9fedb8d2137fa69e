module "project" {
  source = "../project"

  project_id = var.project_id
  services = concat(
    var.admission == null ? [] : ["binaryauthorization.googleapis.com"],
    var.edge == null ? [] : ["certificatemanager.googleapis.com"],
  )

  grants = {
    firebase    = var.firebase_project == null ? {} : { auth = local.members.auth }
    models      = var.language_model.writer == "gemini" ? { ai_gateway = local.members.ai_gateway } : {}
    recognisers = var.transcriber == "google" ? { audio_processing = local.members.audio_processing } : {}
    telemetry   = var.collector == null ? {} : { for key in concat(tolist(local._services), keys(local._functions)) : key => local.members[key] }
  }
}

module "network" {
  source = "../network"

  cidr                  = var.network.cidr
  private_services_cidr = var.network.private_services_cidr
  project_id            = module.project.project_id
  region                = var.region
}

module "database" {
  source = "../database"

  iam_users        = { for key in ["auth", "course", "migrate"] : key => local.emails[key] }
  network_id       = module.network.network_id
  private_services = module.network.private_services
  project_id       = module.project.project_id
  region           = var.region
  settings         = var.database
}

module "documents" {
  source = "../documents"

  location   = var.documents_location
  project_id = module.project.project_id
  readers    = { lesson_completion = local.members.lesson_completion }
  settings   = var.documents
  writers = { for key in [
    "ai_gateway", "attempt_sweeper", "audio_processing", "auth", "course", "feedback_writer", "practice",
  ] : key => local.members[key] }
}

module "objects" {
  source = "../objects"

  cors_origins     = var.origins
  force_destroy    = !var.deletion_protection
  location         = var.objects_location
  project_id       = module.project.project_id
  soft_delete_days = var.soft_delete_days

  access = {
    exports = { editors = { account_exporter = local.members.account_exporter }, removers = { auth = local.members.auth } }
    # What was measured of recordings; no URL of it is ever signed.
    features = {
      editors  = { audio_processing = local.members.audio_processing }
      removers = { for key in ["attempt_sweeper", "practice"] : key => local.members[key] }
    }
    functions = {}
    # The ledger of erasures is written once and read after a restore; nobody changes it.
    ledger    = { creators = { auth = local.members.auth }, readers = { auth = local.members.auth } }
    materials = { editors = { course = local.members.course }, removers = { package_importer = local.members.package_importer } }
    uploads = {
      editors  = { for key in ["audio_processing", "practice"] : key => local.members[key] }
      removers = { attempt_sweeper = local.members.attempt_sweeper }
    }
  }
}

module "events" {
  source = "../events"

  functions       = toset(keys(local._functions))
  operators       = var.operators
  project_id      = module.project.project_id
  pubsub_agent    = module.project.agents.pubsub
  storage_regions = [var.region]

  publishers = {
    account-erased           = { auth = local.members.auth }
    account-export-requested = { auth = local.members.auth }
    attempt-analyzed         = { audio_processing = local.members.audio_processing }
    attempt-completed        = { feedback_writer = local.members.feedback_writer }
    attempt-failed           = { for key in ["attempt_sweeper", "audio_processing", "feedback_writer"] : key => local.members[key] }
    # Cloud Scheduler publishes as its own agent.
    sweep-due = {}
  }
}

module "registry" {
  source = "../registry"

  location   = var.region
  project_id = module.project.project_id
}

module "function_registry" {
  source = "../function_registry"

  location   = var.region
  project_id = module.project.project_id
}

module "secrets" {
  source = "../secrets"

  location   = var.region
  project_id = module.project.project_id

  accessors = { for name in ["auth-refresh-secret", "auth-smtp-password", "auth-totp-key"] : name => { auth = local.members.auth } }
}
