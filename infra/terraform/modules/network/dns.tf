# What Google's names stand for elsewhere is on the internet, and nothing gets there from here. In this
# network they stand for private.googleapis.com, which the firewall lets through:
# https://cloud.google.com/vpc/docs/configure-private-google-access#config-domain
locals {
  _names = {
    apis     = "googleapis.com."
    services = "run.app."
  }

  # https://cloud.google.com/vpc/docs/configure-private-google-access#ip-addr-defaults
  _private_access = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"]
}

resource "google_dns_managed_zone" "google" {
  for_each = local._names

  project     = var.project_id
  name        = "google-${each.key}"
  description = "Google's ${each.key} by Private Google Access"
  dns_name    = each.value
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.rostrum.id
    }
  }
}

# Of every depth, so also SERVICE-HASH-REGION.a.run.app.
resource "google_dns_record_set" "google" {
  for_each = local._names

  project      = var.project_id
  managed_zone = google_dns_managed_zone.google[each.key].name
  name         = "*.${each.value}"
  type         = "A"
  ttl          = 300
  rrdatas      = local._private_access
}
