"""Terraform makes the stores the code names: buckets, topics, dead letters, headers of CORS."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.auth.credentials import Signing

from local import configuration
from local.emulators import subscriptions
from shared.adapters.gcp.storage import StorageObjects, build_client
from shared.domain import events
from shared.runtime.store_settings import (
    ExportsSettings,
    FeaturesSettings,
    LedgerSettings,
    MaterialsSettings,
    RecordingsSettings,
)

INFRA = configuration.ROOT / "infra"
MODULES = INFRA / "terraform" / "modules"
SETTINGS = (
    ExportsSettings,
    FeaturesSettings,
    LedgerSettings,
    MaterialsSettings,
    RecordingsSettings,
)
OF_FUNCTIONS = {"functions"}


class Signer(Signing):
    """Signs anything with the same bytes."""

    signer_email = "practice@demo.iam.gserviceaccount.com"
    signer = None

    def sign_bytes(self, message: bytes) -> bytes:
        return b"signed"


def block(path: Path, opening: str) -> str:
    """What stands between `opening` and the bracket that closes it, by their indentation."""
    found = re.search(
        rf"^( *){re.escape(opening)}\n(.*?)^\1[\]}})]", path.read_text(), re.DOTALL | re.MULTILINE
    )
    assert found, f"{path.name} has no {opening}"
    return found[2]


def buckets() -> set[str]:
    """The buckets of the module, by what they are for."""
    line = re.search(r"\{ (exports = .*) \},", (MODULES / "objects" / "buckets.tf").read_text())
    assert line
    return set(re.findall(r"(\w+) = \d+", line[1]))


def test_every_bucket_of_the_settings_is_made() -> None:
    named = {
        field.default
        for settings in SETTINGS
        for name, field in settings.model_fields.items()
        if name.endswith("_bucket")
    }
    assert len(named) == len(SETTINGS)
    assert buckets() == named | OF_FUNCTIONS


def test_every_lifecycle_is_of_a_bucket() -> None:
    assert set(json.loads((INFRA / "storage-lifecycle.json").read_text())) <= buckets()


def test_every_topic_of_the_events_is_made() -> None:
    topics = {value for name, value in vars(events).items() if name.isupper()}
    publishers = block(MODULES / "rostrum" / "stores.tf", "publishers = {")
    assert set(re.findall(r"^ +([a-z-]+) += \{", publishers, re.MULTILINE)) == topics
    assert topics == set(subscriptions.TOPICS) - {subscriptions.STORAGE_NOTIFICATIONS}


@pytest.mark.parametrize("method", ["signed_upload", "resumable_upload"])
def test_browsers_may_send_the_headers_that_are_signed(method: str) -> None:
    client = build_client("demo", emulator_host="http://127.0.0.1:1")
    objects = StorageObjects(client, "uploads", Signer(), public_url="http://127.0.0.1:1")
    expires_at = datetime.now(UTC) + timedelta(minutes=15)
    upload = getattr(objects, method)(
        "a", content_type="audio/webm", max_bytes=1, expires_at=expires_at
    )
    allowed = re.findall(
        r'"(.+)"', block(MODULES / "objects" / "buckets.tf", "response_header = [")
    )
    assert upload.headers
    assert set(upload.headers) <= set(allowed)


def test_dead_letters_are_kept_as_on_the_emulator() -> None:
    kept = (MODULES / "events" / "dead_letters.tf").read_text()
    assert f"ack_deadline_seconds       = {subscriptions._KEPT_ACK_DEADLINE_S}\n" in kept
    assert kept.count('"${each.key}-dead-letters"') == 2
