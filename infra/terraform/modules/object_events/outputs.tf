output "topic" {
  description = "Id of the topic on which new objects are announced, once they are."
  value       = google_storage_notification.finalized.topic
}
