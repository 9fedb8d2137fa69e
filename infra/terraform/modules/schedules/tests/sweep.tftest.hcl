mock_provider "google" {}

variables {
  project_id = "rostrum-test"
  region     = "europe-west1"
  topic      = "projects/rostrum-test/topics/sweep-due"
}

run "an_event_that_carries_nothing" {
  command = plan

  assert {
    condition     = google_cloud_scheduler_job.sweep.pubsub_target[0].topic_name == var.topic && base64decode(google_cloud_scheduler_job.sweep.pubsub_target[0].data) == "{}"
    error_message = "SweepDue, on its topic."
  }
  assert {
    condition     = google_cloud_scheduler_job.sweep.schedule == "* * * * *" && google_cloud_scheduler_job.sweep.time_zone == "Etc/UTC"
    error_message = "Every minute, whatever the season."
  }
}
