resource "google_pubsub_subscription" "events" {
  project = var.project_id
  name    = var.name
  topic   = var.topic

  # As long as Pub/Sub allows, and longer than the function's own timeout:
  # https://cloud.google.com/pubsub/docs/push#receive_push.
  ack_deadline_seconds       = 600
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }

  push_config {
    # The topic's name in the path is the event's source: functions-framework makes the CloudEvent
    # of the push (event_conversion.py).
    push_endpoint = "${google_cloudfunctions2_function.function.service_config[0].uri}/${var.topic}"

    oidc_token {
      service_account_email = var.events_account
      audience              = google_cloudfunctions2_function.function.service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "${var.retries.min_backoff_s}s"
    maximum_backoff = "${var.retries.max_backoff_s}s"
  }

  dead_letter_policy {
    dead_letter_topic     = var.dead_letter_topic
    max_delivery_attempts = var.retries.attempts
  }

  # A push that comes before the permission is a try lost.
  depends_on = [google_cloud_run_v2_service_iam_member.events]
}

# Pub/Sub's agent takes messages from here to the dead letters:
# https://cloud.google.com/pubsub/docs/dead-letter-topics#grant_forwarding_permissions.
resource "google_pubsub_subscription_iam_member" "dead_letters" {
  project      = google_pubsub_subscription.events.project
  subscription = google_pubsub_subscription.events.name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub_agent
}
