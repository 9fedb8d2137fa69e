# The name carries the content: a changed archive is a new object and a new build.
resource "google_storage_bucket_object" "archive" {
  bucket = var.archive.bucket
  name   = "${var.name}/${filesha256(var.archive.path)}.zip"
  source = var.archive.path
}

# Without an event_trigger: the subscription Eventarc would make could have no dead letters here
# (docs/decisions/0070).
resource "google_cloudfunctions2_function" "function" {
  project     = var.project_id
  location    = var.region
  name        = local._resource_name
  description = "Event function ${var.name}"

  build_config {
    runtime           = var.runtime
    entry_point       = var.entry_point
    docker_repository = var.build.repository
    service_account   = var.build.service_account

    source {
      storage_source {
        bucket = google_storage_bucket_object.archive.bucket
        object = google_storage_bucket_object.archive.name
      }
    }
  }

  service_config {
    service_account_email            = var.account
    available_cpu                    = var.capacity.cpu
    available_memory                 = var.capacity.memory
    timeout_seconds                  = var.capacity.timeout_s
    max_instance_request_concurrency = var.capacity.concurrency
    min_instance_count               = var.capacity.min_instances
    max_instance_count               = var.capacity.max_instances
    all_traffic_on_latest_revision   = true
    # Pub/Sub of this project counts as internal:
    # https://cloud.google.com/run/docs/securing/ingress#internal.
    ingress_settings = "ALLOW_INTERNAL_ONLY"

    environment_variables = local._environment

    direct_vpc_egress = var.network == null ? null : "VPC_EGRESS_${var.network.egress}"
    dynamic "direct_vpc_network_interface" {
      for_each = var.network == null ? [] : [var.network]
      content {
        network    = direct_vpc_network_interface.value.network_id
        subnetwork = direct_vpc_network_interface.value.subnet_id
      }
    }
  }
}

# The subscription calls as this account, and nobody else may:
# https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions.
resource "google_cloud_run_v2_service_iam_member" "events" {
  project  = google_cloudfunctions2_function.function.project
  location = google_cloudfunctions2_function.function.location
  name     = google_cloudfunctions2_function.function.name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${var.events_account}"
}

locals {
  # Functions' names take no underscore.
  _resource_name = replace(var.name, "_", "-")

  # Only what is known when planning is asked for null: the names are then known too.
  _environment = merge(concat(var.settings, [local._server], [
    for group in var.optional_settings : { for name, value in group : name => value if value != null }
  ])...)

  # functions-framework takes as many events at once as an instance is sent.
  _server = { THREADS = tostring(var.capacity.concurrency), WORKERS = "1" }
}
