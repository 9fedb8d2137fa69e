mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  alerts             = { emails = { operators = "operators@example.com" } }
  billing_account    = "000000-000000-000000"
  budget             = { currency = "USD", units = 100 }
  database           = { tier = "db-custom-1-3840" }
  documents_location = "europe-west1"
  environment        = "staging"
  image              = "europe-west1-docker.pkg.dev/rostrum-test/images/rostrum@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  mail               = { from = "rostrum@example.com", host = "smtp.example.com", user = "rostrum" }
  objects_location   = "europe-west1"
  origins            = ["https://app.example.com"]
  project_id         = "rostrum-test"
  public_url         = "https://app.example.com"
  state_bucket       = "rostrum-test-state"

  services = {
    ai_gateway = { max_instances = 2 }
    auth       = { max_instances = 3 }
    course     = { max_instances = 3 }
    practice   = { max_instances = 2 }
  }
}

run "as_given" {
  command = plan

  assert {
    condition     = output.connections.budget == 8 * (3 + 1) + 8 * (3 + 1) + 4 * 2
    error_message = "Every instance's pool, one instance more a service, the jobs."
  }
  assert {
    condition     = toset(keys(output.posture.callers.ai_gateway)) == toset(["account_eraser", "account_exporter", "feedback_writer"])
    error_message = "The AI gateway is none of the public's business."
  }
  assert {
    condition     = toset(keys(output.posture.callers.course)) == toset(["account_eraser", "account_exporter", "deployer", "gateway", "lesson_completion", "package_importer", "practice"])
    error_message = "Course is called by those that its internal routes are for."
  }
  assert {
    condition     = local._functions.audio_processing.capacity.memory == "2Gi"
    error_message = "Room for the model's weights."
  }
  assert {
    condition     = local.web_settings.ROSTRUM_WEB_ORIGINS == jsonencode(["https://app.example.com"]) && local.address_settings.ROSTRUM_FORWARDED_HOPS == "2"
    error_message = "Services answer the pages of the web apps, and count the gateway's proxies."
  }
}

run "behind_an_edge" {
  command = plan

  variables {
    edge = { domains = ["api.example.com"] }
  }

  assert {
    condition     = local.address_settings.ROSTRUM_FORWARDED_HOPS == "3"
    error_message = "The load balancer writes one more."
  }
}

run "too_many_instances_for_the_database" {
  command = plan

  variables {
    services = {
      ai_gateway = { max_instances = 2 }
      auth       = { max_instances = 4 }
      course     = { max_instances = 4 }
      practice   = { max_instances = 2 }
    }
  }

  expect_failures = [var.database]
}

run "only_settings_that_may_be_tuned" {
  command = plan

  variables {
    settings = { auth = { ROSTRUM_SIGNER = "local" } }
  }

  expect_failures = [var.settings]
}

run "only_origins_that_are_exact" {
  command = plan

  variables {
    origins = ["https://app.example.com/"]
  }

  expect_failures = [var.origins]
}

run "only_functions_there_are" {
  command = plan

  variables {
    functions = { nobody = { max_instances = 2 } }
  }

  expect_failures = [var.functions]
}

run "with_googles_recogniser_and_collector" {
  command = plan

  variables {
    collector   = {}
    transcriber = "google"
  }

  assert {
    condition     = local._functions.audio_processing.capacity.memory == "2Gi" && merge(local.function_settings.audio_processing...).ROSTRUM_TRANSCRIBER == "google"
    error_message = "The encoder's weights are in memory with Google's recogniser too."
  }
  assert {
    condition     = local.collector_settings.ROSTRUM_OTLP_ENDPOINT == "https://telemetry.googleapis.com" && local.collector_settings.ROSTRUM_OTLP_AUTH == "google"
    error_message = "Google's own, with credentials."
  }
}
