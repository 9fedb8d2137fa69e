output "name" {
  description = "Name of the service."
  value       = google_cloud_run_v2_service.service.name
}

output "url" {
  description = "Address of the service, which is also the audience of its callers' ID tokens."
  value       = google_cloud_run_v2_service.service.uri
}
