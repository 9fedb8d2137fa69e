resource "google_cloud_run_v2_service" "service" {
  project             = var.project_id
  location            = var.region
  name                = var.name
  ingress             = var.ingress
  deletion_protection = var.deletion_protection
  # Nobody gets in without roles/run.invoker, whatever the network lets through.
  invoker_iam_disabled = false

  # Of all revisions with traffic together, so that a canary takes no further connections:
  # https://cloud.google.com/run/docs/configuring/max-instances.
  scaling {
    min_instance_count = var.capacity.min_instances
    max_instance_count = var.capacity.max_instances
  }

  template {
    service_account                  = var.account
    timeout                          = "${var.timeout_s}s"
    max_instance_request_concurrency = var.capacity.concurrency
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"

    # A revision without traffic, which a delivery tries out, counts for itself.
    scaling {
      min_instance_count = 0
      max_instance_count = var.capacity.max_instances
    }

    dynamic "vpc_access" {
      for_each = var.network == null ? [] : [var.network]
      content {
        egress = vpc_access.value.egress
        network_interfaces {
          network    = vpc_access.value.network_id
          subnetwork = vpc_access.value.subnet_id
        }
      }
    }

    containers {
      image = var.image
      args  = var.args

      ports {
        container_port = 8080
      }

      resources {
        limits            = { cpu = var.capacity.cpu, memory = var.capacity.memory }
        cpu_idle          = !var.capacity.cpu_always
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = local._environment
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = var.secrets
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value.secret
              version = env.value.version
            }
          }
        }
      }

      # Ready means that the service's own stores answer (docs/decisions/0061).
      startup_probe {
        http_get {
          path = "/internal/v1/health/ready"
        }
        period_seconds  = 2
        timeout_seconds = 2
        # As long as Cloud Run allows: a connection into the network takes a minute or more, and a role
        # given in the same apply some minutes. https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#limitations
        failure_threshold = 120
      }

      liveness_probe {
        http_get {
          path = "/internal/v1/health/live"
        }
        period_seconds    = 15
        timeout_seconds   = 5
        failure_threshold = 4
      }
    }
  }

  traffic {
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
    percent = 100
  }

  lifecycle {
    # Deliveries choose the image and move the traffic; a change made here becomes a revision that
    # the next delivery lets in. Not the revision's name: kept, it would be given to a second one.
    ignore_changes = [
      client,
      client_version,
      template[0].containers[0].image,
      traffic,
    ]

    precondition {
      condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
      error_message = "The image is named by its digest: REPOSITORY/NAME@sha256:…."
    }
  }
}

# Callers only, each by name: https://cloud.google.com/run/docs/authenticating/service-to-service.
resource "google_cloud_run_v2_service_iam_member" "invokers" {
  for_each = var.invokers

  project  = google_cloud_run_v2_service.service.project
  location = google_cloud_run_v2_service.service.location
  name     = google_cloud_run_v2_service.service.name
  role     = "roles/run.invoker"
  member   = each.value
}

locals {
  # Only what is known when planning is asked for null: the names are then known too.
  _environment = merge(concat(var.settings, [
    for group in var.optional_settings : { for name, value in group : name => value if value != null }
  ])...)
}
