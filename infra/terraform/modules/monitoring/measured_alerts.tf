# Over the platform's own measurements, in PromQL: their sums and counts are what is asked about.
# https://cloud.google.com/monitoring/promql/promql-mapping names the metrics.
locals {
  _prometheus = {
    for name, metric in google_logging_metric.measurement :
    name => "logging_googleapis_com:user_${replace(name, ".", "_")}"
  }
  _counted = {
    for name, metric in google_logging_metric.entry :
    name => "logging_googleapis_com:user_${replace(name, ".", "_")}"
  }
  _of = "monitored_resource=\"cloud_run_revision\""

  _queries = {
    stale-attempts = {
      action   = "Attempts are stuck. `unacked` and dead letters say whether events are lost, the functions' logs why. The sweeper ends what stays stale, with a code the learner sees."
      query    = "sum by (status) (increase(${local._prometheus["rostrum.attempts.oldest"]}_sum{${local._of},status=~\"processing|analyzed\"}[10m])) / sum by (status) (increase(${local._prometheus["rostrum.attempts.oldest"]}_count{${local._of},status=~\"processing|analyzed\"}[10m])) > ${var.thresholds.stale_attempt_s}"
      severity = "CRITICAL"
      title    = "attempts are stuck"
    }
    sweeper-silent = {
      action   = "Nothing ends stale attempts. See the Cloud Scheduler job and attempt_sweeper's log. Where a collector takes the measurements, none of these alerts can see them."
      query    = "absent_over_time(${local._prometheus["rostrum.attempts.unfinished"]}_count{${local._of}}[${var.thresholds.sweep_missing_s}s])"
      severity = "ERROR"
      title    = "the sweeper is silent"
    }
    failing-attempts = {
      action   = "`rostrum.attempts.finished` by outcome says with which code. Codes of audio are the learners'; others are ours."
      query    = "sum(increase(${local._prometheus["rostrum.attempts.finished"]}_count{${local._of},outcome!=\"completed\"}[1h])) / (sum(increase(${local._prometheus["rostrum.attempts.finished"]}_count{${local._of}}[1h])) >= 20) > ${var.thresholds.failed_ratio}"
      severity = "ERROR"
      title    = "many attempts fail"
    }
    errors = {
      action   = "Read the entries: `severity>=ERROR` in Logs Explorer, by service."
      query    = "sum by (service) (increase(${local._counted["rostrum.log.errors"]}{${local._of}}[10m])) > ${var.thresholds.errors_in_10_min}"
      severity = "WARNING"
      title    = "many errors are logged"
    }
    model-budget = {
      action   = "Language models cost more than is planned for a day, at list prices. ROSTRUM_LANGUAGE_MODEL=rubric stops the spending; learners still get feedback."
      query    = "sum(increase(${local._prometheus["rostrum.model.cost"]}_sum{${local._of}}[1d])) > ${var.thresholds.model_usd_a_day}"
      severity = "WARNING"
      title    = "the day's model budget is spent"
    }
  }
}

resource "google_monitoring_alert_policy" "measured" {
  for_each = local._queries

  project               = var.project_id
  display_name          = "Rostrum: ${each.value.title}"
  combiner              = "OR"
  notification_channels = local._channels
  severity              = each.value.severity

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = "60s"
      evaluation_interval = "60s"
      # A measurement's metric is found some minutes after it is made, which may be in the same apply.
      disable_metric_validation = true
    }
  }

  documentation {
    subject = each.value.title
    content = each.value.action
  }
}
