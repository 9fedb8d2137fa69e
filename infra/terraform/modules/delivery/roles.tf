# Everything Terraform manages is changed by the deployer, and by nobody else.
locals {
  _deployer = toset([
    # Gateways, their configs and who calls them: https://cloud.google.com/api-gateway/docs/api-access-overview
    "roles/apigateway.admin",
    # The image repository, its cleanup and its readers: https://cloud.google.com/artifact-registry/docs/access-control
    "roles/artifactregistry.admin",
    # Admission policy: https://cloud.google.com/binary-authorization/docs/reference/permissions-and-roles
    "roles/binaryauthorization.policyEditor",
    # Its own triggers: https://cloud.google.com/build/docs/iam-roles-permissions
    "roles/cloudbuild.builds.editor",
    # Functions: https://cloud.google.com/functions/docs/reference/iam/roles
    "roles/cloudfunctions.admin",
    # Sweeps' schedules: https://cloud.google.com/scheduler/docs/access-control
    "roles/cloudscheduler.admin",
    # The instance, its database and its users: https://cloud.google.com/sql/docs/postgres/roles-and-permissions
    "roles/cloudsql.admin",
    # Certificates of the edge: https://cloud.google.com/certificate-manager/docs/access-control
    "roles/certificatemanager.editor",
    # Load balancer of the edge: https://cloud.google.com/iam/docs/roles-permissions/compute
    "roles/compute.loadBalancerAdmin",
    # The network: https://cloud.google.com/vpc/docs/access-control
    "roles/compute.networkAdmin",
    # Firewall, Cloud Armor: https://cloud.google.com/armor/docs/configure-security-policies#iam
    "roles/compute.securityAdmin",
    # What an image consists of: https://cloud.google.com/artifact-analysis/docs/generate-store-sboms
    "roles/containeranalysis.occurrences.editor",
    # Firestore's database, indexes, TTL and backups: https://cloud.google.com/firestore/docs/security/iam
    "roles/datastore.owner",
    # Private names of Google's APIs: https://cloud.google.com/dns/docs/access-control
    "roles/dns.admin",
    # Firestore's security rules: https://firebase.google.com/docs/projects/iam/permissions
    "roles/firebaserules.admin",
    # Deployables' accounts, and who acts as them: https://cloud.google.com/iam/docs/service-accounts-create
    "roles/iam.serviceAccountAdmin",
    # The planner's own role: https://cloud.google.com/iam/docs/creating-custom-roles
    "roles/iam.roleAdmin",
    # Federation: https://cloud.google.com/iam/docs/manage-workload-identity-pools-providers
    "roles/iam.workloadIdentityPoolAdmin",
    # Log-based metrics: https://cloud.google.com/logging/docs/access-control
    "roles/logging.configWriter",
    # Build logs: https://cloud.google.com/build/docs/securing-builds/store-manage-build-logs
    "roles/logging.logWriter",
    # Uptime checks, SLOs, alerts, dashboard; reading what the canary is judged by: https://cloud.google.com/monitoring/access-control
    "roles/monitoring.editor",
    # Topics, subscriptions and their members: https://cloud.google.com/pubsub/docs/access-control
    "roles/pubsub.admin",
    # Services, jobs, traffic, invokers: https://cloud.google.com/run/docs/reference/iam/roles
    "roles/run.admin",
    # Secrets without values, and who reads them: https://cloud.google.com/secret-manager/docs/access-control
    "roles/secretmanager.admin",
    # Private addresses of Cloud SQL: https://cloud.google.com/vpc/docs/configure-private-services-access
    "roles/servicenetworking.networksAdmin",
    # Enabled APIs: https://cloud.google.com/service-usage/docs/access-control
    "roles/serviceusage.serviceUsageAdmin",
    # Buckets and their members, the state among them, SBOMs: https://cloud.google.com/storage/docs/access-control/iam-roles
    "roles/storage.admin",
  ])

  # https://cloud.google.com/iam/docs/setting-limits-on-granting-roles: a list holds ten at most.
  _grants = join(" || ", [
    for roles in chunklist(sort(var.grantable_roles), 10) :
    "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${join(", ", [for role in roles : "'${role}'"])}])"
  ])
}

resource "google_project_iam_member" "deployer" {
  # checkov:skip=CKV_GCP_49: it makes the deployables' accounts and its own triggers; as which of them it may act is named in accounts.tf
  for_each = local._deployer

  project = var.project_id
  role    = each.value
  member  = google_service_account.delivery["deployer"].member
}

# Terraform gives deployables their project roles; with the condition, no others and not to itself.
resource "google_project_iam_member" "grants" {
  project = var.project_id
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.delivery["deployer"].member

  condition {
    title       = "Only deployables' roles"
    description = "Delivery grants what Terraform names, nothing else."
    expression  = local._grants
  }
}

# What a function's build needs: https://cloud.google.com/functions/docs/building#build_environment
resource "google_project_iam_member" "builder_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.delivery["builder"].member
}

resource "google_storage_bucket_iam_member" "builder_sources" {
  bucket = var.source_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.delivery["builder"].member
}

resource "google_artifact_registry_repository_iam_member" "builder_images" {
  project    = var.project_id
  location   = var.registry.location
  repository = var.registry.id
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.delivery["builder"].member
}
