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

run "every_path_takes_preflights_without_a_token" {
  command = plan

  assert {
    condition     = alltrue([for path, item in yamldecode(local._document).paths : item.options.security == [] && can(item.options.responses["204"])]) && length(yamldecode(local._document).paths) > 0
    error_message = "A browser asks without a token, on every path."
  }
  assert {
    condition     = alltrue([for path, item in yamldecode(local._document).paths : alltrue([for key, operation in item : operation["x-google-backend"] == item.options["x-google-backend"] if key != "parameters"])])
    error_message = "It asks the service that has the path."
  }
  assert {
    condition     = length(distinct([for path, item in yamldecode(local._document).paths : item.options.operationId])) == length(yamldecode(local._document).paths)
    error_message = "Each operation has an id of its own."
  }
  assert {
    condition     = { for path, item in yamldecode(local._document).paths : path => { for key, operation in item : key => operation if key != "options" } } == local._contract.paths && !anytrue([for path, item in local._contract.paths : contains(keys(item), "options")])
    error_message = "The contract names none, and nothing else of it changes."
  }
  assert {
    condition     = { for key, value in yamldecode(local._document) : key => value if key != "paths" } == { for key, value in local._contract : key => value if key != "paths" }
    error_message = "Backends, schemes and schemas are those of the contract."
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
