"""The configuration made from the contract: what is served, asked for, bounded and refused."""

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.gateway import process
from local.gateway.contract import METHODS, ContractError
from local.gateway.routing import Page, Passthrough

Configure = Callable[..., dict[str, Any]]
JWT = "envoy.filters.http.jwt_authn"
CORS = "envoy.filters.http.cors"
ORIGIN = "https://app.example"


def manager(config: dict[str, Any]) -> dict[str, Any]:
    (listener,) = config["static_resources"]["listeners"]
    (chain,) = listener["filter_chains"]
    return chain["filters"][0]["typed_config"]


def routes(config: dict[str, Any]) -> list[dict[str, Any]]:
    (host,) = manager(config)["route_config"]["virtual_hosts"]
    return host["routes"]


def http_filter(config: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (f for f in manager(config)["http_filters"] if f["name"] == name)
    return found["typed_config"]


def allowed(route: dict[str, Any]) -> str:
    (header,) = route["response_headers_to_add"]
    assert header["header"]["key"] == "Allow"
    return header["header"]["value"]


def test_every_operation_has_its_route_with_its_backend_and_deadline(
    configure: Configure, document: dict[str, Any]
) -> None:
    wanted = {
        item[method]["operationId"]: (method.upper(), item[method]["x-google-backend"])
        for item in document["paths"].values()
        for method in METHODS
        if method in item
    }
    deadlines = {
        name: f"{backend['deadline']:g}s"
        for name, backend in document["x-google-api-management"]["backends"].items()
    }
    served = {route["name"]: route for route in routes(configure()) if "name" in route}
    assert set(served) == set(wanted)
    for name, route in served.items():
        method, backend = wanted[name]
        assert route["match"]["headers"] == [{"name": ":method", "string_match": {"exact": method}}]
        assert route["route"]["cluster"] == backend
        assert route["route"]["timeout"] == deadlines[backend]


def test_only_what_signs_in_is_open(configure: Configure) -> None:
    open_routes = {
        route["name"]
        for route in routes(configure())
        if "route" in route and route["typed_per_filter_config"][JWT].get("disabled")
    }
    assert open_routes == {
        "getHealth",
        "getJwks",
        "register",
        "verifyEmail",
        "resendVerification",
        "login",
        "refresh",
        "logout",
        "forgotPassword",
        "resetPassword",
        "firebaseSignIn",
    }


def test_unknown_paths_end_in_404_and_unknown_methods_in_405(
    configure: Configure, document: dict[str, Any]
) -> None:
    *wrong_method, unknown = [r for r in routes(configure()) if "direct_response" in r]
    assert (unknown["match"], unknown["direct_response"]) == ({"prefix": "/"}, {"status": 404})
    assert [r["direct_response"]["status"] for r in wrong_method] == [405] * len(document["paths"])
    allow = {r["match"]["path"]: allowed(r) for r in wrong_method if "path" in r["match"]}
    assert set(allow["/v1/attempts"].split(", ")) == {"GET", "POST"}
    assert allow["/v1/health"] == "GET"


@pytest.mark.parametrize(
    ("path", "matches"),
    [
        ("/v1/attempts/01932f6e-8a4b-7c1d-9e2f-3a4b5c6d7e8f", True),
        ("/v1/attempts/", False),
        ("/v1/attempts/a/b", False),
        ("/v1/attemptsxa", False),
    ],
)
def test_a_parameter_is_one_whole_segment(configure: Configure, path: str, matches: bool) -> None:
    (route,) = (r for r in routes(configure()) if r.get("name") == "getAttempt")
    regex = route["match"]["safe_regex"]["regex"]
    assert bool(re.fullmatch(regex, path)) is matches


def test_a_concrete_path_comes_before_a_templated_one(
    configure: Configure, document: dict[str, Any]
) -> None:
    health = document["paths"]["/v1/health"]["get"]
    small = document | {
        "paths": {
            "/v1/users/{user_id}": {"get": health | {"operationId": "anyone"}},
            "/v1/users/me": {"get": health | {"operationId": "me"}},
        }
    }
    names = [route["name"] for route in routes(configure(document=small)) if "name" in route]
    assert names == ["me", "anyone"]


def test_a_token_is_taken_from_its_header_only_and_must_expire(configure: Configure) -> None:
    jwt_authn = http_filter(configure(issuer="https://me.example"), JWT)
    provider = jwt_authn["providers"]["access_token"]
    assert provider["issuer"] == "https://me.example"
    assert provider["audiences"] == ["rostrum"]
    assert provider["from_headers"] == [{"name": "Authorization", "value_prefix": "Bearer "}]
    assert provider["require_expiration"] is True
    assert "forward" not in provider
    # A route that forgot its own settings asks for a token.
    assert jwt_authn["rules"] == [
        {"match": {"prefix": "/"}, "requires": {"provider_name": "access_token"}}
    ]


def test_cors_is_off_without_origins(configure: Configure) -> None:
    assert all(CORS not in route["typed_per_filter_config"] for route in routes(configure()))


def test_cors_allows_what_the_contract_names(configure: Configure) -> None:
    config = configure(origins=[ORIGIN])
    (create,) = (r for r in routes(config) if r.get("name") == "createAttempt")
    policy = create["typed_per_filter_config"][CORS]
    assert policy["allow_origin_string_match"] == [{"exact": ORIGIN}]
    assert set(policy["allow_methods"].split(", ")) == {"GET", "POST"}
    assert set(policy["allow_headers"].split(", ")) == {
        "authorization",
        "content-type",
        "idempotency-key",
        "traceparent",
        "tracestate",
    }
    assert {"location", "retry-after"} <= set(policy["expose_headers"].split(", "))


def test_a_preflight_route_never_skips_the_token_check(
    configure: Configure, document: dict[str, Any]
) -> None:
    preflights = [
        route
        for route in routes(configure(origins=[ORIGIN]))
        if {"name": "access-control-request-method", "present_match": True}
        in route["match"].get("headers", ())
    ]
    assert len(preflights) == len(document["paths"])
    assert all(JWT not in route["typed_per_filter_config"] for route in preflights)


def test_a_passthrough_asks_no_token_and_sets_no_size(configure: Configure) -> None:
    storage = Passthrough("/storage/", "objects", 900.0, ("PUT",))
    config = configure(passthroughs=[storage])
    (route,) = (r for r in routes(config) if r["match"].get("prefix") == "/storage/")
    assert route["route"]["timeout"] == "900s"
    settings = route["typed_per_filter_config"]
    assert settings[JWT]["disabled"] is True
    assert settings["envoy.filters.http.body_size_limit"]["disabled"] is True
    clusters = {cluster["name"] for cluster in config["static_resources"]["clusters"]}
    assert clusters == {"auth", "course", "practice", "objects"}


def test_a_page_fits_however_long_it_is(configure: Configure) -> None:
    config = configure(pages=[Page("/page", "text/plain", "é" * 10_000)])
    assert manager(config)["route_config"]["max_direct_response_body_size_bytes"] == 20_000


def test_it_listens_on_loopback_only_and_has_no_admin_unless_asked(
    configure: Configure, tmp_path: Path
) -> None:
    config = configure(listen_port=4321)
    (listener,) = config["static_resources"]["listeners"]
    assert listener["address"] == {"socket_address": {"address": "127.0.0.1", "port_value": 4321}}
    assert "admin" not in config
    admin = configure(admin_socket=tmp_path / "admin.sock")["admin"]
    assert admin == {"address": {"pipe": {"path": str(tmp_path / "admin.sock"), "mode": 0o600}}}


def test_a_backend_without_an_address_is_an_error(configure: Configure) -> None:
    with pytest.raises(KeyError, match="auth"):
        configure(backends={})


def test_a_deadline_of_nothing_is_refused(configure: Configure) -> None:
    with pytest.raises(ContractError, match="deadline"):
        configure(passthroughs=[Passthrough("/storage/", "objects", 0, ("PUT",))])


def test_the_process_runs_the_file_that_was_written(configure: Configure, tmp_path: Path) -> None:
    config = configure()
    file = process.write_config(config, tmp_path / "made" / "here")
    assert json.loads(file.read_text(encoding="utf-8")) == config
    binary, *arguments = process.command(file)
    assert Path(binary).stat().st_mode & stat.S_IXUSR
    assert arguments[arguments.index("--config-path") + 1] == str(file)
    assert {"--disable-hot-restart", "--use-dynamic-base-id"} <= set(arguments)
