locals {
  _every = "60s"

  # PromQL per chart, in the order they are looked at: do learners get feedback, what stands in
  # the way, what does it cost.
  _charts = [
    { title = "Upload to feedback, 50th and 95th percentile (s)", unit = "s", queries = [
      for quantile in ["0.5", "0.95"] :
      "histogram_quantile(${quantile}, sum by (le) (rate(${local._prometheus["rostrum.attempts.time_to_completed"]}_bucket{${local._of}}[5m])))"
    ] },
    { title = "Attempts finished, by outcome (1/min)", unit = "1", queries = [
      "60 * sum by (outcome) (rate(${local._prometheus["rostrum.attempts.finished"]}_count{${local._of}}[5m]))",
    ] },
    { title = "Oldest unfinished attempt, by status (s)", unit = "s", queries = [
      "sum by (status) (increase(${local._prometheus["rostrum.attempts.oldest"]}_sum{${local._of}}[10m])) / sum by (status) (increase(${local._prometheus["rostrum.attempts.oldest"]}_count{${local._of}}[10m]))",
    ] },
    { title = "Requests, by service and class of answer (1/s)", unit = "1", queries = [
      "sum by (service_name, response_code_class) (rate(run_googleapis_com:request_count{${local._of}}[5m]))",
    ] },
    { title = "Requests: 95th percentile, by service (ms)", unit = "ms", queries = [
      "histogram_quantile(0.95, sum by (service_name, le) (rate(run_googleapis_com:request_latencies_bucket{${local._of}}[5m])))",
    ] },
    { title = "Requests, by revision (1/s)", unit = "1", queries = [
      "sum by (revision_name) (rate(run_googleapis_com:request_count{${local._of}}[5m]))",
    ] },
    { title = "Stages of the work: 95th percentile (s)", unit = "s", queries = [
      "histogram_quantile(0.95, sum by (stage, le) (rate(${local._prometheus["rostrum.stage.duration"]}_bucket{${local._of}}[5m])))",
    ] },
    { title = "Dead letters, by subscription", unit = "1", queries = [
      "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=~\".*-dead-letters\"})",
    ] },
    { title = "Oldest waiting event, by subscription (s)", unit = "s", queries = [
      "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id!~\".*-dead-letters\"})",
    ] },
    { title = "Instances, by service and state", unit = "1", queries = [
      "sum by (service_name, state) (run_googleapis_com:container_instance_count{${local._of}})",
    ] },
    { title = "Database connections", unit = "1", queries = [
      "sum by (database_id) (cloudsql_googleapis_com:database_postgresql_num_backends{monitored_resource=\"cloudsql_database\"})",
    ] },
    { title = "Database disk and processors (share)", unit = "1", queries = [
      "max(cloudsql_googleapis_com:database_disk_utilization{monitored_resource=\"cloudsql_database\"})",
      "max(cloudsql_googleapis_com:database_cpu_utilization{monitored_resource=\"cloudsql_database\"})",
    ] },
    { title = "Language models: USD in 24 h, by model", unit = "1", queries = [
      "sum by (model) (increase(${local._prometheus["rostrum.model.cost"]}_sum{${local._of}}[1d]))",
    ] },
    { title = "Language models: tokens, by kind (1/min)", unit = "1", queries = [
      "60 * sum by (kind) (rate(${local._prometheus["gen_ai.client.token.usage"]}_sum{${local._of}}[5m]))",
    ] },
    { title = "Feedback without a model, by reason (1/min)", unit = "1", queries = [
      "60 * sum by (reason) (rate(${local._counted["rostrum.feedback.fallbacks"]}{${local._of}}[5m]))",
    ] },
    { title = "Audio recognised (min/h)", unit = "1", queries = [
      "60 * sum(rate(${local._prometheus["rostrum.recogniser.audio"]}_sum{${local._of}}[1h]))",
    ] },
  ]
  _columns = 3
  _width   = 16
  _height  = 14
}

# https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards
resource "google_monitoring_dashboard" "rostrum" {
  project = var.project_id

  dashboard_json = jsonencode({
    displayName = "Rostrum"
    mosaicLayout = {
      columns = local._columns * local._width
      tiles = [
        for index, chart in local._charts : {
          xPos   = index % local._columns * local._width
          yPos   = floor(index / local._columns) * local._height
          width  = local._width
          height = local._height
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [
                for query in chart.queries : {
                  minAlignmentPeriod = local._every
                  plotType           = "LINE"
                  targetAxis         = "Y1"
                  timeSeriesQuery = {
                    prometheusQuery = query
                    unitOverride    = chart.unit
                  }
                }
              ]
            }
          }
        }
      ]
    }
  })
}
