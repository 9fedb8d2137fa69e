# Ingress is `all` where API Gateway calls: it comes over Google's network, not through ours, and does
# not count as internal (https://cloud.google.com/run/docs/securing/ingress#internal). IAM admits the
# gateway's account and the callers, nobody else. Only callers inside reach the AI gateway. A service
# is made when it is ready, so the roles by which it reaches its stores come first.
module "ai_gateway" {
  source = "../run_service"

  account             = local.emails.ai_gateway
  args                = local._server.ai_gateway
  capacity            = var.services.ai_gateway
  deletion_protection = var.deletion_protection
  image               = var.image
  invokers            = local._invokers.ai_gateway
  name                = "ai-gateway"
  project_id          = module.project.project_id
  region              = var.region

  settings = [
    local.runtime_settings,
    local.identity_settings,
    local.documents_settings,
    {
      ROSTRUM_CALLER_ACCOUNTS = jsonencode([for key in local._callers.ai_gateway : local.emails[key]])
      ROSTRUM_GEMINI_LOCATION = var.language_model.location
      ROSTRUM_GEMINI_MODEL    = var.language_model.model
      ROSTRUM_LANGUAGE_MODEL  = var.language_model.writer
      ROSTRUM_OWN_ACCOUNT     = local.emails.ai_gateway
    },
  ]

  optional_settings = [
    local.collector_settings,
    lookup(var.settings, "ai_gateway", {}),
  ]

  depends_on = [module.documents]
}

# The processor also works between requests: mail is sent after the answer (docs/decisions/0030).
module "auth" {
  source = "../run_service"

  account             = local.emails.auth
  args                = local._server.auth
  capacity            = merge(var.services.auth, { cpu_always = true })
  deletion_protection = var.deletion_protection
  image               = var.image
  ingress             = "INGRESS_TRAFFIC_ALL"
  invokers            = local._invokers.auth
  name                = "auth"
  network             = local._to_database
  project_id          = module.project.project_id
  region              = var.region

  secrets = {
    ROSTRUM_REFRESH_SECRET = { secret = module.secrets.secrets["auth-refresh-secret"], version = var.secret_versions.refresh }
    ROSTRUM_SMTP_PASSWORD  = { secret = module.secrets.secrets["auth-smtp-password"], version = var.secret_versions.smtp }
    ROSTRUM_TOTP_KEY       = { secret = module.secrets.secrets["auth-totp-key"], version = var.secret_versions.totp }
  }

  settings = [
    local.runtime_settings,
    local.identity_settings,
    local.documents_settings,
    local.sql_settings,
    local.address_settings,
    local.web_settings,
    local.exports_settings,
    local.ledger_settings,
    {
      ROSTRUM_CALLER_ACCOUNTS = jsonencode([for key in local._callers.auth : local.emails[key]])
      ROSTRUM_MAIL_FROM       = var.mail.from
      ROSTRUM_OWN_ACCOUNT     = local.emails.auth
      ROSTRUM_PUBLIC_URL      = var.public_url
      ROSTRUM_SMTP_HOST       = var.mail.host
      ROSTRUM_SMTP_PORT       = tostring(var.mail.port)
      ROSTRUM_SMTP_SECURITY   = var.mail.security
      ROSTRUM_SMTP_USER       = var.mail.user
      ROSTRUM_SQL_POOL        = tostring(var.services.auth.pool)
      ROSTRUM_SQL_USER        = module.database.users["auth"]
    },
  ]

  optional_settings = [
    local.collector_settings,
    { ROSTRUM_FIREBASE_PROJECT = var.firebase_project },
    lookup(var.settings, "auth", {}),
  ]

  depends_on = [module.database, module.documents, module.secrets]
}

module "course" {
  source = "../run_service"

  account             = local.emails.course
  args                = local._server.course
  capacity            = var.services.course
  deletion_protection = var.deletion_protection
  image               = var.image
  ingress             = "INGRESS_TRAFFIC_ALL"
  invokers            = local._invokers.course
  name                = "course"
  network             = local._to_database
  project_id          = module.project.project_id
  region              = var.region
  # An import (ROSTRUM_COURSE_TIMEOUT_S of package_importer) takes up to 120 s.
  timeout_s = 150

  settings = [
    local.runtime_settings,
    local.identity_settings,
    local.documents_settings,
    local.sql_settings,
    local.address_settings,
    local.web_settings,
    local.materials_settings,
    {
      ROSTRUM_CALLER_ACCOUNTS = jsonencode([for key in local._callers.course : local.emails[key]])
      ROSTRUM_OWN_ACCOUNT     = local.emails.course
      ROSTRUM_SQL_POOL        = tostring(var.services.course.pool)
      ROSTRUM_SQL_USER        = module.database.users["course"]
    },
  ]

  optional_settings = [
    local.collector_settings,
    lookup(var.settings, "course", {}),
  ]

  depends_on = [module.database, module.documents]
}

module "practice" {
  source = "../run_service"

  account             = local.emails.practice
  args                = local._server.practice
  capacity            = var.services.practice
  deletion_protection = var.deletion_protection
  image               = var.image
  ingress             = "INGRESS_TRAFFIC_ALL"
  invokers            = local._invokers.practice
  name                = "practice"
  project_id          = module.project.project_id
  region              = var.region

  settings = [
    local.runtime_settings,
    local.identity_settings,
    local.documents_settings,
    local.address_settings,
    local.web_settings,
    local.uploads_settings,
    local.features_settings,
    {
      ROSTRUM_CALLER_ACCOUNTS = jsonencode([for key in local._callers.practice : local.emails[key]])
      ROSTRUM_COURSE_URL      = module.course.url
      ROSTRUM_OWN_ACCOUNT     = local.emails.practice
    },
  ]

  optional_settings = [
    local.collector_settings,
    lookup(var.settings, "practice", {}),
  ]

  depends_on = [module.documents]
}

locals {
  # Of the gateway's backends the gateway, and deliveries, which try a revision out before it gets
  # traffic; of all, those that call their internal routes.
  _backends = ["auth", "course", "practice"]
  _invokers = { for service, callers in local._callers : service => merge(
    { for caller in callers : caller => local.members[caller] },
    contains(local._backends, service) ? { deployer = module.delivery.members.deployer, gateway = local.members.gateway } : {},
  ) }

  # After the flags of the image's entrypoint, of which a later one counts.
  _server = { for key, service in var.services : key => [
    "--name=${key}", "--threads=${service.concurrency}", "run_services.${key}.main:create_app()",
  ] }

  # Only the database has an address inside; Google's APIs and mail servers are reached directly.
  _to_database = { egress = "PRIVATE_RANGES_ONLY", network_id = module.network.network_id, subnet_id = module.network.subnet_id }
}
