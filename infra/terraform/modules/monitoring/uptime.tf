# The host is asked as a learner's client asks it: from other continents, under TLS, without a token.
# https://cloud.google.com/monitoring/uptime-checks
resource "google_monitoring_uptime_check_config" "host" {
  for_each = var.hosts

  project          = var.project_id
  display_name     = "Rostrum ${each.key}"
  period           = "60s"
  timeout          = "10s"
  selected_regions = ["EUROPE", "USA", "ASIA_PACIFIC"]

  http_check {
    path         = var.uptime_path
    port         = 443
    use_ssl      = true
    validate_ssl = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      host       = each.value
      project_id = var.project_id
    }
  }
}

# Two probes of different places must fail at once: one is a fault of the way there.
resource "google_monitoring_alert_policy" "down" {
  for_each = var.hosts

  project               = var.project_id
  display_name          = "Rostrum: ${each.key} does not answer"
  combiner              = "OR"
  notification_channels = local._channels
  severity              = "CRITICAL"

  conditions {
    display_name = "Failed from two regions for two minutes"

    condition_threshold {
      filter          = <<-EOT
        metric.type = "monitoring.googleapis.com/uptime_check/check_passed"
        resource.type = "uptime_url"
        metric.labels.check_id = "${google_monitoring_uptime_check_config.host[each.key].uptime_check_id}"
      EOT
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"

      aggregations {
        alignment_period     = "120s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    subject = "${each.key} does not answer"
    content = "https://${each.value}${var.uptime_path} failed from two regions. Look at the gateway's config, then at the newest revision of each service; `make rollback SERVICE=…` puts the one before it back."
  }
}
