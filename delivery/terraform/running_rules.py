"""Rules about what runs and what is kept. Each yields what is wrong, as a sentence."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from delivery.terraform.resources import Resource, of_type

RESERVED_CONNECTIONS: Final = 15
"""Kept for PostgreSQL's superusers and for Cloud SQL's own agents."""
_DEAD_LETTERS: Final = "-dead-letters"
_WEEK_S: Final = 7 * 24 * 3600
_SECRET: Final = re.compile(r"_(SECRET|PASSWORD|KEY)$")
_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")


def every_subscription_has_dead_letters(resources: Sequence[Resource]) -> Iterator[str]:
    """Those that keep dead letters are the end of the way, and keep them for a week at least."""
    for subscription in of_type(resources, "google_pubsub_subscription"):
        values, at = subscription.values, subscription.address
        if values["name"].endswith(_DEAD_LETTERS):
            kept = values.get("message_retention_duration") or "0s"
            if int(kept.removesuffix("s")) < _WEEK_S:
                yield f"{at}: forgets dead letters within a week"
            if not _never_expires(subscription):
                yield f"{at}: expires when nobody looks at it"
            continue
        if not subscription.block("dead_letter_policy"):
            yield f"{at}: has no dead letters"
        if not subscription.block("retry_policy").get("minimum_backoff"):
            yield f"{at}: tries again at once"
        if not _never_expires(subscription):
            yield f"{at}: expires when nothing happens"
        if not subscription.block("push_config", "oidc_token").get("service_account_email"):
            yield f"{at}: pushes without a token"


def every_function_has_its_subscription(resources: Sequence[Resource]) -> Iterator[str]:
    names = {
        subscription.values["name"].replace("_", "-")
        for subscription in of_type(resources, "google_pubsub_subscription")
    }
    for function in of_type(resources, "google_cloudfunctions2_function"):
        if function.values["name"] not in names:
            yield f"{function.address}: gets no events"
        if f"{function.values['name']}{_DEAD_LETTERS}" not in names:
            yield f"{function.address}: nobody keeps its dead letters"


def everything_runs_as_itself(resources: Sequence[Resource]) -> Iterator[str]:
    """A service account of its own for each service and function; none for jobs of operators."""
    accounts: Counter[str] = Counter()
    for running in of_type(
        resources,
        "google_cloud_run_v2_service",
        "google_cloudfunctions2_function",
    ):
        service = running.type == "google_cloud_run_v2_service"
        account = (
            running.block("template").get("service_account")
            if service
            else running.block("service_config").get("service_account_email")
        )
        if not account:
            yield f"{running.address}: runs as the default account"
        else:
            accounts[account] += 1
    for account, times in accounts.items():
        if times > 1:
            yield f"{account}: {times} deployables run as it"


def threads_are_as_many_as_requests(resources: Sequence[Resource]) -> Iterator[str]:
    for service in of_type(resources, "google_cloud_run_v2_service"):
        wanted = service.block("template").get("max_instance_request_concurrency")
        if f"--threads={wanted}" not in (service.block("template", "containers")["args"] or ()):
            yield f"{service.address}: {wanted} requests at once, other threads"
    for function in of_type(resources, "google_cloudfunctions2_function"):
        config = function.block("service_config")
        wanted = config.get("max_instance_request_concurrency")
        if config["environment_variables"].get("THREADS") != str(wanted):
            yield f"{function.address}: {wanted} events at once, other threads"


def images_are_named_by_digest(resources: Sequence[Resource]) -> Iterator[str]:
    for service in of_type(resources, "google_cloud_run_v2_service"):
        if not _DIGEST.search(service.block("template", "containers").get("image", "")):
            yield f"{service.address}: its image can change"


def secrets_are_no_settings(resources: Sequence[Resource]) -> Iterator[str]:
    for resource in resources:
        if resource.type == "google_secret_manager_secret_version":
            yield f"{resource.address}: the value of a secret is in the state"
        for name, value in _environment(resource).items():
            if _SECRET.search(name) and value:
                yield f"{resource.address}: {name} is written out"


def connections_suffice(resources: Sequence[Resource]) -> Iterator[str]:
    """Pools of all instances, of one more a service for a revision under test, and of the jobs."""
    for instance in of_type(resources, "google_sql_database_instance"):
        flags = {
            f["name"]: f["value"] for f in instance.block("settings").get("database_flags", [])
        }
        limit = int(flags.get("max_connections", "0"))
        budget = connection_budget(resources)
        if budget + RESERVED_CONNECTIONS > limit:
            yield f"{instance.address}: {budget} connections and {RESERVED_CONNECTIONS} of {limit}"


def connection_budget(resources: Sequence[Resource]) -> int:
    total = 0
    for running in of_type(resources, "google_cloud_run_v2_service", "google_cloud_run_v2_job"):
        pool = int(_environment(running).get("ROSTRUM_SQL_POOL") or 0)
        instances = running.block("scaling").get("max_instance_count") or 0
        total += pool * (instances + 1)
    return total


def production_is_protected(resources: Sequence[Resource]) -> Iterator[str]:
    """For prod only."""
    for resource in of_type(
        resources,
        "google_cloud_run_v2_service",
        "google_cloud_run_v2_job",
        "google_sql_database_instance",
    ):
        if not resource.values.get("deletion_protection"):
            yield f"{resource.address}: Terraform may delete it"
    for instance in of_type(resources, "google_sql_database_instance"):
        settings = instance.block("settings")
        backup = instance.block("settings", "backup_configuration")
        if not settings.get("deletion_protection_enabled"):
            yield f"{instance.address}: anybody may delete it"
        if settings.get("availability_type") != "REGIONAL":
            yield f"{instance.address}: is in one zone"
        if not (backup.get("enabled") and backup.get("point_in_time_recovery_enabled")):
            yield f"{instance.address}: cannot be restored to a point in time"
    for database in of_type(resources, "google_firestore_database"):
        values = database.values
        if values.get("delete_protection_state") != "DELETE_PROTECTION_ENABLED":
            yield f"{database.address}: anybody may delete it"
        if values.get("point_in_time_recovery_enablement") != "POINT_IN_TIME_RECOVERY_ENABLED":
            yield f"{database.address}: cannot be restored to a point in time"
    for bucket in of_type(resources, "google_storage_bucket"):
        if bucket.values.get("force_destroy"):
            yield f"{bucket.address}: is deleted with what lies in it"


def _never_expires(subscription: Resource) -> bool:
    policies = subscription.values.get("expiration_policy") or []
    return bool(policies) and policies[0].get("ttl") == ""


def _environment(resource: Resource) -> Mapping[str, str | None]:
    """Settings by name; None where the value is a secret's, or known only later."""
    if resource.type == "google_cloudfunctions2_function":
        return resource.block("service_config").get("environment_variables") or {}
    path = {
        "google_cloud_run_v2_service": ("template", "containers"),
        "google_cloud_run_v2_job": ("template", "template", "containers"),
    }.get(resource.type)
    if path is None:
        return {}
    return {e["name"]: e.get("value") for e in resource.block(*path).get("env", [])}
