locals {
  _edges   = var.edge == null ? 0 : 1
  _domains = var.edge == null ? toset([]) : var.edge.domains
  _cached  = var.edge == null ? toset([]) : var.edge.cached_paths
}

# https://cloud.google.com/api-gateway/docs/gateway-load-balancing (Preview, so google-beta).
resource "google_compute_region_network_endpoint_group" "gateway" {
  count    = local._edges
  provider = google-beta

  project               = var.project_id
  name                  = "gateway"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  serverless_deployment {
    platform = "apigateway.googleapis.com"
    resource = var.gateway
  }
}

resource "google_compute_backend_service" "gateway" {
  count = local._edges

  project               = var.project_id
  name                  = "gateway"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge[0].id

  backend {
    group = google_compute_region_network_endpoint_group.gateway[0].id
  }

  log_config {
    enable      = true
    sample_rate = 1
  }
}

# The same gateway, but for paths that are the same for everybody. USE_ORIGIN_HEADERS keeps only
# what an answer calls public. https://cloud.google.com/cdn/docs/caching#cache-modes
resource "google_compute_backend_service" "cached" {
  count = length(local._cached) > 0 ? 1 : 0

  project               = var.project_id
  name                  = "gateway-cached"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge[0].id
  enable_cdn            = true

  backend {
    group = google_compute_region_network_endpoint_group.gateway[0].id
  }

  cdn_policy {
    cache_mode       = "USE_ORIGIN_HEADERS"
    negative_caching = false

    cache_key_policy {
      include_host         = true
      include_protocol     = true
      include_query_string = false
    }
  }

  log_config {
    enable      = true
    sample_rate = 1
  }
}
