variables {
  project_id = "rostrum-test"
  database   = { instance = "rostrum", max_connections = 200 }
  emails     = { operators = "operators@example.org" }
  hosts      = { gateway = "gateway.example", edge = "api.example" }
  jobs       = { migrate-auth = "migrate-auth" }
  services = {
    ai_gateway = { name = "ai-gateway", latency_ms = 20000 }
    auth       = { name = "auth" }
  }
}

run "every_alert_reaches_somebody" {
  command = apply

  assert {
    condition = alltrue([
      for policy in concat(
        values(google_monitoring_alert_policy.burn_rate),
        values(google_monitoring_alert_policy.down),
        values(google_monitoring_alert_policy.measured),
        values(google_monitoring_alert_policy.over),
      ) : length(policy.notification_channels) == 1 && length(policy.documentation[0].content) > 40
    ])
    error_message = "An alert without a channel, or without what to do."
  }
}

run "slos_of_services_gateway_and_feedback" {
  command = plan

  assert {
    condition = toset(keys(google_monitoring_alert_policy.burn_rate)) == toset([
      for pair in setproduct(
        ["ai_gateway-availability", "ai_gateway-latency", "auth-availability", "auth-latency", "feedback-latency", "gateway-availability"],
        ["fast", "medium", "slow"],
      ) : join("-", pair)
    ])
    error_message = "Every SLO has alerts over three pairs of windows."
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.burn_rate : policy.combiner == "AND" && length(policy.conditions) == 2])
    error_message = "Both windows have to burn."
  }

  assert {
    condition     = google_monitoring_slo.latency["ai_gateway"].request_based_sli[0].distribution_cut[0].range[0].max == 20000
    error_message = "The AI gateway is given the model's time."
  }

  assert {
    condition     = strcontains(google_monitoring_slo.feedback.request_based_sli[0].distribution_cut[0].distribution_filter, "logging.googleapis.com/user/rostrum.attempts.time_to_completed")
    error_message = "The learner's wait is the measured one."
  }

  assert {
    condition     = contains(local._waits, var.slos.feedback_s)
    error_message = "A goal between two bounds of the histogram would be guessed."
  }
}

run "what_is_watched" {
  command = plan

  assert {
    condition     = google_monitoring_alert_policy.over["dead-letters"].conditions[0].condition_threshold[0].threshold_value == 0
    error_message = "One dead letter is one too many."
  }

  assert {
    condition     = google_monitoring_alert_policy.over["connections"].conditions[0].condition_threshold[0].threshold_value == 160
    error_message = "80 % of the connections."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.over["connections"].conditions[0].condition_threshold[0].filter, "\"rostrum-test:rostrum\"")
    error_message = "A database is named by project and instance."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.measured["stale-attempts"].conditions[0].condition_prometheus_query_language[0].query, "> 300")
    error_message = "docs/observability.md: above 300 s work is stuck."
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.measured : policy.conditions[0].condition_prometheus_query_language[0].disable_metric_validation])
    error_message = "A metric of the same apply is not found yet, and would stop it."
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.over : !strcontains(policy.conditions[0].condition_threshold[0].filter, "logging.googleapis.com/user/")])
    error_message = "A condition over a threshold wants its metric to be there: metrics of logs are asked in PromQL."
  }

  assert {
    condition = alltrue([
      for check in google_monitoring_uptime_check_config.host :
      check.http_check[0].path == "/v1/health" && check.http_check[0].validate_ssl && length(check.selected_regions) >= 3
    ])
    error_message = "The public health route, under TLS, from three regions."
  }

  assert {
    condition     = length(jsondecode(google_monitoring_dashboard.rostrum.dashboard_json).mosaicLayout.tiles) == length(local._charts)
    error_message = "Every chart is a tile."
  }

  assert {
    condition     = alltrue([for tile in jsondecode(google_monitoring_dashboard.rostrum.dashboard_json).mosaicLayout.tiles : tile.xPos + tile.width <= 48])
    error_message = "A mosaic has 48 columns."
  }
}

run "without_a_database_none_is_watched" {
  command = plan

  variables {
    database = null
  }

  assert {
    condition     = !contains(keys(google_monitoring_alert_policy.over), "connections")
    error_message = "There is no database."
  }
}

run "the_gateway_is_always_asked" {
  command = plan

  variables {
    hosts = { edge = "api.example" }
  }

  expect_failures = [var.hosts]
}
