"""The stack's gateway takes its keys from the auth service, and browsers from named origins."""

import os
import subprocess
import sys

import httpx
import pytest

from local.deployables import ROOT
from local.stack import Stack

ORIGIN = "https://app.example"
ATTEMPTS = "/v1/attempts"


def test_keys_are_rotated_under_the_running_stack(stack: Stack) -> None:
    before = {"Authorization": f"Bearer {stack.learner_token('eve')}"}
    old = httpx.get(f"{stack.url}/v1/auth/jwks")
    assert old.headers["Cache-Control"] == "public, max-age=300"
    rotated = subprocess.run(
        [sys.executable, "-m", "local.rotate_keys"],
        cwd=ROOT,
        env={**os.environ, "DATA": str(stack.data)},
        capture_output=True,
        text=True,
        check=True,
    )
    published = [key["kid"] for key in httpx.get(f"{stack.url}/v1/auth/jwks").json()["keys"]]
    assert published[:-1] == [key["kid"] for key in old.json()["keys"]]
    assert f"{published[-1]} is published, and signs from 20" in rotated.stdout
    after = {"Authorization": f"Bearer {stack.learner_token('eve')}"}
    for bearer in (before, after):
        assert httpx.get(stack.url + ATTEMPTS, headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [(ATTEMPTS, "POST"), ("/v1/users/me", "PATCH"), ("/v1/courses", "GET"), ("/storage/x", "PUT")],
)
def test_a_browser_may_ask_from_a_named_origin_only(stack: Stack, path: str, method: str) -> None:
    asked = {"Access-Control-Request-Method": method}
    answer = httpx.options(stack.url + path, headers={"Origin": ORIGIN, **asked})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    stranger = httpx.options(stack.url + path, headers={"Origin": "https://evil.example", **asked})
    assert "Access-Control-Allow-Origin" not in stranger.headers


def test_an_answer_is_readable_from_a_named_origin(stack: Stack) -> None:
    headers = {"Authorization": f"Bearer {stack.learner_token('eve')}", "Origin": ORIGIN}
    answer = httpx.get(stack.url + ATTEMPTS, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
