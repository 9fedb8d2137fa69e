output "api_config" {
  description = "Name of the config the gateway serves."
  value       = google_api_gateway_api_config.config.api_config_id
}

output "gateway" {
  description = "Name of the gateway."
  value       = google_api_gateway_gateway.gateway.gateway_id
}

output "host" {
  description = "Host name the API answers at."
  value       = google_api_gateway_gateway.gateway.default_hostname
}
