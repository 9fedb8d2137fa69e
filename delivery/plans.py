"""`python -m delivery.plans`: what a saved plan does, refused where it destroys what holds data.

Reads `terraform show -json PLAN` from standard input:
https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Final, TextIO, cast

from delivery.google import Json
from delivery.options import FAILED

# What is lost with them does not come back with the next apply.
HOLDS_DATA: Final = frozenset(
    {
        "google_api_gateway_gateway",  # its host is the address clients know
        "google_artifact_registry_repository",
        "google_firestore_database",
        "google_kms_crypto_key",
        "google_kms_key_ring",
        "google_pubsub_subscription",
        "google_secret_manager_secret",
        "google_secret_manager_secret_version",
        "google_service_account",  # the issuer of tokens in learners' hands is one
        "google_sql_database",
        "google_sql_database_instance",
        "google_storage_bucket",
    }
)


def main(arguments: Sequence[str] | None = None, plan: TextIO = sys.stdin) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--allow-destroy", action="append", default=[], metavar="ADDRESS", help="knowingly"
    )
    given = parser.parse_args(arguments)
    changes = cast(list[Json], json.load(plan).get("resource_changes", []))
    actions = [(str(change["address"]), _actions(change)) for change in changes]
    for address, action in actions:
        if action not in ("no-op", "read"):
            print(f"{action:>15} {address}")
    counted = Counter(action for _, action in actions)
    print(", ".join(f"{number} {action}" for action, number in sorted(counted.items())))
    refused = lost(changes, frozenset(given.allow_destroy))
    for address in refused:
        print(f"{address} would be destroyed; ALLOW_DESTROY={address} allows it", file=sys.stderr)
    return FAILED if refused else 0


def lost(changes: Sequence[Json], allowed: frozenset[str]) -> list[str]:
    """Addresses of what holds data and would be deleted, or replaced, which deletes it too."""
    return [
        str(change["address"])
        for change in changes
        if change["type"] in HOLDS_DATA
        and change["address"] not in allowed
        and "delete" in _actions(change)
    ]


def _actions(change: Json) -> str:
    return "+".join(cast(list[str], cast(Json, change["change"])["actions"]))


if __name__ == "__main__":
    sys.exit(main())
