# Who read which secret is written down; deployables read theirs once a start. Reads of documents,
# objects and rows would be millions, with user ids in their names:
# https://cloud.google.com/logging/docs/audit/configure-data-access
resource "google_project_iam_audit_config" "secrets" {
  project = var.project_id
  service = google_project_service.enabled["secretmanager.googleapis.com"].service

  audit_log_config {
    log_type = "ADMIN_READ"
  }

  audit_log_config {
    log_type = "DATA_READ"
  }
}
