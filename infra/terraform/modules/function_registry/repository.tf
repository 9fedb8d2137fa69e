# Apart from the services' repository, whose tags never change: each build of a function moves the
# tags of its image and of its cache.
resource "google_artifact_registry_repository" "functions" {
  project       = var.project_id
  location      = var.location
  repository_id = "functions"
  description   = "Images that Cloud Functions builds."
  format        = "DOCKER"

  # A scan costs 0.26 USD an image, and every release builds every function anew: what is in them is
  # pinned by hash. https://cloud.google.com/artifact-analysis/pricing
  vulnerability_scanning_config {
    enablement_config = "DISABLED"
  }

  # Cloud Run keeps what its revisions run: https://cloud.google.com/run/docs/deploying#images.
  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
      tag_state  = "ANY"
    }
  }
}
