# Proved by DNS, so that the certificate is there before the domain points here.
# https://cloud.google.com/certificate-manager/docs/deploy-google-managed-dns-auth
resource "google_certificate_manager_dns_authorization" "domain" {
  for_each = local._domains

  project = var.project_id
  name    = replace(each.value, ".", "-")
  domain  = each.value
}

resource "google_certificate_manager_certificate" "domain" {
  for_each = local._domains

  project = var.project_id
  name    = replace(each.value, ".", "-")

  managed {
    domains            = [each.value]
    dns_authorizations = [google_certificate_manager_dns_authorization.domain[each.value].id]
  }
}

resource "google_certificate_manager_certificate_map" "edge" {
  count = local._edges

  project = var.project_id
  name    = "edge"
}

resource "google_certificate_manager_certificate_map_entry" "domain" {
  for_each = local._domains

  project      = var.project_id
  name         = replace(each.value, ".", "-")
  map          = google_certificate_manager_certificate_map.edge[0].name
  certificates = [google_certificate_manager_certificate.domain[each.value].id]
  hostname     = each.value
}
