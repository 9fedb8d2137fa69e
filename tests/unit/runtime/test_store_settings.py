"""Addresses that only stand in for Google are refused where learners' data is real."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.runtime.settings import LanguageModelSettings, RuntimeSettings
from shared.runtime.store_settings import ObjectsSettings, SqlSettings

ACCOUNT = "practice@demo.iam.gserviceaccount.com"
SQL = {"sql_instance": "p:r:i", "sql_user": "practice@demo.iam"}
ELSEWHERE = "https://googleapis.com.example"


def given(environment: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"environment": environment, "engine": "google", "own_account": ACCOUNT, **more}


REFUSED: list[tuple[type[RuntimeSettings], dict[str, Any], str]] = [
    (ObjectsSettings, {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:1"}, "emulators"),
    (ObjectsSettings, {"PUBSUB_EMULATOR_HOST": "127.0.0.1:1"}, "emulators"),
    (ObjectsSettings, {"STORAGE_EMULATOR_HOST": "http://127.0.0.1:1"}, "emulators"),
    (ObjectsSettings, {"FIRESTORE_EMULATOR_HOST": ""}, "emulators"),
    (ObjectsSettings, {"PUBSUB_EMULATOR_HOST": ""}, "emulators"),
    (ObjectsSettings, {"STORAGE_EMULATOR_HOST": ""}, "emulators"),
    (ObjectsSettings, {"iam_url": "http://iamcredentials.googleapis.com"}, "ROSTRUM_IAM_URL"),
    (ObjectsSettings, {"iam_url": ELSEWHERE}, "ROSTRUM_IAM_URL"),
    (SqlSettings, {**SQL, "sql_admin_url": ELSEWHERE}, "ROSTRUM_SQL_ADMIN_URL"),
    (LanguageModelSettings, {"gemini_url": ELSEWHERE}, "ROSTRUM_GEMINI_URL"),
]


@pytest.mark.parametrize("environment", ["staging", "prod"])
@pytest.mark.parametrize(("kind", "more", "named"), REFUSED)
def test_what_stands_in_for_google_is_refused(
    kind: type[RuntimeSettings], more: dict[str, Any], named: str, environment: str
) -> None:
    with pytest.raises(ValidationError, match=named):
        kind.model_validate(given(environment, more))
    assert kind.model_validate(given("dev", more))


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (ObjectsSettings, {}),
        (ObjectsSettings, {"iam_url": "https://iamcredentials-x.p.googleapis.com"}),
        (SqlSettings, {**SQL, "sql_admin_url": "https://sqladmin.googleapis.com"}),
        (LanguageModelSettings, {"gemini_url": "https://europe-west4-aiplatform.googleapis.com"}),
    ],
)
def test_addresses_of_googles_are_taken(kind: type[RuntimeSettings], more: dict[str, Any]) -> None:
    assert kind.model_validate(given("prod", more))
