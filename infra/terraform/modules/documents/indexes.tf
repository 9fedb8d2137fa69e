locals {
  _index_file = jsondecode(file("${path.module}/../../../firestore/firestore.indexes.json"))

  _composites = {
    for index in local._index_file.indexes :
    join(":", concat(
      [index.collectionGroup, index.queryScope],
      [for field in index.fields : "${field.fieldPath}-${try(field.order, field.arrayConfig)}"],
    )) => index
  }

  _fields = {
    for field in local._index_file.fieldOverrides : "${field.collectionGroup}:${field.fieldPath}" => field
  }
}

resource "google_firestore_index" "composite" {
  for_each    = local._composites
  project     = var.project_id
  database    = google_firestore_database.rostrum.name
  collection  = each.value.collectionGroup
  query_scope = each.value.queryScope

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path   = fields.value.fieldPath
      order        = try(fields.value.order, null)
      array_config = try(fields.value.arrayConfig, null)
    }
  }
}

# An `index_config` without indexes takes Firestore's automatic ones away; the field `*` stands for
# all that have no settings of their own:
# https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.fields
resource "google_firestore_field" "override" {
  for_each   = local._fields
  project    = var.project_id
  database   = google_firestore_database.rostrum.name
  collection = each.value.collectionGroup
  field      = each.value.fieldPath

  index_config {
    dynamic "indexes" {
      for_each = each.value.indexes
      content {
        order        = try(indexes.value.order, null)
        array_config = try(indexes.value.arrayConfig, null)
        query_scope  = indexes.value.queryScope
      }
    }
  }

  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [true] : []
    content {}
  }
}
