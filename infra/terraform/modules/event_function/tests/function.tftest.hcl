mock_provider "google" {
  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://audio-processing-0000000000-ew.a.run.app" }
    }
  }
}

variables {
  account           = "fn-audio-processing@rostrum-test.iam.gserviceaccount.com"
  archive           = { bucket = "rostrum-test-functions", path = "versions.tf" }
  build             = { repository = "projects/rostrum-test/locations/europe-west1/repositories/images", service_account = "projects/rostrum-test/serviceAccounts/builder@rostrum-test.iam.gserviceaccount.com" }
  capacity          = { concurrency = 2 }
  dead_letter_topic = "projects/rostrum-test/topics/audio_processing-dead-letters"
  entry_point       = "on_recording_uploaded"
  events_account    = "event-trigger@rostrum-test.iam.gserviceaccount.com"
  name              = "audio_processing"
  project_id        = "rostrum-test"
  pubsub_agent      = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com"
  region            = "europe-west1"
  settings          = [{ ROSTRUM_ENGINE = "google" }]
  topic             = "projects/rostrum-test/topics/uploads-finalized"
}

run "function" {
  command = plan

  assert {
    condition     = google_cloudfunctions2_function.function.name == "audio-processing" && google_cloudfunctions2_function.function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "Reached from inside only."
  }
  assert {
    condition = google_cloudfunctions2_function.function.service_config[0].environment_variables == tomap({
      ROSTRUM_ENGINE = "google", THREADS = "2", WORKERS = "1"
    }) && google_cloudfunctions2_function.function.service_config[0].max_instance_request_concurrency == 2
    error_message = "As many threads as events at once."
  }
  assert {
    condition     = google_storage_bucket_object.archive.name == "audio_processing/${filesha256("versions.tf")}.zip"
    error_message = "Named by its content."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.events.member == "serviceAccount:event-trigger@rostrum-test.iam.gserviceaccount.com"
    error_message = "Called by Pub/Sub alone."
  }
}

run "subscription" {
  command = apply

  assert {
    condition     = google_pubsub_subscription.events.dead_letter_policy[0].dead_letter_topic == var.dead_letter_topic && google_pubsub_subscription.events.dead_letter_policy[0].max_delivery_attempts == 30
    error_message = "What cannot be taken is kept."
  }
  assert {
    condition     = google_pubsub_subscription.events.push_config[0].push_endpoint == "${google_pubsub_subscription.events.push_config[0].oidc_token[0].audience}/projects/rostrum-test/topics/uploads-finalized"
    error_message = "The topic is in the path, the address alone is the audience."
  }
  assert {
    condition     = google_pubsub_subscription.events.expiration_policy[0].ttl == "" && google_pubsub_subscription.events.ack_deadline_seconds == 600 && google_pubsub_subscription.events.retry_policy[0].minimum_backoff == "10s"
    error_message = "It never expires, waits as long as it may, and tries again with pauses."
  }
  assert {
    condition     = google_pubsub_subscription_iam_member.dead_letters.member == var.pubsub_agent
    error_message = "Pub/Sub may take messages away to the dead letters."
  }
}

run "longer_than_pubsub_waits" {
  command = plan

  variables {
    capacity = { timeout_s = 900 }
  }

  expect_failures = [var.capacity]
}
