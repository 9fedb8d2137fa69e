mock_provider "google" {}

variables {
  account    = "job-migrate@rostrum-test.iam.gserviceaccount.com"
  command    = ["python", "-m", "run_services.auth.migrate"]
  image      = "europe-west1-docker.pkg.dev/rostrum-test/images/rostrum@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  name       = "migrate-auth"
  network    = { network_id = "network", subnet_id = "subnet" }
  project_id = "rostrum-test"
  region     = "europe-west1"
  settings   = [{ ROSTRUM_ENGINE = "google" }]
}

run "once_and_within_the_network" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_job.job.template[0].template[0].max_retries == 0 && google_cloud_run_v2_job.job.template[0].template[0].service_account == var.account
    error_message = "Tried once, as its own account."
  }
  assert {
    condition     = google_cloud_run_v2_job.job.template[0].template[0].vpc_access[0].network_interfaces[0].subnetwork == "subnet"
    error_message = "The database has an address inside only."
  }
}

run "never_by_tag" {
  command = plan

  variables {
    image = "rostrum:latest"
  }

  expect_failures = [google_cloud_run_v2_job.job]
}
