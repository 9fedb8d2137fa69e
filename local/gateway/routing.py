"""Envoy's routes from a contract: each path and method of it, what passes beside it, no more."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from local.gateway import filters
from local.gateway.contract import Contract, ContractError, Operation

# Safe for every method: such a request never reached the service.
_RETRY = {"retry_on": "connect-failure,reset-before-request", "num_retries": 1}
_PARAMETER = re.compile(r"\{[^{}]+\}")


@dataclass(frozen=True, slots=True)
class Passthrough:
    """A path prefix that goes to `backend` as it is: no token asked, bodies streamed.

    `deadline_s` bounds the whole exchange. The names are for CORS, in lower case.
    """

    prefix: str
    backend: str
    deadline_s: float
    methods: tuple[str, ...]
    request_headers: frozenset[str] = frozenset()
    response_headers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """A fixed document the gateway itself answers to a GET of `path`."""

    path: str
    content_type: str
    body: str


def route_configuration(
    contract: Contract,
    passthroughs: Sequence[Passthrough],
    pages: Sequence[Page],
    origins: Sequence[str],
) -> dict[str, Any]:
    """Envoy's RouteConfiguration; an unknown path is 404, an unknown method 405 with Allow."""
    routes = [
        *_contract_routes(contract, origins),
        *chain.from_iterable(_passthrough_routes(each, origins) for each in passthroughs),
        *(_page_route(page) for page in pages),
        _refusal({"prefix": "/"}, 404),
    ]
    largest = max((len(page.body.encode()) for page in pages), default=0)
    return {
        "name": "contract",
        "virtual_hosts": [{"name": "any", "domains": ["*"], "routes": routes}],
        "max_direct_response_body_size_bytes": max(largest, 4096),
    }


def _contract_routes(contract: Contract, origins: Sequence[str]) -> Iterator[dict[str, Any]]:
    # OpenAPI: a concrete path is matched before a templated one.
    ordered = sorted(contract.operations, key=lambda o: (_specificity(o.path), o.path))
    for path, group in groupby(ordered, key=lambda o: o.path):
        operations = list(group)
        cors = _cors(operations, origins)
        if cors:
            yield _preflight_route(_path_match(path), operations[0].backend, cors, origins)
        for operation in operations:
            yield _operation_route(operation, contract.deadlines[operation.backend], cors)
        allow = ", ".join(operation.method for operation in operations)
        yield _refusal(_path_match(path), 405, {"Allow": allow}, cors)


def _operation_route(
    operation: Operation, deadline_s: float, cors: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": operation.id,
        "match": _path_match(operation.path) | _method_match(operation.method),
        "route": {
            "cluster": operation.backend,
            "timeout": _duration(deadline_s),
            "retry_policy": _RETRY,
        },
        # Google puts its own token there; the caller's is in X-Forwarded-Authorization.
        "request_headers_to_remove": ["authorization"],
        "typed_per_filter_config": filters.require_token(operation.scheme) | cors,
    }


def _preflight_route(
    match: Mapping[str, Any], backend: str, cors: dict[str, Any], origins: Sequence[str]
) -> dict[str, Any]:
    # The CORS filter answers all of these itself, but only where there is a route to a backend;
    # whatever it let through would meet the token check next.
    known = "|".join(re.escape(origin) for origin in origins)
    preflight = [
        *_method_match("OPTIONS")["headers"],
        {"name": "origin", "string_match": {"safe_regex": {"regex": known}}},
        {"name": "access-control-request-method", "present_match": True},
    ]
    return {
        "match": {**match, "headers": preflight},
        "route": {"cluster": backend},
        "typed_per_filter_config": cors,
    }


def _passthrough_routes(
    passthrough: Passthrough, origins: Sequence[str]
) -> Iterator[dict[str, Any]]:
    cors = filters.cors_policy(
        origins, passthrough.methods, passthrough.request_headers, passthrough.response_headers
    )
    match = {"prefix": passthrough.prefix}
    if cors:
        yield _preflight_route(match, passthrough.backend, cors, origins)
    yield {
        "name": passthrough.backend,
        "match": match,
        "route": {
            "cluster": passthrough.backend,
            "timeout": _duration(passthrough.deadline_s),
            "retry_policy": _RETRY,
        },
        "request_headers_to_remove": [filters.FORWARDED_AUTHORIZATION],
        "typed_per_filter_config": filters.require_token(None) | filters.any_size() | cors,
    }


def _page_route(page: Page) -> dict[str, Any]:
    return {
        "name": page.path,
        "match": {"path": page.path} | _method_match("GET"),
        "direct_response": {"status": 200, "body": {"inline_string": page.body}},
        "response_headers_to_add": _headers({"Content-Type": page.content_type}),
        "typed_per_filter_config": filters.require_token(None),
    }


def _refusal(
    match: Mapping[str, Any],
    status: int,
    headers: Mapping[str, str] | None = None,
    cors: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "match": match,
        "direct_response": {"status": status},
        "response_headers_to_add": _headers(headers or {}),
        "typed_per_filter_config": filters.require_token(None) | (cors or {}),
    }


def _cors(operations: Iterable[Operation], origins: Sequence[str]) -> dict[str, Any]:
    operations = list(operations)
    return filters.cors_policy(
        origins,
        [operation.method for operation in operations],
        frozenset[str]().union(*(operation.request_headers for operation in operations)),
        frozenset[str]().union(*(operation.response_headers for operation in operations)),
    )


def _specificity(path: str) -> list[bool]:
    return [bool(_PARAMETER.fullmatch(segment)) for segment in path.split("/")]


def _path_match(path: str) -> dict[str, Any]:
    if not any(_specificity(path)):
        return {"path": path}
    segments = ("[^/]+" if _PARAMETER.fullmatch(s) else re.escape(s) for s in path.split("/"))
    return {"safe_regex": {"regex": "/".join(segments)}}


def _method_match(method: str) -> dict[str, Any]:
    return {"headers": [{"name": ":method", "string_match": {"exact": method}}]}


def _headers(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for key, value in headers.items()
    ]


def _duration(seconds: float) -> str:
    if seconds <= 0:
        raise ContractError("a deadline must be more than 0 s")
    return f"{seconds:g}s"
