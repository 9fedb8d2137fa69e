resource "google_pubsub_topic" "events" {
  for_each = var.publishers
  project  = var.project_id
  name     = each.key

  # What was published can be sought back to after a function that acknowledged wrongly:
  # https://cloud.google.com/pubsub/docs/replay-overview
  message_retention_duration = "604800s"

  message_storage_policy {
    allowed_persistence_regions = var.storage_regions
  }
}

# To publish to the topics a deployable's events go to, and no others:
# https://cloud.google.com/pubsub/docs/access-control
resource "google_pubsub_topic_iam_member" "publishers" {
  for_each = merge([
    for topic, members in var.publishers : {
      for key, member in members : "${topic}/${key}" => { member = member, topic = topic }
    }
  ]...)
  project = var.project_id
  topic   = google_pubsub_topic.events[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = each.value.member
}
