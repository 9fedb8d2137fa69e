resource "google_pubsub_topic" "finalized" {
  project = var.project_id
  name    = "${var.name}-finalized"

  message_storage_policy {
    allowed_persistence_regions = var.storage_regions
  }
}

# Cloud Storage announces objects as its own agent:
# https://cloud.google.com/storage/docs/reporting-changes#before-you-begin.
resource "google_pubsub_topic_iam_member" "storage" {
  project = google_pubsub_topic.finalized.project
  topic   = google_pubsub_topic.finalized.name
  role    = "roles/pubsub.publisher"
  member  = var.storage_agent
}

# The data of a message is the object's resource:
# https://cloud.google.com/storage/docs/pubsub-notifications#payload.
resource "google_storage_notification" "finalized" {
  bucket         = var.bucket
  topic          = google_pubsub_topic.finalized.id
  payload_format = "JSON_API_V1"
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [google_pubsub_topic_iam_member.storage]
}

# To publish dead letters anew: https://cloud.google.com/pubsub/docs/access-control.
resource "google_pubsub_topic_iam_member" "operators" {
  for_each = var.operators

  project = google_pubsub_topic.finalized.project
  topic   = google_pubsub_topic.finalized.name
  role    = "roles/pubsub.publisher"
  member  = each.value
}
