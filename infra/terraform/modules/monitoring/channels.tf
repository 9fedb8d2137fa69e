resource "google_monitoring_notification_channel" "email" {
  for_each = var.emails

  project      = var.project_id
  display_name = each.key
  type         = "email"
  labels       = { email_address = each.value }
}

locals {
  _channels = concat(
    [for channel in google_monitoring_notification_channel.email : channel.id],
    tolist(var.channels),
  )
}
