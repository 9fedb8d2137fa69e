locals {
  _members = {
    for key, email in var.iam_users : key => "serviceAccount:${email}"
  }
  # https://cloud.google.com/sql/docs/postgres/iam-conditions
  _this_instance = join(" && ", [
    "resource.name == 'projects/${var.project_id}/instances/${var.settings.name}'",
    "resource.type == 'sqladmin.googleapis.com/Instance'",
  ])
}

# A new user has no privileges; the migrator's role lets it make schemas, which it then owns, and
# its migrations grant the services what each needs of its own:
# https://cloud.google.com/sql/docs/postgres/add-manage-iam-users
resource "google_sql_user" "iam" {
  for_each       = var.iam_users
  project        = var.project_id
  instance       = google_sql_database_instance.main.name
  name           = trimsuffix(each.value, ".gserviceaccount.com")
  type           = "CLOUD_IAM_SERVICE_ACCOUNT"
  database_roles = each.key == var.migrator ? ["cloudsqlsuperuser"] : null

  # A role that owns or may use anything cannot be dropped through the API.
  deletion_policy = "ABANDON"
}

# To fetch the instance's address and certificate and be let in by the connector:
# https://cloud.google.com/sql/docs/postgres/iam-roles
resource "google_project_iam_member" "client" {
  for_each = local._members
  project  = var.project_id
  role     = "roles/cloudsql.client"
  member   = each.value

  condition {
    title      = "this_instance"
    expression = local._this_instance
  }
}

# To log in to PostgreSQL as itself:
# https://cloud.google.com/sql/docs/postgres/iam-authentication
resource "google_project_iam_member" "instance_user" {
  for_each = local._members
  project  = var.project_id
  role     = "roles/cloudsql.instanceUser"
  member   = each.value

  condition {
    title      = "this_instance"
    expression = local._this_instance
  }
}
