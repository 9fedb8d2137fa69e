resource "google_monitoring_custom_service" "rostrum" {
  project      = var.project_id
  service_id   = "rostrum"
  display_name = "Rostrum"
}

# Requests of one Cloud Run service, those of a rollout's new revision among them.
# https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring/microservices/cloud-run-istio
resource "google_monitoring_slo" "availability" {
  for_each = var.services

  project             = var.project_id
  service             = google_monitoring_custom_service.rostrum.service_id
  slo_id              = "${replace(each.key, "_", "-")}-availability"
  display_name        = "${each.key}: requests without a server error"
  goal                = var.slos.availability
  rolling_period_days = 28

  request_based_sli {
    good_total_ratio {
      bad_service_filter   = "${local._requests[each.key]} AND metric.labels.response_code_class = \"5xx\""
      total_service_filter = local._requests[each.key]
    }
  }
}

resource "google_monitoring_slo" "latency" {
  for_each = var.services

  project             = var.project_id
  service             = google_monitoring_custom_service.rostrum.service_id
  slo_id              = "${replace(each.key, "_", "-")}-latency"
  display_name        = "${each.key}: requests within ${each.value.latency_ms} ms"
  goal                = var.slos.latency
  rolling_period_days = 28

  request_based_sli {
    distribution_cut {
      distribution_filter = "metric.type = \"run.googleapis.com/request_latencies\" AND ${local._revision} AND resource.labels.service_name = \"${each.value.name}\""
      range { max = each.value.latency_ms }
    }
  }
}

# What the world sees, where the services' own numbers cannot: no request reaches them when the
# gateway is down. A window is good when one probe of it was answered.
resource "google_monitoring_slo" "gateway" {
  project             = var.project_id
  service             = google_monitoring_custom_service.rostrum.service_id
  slo_id              = "gateway-availability"
  display_name        = "gateway: answers from outside"
  goal                = var.slos.availability
  rolling_period_days = 28

  windows_based_sli {
    window_period          = "60s"
    good_bad_metric_filter = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.host["gateway"].uptime_check_id}\""
  }
}

# The learner's wait, measured by the function that ends it; attempts that fail are not in it.
resource "google_monitoring_slo" "feedback" {
  project             = var.project_id
  service             = google_monitoring_custom_service.rostrum.service_id
  slo_id              = "feedback-latency"
  display_name        = "feedback: within ${var.slos.feedback_s} s of the upload"
  goal                = var.slos.feedback
  rolling_period_days = 28

  request_based_sli {
    distribution_cut {
      distribution_filter = "metric.type = \"logging.googleapis.com/user/${google_logging_metric.measurement["rostrum.attempts.time_to_completed"].name}\" AND ${local._revision}"
      range { max = var.slos.feedback_s }
    }
  }
}

locals {
  _revision = "resource.type = \"cloud_run_revision\""
  _requests = {
    for key, service in var.services : key =>
    "metric.type = \"run.googleapis.com/request_count\" AND ${local._revision} AND resource.labels.service_name = \"${service.name}\""
  }
  _slos = merge(
    { for key, slo in google_monitoring_slo.availability : "${key}-availability" => slo },
    { for key, slo in google_monitoring_slo.latency : "${key}-latency" => slo },
    { gateway-availability = google_monitoring_slo.gateway },
    { feedback-latency = google_monitoring_slo.feedback },
  )
  # From variables alone, for a plan has to know the keys.
  _slo_keys = concat(
    [for key in keys(var.services) : "${key}-availability"],
    [for key in keys(var.services) : "${key}-latency"],
    ["gateway-availability", "feedback-latency"],
  )
  _burns = {
    for pair in setproduct(local._slo_keys, keys(var.burn_rates)) :
    "${pair[0]}-${pair[1]}" => merge(var.burn_rates[pair[1]], { slo = pair[0] })
  }
}

# Both windows at once: the long one says that it matters, the short one that it still goes on.
resource "google_monitoring_alert_policy" "burn_rate" {
  for_each = local._burns

  project               = var.project_id
  display_name          = "Rostrum: ${each.value.slo} burns ${each.value.factor} times too fast"
  combiner              = "AND"
  notification_channels = local._channels
  severity              = each.value.severity

  dynamic "conditions" {
    for_each = [each.value.long, each.value.short]

    content {
      display_name = "Over ${conditions.value}"

      condition_threshold {
        filter          = "select_slo_burn_rate(\"${local._slos[each.value.slo].name}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = each.value.factor
        duration        = "0s"
      }
    }
  }

  documentation {
    subject = "${each.value.slo} burns its error budget"
    content = "At this rate the 28 days' error budget of ${each.value.slo} is spent in ${format("%.1f", 28 / each.value.factor)} days. A release within the hour: `make rollback SERVICE=…`. Else the dashboard, then the traces of slow or failed requests."
  }
}
