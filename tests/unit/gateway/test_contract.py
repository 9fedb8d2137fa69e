"""Reading an OpenAPI document as a gateway does, and refusing what a gateway cannot serve."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from local.gateway import contract
from local.gateway.contract import ContractError

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.4",
    "x-google-api-management": {
        "backends": {
            "things": {
                "address": "${THINGS_URL}",
                "jwtAudience": "${THINGS_URL}",
                "pathTranslation": "APPEND_PATH_TO_ADDRESS",
            },
            "slow": {
                "disableAuth": True,
                "deadline": 60.0,
                "pathTranslation": "APPEND_PATH_TO_ADDRESS",
            },
        }
    },
    "x-google-backend": "things",
    "security": [{"access_token": []}],
    "components": {
        "securitySchemes": {"access_token": {"x-google-auth": {"audiences": ["things"]}}},
        "parameters": {"Key": {"name": "Idempotency-Key", "in": "header"}},
        "responses": {"Made": {"description": "", "headers": {"Location": {}}}},
    },
    "paths": {
        "/v1/things": {
            "post": {
                "operationId": "make",
                "parameters": [{"$ref": "#/components/parameters/Key"}],
                "requestBody": {"content": {}},
                "responses": {"201": {"$ref": "#/components/responses/Made"}},
            },
            "get": {
                "operationId": "list",
                "x-google-backend": "slow",
                "security": [],
                "responses": {},
            },
        }
    },
}


def test_operations_take_defaults_from_the_root_and_override_them() -> None:
    listing, making = sorted(contract.read(DOCUMENT).operations, key=lambda o: o.method)
    assert (making.method, making.path, making.backend, making.scheme) == (
        "POST",
        "/v1/things",
        "things",
        "access_token",
    )
    assert making.request_headers == {"idempotency-key", "content-type", "authorization"}
    assert making.response_headers == {"location"}
    assert (listing.backend, listing.scheme) == ("slow", None)
    assert listing.request_headers == frozenset()


def test_deadlines_default_to_googles_fifteen_seconds() -> None:
    assert contract.read(DOCUMENT).deadlines == {"things": 15.0, "slow": 60.0}


def _rename_path(document: dict[str, Any]) -> None:
    document["paths"] = {"/v1/things/a{id}": document["paths"]["/v1/things"]}


def _unknown_backend(document: dict[str, Any]) -> None:
    document["x-google-backend"] = "nowhere"


def _no_backend(document: dict[str, Any]) -> None:
    del document["x-google-backend"]


def _external_reference(document: dict[str, Any]) -> None:
    document["paths"]["/v1/things"]["get"]["responses"] = {"200": {"$ref": "other.yaml#/x"}}


def _two_schemes(document: dict[str, Any]) -> None:
    document["security"] = [{"access_token": []}, {"other": []}]


def _optional_security(document: dict[str, Any]) -> None:
    document["security"] = [{}]


def _no_audiences(document: dict[str, Any]) -> None:
    document["components"]["securitySchemes"]["access_token"]["x-google-auth"] = {}


def _no_backend_identity(document: dict[str, Any]) -> None:
    del document["x-google-api-management"]["backends"]["things"]["jwtAudience"]


def _constant_address(document: dict[str, Any]) -> None:
    backend = document["x-google-api-management"]["backends"]["things"]
    backend["pathTranslation"] = "CONSTANT_ADDRESS"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_rename_path, "whole segment"),
        (_unknown_backend, "unknown backend 'nowhere'"),
        (_no_backend, "unknown backend ''"),
        (_external_reference, "inside the document"),
        (_two_schemes, "exactly one security scheme"),
        (_optional_security, "exactly one security scheme"),
        (_no_audiences, "no audiences"),
        (_no_backend_identity, "jwtAudience or disableAuth"),
        (_constant_address, "APPEND_PATH_TO_ADDRESS"),
    ],
)
def test_what_a_gateway_cannot_serve_is_refused(
    change: Callable[[dict[str, Any]], None], message: str
) -> None:
    document = deepcopy(DOCUMENT)
    change(document)
    with pytest.raises(ContractError, match=message):
        contract.read(document)


def test_a_file_that_is_no_document_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- one\n- two\n", encoding="utf-8")
    with pytest.raises(ContractError, match=r"list\.yaml is not an OpenAPI document"):
        contract.load(file)
