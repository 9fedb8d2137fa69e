"""Every setting of every deployable, its environment in Terraform, and docs/configuration.md."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from local import configuration, deployables
from shared.adapters.embedded.object_notifications import topic as queue_topic
from tests.fakes.image import Dockerfile
from tests.fakes.terraform import Composition

FUNCTIONS = {function.name: function for function in deployables.FUNCTIONS}
MODULES = dict(configuration.modules())
NAMES = [*deployables.SERVICES, *FUNCTIONS, "migrate"]
# Not settings of ours.
OF_LIBRARIES = {"PYDANTIC_DISABLE_PLUGINS"}
NOT_ON_GOOGLE = {
    "of the embedded engine": {
        "ROSTRUM_ALLOW_EMBEDDED",
        "ROSTRUM_DATABASE_URL",
        "ROSTRUM_OBJECTS_DIR",
        "ROSTRUM_OBJECTS_SECRET",
    },
    "of the local signer": {"ROSTRUM_TOKEN_ISSUER", "ROSTRUM_TOKEN_KEYS"},
    "mail goes to a server": {"ROSTRUM_MAIL_OUTBOX"},
    "emulators and stand-ins": {
        "FIREBASE_AUTH_EMULATOR_HOST",
        "FIRESTORE_EMULATOR_HOST",
        "PUBSUB_EMULATOR_HOST",
        "ROSTRUM_FIRESTORE_INDEXES",
        "ROSTRUM_GEMINI_URL",
        "ROSTRUM_IAM_URL",
        "ROSTRUM_SPEECH_URL",
        "ROSTRUM_SQL_ADMIN_URL",
        "STORAGE_EMULATOR_HOST",
    },
}
# A function takes no calls, so it names no callers.
OF_SERVICES_ALONE = {"ROSTRUM_CALLER_ACCOUNTS"}
SAMPLES = {
    "ROSTRUM_CALLER_ACCOUNTS": '["fn@rostrum-prod.iam.gserviceaccount.com"]',
    "ROSTRUM_ENVIRONMENT": "prod",
    "ROSTRUM_FORWARDED_HOPS": "2",
    "ROSTRUM_LANGUAGE_MODEL": "gemini",
    "ROSTRUM_LOG_LEVEL": "INFO",
    "ROSTRUM_OTLP_AUTH": "google",
    "ROSTRUM_OTLP_ENDPOINT": "https://telemetry.googleapis.com",
    "ROSTRUM_SMTP_PORT": "587",
    "ROSTRUM_SMTP_SECURITY": "starttls",
    "ROSTRUM_SPEECH_LANGUAGES": '{"en": "en-US"}',
    "ROSTRUM_SPEECH_MODEL": "long",
    "ROSTRUM_SQL_POOL": "8",
    "ROSTRUM_TRACE_RATIO": "0.1",
    "ROSTRUM_TRANSCRIBER": "local",
    "ROSTRUM_WEB_ORIGINS": '["https://app.example"]',
}


@pytest.fixture(scope="module")
def composition() -> Composition:
    return Composition.read()


def settings_of(name: str) -> type[BaseSettings]:
    found: type[BaseSettings] = import_module(MODULES[name]).Settings
    return found


def variables(name: str) -> dict[str, Any]:
    """Environment variable -> field."""
    kind = settings_of(name)
    return {
        str(field.validation_alias or f"ROSTRUM_{field_name.upper()}"): field
        for field_name, field in kind.model_fields.items()
    }


def documented(name: str) -> set[str]:
    page = configuration.PAGE.read_text()
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.M | re.S))
    text = sections["Of every deployable"] + sections[name]
    return set(re.findall(r"^\| `([A-Z_]+)`", text, re.M))


@pytest.mark.parametrize("name", NAMES)
def test_terraform_gives_settings_there_are(composition: Composition, name: str) -> None:
    given = composition.given(name).keys() - OF_LIBRARIES
    assert given
    assert given <= variables(name).keys()


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_given_or_may_be_tuned(composition: Composition, name: str) -> None:
    elsewhere = set().union(*NOT_ON_GOOGLE.values())
    if name not in deployables.SERVICES:
        elsewhere |= OF_SERVICES_ALONE
    given, tunable = composition.given(name).keys(), composition.tunable(name)
    assert variables(name).keys() - given - elsewhere == tunable
    assert not given & elsewhere
    assert not given & tunable
    assert all(not variables(name)[variable].is_required() for variable in tunable)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_tells_every_setting(composition: Composition, name: str) -> None:
    assert documented(name) == variables(name).keys()
    assert composition.given(name).keys() - OF_LIBRARIES <= documented(name)


def test_nothing_is_left_out_that_nobody_has() -> None:
    everything = set().union(*(variables(name) for name in NAMES))
    assert set().union(*NOT_ON_GOOGLE.values()) <= everything


@pytest.mark.parametrize("name", NAMES)
def test_secrets_come_from_secret_manager(composition: Composition, name: str) -> None:
    secret = {
        variable
        for variable, field in variables(name).items()
        if field.annotation in (SecretStr, SecretStr | None)
    }
    assert composition.secrets(name) == secret - set().union(*NOT_ON_GOOGLE.values())


@pytest.mark.parametrize("optional", [True, False], ids=["with-optional", "without"])
@pytest.mark.parametrize("name", NAMES)
def test_a_deployable_starts_with_them(
    composition: Composition, name: str, optional: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every validator of prod is content with what Terraform gives."""
    given = composition.given(name, optional=optional)
    for variable in variables(name):
        monkeypatch.delenv(variable, raising=False)
    for variable, expression in given.items():
        monkeypatch.setenv(variable, _sample(variable, str(expression)))
    settings = settings_of(name)()
    assert settings.model_dump()["engine"] == "google"
    assert settings.model_dump()["environment"] == "prod"


def test_functions_are_those_of_one_machine(composition: Composition) -> None:
    """The same entry points for the same events."""
    finalized = {queue_topic(bucket): f"{bucket}-finalized" for bucket in ("materials", "uploads")}
    expected = {
        name: (function.target, finalized.get(function.topic, function.topic))
        for name, function in FUNCTIONS.items()
    }
    assert composition.functions() == expected


def test_services_are_started_as_on_one_machine(composition: Composition) -> None:
    entrypoint = Dockerfile(deployables.ROOT / "Dockerfile").only("ENTRYPOINT").exec_form()
    for name in deployables.SERVICES:
        command = deployables.service(name, f"run_services.{name}", {}, 8080, threads=8)
        local = {Path(command.arguments[0]).name, *command.arguments[1:]}
        # On Cloud Run gunicorn binds to $PORT.
        started = {*entrypoint, *composition.arguments(name)}
        assert started == local - {"--bind=127.0.0.1:8080"}


def test_who_is_told_an_address_may_call_there(composition: Composition) -> None:
    called = {
        service: {
            name for name in NAMES if f"ROSTRUM_{service.upper()}_URL" in composition.given(name)
        }
        for service in deployables.SERVICES
    }
    assert composition.callers() == called


def _sample(variable: str, expression: str) -> str:
    literal = re.fullmatch(r'"([^"$]*)"', expression)
    if literal:
        return literal[1]
    if variable in SAMPLES:
        return SAMPLES[variable]
    if variable.endswith("_URL"):
        return "https://service.run.app"
    if variable in ("ROSTRUM_REFRESH_SECRET", "ROSTRUM_TOTP_KEY"):
        return "x" * 32
    return f"sample-{variable.lower()}"
