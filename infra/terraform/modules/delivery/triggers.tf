locals {
  _release = var.source_repository == null ? 0 : 1
  _review  = try(var.source_repository.reviews, null) == null ? 0 : 1
}

# https://cloud.google.com/build/docs/automating-builds/create-manage-triggers
resource "google_cloudbuild_trigger" "release" {
  count = local._release

  project         = var.project_id
  location        = var.region
  name            = "release"
  description     = "From a commit to all of the traffic, or back"
  filename        = "cloudbuild.yaml"
  service_account = google_service_account.delivery["deployer"].id

  repository_event_config {
    repository = var.source_repository.id

    push {
      branch = var.source_repository.branch
      tag    = var.source_repository.tag
    }
  }

  # https://cloud.google.com/build/docs/securing-builds/gate-builds-on-approval
  approval_config {
    approval_required = var.source_repository.approval
  }

  substitutions = {
    _ENVIRONMENT  = var.environment
    _LOGS_BUCKET  = google_storage_bucket.logs.name
    _REGION       = var.region
    _REGISTRY     = var.registry.path
    _STATE_BUCKET = var.state_bucket
    _WHEN_QUIET   = var.when_quiet
  }
}

# A pull request's own code runs here, as an account that only reads; a stranger's after a
# maintainer's comment.
resource "google_cloudbuild_trigger" "review" {
  count = local._review

  project            = var.project_id
  location           = var.region
  name               = "review"
  description        = "Checks, tests and the plan of a pull request"
  filename           = "infra/cloudbuild/review.yaml"
  include_build_logs = "INCLUDE_BUILD_LOGS_WITH_STATUS"
  service_account    = google_service_account.delivery["planner"].id

  repository_event_config {
    repository = var.source_repository.id

    pull_request {
      branch          = var.source_repository.reviews
      comment_control = "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY"
    }
  }

  substitutions = {
    _ENVIRONMENT  = var.environment
    _LOGS_BUCKET  = google_storage_bucket.logs.name
    _REGISTRY     = var.registry.path
    _STATE_BUCKET = var.state_bucket
  }
}
