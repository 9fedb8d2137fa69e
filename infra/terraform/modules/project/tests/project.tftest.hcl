mock_provider "google" {}

mock_provider "google-beta" {}

variables {
  project_id = "rostrum-test"
  grants = {
    firebase    = { auth = "serviceAccount:svc-auth@rostrum-test.iam.gserviceaccount.com" }
    models      = { ai_gateway = "serviceAccount:svc-ai-gateway@rostrum-test.iam.gserviceaccount.com" }
    recognisers = { audio_processing = "serviceAccount:fn-audio-processing@rostrum-test.iam.gserviceaccount.com" }
    telemetry   = { auth = "serviceAccount:svc-auth@rostrum-test.iam.gserviceaccount.com" }
  }
}

run "apis_are_enabled_and_stay" {
  command = plan

  variables {
    services = ["texttospeech.googleapis.com"]
  }

  assert {
    condition     = alltrue([for enabled in google_project_service.enabled : enabled.disable_on_destroy == false])
    error_message = "An API taken away stops what runs on it."
  }
  assert {
    condition     = length(setsubtract(["run.googleapis.com", "sqladmin.googleapis.com", "texttospeech.googleapis.com"], keys(google_project_service.enabled))) == 0
    error_message = "An API is missing."
  }
  assert {
    condition     = output.project_id == "rostrum-test"
    error_message = "The project is passed on."
  }
}

run "roles_are_the_least" {
  command = plan

  assert {
    condition     = google_project_iam_custom_role.model_caller.permissions == toset(["aiplatform.endpoints.predict"])
    error_message = "Models are called, nothing else."
  }
  assert {
    condition     = google_project_iam_member.recognisers["audio_processing"].role == "roles/speech.client" && google_project_iam_member.firebase["auth"].role == "roles/firebaseauth.viewer"
    error_message = "Wrong roles."
  }
  assert {
    condition = { for key, grant in google_project_iam_member.telemetry : key => grant.role } == {
      "metrics/auth" = "roles/monitoring.metricWriter"
      "quota/auth"   = "roles/serviceusage.serviceUsageConsumer"
      "traces/auth"  = "roles/cloudtrace.agent"
    }
    error_message = "Traces and metrics are written, never read."
  }
}

run "who_reads_secrets_is_written_down" {
  command = plan

  assert {
    condition     = google_project_iam_audit_config.secrets.service == "secretmanager.googleapis.com" && contains([for config in google_project_iam_audit_config.secrets.audit_log_config : config.log_type], "DATA_READ")
    error_message = "A read of a secret leaves no trace."
  }
}

run "service_agents_are_told" {
  override_data {
    target = data.google_project.this
    values = { number = "123456789" }
  }

  assert {
    condition     = toset(keys(output.agents)) == toset(["pubsub", "storage"]) && output.number == "123456789"
    error_message = "An agent is missing."
  }
}
