"""Each rule lets a sound plan pass, and catches what it is for."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from delivery.terraform import access_rules, grants, network_rules, running_rules
from delivery.terraform.rules import PRODUCTION_RULES, RULES, broken
from tests.fakes.terraform_plan import DOMAIN, SOUND, plan

Change = tuple[str, tuple[Any, ...], Any]
SERVICE = "google_cloud_run_v2_service.auth"
FUNCTION = "google_cloudfunctions2_function.eraser"
PUSHED = "google_pubsub_subscription.eraser"
KEPT = "google_pubsub_subscription.dead"
SQL = "google_sql_database_instance.main"
BUCKET = "google_storage_bucket.uploads"
CALLER = "google_cloud_run_v2_service_iam_member.gateway"
PROJECT = "google_project_iam_member.documents"
PUSHES = "google_service_account_iam_member.pushes"
CONTAINER = ("template", 0, "containers", 0)

BREAKAGES: list[tuple[Callable[..., Any], Change]] = [
    (access_rules.nothing_is_public, (CALLER, ("member",), "allUsers")),
    (access_rules.nothing_is_public, (CALLER, ("member",), "allAuthenticatedUsers")),
    (access_rules.nothing_is_public, (SERVICE, ("invoker_iam_disabled",), True)),
    (access_rules.nothing_is_public, (SERVICE, ("name",), "ai-gateway")),
    (access_rules.nothing_is_public, (FUNCTION, ("service_config", 0, "ingress_settings"), None)),
    (access_rules.nothing_is_public, (BUCKET, ("public_access_prevention",), "inherited")),
    (access_rules.nothing_is_public, (BUCKET, ("uniform_bucket_level_access",), False)),
    (
        access_rules.nothing_is_public,
        (SQL, ("settings", 0, "ip_configuration", 0, "ipv4_enabled"), True),
    ),
    (access_rules.roles_are_in_the_table, (PROJECT, ("role",), "roles/editor")),
    (access_rules.roles_are_in_the_table, (PROJECT, ("role",), "roles/storage.admin")),
    (access_rules.roles_are_in_the_table, (PROJECT, ("member",), f"serviceAccount:x@{DOMAIN}")),
    (access_rules.roles_are_in_the_table, (PROJECT, ("member",), "user:somebody@example.com")),
    (
        access_rules.signers_sign_for_themselves,
        (
            "google_service_account_iam_member.auth",
            ("service_account_id",),
            f"projects/rostrum-test/serviceAccounts/svc-course@{DOMAIN}",
        ),
    ),
    (access_rules.roles_are_in_the_table, (PUSHES, ("role",), "roles/iam.serviceAccountAdmin")),
    (
        access_rules.roles_are_in_the_table,
        (PUSHES, ("service_account_id",), f"projects/rostrum-test/serviceAccounts/x@{DOMAIN}"),
    ),
    (access_rules.pushes_can_be_signed, (PUSHES, ("role",), "roles/iam.serviceAccountUser")),
    (access_rules.pushes_can_be_signed, (PUSHES, ("member",), f"serviceAccount:x@{DOMAIN}")),
    (
        network_rules.google_is_reached_from_inside,
        ("google_dns_record_set.services", ("name",), "run.app."),
    ),
    (
        network_rules.google_is_reached_from_inside,
        ("google_dns_record_set.apis", ("rrdatas",), ["142.250.1.1"]),
    ),
    (
        network_rules.google_is_reached_from_inside,
        ("google_compute_firewall.to_google", ("allow",), []),
    ),
    (
        network_rules.addresses_suffice,
        (FUNCTION, ("service_config", 0, "max_instance_count"), 40),
    ),
    (
        network_rules.addresses_suffice,
        ("google_compute_subnetwork.serverless", ("ip_cidr_range",), "10.8.0.0/28"),
    ),
    (access_rules.deliveries_can_give_what_is_given, (PROJECT, ("role",), "roles/speech.client")),
    (running_rules.every_subscription_has_dead_letters, (PUSHED, ("dead_letter_policy",), [])),
    (running_rules.every_subscription_has_dead_letters, (PUSHED, ("retry_policy",), [])),
    (running_rules.every_subscription_has_dead_letters, (PUSHED, ("expiration_policy",), [])),
    (running_rules.every_subscription_has_dead_letters, (PUSHED, ("push_config",), [])),
    (
        running_rules.every_subscription_has_dead_letters,
        (KEPT, ("message_retention_duration",), "86400s"),
    ),
    (running_rules.every_function_has_its_subscription, (PUSHED, ("name",), "other")),
    (running_rules.every_function_has_its_subscription, (KEPT, ("name",), "x-dead-letters")),
    (
        running_rules.everything_runs_as_itself,
        (FUNCTION, ("service_config", 0, "service_account_email"), f"svc-auth@{DOMAIN}"),
    ),
    (running_rules.everything_runs_as_itself, (SERVICE, ("template", 0, "service_account"), "")),
    (
        running_rules.threads_are_as_many_as_requests,
        (SERVICE, ("template", 0, "max_instance_request_concurrency"), 80),
    ),
    (
        running_rules.threads_are_as_many_as_requests,
        (FUNCTION, ("service_config", 0, "max_instance_request_concurrency"), 4),
    ),
    (running_rules.images_are_named_by_digest, (SERVICE, (*CONTAINER, "image"), "rostrum:latest")),
    (running_rules.secrets_are_no_settings, (SERVICE, (*CONTAINER, "env", 1, "value"), "told")),
    (running_rules.connections_suffice, (SERVICE, ("scaling", 0, "max_instance_count"), 5)),
    (running_rules.connections_suffice, (SERVICE, (*CONTAINER, "env", 0, "value"), "10")),
    (running_rules.production_is_protected, (SERVICE, ("deletion_protection",), False)),
    (running_rules.production_is_protected, (SQL, ("settings", 0, "availability_type"), "ZONAL")),
    (running_rules.production_is_protected, (SQL, ("settings", 0, "backup_configuration"), [])),
    (
        running_rules.production_is_protected,
        (SQL, ("settings", 0, "deletion_protection_enabled"), False),
    ),
    (running_rules.production_is_protected, (BUCKET, ("force_destroy",), True)),
    (
        running_rules.production_is_protected,
        ("google_firestore_database.main", ("delete_protection_state",), None),
    ),
]


def test_a_sound_plan_passes() -> None:
    assert broken(plan(SOUND), "prod") == []
    assert running_rules.connection_budget(plan(SOUND)) == 8 * (4 + 1)


@pytest.mark.parametrize(("rule", "change"), BREAKAGES)
def test_a_rule_catches_what_it_is_for(rule: Callable[..., Any], change: Change) -> None:
    resources = copy.deepcopy(SOUND)
    address, path, value = change
    place: Any = resources[address]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(rule(plan(resources)))


def test_bindings_are_refused() -> None:
    binding = {"role": "roles/run.invoker", "members": [f"serviceAccount:api-gateway@{DOMAIN}"]}
    resources = plan({"google_cloud_run_v2_service_iam_binding.all": binding})
    assert list(access_rules.members_are_added_singly(resources))


def test_a_secrets_value_is_refused() -> None:
    resources = plan({"google_secret_manager_secret_version.key": {}})
    assert list(running_rules.secrets_are_no_settings(resources))


def test_every_rule_has_been_seen_to_catch_something() -> None:
    tried = {rule for rule, _ in BREAKAGES} | {access_rules.members_are_added_singly}
    assert tried == {*RULES, *PRODUCTION_RULES}


def test_only_prod_must_be_protected() -> None:
    resources = copy.deepcopy(SOUND)
    resources[SERVICE]["deletion_protection"] = False
    assert broken(plan(resources), "dev") == []
    assert broken(plan(resources), "prod")


def test_the_table_knows_no_administrators() -> None:
    roles = {role for given in grants.ALLOWED.values() for _, role in given}
    assert not [role for role in roles if "admin" in role.lower() or role in access_rules.BASIC]
