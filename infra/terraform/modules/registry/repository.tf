resource "google_artifact_registry_repository" "images" {
  project       = var.project_id
  location      = var.location
  repository_id = "rostrum"
  description   = "Images of the services and jobs, deployed by digest."
  format        = "DOCKER"

  docker_config {
    # A tag says for ever which image was built of a commit.
    immutable_tags = true
  }

  # A policy that keeps wins over one that deletes:
  # https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = var.keep_count
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "7776000s"
      tag_state  = "ANY"
    }
  }

  cleanup_policies {
    id     = "delete-untagged"
    action = "DELETE"
    condition {
      older_than = "604800s"
      tag_state  = "UNTAGGED"
    }
  }
}

# To pull: who deploys an image must be able to read it.
# https://cloud.google.com/artifact-registry/docs/access-control
resource "google_artifact_registry_repository_iam_member" "readers" {
  for_each   = var.readers
  project    = var.project_id
  location   = var.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.reader"
  member     = each.value
}

# To push, which does not include to delete: https://cloud.google.com/artifact-registry/docs/access-control
resource "google_artifact_registry_repository_iam_member" "writers" {
  for_each   = var.writers
  project    = var.project_id
  location   = var.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = each.value
}
