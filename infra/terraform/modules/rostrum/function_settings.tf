locals {
  function_settings = {
    account_eraser = [
      local.runtime_settings,
      local.identity_settings,
      {
        ROSTRUM_AI_GATEWAY_URL = module.ai_gateway.url
        ROSTRUM_AUTH_URL       = module.auth.url
        ROSTRUM_COURSE_URL     = module.course.url
        ROSTRUM_OWN_ACCOUNT    = local.emails.account_eraser
        ROSTRUM_PRACTICE_URL   = module.practice.url
      },
    ]

    account_exporter = [
      local.runtime_settings,
      local.identity_settings,
      local.documents_settings,
      local.exports_settings,
      {
        ROSTRUM_AI_GATEWAY_URL = module.ai_gateway.url
        ROSTRUM_AUTH_URL       = module.auth.url
        ROSTRUM_COURSE_URL     = module.course.url
        ROSTRUM_OWN_ACCOUNT    = local.emails.account_exporter
        ROSTRUM_PRACTICE_URL   = module.practice.url
      },
    ]

    account_sweeper = [
      local.runtime_settings,
      local.identity_settings,
      {
        ROSTRUM_AUTH_URL    = module.auth.url
        ROSTRUM_OWN_ACCOUNT = local.emails.account_sweeper
      },
    ]

    attempt_sweeper = [
      local.runtime_settings,
      local.documents_settings,
      local.uploads_settings,
      local.features_settings,
      {
        ROSTRUM_OWN_ACCOUNT = local.emails.attempt_sweeper
      },
    ]

    audio_processing = [
      local.runtime_settings,
      local.documents_settings,
      local.uploads_settings,
      local.features_settings,
      {
        ROSTRUM_MODELS_DIR       = "/tmp/models"
        ROSTRUM_OWN_ACCOUNT      = local.emails.audio_processing
        ROSTRUM_SPEECH_LANGUAGES = jsonencode(var.speech.languages)
        ROSTRUM_SPEECH_MODEL     = var.speech.model
        ROSTRUM_SPEECH_REGION    = var.speech.region
        ROSTRUM_TRANSCRIBER      = var.transcriber
      },
    ]

    feedback_writer = [
      local.runtime_settings,
      local.identity_settings,
      local.documents_settings,
      {
        ROSTRUM_AI_GATEWAY_URL = module.ai_gateway.url
        ROSTRUM_OWN_ACCOUNT    = local.emails.feedback_writer
      },
    ]

    lesson_completion = [
      local.runtime_settings,
      local.identity_settings,
      local.documents_settings,
      {
        ROSTRUM_COURSE_URL  = module.course.url
        ROSTRUM_OWN_ACCOUNT = local.emails.lesson_completion
      },
    ]

    package_importer = [
      local.runtime_settings,
      local.identity_settings,
      local.documents_settings,
      local.materials_settings,
      {
        ROSTRUM_COURSE_URL  = module.course.url
        ROSTRUM_OWN_ACCOUNT = local.emails.package_importer
      },
    ]
  }
}
