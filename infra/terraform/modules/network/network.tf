resource "google_compute_network" "rostrum" {
  project                 = var.project_id
  name                    = "rostrum"
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
}

resource "google_compute_subnetwork" "serverless" {
  project       = var.project_id
  name          = "serverless"
  network       = google_compute_network.rostrum.id
  region        = var.region
  ip_cidr_range = var.cidr

  # Google's APIs are reached from here without an address on the internet.
  private_ip_google_access = true

  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.1
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Cloud SQL's private addresses lie in a range lent to Google:
# https://cloud.google.com/sql/docs/postgres/configure-private-services-access
resource "google_compute_global_address" "private_services" {
  project       = var.project_id
  name          = "private-services"
  network       = google_compute_network.rostrum.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = split("/", var.private_services_cidr)[0]
  prefix_length = tonumber(split("/", var.private_services_cidr)[1])
}

resource "google_service_networking_connection" "private_services" {
  network                 = google_compute_network.rostrum.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.private_services.name]

  # Google refuses to delete it for days after the last instance has gone:
  # https://cloud.google.com/vpc/docs/configure-private-services-access#removing-connection
  deletion_policy = "ABANDON"
}
