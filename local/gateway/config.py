"""Envoy's configuration, generated from the contract, so that it behaves as API Gateway does.

https://cloud.google.com/api-gateway/docs; https://www.envoyproxy.io/docs/envoy/v1.40.0/
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local.gateway import contract, filters, refusals, routing
from local.gateway.routing import Page, Passthrough

MAX_HEADERS_KB = 60
MAX_CONNECTIONS = 4096
_HOST = "127.0.0.1"
_EXTENSIONS = "type.googleapis.com/envoy.extensions"


def envoy_config(
    document: Mapping[str, Any],
    *,
    listen_port: int,
    backends: Mapping[str, tuple[str, int]],
    jwks: filters.Jwks,
    issuer: str,
    passthroughs: Sequence[Passthrough] = (),
    pages: Sequence[Page] = (),
    origins: Sequence[str] = (),
    admin_socket: Path | None = None,
) -> dict[str, Any]:
    """A bootstrap for one Envoy process on 127.0.0.1:`listen_port`.

    `document` is the OpenAPI contract; `backends` gives the address (an IP and a port) of each
    backend it, a passthrough or `jwks` names. `jwks` are the public keys (RFC 7517) of `issuer`,
    the one whose tokens pass, or where to fetch them. `origins` are the web pages' origins that
    may call from a browser.
    Raises `ContractError` for a contract that cannot be served, `KeyError` for a backend
    without an address.
    """
    api = contract.read(document)
    named = {operation.backend for operation in api.operations}
    named |= {passthrough.backend for passthrough in passthroughs}
    if isinstance(jwks, filters.RemoteJwks):
        named.add(jwks.backend)
    config: dict[str, Any] = {
        "node": {"id": "gateway", "cluster": "gateway"},
        "static_resources": {
            "listeners": [
                _listener(
                    listen_port,
                    routing.route_configuration(api, passthroughs, pages, origins),
                    filters.http_filters(api.audiences, issuer=issuer, jwks=jwks),
                )
            ],
            "clusters": [_cluster(name, *backends[name]) for name in sorted(named)],
        },
        "overload_manager": _connection_limit(),
    }
    if admin_socket is not None:
        config["admin"] = {"address": {"pipe": {"path": str(admin_socket), "mode": 0o600}}}
    return config


def _listener(
    port: int, routes: Mapping[str, Any], http_filters: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    manager = {
        "@type": f"{_EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "gateway",
        "codec_type": "AUTO",
        # Any word may be a method; one that a path is not served for is answered 405.
        "http_protocol_options": {"allow_custom_methods": True},
        "server_name": "rostrum",
        "route_config": routes,
        "http_filters": http_filters,
        "early_header_mutation_extensions": [filters.early_header_mutation()],
        "local_reply_config": refusals.local_reply_config(),
        "max_request_headers_kb": MAX_HEADERS_KB,
        "request_headers_timeout": "10s",
        "normalize_path": True,
        # A service would decode %2F and see another path than the one that was checked.
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "use_remote_address": True,
        "generate_request_id": True,
        "always_set_request_id_in_response": True,
    }
    return {
        "name": "door",
        "address": _address(_HOST, port),
        # A second gateway on this port must fail, not share its connections.
        "enable_reuse_port": False,
        "per_connection_buffer_limit_bytes": 1024 * 1024,
        "filter_chains": [
            {
                "filters": [
                    {
                        "name": "envoy.filters.network.http_connection_manager",
                        "typed_config": manager,
                    }
                ]
            }
        ],
    }


def _cluster(name: str, host: str, port: int) -> dict[str, Any]:
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(host, port)}}]}],
        },
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": f"{_EXTENSIONS}.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {"http_protocol_options": {}},
                # Shorter than a service's own (gunicorn: 2 s), which would close under a request.
                "common_http_protocol_options": {"idle_timeout": "1s"},
            }
        },
    }


def _connection_limit() -> dict[str, Any]:
    return {
        "resource_monitors": [
            {
                "name": "envoy.resource_monitors.global_downstream_max_connections",
                "typed_config": {
                    "@type": f"{_EXTENSIONS}.resource_monitors.downstream_connections.v3"
                    ".DownstreamConnectionsConfig",
                    "max_active_downstream_connections": MAX_CONNECTIONS,
                },
            }
        ]
    }


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}
