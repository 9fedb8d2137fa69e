mock_provider "google" {}

variables {
  project_id = "rostrum-test"
  location   = "europe-west1"
  readers    = { lesson_completion = "serviceAccount:fn-lesson-completion@rostrum-test.iam.gserviceaccount.com" }
  writers    = { practice = "serviceAccount:svc-practice@rostrum-test.iam.gserviceaccount.com" }
}

run "indexes_are_those_of_the_file" {
  command = plan

  assert {
    condition     = length(google_firestore_index.composite) == length(local._index_file.indexes) && length(google_firestore_field.override) == length(local._index_file.fieldOverrides)
    error_message = "One resource an entry."
  }
  assert {
    condition = alltrue([
      for index in local._index_file.indexes : length([
        for made in google_firestore_index.composite : made
        if made.collection == index.collectionGroup && [for field in made.fields : field.field_path] == [for field in index.fields : field.fieldPath]
      ]) == 1
    ])
    error_message = "Fields of an index are missing."
  }
  assert {
    condition     = google_firestore_index.composite["attempts:COLLECTION:user_id-ASCENDING:__name__-DESCENDING"].fields[1].order == "DESCENDING"
    error_message = "The newest attempt comes first."
  }
}

run "nothing_is_indexed_by_itself" {
  command = plan

  assert {
    condition = alltrue([
      for collection in toset([for field in local._index_file.fieldOverrides : field.collectionGroup]) :
      length(google_firestore_field.override["${collection}:*"].index_config[0].indexes) == 0
    ])
    error_message = "Every collection with overrides takes the automatic indexes away."
  }
  assert {
    condition     = one(google_firestore_field.override["attempts:status"].index_config[0].indexes).order == "ASCENDING"
    error_message = "What is asked for is indexed."
  }
  assert {
    condition = toset([for key, field in google_firestore_field.override : key if length(field.ttl_config) > 0]) == toset([
      "ai_calls:_expires_at", "idempotency:_expires_at", "rate_limits:_expires_at",
    ])
    error_message = "What expires is deleted, and nothing else."
  }
}

run "protected_and_backed_up" {
  command = plan

  variables {
    settings = { pitr = true, backup_days = 14 }
  }

  assert {
    condition     = google_firestore_database.rostrum.delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_firestore_database.rostrum.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    error_message = "Not protected."
  }
  assert {
    condition     = google_firestore_backup_schedule.daily.retention == "1209600s"
    error_message = "Backups are kept as long as asked for."
  }
  assert {
    condition     = google_firebaserules_release.documents.name == "cloud.firestore" && strcontains(google_firebaserules_ruleset.documents.source[0].files[0].content, "sign_in_provider == 'custom'")
    error_message = "The repository's rules are the default database's."
  }
}

run "members_reach_this_database" {
  command = plan

  variables {
    settings = { name = "rehearsal", delete_protection = false }
  }

  assert {
    condition     = google_project_iam_member.readers["lesson_completion"].role == "roles/datastore.viewer" && google_project_iam_member.writers["practice"].role == "roles/datastore.user"
    error_message = "Who reads does not write."
  }
  assert {
    condition     = google_project_iam_member.writers["practice"].condition[0].expression == "resource.name == 'projects/rostrum-test/databases/rehearsal'"
    error_message = "Roles hold for this database."
  }
  assert {
    condition     = google_firebaserules_release.documents.name == "cloud.firestore/rehearsal"
    error_message = "Rules of another database are released by its name."
  }
}

run "backups_beyond_what_firestore_keeps_are_refused" {
  command = plan

  variables {
    settings = { backup_days = 99 }
  }

  expect_failures = [var.settings]
}
