mock_provider "google-beta" {}

variables {
  account       = "api-gateway@rostrum-test.iam.gserviceaccount.com"
  backends      = { auth = "https://auth.run.app", course = "https://course.run.app", practice = "https://practice.run.app" }
  project_id    = "rostrum-test"
  region        = "europe-west1"
  token_account = "svc-auth@rostrum-test.iam.gserviceaccount.com"
}

run "the_projects_own_document" {
  command = plan

  assert {
    condition     = yamldecode(local._document).x-google-api-management.backends.practice.jwtAudience == "https://practice.run.app" && yamldecode(local._document).x-google-api-management.backends.auth.address == "https://auth.run.app"
    error_message = "Each backend is called with a token for itself."
  }
  assert {
    condition     = yamldecode(local._document).components.securitySchemes.access_token.x-google-auth.issuer == var.token_account && endswith(yamldecode(local._document).components.securitySchemes.access_token.x-google-auth.jwksUri, "/${var.token_account}")
    error_message = "Users' tokens are those of the signing account."
  }
  assert {
    condition     = base64decode(google_api_gateway_api_config.config.openapi_documents[0].document[0].contents) == local._document && length(regexall("\\$\\{", local._document)) == 0
    error_message = "The document is served with every template filled in."
  }
  assert {
    condition     = google_api_gateway_api_config.config.gateway_config[0].backend_config[0].google_service_account == var.account
    error_message = "The gateway calls as its own account."
  }
}

run "another_backend_another_config" {
  command = plan

  variables {
    backends = { auth = "https://auth-2.run.app", course = "https://course.run.app", practice = "https://practice.run.app" }
  }

  assert {
    condition     = google_api_gateway_api_config.config.api_config_id != run.the_projects_own_document.api_config
    error_message = "A changed document is a new config."
  }
}
