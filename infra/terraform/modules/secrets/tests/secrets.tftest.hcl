mock_provider "google" {}

variables {
  project_id = "rostrum-test"
  location   = "europe-west1"
  accessors = {
    refresh-secret = { auth = "serviceAccount:svc-auth@rostrum-test.iam.gserviceaccount.com" }
    smtp-password  = {}
  }
}

run "each_secret_is_read_by_its_own" {
  command = plan

  assert {
    condition     = { for key, grant in google_secret_manager_secret_iam_member.accessors : key => [grant.secret_id, grant.role] } == { "refresh-secret/auth" = ["refresh-secret", "roles/secretmanager.secretAccessor"] }
    error_message = "Somebody else reads it, or nobody."
  }
  assert {
    condition     = output.secrets == { refresh-secret = "refresh-secret", smtp-password = "smtp-password" }
    error_message = "A secret is missing."
  }
}

run "kept_in_one_region_and_destroyed_with_delay" {
  command = plan

  assert {
    condition = alltrue([
      for secret in google_secret_manager_secret.rostrum :
      one(secret.replication[0].user_managed[0].replicas).location == "europe-west1" && secret.version_destroy_ttl == "604800s"
    ])
    error_message = "A secret leaves its region, or a slip destroys it."
  }
}
