# Gemini: of aiplatform.user's several hundred permissions the gateway needs the one to predict.
# https://cloud.google.com/vertex-ai/docs/general/access-control
resource "google_project_iam_custom_role" "model_caller" {
  project     = var.project_id
  role_id     = "rostrum.modelCaller"
  title       = "Rostrum: calls language models"
  permissions = ["aiplatform.endpoints.predict"]

  depends_on = [google_project_service.enabled]
}

resource "google_project_iam_member" "models" {
  for_each = var.grants.models
  project  = var.project_id
  role     = google_project_iam_custom_role.model_caller.name
  member   = each.value
}

# Speech-to-Text v2: recognise, and follow or cancel the operation of a batch; recognizers of our
# own there are none. https://cloud.google.com/speech-to-text/v2/docs/iam
resource "google_project_iam_member" "recognisers" {
  for_each = var.grants.recognisers
  project  = var.project_id
  role     = "roles/speech.client"
  member   = each.value
}

# To ask whether a sign-in was revoked is to look the user up:
# https://firebase.google.com/docs/projects/iam/roles-predefined-product
resource "google_project_iam_member" "firebase" {
  for_each = var.grants.firebase
  project  = var.project_id
  role     = "roles/firebaseauth.viewer"
  member   = each.value
}

locals {
  # https://cloud.google.com/stackdriver/docs/reference/telemetry/overview
  _telemetry = {
    # Spans are written to Cloud Trace.
    traces = "roles/cloudtrace.agent"
    # Measurements are written to Cloud Monitoring.
    metrics = "roles/monitoring.metricWriter"
    # The endpoint is told which project's quota is used, and that is for who may use its services.
    quota = "roles/serviceusage.serviceUsageConsumer"
  }
}

resource "google_project_iam_member" "telemetry" {
  for_each = merge([
    for kind, role in local._telemetry : {
      for key, member in var.grants.telemetry : "${kind}/${key}" => { member = member, role = role }
    }
  ]...)
  project = var.project_id
  role    = each.value.role
  member  = each.value.member
}
