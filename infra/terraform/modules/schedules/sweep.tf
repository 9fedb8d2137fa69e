# Published by Cloud Scheduler's own agent, whose role comes with the API:
# https://cloud.google.com/scheduler/docs/setup#service-agent.
resource "google_cloud_scheduler_job" "sweep" {
  project     = var.project_id
  region      = var.region
  name        = "sweep"
  description = "Announces that stale attempts, kept recordings, exports and erasures are to be looked at"
  schedule    = var.schedule
  time_zone   = "Etc/UTC"

  pubsub_target {
    topic_name = var.topic
    # The event carries nothing (shared/domain/events.py, SweepDue).
    data = base64encode("{}")
  }

  # What is missed is made up for by the next one.
  retry_config {
    retry_count          = 1
    min_backoff_duration = "5s"
  }
}
