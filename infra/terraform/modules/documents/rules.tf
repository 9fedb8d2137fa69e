resource "google_firebaserules_ruleset" "documents" {
  project = var.project_id

  source {
    files {
      name    = "firestore.rules"
      content = file("${path.module}/../../../firestore/firestore.rules")
    }
  }

  lifecycle {
    # A ruleset in use cannot be deleted.
    create_before_destroy = true
  }
}

resource "google_firebaserules_release" "documents" {
  project = var.project_id
  # https://firebase.google.com/docs/firestore/manage-databases: others than the default by name.
  name         = var.settings.name == "(default)" ? "cloud.firestore" : "cloud.firestore/${var.settings.name}"
  ruleset_name = "projects/${var.project_id}/rulesets/${google_firebaserules_ruleset.documents.name}"

  lifecycle {
    replace_triggered_by = [google_firebaserules_ruleset.documents]
  }

  depends_on = [google_firestore_database.rostrum]
}
