locals {
  # https://firebase.google.com/docs/firestore/manage-databases#configure_per-database_access_permissions
  _this_database = "resource.name == 'projects/${var.project_id}/databases/${var.settings.name}'"
}

# To read, write and query documents within transactions; not to change indexes or databases:
# https://cloud.google.com/firestore/docs/security/iam
resource "google_project_iam_member" "writers" {
  for_each = var.writers
  project  = var.project_id
  role     = "roles/datastore.user"
  member   = each.value

  condition {
    title      = "this_database"
    expression = local._this_database
  }
}

# To read documents only: https://cloud.google.com/firestore/docs/security/iam
resource "google_project_iam_member" "readers" {
  for_each = var.readers
  project  = var.project_id
  role     = "roles/datastore.viewer"
  member   = each.value

  condition {
    title      = "this_database"
    expression = local._this_database
  }
}
