resource "google_cloud_run_v2_job" "job" {
  project             = var.project_id
  location            = var.region
  name                = var.name
  deletion_protection = var.deletion_protection

  template {
    task_count = 1

    template {
      service_account = var.account
      timeout         = "${var.timeout_s}s"
      # A second try of what failed half-way is an operator's decision.
      max_retries = 0

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"
        network_interfaces {
          network    = var.network.network_id
          subnetwork = var.network.subnet_id
        }
      }

      containers {
        image   = var.image
        command = var.command

        resources {
          limits = { cpu = "1", memory = "512Mi" }
        }

        dynamic "env" {
          for_each = local._environment
          content {
            name  = env.key
            value = env.value
          }
        }
      }
    }
  }

  lifecycle {
    # Deliveries run the job with the image they deliver.
    ignore_changes = [client, client_version, template[0].template[0].containers[0].image]

    precondition {
      condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
      error_message = "The image is named by its digest: REPOSITORY/NAME@sha256:…."
    }
  }
}

locals {
  # Only what is known when planning is asked for null: the names are then known too.
  _environment = merge(concat(var.settings, [
    for group in var.optional_settings : { for name, value in group : name => value if value != null }
  ])...)
}
