locals {
  _accounts = {
    builder  = "Builds functions from their archives"
    deployer = "Releases: applies Terraform, moves traffic"
    planner  = "Plans what is reviewed; sees the set-up, no contents"
  }
}

resource "google_service_account" "delivery" {
  for_each = local._accounts

  project      = var.project_id
  account_id   = each.key
  display_name = each.value
}

# Whoever releases a service, or changes a trigger, decides what runs as its account.
# https://cloud.google.com/run/docs/reference/iam/roles#additional-configuration
# https://cloud.google.com/build/docs/securing-builds/configure-user-specified-service-accounts
resource "google_service_account_iam_member" "deploys_as" {
  for_each = merge(var.accounts, { for key, account in google_service_account.delivery : key => account.name })

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.delivery["deployer"].member
}

# ID tokens for the smoke test: Cloud Run asks for one made for it.
# https://cloud.google.com/iam/docs/create-short-lived-credentials-direct#sa-credentials-oidc
resource "google_service_account_iam_member" "own_id_tokens" {
  service_account_id = google_service_account.delivery["deployer"].name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_service_account.delivery["deployer"].member
}
