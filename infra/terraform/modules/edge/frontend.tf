resource "google_compute_global_address" "edge" {
  count = local._edges

  project = var.project_id
  name    = "edge"
}

resource "google_compute_url_map" "https" {
  count = local._edges

  project         = var.project_id
  name            = "edge"
  default_service = google_compute_backend_service.gateway[0].id

  host_rule {
    hosts        = local._domains
    path_matcher = "gateway"
  }

  path_matcher {
    name            = "gateway"
    default_service = google_compute_backend_service.gateway[0].id

    dynamic "path_rule" {
      for_each = length(local._cached) > 0 ? [local._cached] : []

      content {
        paths   = path_rule.value
        service = google_compute_backend_service.cached[0].id
      }
    }
  }
}

resource "google_compute_ssl_policy" "edge" {
  count = local._edges

  project         = var.project_id
  name            = "edge"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "edge" {
  count = local._edges

  project         = var.project_id
  name            = "edge"
  url_map         = google_compute_url_map.https[0].id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.edge[0].id}"
  ssl_policy      = google_compute_ssl_policy.edge[0].id
}

resource "google_compute_global_forwarding_rule" "https" {
  count = local._edges

  project               = var.project_id
  name                  = "edge-https"
  ip_address            = google_compute_global_address.edge[0].id
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge[0].id
}

# Nothing is answered without TLS but where to find it.
resource "google_compute_url_map" "http" {
  count = local._edges

  project = var.project_id
  name    = "edge-http"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "edge" {
  count = local._edges

  project = var.project_id
  name    = "edge-http"
  url_map = google_compute_url_map.http[0].id
}

resource "google_compute_global_forwarding_rule" "http" {
  count = local._edges

  project               = var.project_id
  name                  = "edge-http"
  ip_address            = google_compute_global_address.edge[0].id
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "80"
  target                = google_compute_target_http_proxy.edge[0].id
}
