resource "google_firestore_database" "rostrum" {
  project                           = var.project_id
  name                              = var.settings.name
  location_id                       = var.location
  type                              = "FIRESTORE_NATIVE"
  database_edition                  = "STANDARD"
  concurrency_mode                  = var.settings.concurrency
  app_engine_integration_mode       = "DISABLED"
  delete_protection_state           = var.settings.delete_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.settings.delete_protection ? "ABANDON" : "DELETE"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_${var.settings.pitr ? "ENABLED" : "DISABLED"}"
}

# Point-in-time recovery reaches back 7 days and goes with its database; backups do not:
# https://cloud.google.com/firestore/docs/backups
resource "google_firestore_backup_schedule" "daily" {
  project   = var.project_id
  database  = google_firestore_database.rostrum.name
  retention = "${var.settings.backup_days * 86400}s"

  daily_recurrence {}
}
