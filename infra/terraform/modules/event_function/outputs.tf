output "name" {
  description = "Name of the function, and of the Cloud Run service it runs on."
  value       = google_cloudfunctions2_function.function.name
}

output "subscription" {
  description = "Name of the subscription that brings its events."
  value       = google_pubsub_subscription.events.name
}

output "tries" {
  description = "Deliveries after which an event is a dead letter."
  value       = google_pubsub_subscription.events.dead_letter_policy[0].max_delivery_attempts
}
