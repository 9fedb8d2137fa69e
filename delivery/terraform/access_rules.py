"""Rules about who may do what. Each yields what is wrong, as a sentence."""

import re
from collections.abc import Iterator, Sequence

from delivery.terraform.grants import (
    ALLOWED,
    CLOUD_TELEMETRY,
    DELIVERY,
    FEDERATED,
    OPERATORS,
    PUSHES,
)
from delivery.terraform.resources import Resource, of_type

_PUBLIC = {"allUsers", "allAuthenticatedUsers"}
BASIC = {"roles/owner", "roles/editor", "roles/viewer"}
_AGENTS = r"gcp-sa-pubsub|gs-project-accounts"
_ACCOUNT = re.compile(
    rf"serviceAccount:([a-z0-9-]+)@(?!{_AGENTS})[a-z0-9-]+\.iam\.gserviceaccount\.com"
)
_AGENT = re.compile(rf"serviceAccount:[a-z0-9-]+@({_AGENTS})\.iam\.gserviceaccount\.com")
_CUSTOM = re.compile(r"projects/[^/]+/(roles/.+)")
# The gateway itself is public, as API Gateway always is; these three are behind it.
_BACKENDS = {"auth", "course", "practice"}


def nothing_is_public(resources: Sequence[Resource]) -> Iterator[str]:
    for grant in _grants(resources):
        if _PUBLIC & {grant.values.get("member"), *(grant.values.get("members") or ())}:
            yield f"{grant.address}: is open to everyone"
    for service in of_type(resources, "google_cloud_run_v2_service"):
        if service.values.get("invoker_iam_disabled"):
            yield f"{service.address}: takes calls without IAM"
        inside = service.values.get("ingress") == "INGRESS_TRAFFIC_INTERNAL_ONLY"
        if not inside and service.values["name"] not in _BACKENDS:
            yield f"{service.address}: is reached from outside, and no backend of the gateway"
    for function in of_type(resources, "google_cloudfunctions2_function"):
        if function.block("service_config").get("ingress_settings") != "ALLOW_INTERNAL_ONLY":
            yield f"{function.address}: is reached from outside"
    for bucket in of_type(resources, "google_storage_bucket"):
        if bucket.values.get("public_access_prevention") != "enforced":
            yield f"{bucket.address}: could be made public"
        if not bucket.values.get("uniform_bucket_level_access"):
            yield f"{bucket.address}: has access lists of its own"
    for instance in of_type(resources, "google_sql_database_instance"):
        address = instance.block("settings", "ip_configuration")
        if address.get("ipv4_enabled") is not False or not address.get("ssl_mode"):
            yield f"{instance.address}: has a public address, or takes connections without TLS"


def members_are_added_singly(resources: Sequence[Resource]) -> Iterator[str]:
    """Bindings and policies would silently take away what others were given."""
    for grant in _grants(resources):
        if not grant.type.endswith("_iam_member"):
            yield f"{grant.address}: replaces the members it does not name"


def roles_are_in_the_table(resources: Sequence[Resource]) -> Iterator[str]:
    for grant in _grants(resources):
        role = role_of(grant)
        account = account_of(grant)
        if account is None:
            federated = (grant.type, role) == FEDERATED and ".delivery." in grant.address
            if not (federated or _to_an_agent(grant) or _to_an_operator(grant)):
                yield f"{grant.address}: {role} is for nobody we know"
            continue
        if role in BASIC and account not in DELIVERY:
            yield f"{grant.address}: {role} is a basic role"
        if account in DELIVERY:
            continue
        telemetry = grant.type == "google_project_iam_member" and role in CLOUD_TELEMETRY
        if not telemetry and (grant.type, role) not in ALLOWED.get(account, {}):
            yield f"{grant.address}: {account} may not have {role} there (grants.py)"


def signers_sign_for_themselves(resources: Sequence[Resource]) -> Iterator[str]:
    """Who may sign in another's name is that other."""
    for grant in of_type(resources, "google_service_account_iam_member"):
        account, signed = account_of(grant), str(grant.values.get("service_account_id"))
        if (grant.type, role_of(grant)) == FEDERATED:
            continue
        if _signs_pushes(grant):
            continue
        if account not in DELIVERY and f"/serviceAccounts/{account}@" not in signed:
            yield f"{grant.address}: {account} signs as {signed}"


def pushes_can_be_signed(resources: Sequence[Resource]) -> Iterator[str]:
    """Without its agent's role on the account Pub/Sub brings no event at all."""
    signed = {
        str(grant.values["service_account_id"]).rpartition("/")[2]
        for grant in of_type(resources, "google_service_account_iam_member")
        if _signs_pushes(grant)
    }
    for subscription in of_type(resources, "google_pubsub_subscription"):
        account = subscription.block("push_config", "oidc_token").get("service_account_email")
        if account and account not in signed:
            yield f"{subscription.address}: Pub/Sub cannot make tokens of {account}"


def deliveries_can_give_what_is_given(resources: Sequence[Resource]) -> Iterator[str]:
    """The roles on the project are those in the condition under which deliveries give roles."""
    condition = next(
        (
            grant.block("condition").get("expression", "")
            for grant in of_type(resources, "google_project_iam_member")
            if grant.values.get("role") == "roles/resourcemanager.projectIamAdmin"
        ),
        "",
    )
    for grant in of_type(resources, "google_project_iam_member"):
        role = grant.values.get("role")
        if role and account_of(grant) not in DELIVERY and f"'{role}'" not in condition:
            yield f"{grant.address}: a delivery may not give {role}"


def role_of(grant: Resource) -> str:
    """Custom roles as `roles/ID`; one whose name is known only later, by what defines it."""
    role = grant.values.get("role")
    if role is None:
        return "roles/rostrum.modelCaller" if "models" in grant.address else _removers(grant)
    custom = _CUSTOM.fullmatch(role)
    return custom[1] if custom else role


def account_of(grant: Resource) -> str | None:
    """The id of the service account of ours that is given something, None for others."""
    match = _ACCOUNT.fullmatch(grant.values.get("member") or "")
    return match[1] if match else None


def _removers(grant: Resource) -> str:
    return "roles/rostrum.objectRemover" if "/removers/" in grant.address else "unknown"


def _to_an_agent(grant: Resource) -> bool:
    """Google's own agents publish, forward and sign pushes."""
    roles = {"roles/pubsub.publisher", "roles/pubsub.subscriber"}
    moves = grant.type.startswith("google_pubsub_") and grant.values["role"] in roles
    return _signs_pushes(grant) or (moves and _is_agent(grant))


def _signs_pushes(grant: Resource) -> bool:
    given = (grant.type, role_of(grant)) == PUSHES
    pushed = "/serviceAccounts/event-trigger@" in str(grant.values.get("service_account_id"))
    return given and pushed and _is_agent(grant)


def _is_agent(grant: Resource) -> bool:
    """Agents' names are known when the project is."""
    member = grant.values.get("member")
    return member is None or _AGENT.fullmatch(member) is not None


def _to_an_operator(grant: Resource) -> bool:
    member = grant.values.get("member") or ""
    return member.startswith(("user:", "group:")) and (grant.type, role_of(grant)) in OPERATORS


def _grants(resources: Sequence[Resource]) -> Iterator[Resource]:
    kinds = ("_iam_member", "_iam_binding", "_iam_policy")
    return (resource for resource in resources if resource.type.endswith(kinds))
