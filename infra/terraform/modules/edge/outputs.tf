output "address" {
  description = "IPv4 address the domains' A records point at; null without an edge."
  value       = one(google_compute_global_address.edge[*].address)
}

output "dns_records" {
  description = "CNAME records that prove the domains to the certificate's issuer: domain -> name, type, data."
  value = {
    for domain, authorization in google_certificate_manager_dns_authorization.domain :
    domain => authorization.dns_resource_record[0]
  }
}

output "hosts" {
  description = "Host names for uptime checks: none without an edge."
  value       = local._domains
}
