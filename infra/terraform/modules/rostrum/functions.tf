module "function" {
  source   = "../event_function"
  for_each = local._functions

  account           = local.emails[each.key]
  archive           = { bucket = module.objects.buckets.functions, path = "${var.archives}/${each.key}.zip" }
  build             = { repository = module.function_registry.id, service_account = local._builder }
  capacity          = merge(each.value.capacity, { for name, value in try(var.functions[each.key], {}) : name => value if value != null })
  dead_letter_topic = module.events.dead_letter_topics[each.key]
  entry_point       = each.value.entry_point
  events_account    = local.emails.events
  name              = each.key
  network           = contains(local._callers.ai_gateway, each.key) ? local._to_services : null
  project_id        = module.project.project_id
  pubsub_agent      = module.project.agents.pubsub
  region            = var.region
  retries           = each.value.retries
  settings          = local.function_settings[each.key]
  optional_settings = [local.collector_settings, lookup(var.settings, each.key, {})]
  topic             = local._topics[each.value.topic]

  # The first build needs them.
  depends_on = [google_project_iam_member.build_sources, module.delivery]
}

# Cloud Functions lays the archives into a bucket of its own, which builds read; no other one:
# https://cloud.google.com/functions/docs/securing/build-custom-sa.
resource "google_project_iam_member" "build_sources" {
  project = module.project.project_id
  role    = "roles/storage.objectViewer"
  member  = module.delivery.members.builder

  condition {
    title      = "sources-of-functions"
    expression = "resource.name.startsWith('projects/_/buckets/gcf-v2-sources-')"
  }
}

module "object_events" {
  source   = "../object_events"
  for_each = toset(["materials", "uploads"])

  bucket          = module.objects.buckets[each.key]
  name            = each.key
  operators       = var.operators
  project_id      = module.project.project_id
  storage_agent   = module.project.agents.storage
  storage_regions = [var.region]
}

locals {
  # Entry points and events as in local/deployables.py. Sweeps are few: the next one is due soon.
  _functions = {
    account_eraser   = { entry_point = "on_account_erased", topic = "account-erased", capacity = {}, retries = {} }
    account_exporter = { entry_point = "on_export_requested", topic = "account-export-requested", capacity = {}, retries = {} }
    account_sweeper  = { entry_point = "on_sweep_due", topic = "sweep-due", capacity = { max_instances = 1 }, retries = { attempts = 5 } }
    attempt_sweeper  = { entry_point = "on_sweep_due", topic = "sweep-due", capacity = { max_instances = 1 }, retries = { attempts = 5 } }
    # The recogniser's weights lie in the memory that is the file system, beside what it computes with,
    # with either transcriber; it uses a whole processor for one recording.
    audio_processing  = { entry_point = "on_recording_uploaded", topic = "uploads-finalized", capacity = { memory = "2Gi" }, retries = {} }
    feedback_writer   = { entry_point = "on_attempt_analyzed", topic = "attempt-analyzed", capacity = { concurrency = 8, timeout_s = 120 }, retries = {} }
    lesson_completion = { entry_point = "on_attempt_completed", topic = "attempt-completed", capacity = { concurrency = 8, timeout_s = 60 }, retries = {} }
    package_importer  = { entry_point = "on_material_uploaded", topic = "materials-finalized", capacity = { timeout_s = 180 }, retries = {} }
  }

  _topics = merge(module.events.topics, { for key, announced in module.object_events : "${key}-finalized" => announced.topic })

  _builder = "projects/${var.project_id}/serviceAccounts/${module.delivery.accounts.builder}"

  # The AI gateway takes calls from inside only: by way of the network, and Private Google Access.
  _to_services = { egress = "ALL_TRAFFIC", network_id = module.network.network_id, subnet_id = module.network.subnet_id }
}
