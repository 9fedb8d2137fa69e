output "id" {
  description = "projects/PROJECT/locations/LOCATION/repositories/NAME, as Cloud Functions takes it."
  value       = "projects/${var.project_id}/locations/${var.location}/repositories/${google_artifact_registry_repository.functions.repository_id}"
}

output "repository" {
  description = "Name of the repository."
  value       = google_artifact_registry_repository.functions.repository_id
}
