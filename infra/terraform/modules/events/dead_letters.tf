# What a function's subscription gives up goes to a topic and is kept by the pull subscription of the
# same name: https://cloud.google.com/pubsub/docs/handling-failures

resource "google_pubsub_topic" "dead_letters" {
  for_each = var.functions
  project  = var.project_id
  name     = "${each.key}-dead-letters"

  message_storage_policy {
    allowed_persistence_regions = var.storage_regions
  }
}

# No dead letters of its own, and no retry policy: whoever looks gives all of them back at once.
resource "google_pubsub_subscription" "dead_letters" {
  for_each                   = var.functions
  project                    = var.project_id
  name                       = "${each.key}-dead-letters"
  topic                      = google_pubsub_topic.dead_letters[each.key].id
  ack_deadline_seconds       = 60
  message_retention_duration = "${var.retention_days * 86400}s"

  expiration_policy {
    # Never, however long nobody looks.
    ttl = ""
  }
}

# Pub/Sub itself publishes there: https://cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions
resource "google_pubsub_topic_iam_member" "dead_letters" {
  for_each = var.functions
  project  = var.project_id
  topic    = google_pubsub_topic.dead_letters[each.key].name
  role     = "roles/pubsub.publisher"
  member   = var.pubsub_agent
}
