output "database" {
  description = "Name of the database, as ROSTRUM_FIRESTORE_DATABASE takes it."
  value       = google_firestore_database.rostrum.name
}

output "database_id" {
  description = "projects/PROJECT/databases/NAME."
  value       = google_firestore_database.rostrum.id
}
