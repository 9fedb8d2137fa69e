output "connection_name" {
  description = "PROJECT:REGION:NAME, as the connector wants it."
  value       = google_sql_database_instance.main.connection_name
}

output "database" {
  description = "Name of the database in the instance."
  value       = google_sql_database.rostrum.name
}

output "instance" {
  description = "Name of the instance."
  value       = google_sql_database_instance.main.name
}

output "max_connections" {
  description = "Connections the instance takes, those kept for its superusers included."
  value       = var.settings.max_connections
}

output "users" {
  description = "Database user of each account, by the keys of iam_users."
  value       = { for key, user in google_sql_user.iam : key => user.name }
}
