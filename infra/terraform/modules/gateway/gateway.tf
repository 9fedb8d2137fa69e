resource "google_api_gateway_api" "api" {
  provider = google-beta
  project  = var.project_id
  api_id   = var.name
}

# A config never changes: a changed document is a new one, made and taken before the old one goes.
resource "google_api_gateway_api_config" "config" {
  provider      = google-beta
  project       = var.project_id
  api           = google_api_gateway_api.api.api_id
  api_config_id = "${var.name}-${substr(sha256(local._document), 0, 16)}"

  openapi_documents {
    document {
      path     = "openapi.yaml"
      contents = base64encode(local._document)
    }
  }

  # As this account the gateway calls the services.
  gateway_config {
    backend_config {
      google_service_account = var.account
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_api_gateway_gateway" "gateway" {
  provider   = google-beta
  project    = var.project_id
  region     = var.region
  api_config = google_api_gateway_api_config.config.id
  gateway_id = var.name
}

locals {
  _contract = yamldecode(templatefile(coalesce(var.document, "${path.module}/../../../../openapi/rostrum.yaml"), {
    AUTH_URL     = var.backends.auth
    COURSE_URL   = var.backends.course
    PRACTICE_URL = var.backends.practice
    TOKEN_ISSUER = var.token_account
    # https://cloud.google.com/api-gateway/docs/authenticating-users-jwt: an account's public keys.
    TOKEN_JWKS_URI = "https://www.googleapis.com/robot/v1/metadata/x509/${var.token_account}"
  }))

  # A browser asks with OPTIONS, without a token, before a page of another origin calls. The gateway
  # lets through only what the document names and has no CORS of its own, so the service answers:
  # https://cloud.google.com/api-gateway/docs/oasv3-extensions, docs/decisions/0073.
  _document = yamlencode(merge(local._contract, {
    paths = { for path, item in local._contract.paths : path => merge(item, {
      options = {
        operationId        = "preflight${replace(path, "/[^0-9A-Za-z]+/", "_")}"
        security           = []
        "x-google-backend" = one(toset([for key, operation in item : operation["x-google-backend"] if key != "parameters"]))
        responses          = { "204" = { description = "What pages of other origins may send." } }
      }
    }) }
  }))
}
