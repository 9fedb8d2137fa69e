"""Who may have which role, and why: what Terraform gives beyond this table is refused.

Of deployables only; the roles of deliveries stand in modules/delivery, each with its reason.
"""

from typing import Final

_PROJECT: Final = "google_project_iam_member"
_BUCKET: Final = "google_storage_bucket_iam_member"
_TOPIC: Final = "google_pubsub_topic_iam_member"
_SERVICE: Final = "google_cloud_run_v2_service_iam_member"
_SECRET: Final = "google_secret_manager_secret_iam_member"  # noqa: S105
_ACCOUNT: Final = "google_service_account_iam_member"

Grant = tuple[str, str]
_DOCUMENTS: Final[Grant] = (_PROJECT, "roles/datastore.user")
_EVENTS: Final[Grant] = (_TOPIC, "roles/pubsub.publisher")
_SIGNS: Final[Grant] = (_ACCOUNT, "roles/iam.serviceAccountTokenCreator")
_CALLS: Final[Grant] = (_SERVICE, "roles/run.invoker")
_OBJECTS: Final[Grant] = (_BUCKET, "roles/storage.objectUser")
_REMOVES: Final[Grant] = (_BUCKET, "roles/rostrum.objectRemover")
_TABLES: Final[tuple[Grant, ...]] = (
    (_PROJECT, "roles/cloudsql.client"),
    (_PROJECT, "roles/cloudsql.instanceUser"),
)

ALLOWED: Final[dict[str, dict[Grant, str]]] = {
    "svc-auth": {
        **dict.fromkeys(_TABLES, "accounts, sessions and their audit"),
        _DOCUMENTS: "idempotency keys, recording choices, rate limits",
        _EVENTS: "accounts erased, exports asked for",
        _SIGNS: "users' tokens, links to exports, Firebase's custom tokens",
        _REMOVES: "exports are handed out, and removed with their account",
        (_BUCKET, "roles/storage.objectCreator"): "the ledger of erasures is written",
        (_BUCKET, "roles/storage.objectViewer"): "and read after a restore",
        (_SECRET, "roles/secretmanager.secretAccessor"): "its own three secrets",
        (_PROJECT, "roles/firebaseauth.viewer"): "sign-ins of Firebase are asked about",
    },
    "svc-course": {
        **dict.fromkeys(_TABLES, "courses, enrolments and progress"),
        _DOCUMENTS: "idempotency keys, rate limits",
        _SIGNS: "URLs of media and packages",
        _OBJECTS: "media and packages are uploaded in its name, read and removed",
    },
    "svc-practice": {
        _DOCUMENTS: "attempts",
        _SIGNS: "URLs of recordings, calls of course",
        _OBJECTS: "recordings are uploaded in its name, copied and removed",
        _REMOVES: "features go with their attempt or account",
        _CALLS: "asks course for prompts",
    },
    "svc-ai-gateway": {
        _DOCUMENTS: "the ledger of model calls",
        (_PROJECT, "roles/rostrum.modelCaller"): "Gemini",
    },
    "fn-audio-processing": {
        _DOCUMENTS: "attempts",
        _EVENTS: "attempts analysed or failed",
        _OBJECTS: "recordings are read, kept by a copy, removed; features are written",
        (_PROJECT, "roles/speech.client"): "Speech-to-Text, where it transcribes",
    },
    "fn-feedback-writer": {
        _DOCUMENTS: "attempts",
        _EVENTS: "attempts completed or failed",
        _SIGNS: "calls of the AI gateway",
        _CALLS: "the AI gateway writes the feedback",
    },
    "fn-attempt-sweeper": {
        _DOCUMENTS: "stale attempts",
        _EVENTS: "attempts failed",
        _REMOVES: "recordings whose time has come, features of attempts that failed",
    },
    "fn-lesson-completion": {
        (_PROJECT, "roles/datastore.viewer"): "attempts are read",
        _SIGNS: "calls of course",
        _CALLS: "course counts the completion",
    },
    "fn-account-exporter": {
        _OBJECTS: "writes the export",
        _SIGNS: "calls of every service",
        _CALLS: "every service tells what it holds",
    },
    "fn-account-eraser": {
        _SIGNS: "calls of every service",
        _CALLS: "every service erases what it holds",
    },
    "fn-account-sweeper": {
        _SIGNS: "calls of auth",
        _CALLS: "auth sweeps erasures and exports",
    },
    "fn-package-importer": {
        _REMOVES: "packages that are imported",
        _SIGNS: "calls of course",
        _CALLS: "course imports the package",
    },
    "job-migrate": dict.fromkeys(_TABLES, "makes and owns the schemas"),
    "api-gateway": {_CALLS: "the public's way to the services"},
    "event-trigger": {_CALLS: "Pub/Sub brings events to the functions"},
}

CLOUD_TELEMETRY: Final = (
    "roles/cloudtrace.agent",
    "roles/monitoring.metricWriter",
    "roles/serviceusage.serviceUsageConsumer",
)
"""What every deployable may have on the project where a collector of Google's is configured."""

DELIVERY: Final = ("builder", "deployer", "planner")
"""Accounts of deliveries."""

FEDERATED: Final[Grant] = (_ACCOUNT, "roles/iam.workloadIdentityUser")
"""CI outside Google, which plans as the planner (modules/delivery/federation.tf)."""

PUSHES: Final[Grant] = _SIGNS
"""Pub/Sub's agent, which makes the tokens of the account event-trigger that come with events."""

OPERATORS: Final[tuple[Grant, ...]] = (
    (_TOPIC, "roles/pubsub.publisher"),
    ("google_pubsub_subscription_iam_member", "roles/pubsub.subscriber"),
    (_PROJECT, "roles/pubsub.viewer"),
)
"""What people may have: dead letters are looked at, and published anew."""
