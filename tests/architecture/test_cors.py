"""The services' CORS and the local gateway's let browsers do the same."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from local.gateway import contract, routing
from shared.runtime import cors

ORIGIN = "https://app.example"
CONTRACT = contract.read(contract.load(Path("openapi/rostrum.yaml")))
# Only the local gateway has request ids of its own.
OF_THE_GATEWAY = {"x-request-id"}


def names(text: str) -> set[str]:
    return set(text.split(", "))


def matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^{}]+\}", "[^/]+", template), path) is not None


def policies() -> dict[str, dict[str, Any]]:
    """Envoy's policy of each operation."""
    routes = routing.route_configuration(CONTRACT, (), (), [ORIGIN])["virtual_hosts"][0]["routes"]
    return {
        route["name"]: route["typed_per_filter_config"]["envoy.filters.http.cors"]
        for route in routes
        if "name" in route
    }


def together(key: str) -> set[str]:
    return set().union(*(names(policy[key]) for policy in policies().values()))


def test_the_lists_are_the_same() -> None:
    assert together("allow_headers") == cors.REQUEST_HEADERS
    assert together("expose_headers") == cors.RESPONSE_HEADERS | OF_THE_GATEWAY
    assert {policy["max_age"] for policy in policies().values()} == {str(cors.MAX_AGE_S)}
    assert not any("allow_credentials" in policy for policy in policies().values())


@pytest.fixture(scope="module")
def services(started: Callable[..., Flask]) -> dict[str, Flask]:
    return {name: started(name, web_origins=(ORIGIN,)) for name in CONTRACT.deadlines}


@pytest.mark.parametrize("operation", CONTRACT.operations, ids=lambda each: each.id)
def test_a_path_has_the_same_methods(
    operation: contract.Operation, services: dict[str, Flask]
) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": operation.method}
    path = operation.path.replace("{", "").replace("}", "")
    answer = services[operation.backend].test_client().options(path, headers=asked)
    policy = policies()[operation.id]
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    told = names(answer.headers["Access-Control-Allow-Methods"])
    assert names(policy["allow_methods"]) <= told
    # A path such as import is also one with a course's id, by whose methods the gateway has no way.
    assert told == {each.method for each in CONTRACT.operations if matches(each.path, path)}
    assert names(policy["allow_headers"]) <= names(answer.headers["Access-Control-Allow-Headers"])
