mock_provider "google" {}

variables {
  project_id = "rostrum-test"
  location   = "europe-west1"
  keep_count = 12
  readers    = { deployer = "serviceAccount:deployer@rostrum-test.iam.gserviceaccount.com" }
  writers    = { builder = "serviceAccount:builder@rostrum-test.iam.gserviceaccount.com" }
}

run "rollbacks_find_their_image" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository.images.docker_config[0].immutable_tags
    error_message = "A tag could come to mean another image."
  }
  assert {
    condition = one([
      for policy in google_artifact_registry_repository.images.cleanup_policies : policy.most_recent_versions[0].keep_count if policy.action == "KEEP"
    ]) == 12
    error_message = "The newest images stay."
  }
  assert {
    condition     = google_artifact_registry_repository.images.cleanup_policy_dry_run == false && length([for policy in google_artifact_registry_repository.images.cleanup_policies : policy if policy.action == "DELETE"]) == 2
    error_message = "Old ones go."
  }
}

run "who_pulls_does_not_push" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository_iam_member.readers["deployer"].role == "roles/artifactregistry.reader" && google_artifact_registry_repository_iam_member.writers["builder"].role == "roles/artifactregistry.writer"
    error_message = "Wrong roles."
  }
}

run "too_few_to_roll_back_to_are_refused" {
  command = plan

  variables {
    keep_count = 1
  }

  expect_failures = [var.keep_count]
}
