"""Google's OTLP endpoint is sent the deployable's credentials, and nobody else is."""

import logging

import google.auth
import pytest
from google.auth.exceptions import DefaultCredentialsError
from google.oauth2.credentials import Credentials
from pydantic import ValidationError

from shared import wiring
from shared.adapters.gcp.otlp import build_session
from shared.runtime import telemetry_export
from shared.runtime.settings import RuntimeSettings
from tests.fakes.telemetry import Collector


def test_an_export_carries_the_credentials_and_the_project() -> None:
    with Collector() as google:
        session = build_session("my-project", Credentials(token="fake"))  # type: ignore[no-untyped-call]
        collector = telemetry_export.Collector(google.url, session)
        export = telemetry_export.Export("practice", "my-project", 1.0, collector)
        export.tracer.start_span("one").end()
        export.close()
    assert google.spans == ["one"]
    assert google.headers[0]["authorization"] == "Bearer fake"
    assert google.headers[0]["x-goog-user-project"] == "my-project"


@pytest.mark.parametrize(
    "endpoint", [None, "http://telemetry.googleapis.com", "https://collector.example"]
)
def test_credentials_are_for_google_only(endpoint: str | None) -> None:
    with pytest.raises(ValidationError, match="ROSTRUM_OTLP_AUTH"):
        RuntimeSettings(otlp_endpoint=endpoint, otlp_auth="google")


def test_googles_endpoint_may_have_them() -> None:
    endpoint = "https://telemetry.googleapis.com"
    assert RuntimeSettings(otlp_endpoint=endpoint, otlp_auth="google").otlp_endpoint == endpoint


def test_a_deployable_without_credentials_works_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(*_: object, **__: object) -> None:
        raise DefaultCredentialsError("no metadata server")

    monkeypatch.setattr(google.auth, "default", absent)
    settings = RuntimeSettings(otlp_endpoint="https://telemetry.googleapis.com", otlp_auth="google")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        wiring.telemetry("practice", settings)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert "no traces and metrics are sent" in capsys.readouterr().out
