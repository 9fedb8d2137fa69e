# Measurements are log lines where a deployable has no collector (docs/observability.md); each
# becomes a distribution of its values under its own name, from which PromQL reads sum and count.
# https://cloud.google.com/logging/docs/logs-based-metrics/distribution-metrics
locals {
  _waits  = [1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300, 600, 1800, 3600]
  _stages = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80]
  _tokens = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536]

  # Labels: the metric's label -> the measurement's attribute.
  _measurements = {
    "gen_ai.client.operation.duration" = {
      bounds = local._stages
      labels = { error_type = "error.type", model = "gen_ai.request.model" }
      unit   = "s"
    }
    "gen_ai.client.token.usage" = {
      bounds = local._tokens
      labels = { kind = "gen_ai.token.type", model = "gen_ai.request.model" }
      unit   = "{token}"
    }
    "rostrum.attempts.finished" = {
      bounds = [1]
      labels = { outcome = "rostrum.outcome" }
      unit   = "{attempt}"
    }
    "rostrum.attempts.oldest" = {
      bounds = local._waits
      labels = { status = "rostrum.attempt.status" }
      unit   = "s"
    }
    "rostrum.attempts.time_to_analyzed" = {
      bounds = local._waits
      labels = {}
      unit   = "s"
    }
    "rostrum.attempts.time_to_completed" = {
      bounds = local._waits
      labels = {}
      unit   = "s"
    }
    "rostrum.attempts.unfinished" = {
      bounds = [1, 10, 100, 1000, 10000]
      labels = { status = "rostrum.attempt.status" }
      unit   = "{attempt}"
    }
    "rostrum.model.cost" = {
      bounds = [0.0001, 0.001, 0.01, 0.1]
      labels = { model = "gen_ai.request.model" }
      unit   = "{USD}"
    }
    "rostrum.recogniser.audio" = {
      bounds = local._waits
      labels = {}
      unit   = "s"
    }
    "rostrum.stage.duration" = {
      bounds = local._stages
      labels = { error_type = "error.type", stage = "rostrum.stage" }
      unit   = "s"
    }
  }

  # Entries that are counted as they are; labels: the metric's label -> the entry's field.
  _entries = {
    "rostrum.feedback.fallbacks" = {
      filter = "jsonPayload.message = \"feedback written\" AND jsonPayload.fallback_reason =~ \".\""
      labels = { reason = "fallback_reason" }
    }
    "rostrum.log.errors" = {
      filter = "severity >= ERROR"
      labels = { service = "service" }
    }
  }
}

resource "google_logging_metric" "measurement" {
  for_each = local._measurements

  project          = var.project_id
  name             = each.key
  filter           = "${local._revision} AND jsonPayload.message = \"metric\" AND jsonPayload.metric = \"${each.key}\""
  value_extractor  = "EXTRACT(jsonPayload.value)"
  label_extractors = { for label, attribute in each.value.labels : label => "EXTRACT(jsonPayload.attributes.\"${attribute}\")" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  bucket_options {
    explicit_buckets {
      bounds = each.value.bounds
    }
  }
}

resource "google_logging_metric" "entry" {
  for_each = local._entries

  project          = var.project_id
  name             = each.key
  filter           = "${local._revision} AND ${each.value.filter}"
  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(jsonPayload.${field})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }
}
