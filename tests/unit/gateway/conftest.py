"""The real contract, and the configuration made from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.gateway import contract
from local.gateway.config import envoy_config


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return contract.load(Path("openapi/rostrum.yaml"))


@pytest.fixture
def configure(document: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    def configured(**options: Any) -> dict[str, Any]:
        defaults: dict[str, Any] = {
            "listen_port": 8080,
            "backends": {
                "practice": ("127.0.0.1", 8081),
                "objects": ("127.0.0.1", 8082),
                "auth": ("127.0.0.1", 8083),
                "course": ("127.0.0.1", 8084),
            },
            "jwks": {"keys": []},
            "issuer": "https://issuer.example",
        }
        return envoy_config(options.pop("document", document), **defaults | options)

    return configured
