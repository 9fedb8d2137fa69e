"""Every service of run_services as an app of this process, settings made up where need be."""

from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from pydantic import SecretStr

from shared import wiring_stores

# What no type says: the embedded engine needs it.
_NEEDED = {"objects_secret"}

PACKAGES = sorted(
    path.parent.name for path in (Path(__file__).parents[2] / "run_services").glob("*/main.py")
)


def app_of(package: str, **known: Any) -> Flask:
    """The service's own app; a setting it needs that is not among `known` gets any value."""
    settings = import_module(f"run_services.{package}.settings").Settings
    values = {
        name: known.get(name, _any_value(field.annotation))
        for name, field in settings.model_fields.items()
        if name in known or field.is_required() or name in _NEEDED
    }
    app: Flask = import_module(f"run_services.{package}.main").create_app(settings(**values))
    return app


def disconnect(database_url: str) -> None:
    """Close what the services of this process have opened."""
    wiring_stores._database(database_url).dispose()


def secured_routes(app: Flask) -> dict[str, tuple[str, str]]:
    """Method and path of every route that asks for a token, by endpoint."""
    client = app.test_client()
    found = {}
    for rule in app.url_map.iter_rules():
        method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
        path = rule.build(dict.fromkeys(rule.arguments, 1))[1]  # type: ignore[index]
        if client.open(path, method=method).status_code == 401:
            found[rule.endpoint] = (method, path)
    return found


def _any_value(annotation: Any) -> Any:
    if annotation in (SecretStr, SecretStr | None):
        return "s" * 64
    return Path("unused") if annotation is Path else "http://127.0.0.1:9"
