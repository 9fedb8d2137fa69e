"""Every service serves what the contracts say, nothing else, and asks for a token where they do."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from local.gateway import contract

SERVICES = sorted(path.parent.name for path in Path("run_services").glob("*/main.py"))
PUBLIC = contract.load(Path("openapi/rostrum.yaml"))
INTERNAL = contract.load(Path("openapi/internal.yaml"))
OWN = {"ai_gateway": contract.load(Path("openapi/ai_gateway.yaml"))}
# Each service answers it for its own health check; the public contract names one.
HEALTH = ("GET", "/v1/health")
Route = tuple[str, str]


def operations(document: dict[str, Any]) -> list[tuple[Route, dict[str, Any]]]:
    return [
        ((method.upper(), path), item[method])
        for path, item in document["paths"].items()
        for method in contract.METHODS
        if method in item
    ]


def documented(service: str) -> dict[Route, bool]:
    """The service's routes, and whether each is open to callers without a token."""
    return {
        **{
            route: operation.get("security") == []
            for route, operation in operations(PUBLIC)
            if operation["x-google-backend"] == service
        },
        **{
            route: operation.get("security") == []
            for route, operation in operations(INTERNAL)
            if service in operation["x-services"]
        },
        **({route: False for route, _ in operations(OWN[service])} if service in OWN else {}),
        HEALTH: True,
    }


def served(app: Flask) -> set[Route]:
    return {
        (method, re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture
def app(service: str, started: Callable[..., Flask]) -> Flask:
    return started(service)


@pytest.mark.parametrize("service", SERVICES)
def test_routes_and_contract_are_the_same(service: str, app: Flask) -> None:
    assert served(app) == set(documented(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_route_asks_for_a_token_unless_the_contract_opens_it(service: str, app: Flask) -> None:
    client = app.test_client()
    for (method, path), is_open in documented(service).items():
        response = client.open(re.sub(r"\{[^}]+\}", "x", path), method=method)
        assert (response.status_code != 401) is is_open, (method, path, response.text)
        assert is_open or response.json["code"] == "unauthenticated"


def test_every_operation_has_its_service() -> None:
    backends = PUBLIC["x-google-api-management"]["backends"]
    assert {operation["x-google-backend"] for _, operation in operations(PUBLIC)} == set(backends)
    assert set(backends) <= set(SERVICES)
