# Google makes its service agents when an API is first used; a role cannot be granted to one before:
# https://cloud.google.com/iam/docs/create-service-agents
resource "google_project_service_identity" "agent" {
  provider = google-beta
  for_each = { pubsub = "pubsub.googleapis.com" }
  project  = var.project_id
  service  = google_project_service.enabled[each.value].service
}

locals {
  # Of the ids, PROJECT/SERVICE, nothing is known before the APIs are enabled, so that what is read
  # through these waits for that, and for nothing else.
  _projects = { for service, enabled in google_project_service.enabled : service => split("/", enabled.id)[0] }
}

# Cloud Storage's is made by being asked for, and no resource does that:
# https://cloud.google.com/storage/docs/getting-service-agent
data "google_storage_project_service_account" "agent" {
  project = local._projects["storage.googleapis.com"]
}

# The project is made before its Terraform, so only a data source knows its number.
data "google_project" "this" {
  project_id = local._projects["cloudresourcemanager.googleapis.com"]
}
