"""Envoy's HTTP filters: trace, CORS, token check, size limit; and their settings by route."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.runtime.cors import MAX_AGE_S, TRACE_HEADERS

MAX_REQUEST_BYTES = 32 * 1024 * 1024
FORWARDED_AUTHORIZATION = "x-forwarded-authorization"
USERINFO = "x-apigateway-api-userinfo"

_TYPE = "type.googleapis.com/envoy.extensions.filters.http"
_CORS = "envoy.filters.http.cors"
_JWT = "envoy.filters.http.jwt_authn"
_SIZE = "envoy.filters.http.body_size_limit"


@dataclass(frozen=True, slots=True)
class RemoteJwks:
    """Public keys fetched from `backend` at `path`, and again every `cache_s` (Google: 5 minutes).

    A key must have been published for that long before it signs. Whole seconds.
    """

    backend: str
    path: str = "/v1/auth/jwks"
    cache_s: int = 300


Jwks = Mapping[str, Any] | RemoteJwks

# Continues the caller's trace, or starts one from the request id and leaves it to the services
# whether it is sampled. A tracer of Envoy's own would do the same, but none of them runs without
# a collector to send to.
_TRACE = """
local function trace_id(traceparent)
  local form = "^00%-([0-9a-f]+)%-([0-9a-f]+)%-[0-9a-f][0-9a-f]$"
  local id, span = string.match(traceparent or "", form)
  if id and #id == 32 and #span == 16 and string.find(id, "[^0]") and string.find(span, "[^0]") then
    return id
  end
end

function envoy_on_request(request)
  local headers = request:headers()
  local id = trace_id(headers:get("traceparent"))
  if not id then
    id = string.gsub(headers:get("x-request-id"), "-", "")
    -- The halves change places: samplers look at the right one, which begins less than random.
    id = string.sub(id, 17) .. string.sub(id, 1, 16)
    headers:replace("traceparent", "00-" .. id .. "-" .. string.sub(id, 17) .. "-00")
    headers:remove("tracestate")
  end
  request:streamInfo():dynamicMetadata():set("trace", "id", id)
end
"""


def http_filters(
    audiences: Mapping[str, Sequence[str]], *, issuer: str, jwks: Jwks
) -> list[dict[str, Any]]:
    """The chain, in order. Each security scheme accepts `issuer`'s tokens for its audiences.

    A route without settings of its own asks for a token of the first scheme.
    """
    providers = {
        scheme: {
            "issuer": issuer,
            "audiences": list(accepted),
            **_jwks(jwks),
            # Named, because the default also takes a token from the query string.
            "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
            "forward_payload_header": USERINFO,
            "require_expiration": True,
        }
        for scheme, accepted in audiences.items()
    }
    default = [
        {"match": {"prefix": "/"}, "requires": {"provider_name": scheme}} for scheme in providers
    ][:1]
    return [
        {
            "name": "envoy.filters.http.lua",
            "typed_config": {
                "@type": f"{_TYPE}.lua.v3.Lua",
                "default_source_code": {"inline_string": _TRACE},
            },
        },
        {"name": _CORS, "typed_config": {"@type": f"{_TYPE}.cors.v3.Cors"}},
        {
            "name": _JWT,
            "typed_config": {
                "@type": f"{_TYPE}.jwt_authn.v3.JwtAuthentication",
                "providers": providers,
                "rules": default,
                "requirement_map": {scheme: {"provider_name": scheme} for scheme in providers},
            },
        },
        {
            "name": _SIZE,
            "typed_config": {
                "@type": f"{_TYPE}.body_size_limit.v3.BodySizeLimit",
                "max_request_bytes": MAX_REQUEST_BYTES,
            },
        },
        {
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": f"{_TYPE}.router.v3.Router", "suppress_envoy_headers": True},
        },
    ]


def _jwks(jwks: Jwks) -> dict[str, Any]:
    if not isinstance(jwks, RemoteJwks):
        return {"local_jwks": {"inline_string": json.dumps(jwks)}}
    uri = {
        "uri": f"http://{jwks.backend}{jwks.path}",
        "cluster": jwks.backend,
        "timeout": "2s",
    }
    return {
        "remote_jwks": {
            "http_uri": uri,
            "cache_duration": f"{jwks.cache_s}s",
            # Fetched ahead of the first request and of every expiry; at once, because the services
            # start at the same time as the gateway, which would not listen until they answer.
            "async_fetch": {"fast_listener": True, "failed_refetch_duration": "1s"},
            "retry_policy": {
                "num_retries": 3,
                "retry_back_off": {"base_interval": "0.1s", "max_interval": "1s"},
            },
        }
    }


def early_header_mutation() -> dict[str, Any]:
    """Before anything reads a request: drop what only a gateway may say, keep the caller's token.

    `X-Envoy-*` would steer Envoy itself (timeouts, retries, faults); the request id is always
    ours, because a trace id is made from it.
    """
    removals: list[dict[str, Any]] = [
        {"remove_on_match": {"key_matcher": {"prefix": prefix}}}
        for prefix in ("x-envoy-", "x-apigateway-")
    ]
    keep = {
        "append": {
            "header": {"key": FORWARDED_AUTHORIZATION, "value": "%REQ(authorization)%"},
            "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
        }
    }
    return {
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.http.early_header_mutation"
            ".header_mutation.v3.HeaderMutation",
            "mutations": [
                {"remove": FORWARDED_AUTHORIZATION},
                {"remove": "x-request-id"},
                *removals,
                keep,
            ],
        },
    }


def require_token(scheme: str | None) -> dict[str, Any]:
    """Settings of a route that asks for a token of `scheme`, or (None) for none."""
    setting = {"disabled": True} if scheme is None else {"requirement_name": scheme}
    return {_JWT: {"@type": f"{_TYPE}.jwt_authn.v3.PerRouteConfig"} | setting}


def any_size() -> dict[str, Any]:
    """Settings of a route whose service sets its own limit on bodies."""
    return {
        _SIZE: {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "disabled": True}
    }


def cors_policy(
    origins: Sequence[str],
    methods: Iterable[str],
    request_headers: frozenset[str],
    response_headers: frozenset[str],
) -> dict[str, Any]:
    """Settings of a route that browsers on pages of `origins` may call; empty without origins."""
    if not origins:
        return {}
    return {
        _CORS: {
            "@type": f"{_TYPE}.cors.v3.CorsPolicy",
            "allow_origin_string_match": [{"exact": origin} for origin in origins],
            "allow_methods": ", ".join(methods),
            "allow_headers": ", ".join(sorted(request_headers | TRACE_HEADERS)),
            "expose_headers": ", ".join(sorted(response_headers | {"x-request-id"})),
            "max_age": str(MAX_AGE_S),
        }
    }
