output "network_id" {
  description = "Network, projects/PROJECT/global/networks/NAME."
  value       = google_compute_network.rostrum.id
}

output "private_services" {
  description = "Id of the connection over which Cloud SQL has its private address: it comes first."
  value       = google_service_networking_connection.private_services.id
}

output "subnet_id" {
  description = "Subnet of Direct VPC egress, projects/PROJECT/regions/REGION/subnetworks/NAME."
  value       = google_compute_subnetwork.serverless.id
}
