# Values are added by an operator, so that none is ever in Terraform's state:
# gcloud secrets versions add NAME --data-file=-
resource "google_secret_manager_secret" "rostrum" {
  for_each  = var.accessors
  project   = var.project_id
  secret_id = each.key

  replication {
    user_managed {
      replicas {
        location = var.location
      }
    }
  }

  # A version destroyed by mistake is only disabled for a week:
  # https://cloud.google.com/secret-manager/docs/delayed-destruction-of-secret-versions
  version_destroy_ttl = "604800s"
}

# Cloud Run reads a version in the deployable's name before it starts:
# https://cloud.google.com/run/docs/configuring/services/secrets
resource "google_secret_manager_secret_iam_member" "accessors" {
  for_each = merge([
    for name, members in var.accessors : {
      for key, member in members : "${name}/${key}" => { member = member, name = name }
    }
  ]...)
  project   = var.project_id
  secret_id = google_secret_manager_secret.rostrum[each.value.name].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value.member
}
