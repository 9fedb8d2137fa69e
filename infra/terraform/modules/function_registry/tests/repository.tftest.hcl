mock_provider "google" {}

variables {
  location   = "europe-west1"
  project_id = "rostrum-test"
}

run "builds_move_tags" {
  command = plan

  assert {
    condition     = length(google_artifact_registry_repository.functions.docker_config) == 0
    error_message = "Immutable tags would refuse a function's second build."
  }
  assert {
    condition     = google_artifact_registry_repository.functions.vulnerability_scanning_config[0].enablement_config == "DISABLED"
    error_message = "Scans are for the services' image, whose SBOM is written."
  }
  assert {
    condition     = output.id == "projects/rostrum-test/locations/europe-west1/repositories/functions"
    error_message = "Named as Cloud Functions wants it."
  }
}
