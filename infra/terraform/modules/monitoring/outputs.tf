output "channels" {
  description = "Notification channels of every alert, for the billing budget too."
  value       = local._channels
}

output "dashboard" {
  description = "Resource name of the dashboard."
  value       = google_monitoring_dashboard.rostrum.id
}

output "slos" {
  description = "SLO's key -> resource name."
  value       = { for key, slo in local._slos : key => slo.name }
}
