# One account a deployable; nothing runs as a default account, which may do too much:
# https://cloud.google.com/iam/docs/best-practices-service-accounts#single-purpose.
resource "google_service_account" "deployable" {
  for_each = local._accounts

  project      = module.project.project_id
  account_id   = each.value.id
  display_name = each.value.name
}

# Signs with its own keys, which stay with Google: users' tokens, calls of other services, URLs.
# The role is on the account itself only; `signJwt`, `signBlob` and ID tokens are what is used:
# https://cloud.google.com/iam/docs/service-account-permissions#token-creator-role.
resource "google_service_account_iam_member" "signers" {
  for_each = local._signers

  service_account_id = "projects/${var.project_id}/serviceAccounts/${local.emails[each.key]}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.deployable[each.key].member
}

# Pub/Sub's agent makes the tokens that come with events. An agent that was asked for has none of the
# roles that Google gives it otherwise: https://cloud.google.com/iam/docs/create-service-agents.
resource "google_service_account_iam_member" "pushes" {
  service_account_id = "projects/${var.project_id}/serviceAccounts/${local.emails.events}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = module.project.agents.pubsub

  depends_on = [google_service_account.deployable]
}

locals {
  _services = toset(["ai_gateway", "auth", "course", "practice"])

  _accounts = merge(
    { for key in local._services : key => { id = "svc-${replace(key, "_", "-")}", name = "Service ${key}" } },
    { for key in keys(local._functions) : key => { id = "fn-${replace(key, "_", "-")}", name = "Function ${key}" } },
    {
      events  = { id = "event-trigger", name = "Pub/Sub, calling functions" }
      gateway = { id = "api-gateway", name = "API Gateway, calling services" }
      migrate = { id = "job-migrate", name = "Job migrate" }
    },
  )

  # Who calls whose internal routes.
  _callers = {
    ai_gateway = ["account_eraser", "account_exporter", "feedback_writer"]
    auth       = ["account_eraser", "account_exporter", "account_sweeper"]
    course     = ["account_eraser", "account_exporter", "lesson_completion", "package_importer", "practice"]
    practice   = ["account_eraser", "account_exporter"]
  }

  # Auth signs users' tokens and URLs, course and practice sign URLs, callers their calls.
  _signers = toset(concat(["auth", "course", "practice"], flatten(values(local._callers))))

  emails  = { for key, account in google_service_account.deployable : key => account.email }
  members = { for key, account in google_service_account.deployable : key => account.member }
}
