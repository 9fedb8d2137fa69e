"""Services as they start, before they have spoken to anything."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from pydantic_settings import BaseSettings

from shared.adapters.embedded.identity import create_keys


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Flask]:
    """Makes one, by name; with settings of the test's own."""
    folder = tmp_path_factory.mktemp("services")
    create_keys(folder / "tokens")
    address = "http://127.0.0.1:9"
    values = {
        "database_url": "postgresql+pg8000://nobody@127.0.0.1:9/none",
        "objects_dir": folder / "objects",
        "objects_url": address,
        "objects_secret": "s" * 64,
        "refresh_secret": "s" * 64,
        "totp_key": "00" * 32,
        "token_keys": folder / "tokens",
        "public_url": address,
        "mail_outbox": folder / "outbox",
        "models_dir": folder / "models",
        **{f"{name}_url": address for name in ("auth", "course", "practice", "ai_gateway")},
    }

    def start(service: str, **changes: Any) -> Flask:
        settings: type[BaseSettings] = import_module(f"run_services.{service}.settings").Settings
        known = {name: value for name, value in values.items() if name in settings.model_fields}
        created: Flask = import_module(f"run_services.{service}.main").create_app(
            settings(**known | changes)
        )
        return created

    return start
