locals {
  _lifecycles = jsondecode(file("${path.module}/../../../storage-lifecycle.json"))

  # Days in which a deleted object can be restored. What learners own is not among it: an erasure, and
  # a recording that is not kept, would last a week longer than we say.
  # https://cloud.google.com/storage/docs/soft-delete
  _soft_delete_days = merge(
    { exports = 0, features = 0, functions = 7, ledger = 30, materials = 30, uploads = 0 },
    var.soft_delete_days,
  )

  # Browsers send signed uploads to these, and play what is in them.
  _cors = toset(["materials", "uploads"])
}

resource "google_storage_bucket" "rostrum" {
  for_each                    = local._soft_delete_days
  project                     = var.project_id
  name                        = "${var.project_id}-${each.key}"
  location                    = var.location
  force_destroy               = var.force_destroy
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  dynamic "cors" {
    for_each = contains(local._cors, each.key) && length(var.cors_origins) > 0 ? [true] : []
    content {
      origin = var.cors_origins
      method = ["GET", "HEAD", "POST", "PUT"]
      # Both those a request may bring, which the signature covers, and those a page may read of the
      # answer: https://cloud.google.com/storage/docs/cors-configurations
      response_header = [
        "Content-Range",
        "Content-Type",
        "ETag",
        "Location",
        "Range",
        "x-goog-content-length-range",
        "x-goog-generation",
        "x-goog-if-generation-match",
        "x-goog-resumable",
      ]
      max_age_seconds = 3600
    }
  }

  dynamic "lifecycle_rule" {
    for_each = lookup(local._lifecycles, each.key, [])
    content {
      action {
        type = "Delete"
      }
      condition {
        age            = lifecycle_rule.value.age_days
        matches_prefix = lifecycle_rule.value.prefix == "" ? null : [lifecycle_rule.value.prefix]
      }
    }
  }

  soft_delete_policy {
    retention_duration_seconds = each.value * 86400
  }

  versioning {
    # The ledger says who is to be erased again after a restore; a slip must not empty it.
    enabled = each.key == "ledger"
  }
}
