locals {
  # A subscription FUNCTION-dead-letters holds what its function gave up, until somebody replays it.
  _dead_letters = "resource.labels.subscription_id = ends_with(\"-dead-letters\")"

  # Over plain metrics: filter, threshold, seconds it has to last, aligner, reducer, grouping.
  _over = merge(
    {
      dead-letters = {
        action    = "Events were given up. `make dead-letters PROJECT=${var.project_id}` says which and why; once the cause is gone, `make replay PROJECT=${var.project_id}`."
        aligner   = "ALIGN_MAX"
        duration  = "0s"
        filter    = "metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type = \"pubsub_subscription\" AND ${local._dead_letters}"
        group_by  = ["resource.label.subscription_id"]
        reducer   = "REDUCE_MAX"
        severity  = "ERROR"
        threshold = 0
        title     = "events were given up"
      }
      unacked = {
        action    = "A function does not keep up, or fails what it is sent. See its log and its instances; deliveries go on until the dead letter."
        aligner   = "ALIGN_MAX"
        duration  = "120s"
        filter    = "metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type = \"pubsub_subscription\" AND NOT ${local._dead_letters}"
        group_by  = ["resource.label.subscription_id"]
        reducer   = "REDUCE_MAX"
        severity  = "ERROR"
        threshold = var.thresholds.unacked_s
        title     = "events wait for long"
      }
    },
    {
      for name, job in var.jobs : "job-${name}" => {
        action    = "The job ${job} failed; its executions have the log. After a failed migration traffic stays where it is."
        aligner   = "ALIGN_SUM"
        duration  = "0s"
        filter    = "metric.type = \"run.googleapis.com/job/completed_execution_count\" AND resource.type = \"cloud_run_job\" AND resource.labels.job_name = \"${job}\" AND metric.labels.result = \"failed\""
        group_by  = ["resource.label.job_name"]
        reducer   = "REDUCE_SUM"
        severity  = "ERROR"
        threshold = 0
        title     = "job ${name} failed"
      }
    },
    var.database == null ? {} : {
      for name, alert in {
        connections = {
          action    = "The instance refuses connections at max_connections. Fewer instances a service, a smaller pool, or a larger tier."
          metric    = "postgresql/num_backends"
          reducer   = "REDUCE_SUM"
          severity  = "CRITICAL"
          threshold = floor(var.database.max_connections * var.thresholds.connections_ratio)
          title     = "the database's connections run out"
        }
        cpu = {
          action    = "Query Insights names the statements that cost most."
          metric    = "cpu/utilization"
          reducer   = "REDUCE_MAX"
          severity  = "WARNING"
          threshold = var.thresholds.cpu_ratio
          title     = "the database's processors are busy"
        }
        disk = {
          action    = "At a full disk the instance stops. See what grows, and the disk's limit."
          metric    = "disk/utilization"
          reducer   = "REDUCE_MAX"
          severity  = "CRITICAL"
          threshold = var.thresholds.disk_ratio
          title     = "the database's disk fills"
        }
        } : name => merge(alert, {
          aligner  = "ALIGN_MEAN"
          duration = "300s"
          filter   = "metric.type = \"cloudsql.googleapis.com/database/${alert.metric}\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"${var.project_id}:${var.database.instance}\""
          group_by = ["resource.label.database_id"]
      })
    },
  )
}

resource "google_monitoring_alert_policy" "over" {
  for_each = local._over

  project               = var.project_id
  display_name          = "Rostrum: ${each.value.title}"
  combiner              = "OR"
  notification_channels = local._channels
  severity              = each.value.severity

  conditions {
    display_name = "Above ${each.value.threshold}"

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = each.value.duration

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = each.value.group_by
      }
    }
  }

  documentation {
    subject = each.value.title
    content = each.value.action
  }
}
