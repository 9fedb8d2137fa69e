# Nothing here listens, so the implied rule that denies what comes in is enough:
# https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules
# What goes out is denied likewise, but for the two that the services need of this network.

resource "google_compute_firewall" "deny_egress" {
  project            = var.project_id
  name               = "deny-egress"
  network            = google_compute_network.rostrum.id
  direction          = "EGRESS"
  priority           = 65000
  destination_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

# The connectors' port: https://cloud.google.com/sql/docs/postgres/connect-connectors
resource "google_compute_firewall" "to_database" {
  project            = var.project_id
  name               = "to-database"
  network            = google_compute_network.rostrum.id
  direction          = "EGRESS"
  priority           = 1000
  destination_ranges = [var.private_services_cidr]

  allow {
    protocol = "tcp"
    ports    = ["3307"]
  }
}

# Google's APIs and *.run.app by Private Google Access, at the addresses dns.tf gives them:
# https://cloud.google.com/vpc/docs/configure-private-google-access
resource "google_compute_firewall" "to_google" {
  project            = var.project_id
  name               = "to-google"
  network            = google_compute_network.rostrum.id
  direction          = "EGRESS"
  priority           = 1000
  destination_ranges = ["199.36.153.8/30"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
