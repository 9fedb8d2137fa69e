output "secrets" {
  description = "Ids of the secrets by name, projects/PROJECT/secrets/NAME; their versions are added by operators."
  value       = { for name, secret in google_secret_manager_secret.rostrum : name => secret.secret_id }
}
