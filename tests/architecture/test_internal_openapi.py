"""The internal contracts: valid OpenAPI, fully described, their examples valid."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from openapi_spec_validator import validate

from local.gateway import contract

DOCUMENTS = {
    name: contract.load(Path(f"openapi/{name}.yaml")) for name in ("internal", "ai_gateway")
}
SERVICES = {path.parent.name for path in Path("run_services").glob("*/main.py")}
OPERATIONS = [
    pytest.param(name, path, item[method], id=f"{name}-{item[method]['operationId']}")
    for name, document in DOCUMENTS.items()
    for path, item in document["paths"].items()
    for method in contract.METHODS
    if method in item
]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_is_valid_openapi_without_unused_components(document: dict[str, Any]) -> None:
    validate(document)
    defined = {
        f"#/components/{kind}/{name}"
        for kind, members in document["components"].items()
        if kind != "securitySchemes"
        for name in members
    }
    assert set(references(document)) == defined


@pytest.mark.parametrize(("name", "path", "operation"), OPERATIONS)
def test_every_operation_is_internal_described_and_served(
    name: str, path: str, operation: dict[str, Any]
) -> None:
    assert path.startswith("/internal/v1/")
    assert operation["summary"].strip()
    assert operation["description"].strip()
    if path.startswith("/internal/v1/health/"):
        assert operation["security"] == []
        assert not {"401", "403"} & set(operation["responses"])
    else:
        assert "security" not in operation
        assert {"401", "403", "503"} <= set(operation["responses"])
    if name == "internal":
        assert operation["x-services"]
        assert set(operation["x-services"]) <= SERVICES


def _examples() -> Iterator[Any]:
    for name, _, operation in (param.values for param in OPERATIONS):
        document = DOCUMENTS[name]
        bodies = [(operation.get("requestBody", {}), OAS30WriteValidator)] + [
            (contract.resolve(document, answer), OAS30ReadValidator)
            for answer in operation["responses"].values()
        ]
        for body, validator in bodies:
            for media_type, content in body.get("content", {}).items():
                if media_type != "application/json":
                    continue
                given = content.get("examples") or {"example": {"value": content.get("example")}}
                for label, example in given.items():
                    schema = content["schema"] | {"components": document["components"]}
                    yield pytest.param(
                        schema,
                        example["value"],
                        validator,
                        id=f"{name}-{operation['operationId']}-{label}",
                    )


@pytest.mark.parametrize(("schema", "value", "validator"), list(_examples()))
def test_every_example_is_valid(schema: dict[str, Any], value: Any, validator: Any) -> None:
    validator(schema, format_checker=validator.FORMAT_CHECKER).validate(value)
