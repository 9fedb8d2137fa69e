# To pull dead letters and to acknowledge those that were replayed:
# https://cloud.google.com/pubsub/docs/access-control
resource "google_pubsub_subscription_iam_member" "operators" {
  for_each = merge([
    for name in var.functions : {
      for key, member in var.operators : "${name}/${key}" => { function = name, member = member }
    }
  ]...)
  project      = var.project_id
  subscription = google_pubsub_subscription.dead_letters[each.value.function].name
  role         = "roles/pubsub.subscriber"
  member       = each.value.member
}

# To publish them anew: https://cloud.google.com/pubsub/docs/access-control
resource "google_pubsub_topic_iam_member" "operators" {
  for_each = merge([
    for topic in keys(var.publishers) : {
      for key, member in var.operators : "${topic}/${key}" => { member = member, topic = topic }
    }
  ]...)
  project = var.project_id
  topic   = google_pubsub_topic.events[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = each.value.member
}

# To list subscriptions, and to see which topic each is of: only the project grants that.
# https://cloud.google.com/pubsub/docs/access-control
resource "google_project_iam_member" "operators" {
  for_each = var.operators
  project  = var.project_id
  role     = "roles/pubsub.viewer"
  member   = each.value
}
