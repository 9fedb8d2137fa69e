mock_provider "google" {}

variables {
  project_id   = "rostrum-test"
  location     = "europe-west1"
  cors_origins = ["https://rostrum.example"]
  access = {
    exports = { removers = { auth = "serviceAccount:svc-auth@rostrum-test.iam.gserviceaccount.com" } }
    ledger = {
      creators = { auth = "serviceAccount:svc-auth@rostrum-test.iam.gserviceaccount.com" }
      readers  = { auth = "serviceAccount:svc-auth@rostrum-test.iam.gserviceaccount.com" }
    }
    uploads = { editors = { practice = "serviceAccount:svc-practice@rostrum-test.iam.gserviceaccount.com" } }
  }
}

run "nobody_outside_reaches_any" {
  command = plan

  assert {
    condition = alltrue([
      for bucket in google_storage_bucket.rostrum :
      bucket.public_access_prevention == "enforced" && bucket.uniform_bucket_level_access && !bucket.force_destroy
    ])
    error_message = "A bucket could be made public, or emptied by a destroy."
  }
  assert {
    condition     = { for key, bucket in google_storage_bucket.rostrum : key => bucket.name } == { for key in ["exports", "features", "functions", "ledger", "materials", "uploads"] : key => "rostrum-test-${key}" }
    error_message = "Six buckets, named after their project."
  }
}

run "lifecycles_are_those_of_the_file" {
  command = plan

  assert {
    condition     = length(setsubtract(keys(local._lifecycles), keys(google_storage_bucket.rostrum))) == 0
    error_message = "The file names a bucket that is not made."
  }
  assert {
    condition = alltrue([
      for bucket, rules in local._lifecycles : alltrue([
        for index, rule in rules :
        one(google_storage_bucket.rostrum[bucket].lifecycle_rule[index].condition).age == rule.age_days
        && try(one(one(google_storage_bucket.rostrum[bucket].lifecycle_rule[index].condition).matches_prefix), "") == rule.prefix
      ])
    ])
    error_message = "A rule differs from the file."
  }
  assert {
    condition     = length(google_storage_bucket.rostrum["uploads"].lifecycle_rule) == 3 && length(google_storage_bucket.rostrum["ledger"].lifecycle_rule) == 0 && length(google_storage_bucket.rostrum["features"].lifecycle_rule) == 0
    error_message = "Recordings go by age; features go with their attempts, the ledger never."
  }
}

run "browsers_upload_from_the_named_origins" {
  command = plan

  assert {
    condition     = google_storage_bucket.rostrum["uploads"].cors[0].origin == tolist(["https://rostrum.example"]) && length(setsubtract(["Content-Type", "x-goog-content-length-range", "x-goog-if-generation-match", "x-goog-resumable", "Location", "ETag"], google_storage_bucket.rostrum["uploads"].cors[0].response_header)) == 0
    error_message = "A signed upload could not be sent, or its session not be read."
  }
  assert {
    condition     = alltrue([for key in ["exports", "features", "functions", "ledger"] : length(google_storage_bucket.rostrum[key].cors) == 0])
    error_message = "No page has business with these."
  }
}

run "what_learners_own_is_gone_when_deleted" {
  command = plan

  assert {
    condition     = alltrue([for key in ["exports", "features", "uploads"] : google_storage_bucket.rostrum[key].soft_delete_policy[0].retention_duration_seconds == 0])
    error_message = "An erased recording could be restored."
  }
  assert {
    condition     = alltrue([for key in ["functions", "ledger", "materials"] : google_storage_bucket.rostrum[key].soft_delete_policy[0].retention_duration_seconds >= 604800])
    error_message = "A slip could not be undone."
  }
  assert {
    condition     = google_storage_bucket.rostrum["ledger"].versioning[0].enabled && !google_storage_bucket.rostrum["uploads"].versioning[0].enabled
    error_message = "Versions are kept of the ledger alone."
  }
}

run "each_does_what_it_needs" {
  command = plan

  assert {
    condition     = { for key, grant in google_storage_bucket_iam_member.access : key => grant.role if !startswith(key, "exports") } == { "ledger/creators/auth" = "roles/storage.objectCreator", "ledger/readers/auth" = "roles/storage.objectViewer", "uploads/editors/practice" = "roles/storage.objectUser" }
    error_message = "Wrong roles."
  }
  assert {
    condition     = google_project_iam_custom_role.object_remover.permissions == toset(["storage.objects.delete", "storage.objects.get", "storage.objects.list"])
    error_message = "Who removes does not create."
  }
  assert {
    condition     = length(google_storage_bucket_iam_member.access) == 4
    error_message = "A grant is missing, or too many."
  }
}

run "any_origin_is_refused" {
  command = plan

  variables {
    cors_origins = ["*"]
  }

  expect_failures = [var.cors_origins]
}

run "what_learners_own_is_not_soft_deleted" {
  command = plan

  variables {
    soft_delete_days = { features = 7 }
  }

  expect_failures = [var.soft_delete_days]
}

run "an_unknown_bucket_is_refused" {
  command = plan

  variables {
    access           = { photos = {} }
    soft_delete_days = { photos = 7 }
  }

  expect_failures = [var.access, var.soft_delete_days]
}
