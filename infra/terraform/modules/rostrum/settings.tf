# Settings of the deployables (docs/configuration.md), in groups as their settings.py inherits them;
# what one alone has stands with it.
locals {
  runtime_settings = {
    PYDANTIC_DISABLE_PLUGINS = "__all__"
    ROSTRUM_ENGINE           = "google"
    ROSTRUM_ENVIRONMENT      = var.environment
    ROSTRUM_LOG_LEVEL        = var.log_level
    ROSTRUM_PROJECT          = var.project_id
  }

  # Null where no collector is.
  collector_settings = {
    ROSTRUM_OTLP_AUTH     = var.collector == null ? null : "google"
    ROSTRUM_OTLP_ENDPOINT = try(var.collector.endpoint, null)
    ROSTRUM_TRACE_RATIO   = try(tostring(var.collector.trace_ratio), null)
  }

  identity_settings = {
    ROSTRUM_SIGNER         = "google"
    ROSTRUM_TOKEN_ACCOUNT  = local.emails.auth
    ROSTRUM_TOKEN_AUDIENCE = "rostrum"
  }

  documents_settings = {
    ROSTRUM_FIRESTORE_DATABASE = module.documents.database
  }

  sql_settings = {
    ROSTRUM_SQL_DATABASE = module.database.database
    ROSTRUM_SQL_INSTANCE = module.database.connection_name
    ROSTRUM_SQL_IP_TYPE  = "private"
  }

  address_settings = {
    # The load balancer of the edge appends the client and itself, where the front end of the gateway
    # appends the client alone: https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header.
    ROSTRUM_FORWARDED_HOPS = tostring(var.forwarded_hops + (var.edge == null ? 0 : 1))
  }

  # Pages of the same origins send objects to the buckets (modules/objects).
  web_settings = {
    ROSTRUM_WEB_ORIGINS = jsonencode(var.origins)
  }

  uploads_settings = {
    ROSTRUM_UPLOADS_BUCKET = module.objects.buckets.uploads
  }

  features_settings = {
    ROSTRUM_FEATURES_BUCKET = module.objects.buckets.features
  }

  materials_settings = {
    ROSTRUM_MATERIALS_BUCKET = module.objects.buckets.materials
  }

  exports_settings = {
    ROSTRUM_EXPORTS_BUCKET = module.objects.buckets.exports
  }

  ledger_settings = {
    ROSTRUM_LEDGER_BUCKET = module.objects.buckets.ledger
  }

  # What keeps its default unless an environment says otherwise (var.settings).
  tunable_settings = {
    ai_gateway = ["ROSTRUM_CALLS_PER_USER", "ROSTRUM_MODEL_PRICES", "ROSTRUM_MODEL_TIMEOUT_S"]
    auth = [
      "ROSTRUM_ADDRESS_FAILURES", "ROSTRUM_LOGIN_FAILURES", "ROSTRUM_MAILS_PER_HOUR",
      "ROSTRUM_OBJECTS_URL", "ROSTRUM_REQUESTS_PER_MINUTE", "ROSTRUM_SESSION_DAYS",
    ]
    course   = ["ROSTRUM_OBJECTS_URL", "ROSTRUM_UPLOADS_PER_ADDRESS", "ROSTRUM_UPLOADS_PER_USER"]
    practice = ["ROSTRUM_ATTEMPTS_PER_ADDRESS", "ROSTRUM_ATTEMPTS_PER_USER", "ROSTRUM_COURSE_TIMEOUT_S", "ROSTRUM_OBJECTS_URL"]

    account_eraser   = ["ROSTRUM_SERVICE_TIMEOUT_S"]
    account_exporter = ["ROSTRUM_OBJECTS_URL", "ROSTRUM_SERVICE_TIMEOUT_S"]
    account_sweeper  = ["ROSTRUM_SERVICE_TIMEOUT_S"]
    attempt_sweeper = [
      "ROSTRUM_OBJECTS_URL", "ROSTRUM_QUEUED_FOR_S", "ROSTRUM_STALE_AFTER_S", "ROSTRUM_UPLOAD_GRACE_S",
    ]
    audio_processing = [
      "ROSTRUM_LOCAL_FILLERS", "ROSTRUM_OBJECTS_URL", "ROSTRUM_PROCESSING_LEASE_S", "ROSTRUM_RECORDINGS_KEPT_DAYS",
      "ROSTRUM_SPEECH_TIMEOUT_S",
    ]
    feedback_writer   = ["ROSTRUM_AI_GATEWAY_TIMEOUT_S"]
    lesson_completion = ["ROSTRUM_COURSE_TIMEOUT_S"]
    package_importer  = ["ROSTRUM_COURSE_TIMEOUT_S", "ROSTRUM_OBJECTS_URL"]
  }
}
