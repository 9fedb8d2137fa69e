output "repository" {
  description = "Name of the repository."
  value       = google_artifact_registry_repository.images.repository_id
}

output "url" {
  description = "What an image's name begins with: HOST/PROJECT/REPOSITORY."
  value       = google_artifact_registry_repository.images.registry_uri
}
