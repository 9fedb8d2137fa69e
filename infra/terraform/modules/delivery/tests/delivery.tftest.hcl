variables {
  accounts        = { auth = "projects/rostrum-test/serviceAccounts/svc-auth@rostrum-test.iam.gserviceaccount.com" }
  environment     = "prod"
  grantable_roles = [for number in range(11) : "roles/test.role${number}"]
  project_id      = "rostrum-test"
  region          = "europe-west1"
  registry        = { id = "rostrum", location = "europe-west1", path = "europe-west1-docker.pkg.dev/rostrum-test/rostrum" }
  source_bucket   = "rostrum-test-functions"
  state_bucket    = "rostrum-test-terraform"
}

run "no_repository_no_triggers" {
  command = plan

  assert {
    condition     = length(google_cloudbuild_trigger.release) + length(google_cloudbuild_trigger.review) == 0
    error_message = "Builds are submitted by hand."
  }

  assert {
    condition     = length(google_iam_workload_identity_pool.outside) + length(google_binary_authorization_policy.provenance) == 0
    error_message = "Nothing that was not asked for."
  }
}

run "accounts_can_do_their_own_work_only" {
  command = plan

  assert {
    condition = alltrue([
      for role in concat(tolist(local._deployer), tolist(local._planner)) :
      !contains(["roles/editor", "roles/owner", "roles/iam.securityAdmin", "roles/iam.serviceAccountTokenCreator", "roles/resourcemanager.projectIamAdmin"], role)
    ])
    error_message = "A role that gives all others."
  }

  assert {
    condition     = length(google_project_iam_member.grants.condition) == 1
    error_message = "Who grants roles grants only named ones."
  }

  assert {
    condition     = length(regexall("hasOnly", local._grants)) == 2 && strcontains(local._grants, "'roles/test.role10'")
    error_message = "Eleven roles are two lists of ten at most."
  }

  assert {
    condition     = alltrue([for role in local._planner : can(regex("([rR]eviewer|[vV]iewer|reader|logWriter|browser|serviceUsageConsumer)$", role))])
    error_message = "The planner only reads, and writes its log."
  }

  assert {
    condition = length(setintersection(local._planner, [
      "roles/datastore.viewer", "roles/logging.viewer", "roles/storage.objectViewer", "roles/viewer",
    ])) == 0
    error_message = "The planner would read what learners said."
  }

  assert {
    condition     = alltrue([for permission in google_project_iam_custom_role.planner.permissions : can(regex("\\.(get|list|read|getMetadata|getIamPolicy)$", permission)) && !can(regex("entities|objects|logEntries", permission))])
    error_message = "The set-up, not the contents."
  }
}

run "a_release_of_production_waits" {
  command = plan

  variables {
    source_repository = { id = "projects/p/locations/l/connections/c/repositories/r", tag = "^v", approval = true, reviews = "^main$" }
  }

  assert {
    condition     = google_cloudbuild_trigger.release[0].approval_config[0].approval_required
    error_message = "Without approval."
  }

  assert {
    condition     = google_cloudbuild_trigger.release[0].filename == "cloudbuild.yaml" && google_cloudbuild_trigger.review[0].filename == "infra/cloudbuild/review.yaml"
    error_message = "A review would be released."
  }

  assert {
    condition     = google_cloudbuild_trigger.review[0].repository_event_config[0].pull_request[0].comment_control == "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY"
    error_message = "A stranger's code would run unasked."
  }
}

run "production_without_approval_is_refused" {
  command = plan

  variables {
    source_repository = { id = "projects/p/locations/l/connections/c/repositories/r", branch = "^main$" }
  }

  expect_failures = [var.source_repository]
}

run "a_branch_or_a_tag" {
  command = plan

  variables {
    environment       = "dev"
    source_repository = { id = "projects/p/locations/l/connections/c/repositories/r", branch = "^main$", tag = "^v" }
  }

  expect_failures = [var.source_repository]
}

run "roles_that_give_all_others_are_not_granted" {
  command = plan

  variables {
    grantable_roles = ["roles/owner"]
  }

  expect_failures = [var.grantable_roles]
}

run "one_repository_from_outside_may_plan" {
  command = apply

  variables {
    federation = { repository = "owner/rostrum", repository_id = "123456" }
  }

  assert {
    condition     = google_iam_workload_identity_pool_provider.outside[0].attribute_condition == "assertion.repository_id == '123456' && assertion.repository == 'owner/rostrum'"
    error_message = "Anybody's repository could come."
  }

  assert {
    condition     = endswith(google_service_account_iam_member.outside_plans[0].member, "/attribute.repository_id/123456") && strcontains(google_service_account_iam_member.outside_plans[0].service_account_id, "planner")
    error_message = "It plans, and nothing else."
  }
}

run "provenance_is_asked_for" {
  command = plan

  variables {
    admission = "DRYRUN_AUDIT_LOG_ONLY"
  }

  assert {
    condition     = one(google_binary_authorization_policy.provenance[0].default_admission_rule).require_attestations_by == toset(["projects/rostrum-test/attestors/built-by-cloud-build"])
    error_message = "Images of this project's builds."
  }
}
