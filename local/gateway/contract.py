"""What a gateway needs to know from the OpenAPI document, in the dialect Google API Gateway takes.

https://cloud.google.com/api-gateway/docs/oasv3-extensions
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
DEFAULT_DEADLINE_S = 15.0
_SEGMENT = re.compile(r"\{[^{}]+\}|[^{}]*")


class ContractError(ValueError):
    """The document asks for something API Gateway refuses, or this gateway cannot do."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `scheme` is the security scheme asked for, None when it is open.

    Header names are lower case: those a client may send and those it may read.
    """

    id: str
    method: str
    path: str
    backend: str
    scheme: str | None
    request_headers: frozenset[str]
    response_headers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contract:
    """Operations in document order, seconds by backend, audiences by security scheme."""

    operations: tuple[Operation, ...]
    deadlines: Mapping[str, float]
    audiences: Mapping[str, tuple[str, ...]]


def load(path: Path) -> dict[str, Any]:
    """The YAML file as a document, its `${...}` templates untouched."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ContractError(f"{path.name} is not an OpenAPI document")
    return document


def read(document: Mapping[str, Any]) -> Contract:
    """The operations of `document`; raises `ContractError` for what a gateway cannot serve."""
    backends = document.get("x-google-api-management", {}).get("backends", {})
    schemes = document.get("components", {}).get("securitySchemes", {})
    contract = Contract(
        operations=tuple(_operations(document)),
        deadlines={name: _deadline_s(name, backend) for name, backend in backends.items()},
        audiences={
            name: tuple(scheme["x-google-auth"].get("audiences", ()))
            for name, scheme in schemes.items()
            if "x-google-auth" in scheme
        },
    )
    for operation in contract.operations:
        if operation.backend not in contract.deadlines:
            raise ContractError(f"{operation.id}: unknown backend {operation.backend!r}")
        if operation.scheme is not None and not contract.audiences.get(operation.scheme):
            raise ContractError(f"{operation.id}: no audiences for scheme {operation.scheme!r}")
    return contract


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        if not path.startswith("/") or not all(map(_SEGMENT.fullmatch, path.split("/"))):
            raise ContractError(f"{path}: a path parameter must be a whole segment")
        for method in METHODS:
            if method in item:
                yield _operation(document, path, method, item)


def _operation(
    document: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any]
) -> Operation:
    operation = item[method]
    name = operation.get("operationId", f"{method} {path}")
    scheme = _scheme(name, operation.get("security", document.get("security", [])))
    parameters = [
        resolve(document, parameter)
        for parameter in [*item.get("parameters", ()), *operation.get("parameters", ())]
    ]
    sent = {p["name"].lower() for p in parameters if p["in"] == "header"}
    if "requestBody" in operation:
        sent.add("content-type")
    if scheme is not None:
        sent.add("authorization")
    answers = [resolve(document, answer) for answer in operation.get("responses", {}).values()]
    return Operation(
        id=name,
        method=method.upper(),
        path=path,
        backend=operation.get("x-google-backend", document.get("x-google-backend", "")),
        scheme=scheme,
        request_headers=frozenset(sent),
        response_headers=frozenset(
            header.lower() for answer in answers for header in answer.get("headers", {})
        ),
    )


def resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """`node`, or what its `$ref` inside the document points at."""
    while "$ref" in node:
        reference = node["$ref"]
        if not reference.startswith("#/"):
            raise ContractError(f"{reference}: references must stay inside the document")
        node = document
        for key in reference[2:].split("/"):
            node = node[key]
    return node


def _scheme(operation: str, security: list[dict[str, list[str]]]) -> str | None:
    if not security:
        return None
    if len(security) > 1 or len(security[0]) != 1:
        raise ContractError(f"{operation}: exactly one security scheme, or none")
    return next(iter(security[0]))


def _deadline_s(name: str, backend: Mapping[str, Any]) -> float:
    if "jwtAudience" not in backend and not backend.get("disableAuth"):
        raise ContractError(f"backend {name}: API Gateway needs jwtAudience or disableAuth")
    if backend.get("pathTranslation") != "APPEND_PATH_TO_ADDRESS":
        raise ContractError(f"backend {name}: only APPEND_PATH_TO_ADDRESS is served")
    return float(backend.get("deadline", DEFAULT_DEADLINE_S))
