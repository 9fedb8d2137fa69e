# A build with an account of its own logs into a bucket of its own.
# https://cloud.google.com/build/docs/securing-builds/store-manage-build-logs
resource "google_storage_bucket" "logs" {
  # checkov:skip=CKV_GCP_62: these are logs; who reads them is in Cloud Audit Logs
  # checkov:skip=CKV_GCP_78: a log is appended to while a build runs, each time as a new version
  project                     = var.project_id
  name                        = "${var.project_id}-build-logs"
  location                    = var.region
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  lifecycle_rule {
    action { type = "Delete" }
    condition { age = var.log_retention_days }
  }
}

# The planner may write its log and nothing else there; the deployer administers buckets anyway.
# A build's log is one object, appended to: objectUser, and the bucket itself is looked at first.
resource "google_storage_bucket_iam_member" "planner_logs" {
  for_each = toset(["roles/storage.legacyBucketReader", "roles/storage.objectUser"])

  bucket = google_storage_bucket.logs.name
  role   = each.value
  member = google_service_account.delivery["planner"].member
}
