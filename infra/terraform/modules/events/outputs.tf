output "dead_letter_subscriptions" {
  description = "Names of the pull subscriptions that keep each function's dead letters, by function."
  value       = { for key, kept in google_pubsub_subscription.dead_letters : key => kept.name }
}

output "dead_letter_topics" {
  description = "Ids of the dead-letter topics, by function."
  value       = { for key, topic in google_pubsub_topic.dead_letters : key => topic.id }
}

output "topics" {
  description = "Ids of the topics, by name."
  value       = { for key, topic in google_pubsub_topic.events : key => topic.id }
}
