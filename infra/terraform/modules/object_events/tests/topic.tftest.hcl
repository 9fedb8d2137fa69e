mock_provider "google" {}

variables {
  bucket          = "rostrum-test-uploads"
  name            = "uploads"
  project_id      = "rostrum-test"
  storage_agent   = "serviceAccount:service-1@gs-project-accounts.iam.gserviceaccount.com"
  storage_regions = ["europe-west1"]
}

run "finalized_objects_alone" {
  command = plan

  assert {
    condition     = google_storage_notification.finalized.event_types == toset(["OBJECT_FINALIZE"]) && google_storage_notification.finalized.payload_format == "JSON_API_V1"
    error_message = "New objects, with their resource as the data."
  }
  assert {
    condition     = google_pubsub_topic_iam_member.storage.member == var.storage_agent && google_pubsub_topic_iam_member.storage.role == "roles/pubsub.publisher"
    error_message = "Cloud Storage publishes."
  }
  assert {
    condition     = google_pubsub_topic.finalized.name == "uploads-finalized" && google_pubsub_topic.finalized.message_storage_policy[0].allowed_persistence_regions == toset(["europe-west1"])
    error_message = "Named after the bucket, kept in the region."
  }
}
