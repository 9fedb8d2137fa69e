# Of objectUser, which is the predefined role that deletes, the sweepers and the importer need neither
# to create nor to overwrite: https://cloud.google.com/storage/docs/access-control/iam-permissions
resource "google_project_iam_custom_role" "object_remover" {
  project     = var.project_id
  role_id     = "rostrum.objectRemover"
  title       = "Rostrum: reads and removes objects"
  permissions = ["storage.objects.delete", "storage.objects.get", "storage.objects.list"]
}

locals {
  # https://cloud.google.com/storage/docs/access-control/iam-roles
  _roles = {
    # Add objects, never replace one: that takes the permission to delete.
    creators = "roles/storage.objectCreator"
    # Add, replace, read, list and delete objects; no policy of bucket or object. A URL that is signed
    # in an account's name lets do what the account may.
    editors = "roles/storage.objectUser"
    # Read and list objects.
    readers = "roles/storage.objectViewer"
    # Read, list and delete objects.
    removers = google_project_iam_custom_role.object_remover.name
  }

  _access = merge(flatten([
    for bucket, roles in var.access : [
      for kind, members in roles : {
        for key, member in members : "${bucket}/${kind}/${key}" => {
          bucket = bucket, kind = kind, member = member
        }
      }
    ]
  ])...)
}

resource "google_storage_bucket_iam_member" "access" {
  for_each = local._access
  bucket   = google_storage_bucket.rostrum[each.value.bucket].name
  role     = local._roles[each.value.kind]
  member   = each.value.member
}
