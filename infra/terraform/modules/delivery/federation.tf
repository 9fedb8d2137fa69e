locals {
  _outside = var.federation == null ? 0 : 1
}

resource "google_iam_workload_identity_pool" "outside" {
  count = local._outside

  project                   = var.project_id
  workload_identity_pool_id = "outside-ci"
  display_name              = "CI outside Google"
}

# https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines
resource "google_iam_workload_identity_pool_provider" "outside" {
  count = local._outside

  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.outside[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "repository"

  # The issuer signs for everybody's repositories: without this condition any of them could come.
  attribute_condition = "assertion.repository_id == '${var.federation.repository_id}' && assertion.repository == '${var.federation.repository}'"

  attribute_mapping = {
    "attribute.repository_id" = "assertion.repository_id"
    "google.subject"          = "assertion.sub"
  }

  oidc {
    issuer_uri = var.federation.issuer
  }
}

# It may look and plan. Releases start from Cloud Build's own trigger, with its approval.
resource "google_service_account_iam_member" "outside_plans" {
  count = local._outside

  service_account_id = google_service_account.delivery["planner"].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.outside[0].name}/attribute.repository_id/${var.federation.repository_id}"
}
