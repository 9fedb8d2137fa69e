mock_provider "google" {}

variables {
  project_id      = "rostrum-test"
  storage_regions = ["europe-west1"]
  functions       = ["audio_processing", "feedback_writer"]
  pubsub_agent    = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com"
  publishers = {
    attempt-analyzed = { audio_processing = "serviceAccount:fn-audio-processing@rostrum-test.iam.gserviceaccount.com" }
    attempt-failed   = {}
  }
}

run "every_topic_with_its_publishers" {
  command = plan

  assert {
    condition     = toset(keys(google_pubsub_topic.events)) == toset(["attempt-analyzed", "attempt-failed"])
    error_message = "A topic is missing, or too many."
  }
  assert {
    condition     = { for key, grant in google_pubsub_topic_iam_member.publishers : key => [grant.topic, grant.role] } == { "attempt-analyzed/audio_processing" = ["attempt-analyzed", "roles/pubsub.publisher"] }
    error_message = "Who publishes is named by topic."
  }
  assert {
    condition = alltrue([
      for topic in concat(values(google_pubsub_topic.events), values(google_pubsub_topic.dead_letters)) :
      topic.message_storage_policy[0].allowed_persistence_regions == toset(["europe-west1"])
    ])
    error_message = "Messages stay in their region."
  }
}

run "every_function_keeps_its_dead_letters" {
  command = plan

  assert {
    condition     = toset(values(output.dead_letter_subscriptions)) == toset(["audio_processing-dead-letters", "feedback_writer-dead-letters"])
    error_message = "A function's dead letters would be dropped."
  }
  assert {
    condition = alltrue([
      for kept in google_pubsub_subscription.dead_letters :
      kept.ack_deadline_seconds == 60 && kept.message_retention_duration == "2678400s" && kept.expiration_policy[0].ttl == "" && length(kept.retry_policy) == 0
    ])
    error_message = "Dead letters are kept for 31 days, and given back at once."
  }
  assert {
    condition     = alltrue([for grant in google_pubsub_topic_iam_member.dead_letters : grant.member == var.pubsub_agent && grant.role == "roles/pubsub.publisher"]) && length(google_pubsub_topic_iam_member.dead_letters) == 2
    error_message = "Pub/Sub could not put them there."
  }
}

run "operators_replay" {
  command = plan

  variables {
    operators = { on_call = "group:on-call@rostrum.example" }
  }

  assert {
    condition     = toset(keys(google_pubsub_subscription_iam_member.operators)) == toset(["audio_processing/on_call", "feedback_writer/on_call"])
    error_message = "Dead letters could not be pulled."
  }
  assert {
    condition     = toset(keys(google_pubsub_topic_iam_member.operators)) == toset(["attempt-analyzed/on_call", "attempt-failed/on_call"])
    error_message = "Dead letters could not be published anew."
  }
}

run "a_week_at_least" {
  command = plan

  variables {
    retention_days = 3
  }

  expect_failures = [var.retention_days]
}
