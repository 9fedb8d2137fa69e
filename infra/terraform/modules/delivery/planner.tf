# A pull request's code runs as the planner. So it sees how everything is set up, and nothing that is
# in it: the basic role Viewer would let it read learners' documents, objects and logs.
locals {
  _planner = toset([
    # Gateways and configs: https://cloud.google.com/api-gateway/docs/api-access-overview
    "roles/apigateway.viewer",
    # The image repository: https://cloud.google.com/artifact-registry/docs/access-control
    "roles/artifactregistry.reader",
    # Admission policy: https://cloud.google.com/binary-authorization/docs/reference/permissions-and-roles
    "roles/binaryauthorization.policyViewer",
    # The project itself: https://cloud.google.com/resource-manager/docs/access-control-proj
    "roles/browser",
    # Certificates: https://cloud.google.com/certificate-manager/docs/access-control
    "roles/certificatemanager.viewer",
    # Triggers: https://cloud.google.com/build/docs/iam-roles-permissions
    "roles/cloudbuild.builds.viewer",
    # Functions: https://cloud.google.com/functions/docs/reference/iam/roles
    "roles/cloudfunctions.viewer",
    # Schedules: https://cloud.google.com/scheduler/docs/access-control
    "roles/cloudscheduler.viewer",
    # The instance, but no login to it: https://cloud.google.com/sql/docs/postgres/roles-and-permissions
    "roles/cloudsql.viewer",
    # Network and edge: https://cloud.google.com/iam/docs/roles-permissions/compute
    "roles/compute.viewer",
    # Private names of Google's APIs: https://cloud.google.com/dns/docs/access-control
    "roles/dns.reader",
    # Security rules: https://firebase.google.com/docs/projects/iam/permissions
    "roles/firebaserules.viewer",
    # Who may do what: https://cloud.google.com/iam/docs/roles-permissions/iam
    "roles/iam.securityReviewer",
    # Deployables' accounts: https://cloud.google.com/iam/docs/roles-permissions/iam
    "roles/iam.serviceAccountViewer",
    # Federation: https://cloud.google.com/iam/docs/manage-workload-identity-pools-providers
    "roles/iam.workloadIdentityPoolViewer",
    # Its own log: https://cloud.google.com/build/docs/securing-builds/store-manage-build-logs
    "roles/logging.logWriter",
    # Checks, goals, alerts: https://cloud.google.com/monitoring/access-control
    "roles/monitoring.viewer",
    # Topics and subscriptions, not their messages: https://cloud.google.com/pubsub/docs/access-control
    "roles/pubsub.viewer",
    # Services and jobs: https://cloud.google.com/run/docs/reference/iam/roles
    "roles/run.viewer",
    # Names of secrets, not their values: https://cloud.google.com/secret-manager/docs/access-control
    "roles/secretmanager.viewer",
    # Enabled APIs, and calls that count on this project's quota (environments' providers):
    # https://cloud.google.com/service-usage/docs/access-control
    "roles/serviceusage.serviceUsageConsumer",
  ])
}

resource "google_project_iam_member" "planner" {
  for_each = local._planner

  project = var.project_id
  role    = each.value
  member  = google_service_account.delivery["planner"].member
}

# Where every predefined role that shows the set-up shows the contents too: Firestore, Cloud Storage,
# Cloud Logging. https://cloud.google.com/firestore/docs/security/iam#permissions
# The project's own budget, without the billing account:
# https://cloud.google.com/billing/docs/how-to/budget-api-access-control
resource "google_project_iam_custom_role" "planner" {
  project     = var.project_id
  role_id     = "rostrumPlanner"
  title       = "Rostrum planner"
  description = "Databases, buckets, log-based metrics and the budget as they are set up, without what is in them."

  permissions = [
    "billing.resourcebudgets.read",
    "datastore.backupSchedules.get",
    "datastore.backupSchedules.list",
    "datastore.databases.get",
    "datastore.databases.getMetadata",
    "datastore.indexes.get",
    "datastore.indexes.list",
    "logging.logMetrics.get",
    "logging.logMetrics.list",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
  ]
}

resource "google_project_iam_member" "planner_set_up" {
  project = var.project_id
  role    = google_project_iam_custom_role.planner.id
  member  = google_service_account.delivery["planner"].member
}

# A plan reads the state, the environment's values beside it, and the functions' archives; it takes
# no lock.
resource "google_storage_bucket_iam_member" "planner_reads" {
  for_each = { sources = var.source_bucket, state = var.state_bucket }

  bucket = each.value
  role   = "roles/storage.objectViewer"
  member = google_service_account.delivery["planner"].member
}
