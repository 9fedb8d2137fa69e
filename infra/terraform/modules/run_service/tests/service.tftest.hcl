mock_provider "google" {}

variables {
  account           = "svc-auth@rostrum-test.iam.gserviceaccount.com"
  args              = ["--name=auth", "--threads=8", "run_services.auth.main:create_app()"]
  capacity          = { max_instances = 3 }
  image             = "europe-west1-docker.pkg.dev/rostrum-test/images/rostrum@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  invokers          = { gateway = "serviceAccount:api-gateway@rostrum-test.iam.gserviceaccount.com" }
  name              = "auth"
  optional_settings = [{ ROSTRUM_OTLP_ENDPOINT = null, ROSTRUM_SESSION_DAYS = "30" }]
  project_id        = "rostrum-test"
  region            = "europe-west1"
  secrets           = { ROSTRUM_TOTP_KEY = { secret = "auth-totp-key", version = "1" } }
  settings          = [{ ROSTRUM_ENGINE = "google", ROSTRUM_SESSION_DAYS = "90" }]
}

run "closed_by_default" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_service.service.ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY" && google_cloud_run_v2_service.service.invoker_iam_disabled == false
    error_message = "From inside only, and not without IAM."
  }
  assert {
    condition     = [for grant in google_cloud_run_v2_service_iam_member.invokers : "${grant.role} ${grant.member}"] == ["roles/run.invoker serviceAccount:api-gateway@rostrum-test.iam.gserviceaccount.com"]
    error_message = "The named callers, and nobody else."
  }
  assert {
    condition     = google_cloud_run_v2_service.service.deletion_protection
    error_message = "Protected unless an environment says otherwise."
  }
}

run "settings_in_groups" {
  command = plan

  assert {
    condition = { for env in google_cloud_run_v2_service.service.template[0].containers[0].env : env.name => env.value if length(env.value_source) == 0 } == {
      ROSTRUM_ENGINE = "google", ROSTRUM_SESSION_DAYS = "30"
    }
    error_message = "The later group counts, and null is left out."
  }
  assert {
    condition = { for env in google_cloud_run_v2_service.service.template[0].containers[0].env : env.name => env.value_source[0].secret_key_ref[0].secret if length(env.value_source) > 0 } == {
      ROSTRUM_TOTP_KEY = "auth-totp-key"
    }
    error_message = "A secret comes from Secret Manager."
  }
}

run "starts_fast_and_ends_gently" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_service.service.template[0].containers[0].resources[0].startup_cpu_boost && google_cloud_run_v2_service.service.template[0].containers[0].resources[0].cpu_idle
    error_message = "Boosted at the start, throttled between requests."
  }
  assert {
    condition     = google_cloud_run_v2_service.service.template[0].containers[0].startup_probe[0].http_get[0].path == "/internal/v1/health/ready" && google_cloud_run_v2_service.service.template[0].containers[0].liveness_probe[0].http_get[0].path == "/internal/v1/health/live"
    error_message = "Started when ready, restarted when it no longer lives."
  }
  assert {
    condition     = one([for probe in google_cloud_run_v2_service.service.template[0].containers[0].startup_probe : probe.period_seconds * probe.failure_threshold]) == 240
    error_message = "Cloud Run waits 240 seconds at most, and the network and new roles take minutes."
  }
  assert {
    condition     = google_cloud_run_v2_service.service.scaling[0].max_instance_count == 3 && length(google_cloud_run_v2_service.service.template[0].vpc_access) == 0
    error_message = "So many instances over all revisions; no way into the network unless one is given."
  }
}

run "processor_between_requests" {
  command = plan

  variables {
    capacity = { max_instances = 3, cpu_always = true }
    network  = { egress = "PRIVATE_RANGES_ONLY", network_id = "network", subnet_id = "subnet" }
  }

  assert {
    condition     = !google_cloud_run_v2_service.service.template[0].containers[0].resources[0].cpu_idle
    error_message = "The processor is not taken away after the answer."
  }
  assert {
    condition     = google_cloud_run_v2_service.service.template[0].vpc_access[0].network_interfaces[0].subnetwork == "subnet"
    error_message = "Direct VPC egress."
  }
}

run "never_public" {
  command = plan

  variables {
    invokers = { everyone = "allUsers" }
  }

  expect_failures = [var.invokers]
}

run "never_by_tag" {
  command = plan

  variables {
    image = "europe-west1-docker.pkg.dev/rostrum-test/images/rostrum:latest"
  }

  expect_failures = [google_cloud_run_v2_service.service]
}
