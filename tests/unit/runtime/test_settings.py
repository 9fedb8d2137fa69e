"""Settings that contradict each other, or are not safe where they are given, are refused."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.runtime.settings import IdentitySettings

KEYS = Path("keys")


class OnAnyEngine(IdentitySettings):
    """Without the engine's own refusal, so that what is refused here is the signer."""

    def _refuse_embedded_in_production(self) -> Any:
        return self


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "ROSTRUM_TOKEN_KEYS"),
        ({"signer": "google"}, "ROSTRUM_TOKEN_ACCOUNT"),
        ({"token_keys": KEYS, "environment": "prod"}, "ROSTRUM_ALLOW_EMBEDDED"),
        ({"token_keys": KEYS, "environment": "staging"}, "ROSTRUM_ALLOW_EMBEDDED"),
        ({"token_keys": KEYS, "signer": "other"}, "signer"),
    ],
)
def test_a_signer_that_cannot_sign_safely_is_refused(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        OnAnyEngine(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"token_keys": KEYS},
        {"token_keys": KEYS, "environment": "dev"},
        {"token_keys": KEYS, "environment": "prod", "allow_embedded": True},
        {"signer": "google", "token_account": "auth@x", "environment": "prod"},
    ],
)
def test_a_signer_that_can_is_taken(given: dict[str, Any]) -> None:
    assert OnAnyEngine(**given)


def test_accounts_come_as_a_json_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSTRUM_CALLER_ACCOUNTS", '["a@x", "b@x"]')
    assert OnAnyEngine(token_keys=KEYS).caller_accounts == ("a@x", "b@x")
