"""A learner's first minutes at the gateway: from the registration to an attempt."""

import email
import re
import time
from email import policy

import httpx

from local.stack import Stack
from shared.adapters.embedded.clock import SystemClock

PASSWORD = "seven green umbrellas"


def mailed_token(stack: Stack, to: str) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for file in sorted((stack.data / "mail").glob("*.eml"), reverse=True):
            mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            if mail["To"] == to and (found := re.search(r"\?token=(\S+)", mail.get_content())):
                return found[1]
        time.sleep(0.05)
    raise AssertionError("no mail came")


def test_from_registration_to_an_attempt(stack: Stack) -> None:
    address = f"{SystemClock().new_id()}@example.com"
    with httpx.Client(base_url=stack.url, timeout=30) as client:

        def post(operation: str, **body: str) -> httpx.Response:
            return client.post(f"/v1/auth/{operation}", json=body)

        assert post("register", email=address, password=PASSWORD).status_code == 202
        assert post("verify-email", token=mailed_token(stack, address)).status_code == 204
        session = post("login", email=address, password=PASSWORD).json()
        renewed = post("refresh", refresh_token=session["refresh_token"]).json()
        client.headers["Authorization"] = f"Bearer {renewed['access_token']}"
        assert client.get("/v1/users/me").json()["email"] == address
        attempt = client.post(
            "/v1/attempts",
            json={
                "kind": "read_aloud",
                "prompt": {"text": "The doctor thought."},
                "recording": {"content_type": "audio/webm"},
            },
        )
        assert attempt.status_code == 201, attempt.text
        assert attempt.json()["user_id"] == session["user"]["id"]
        assert client.post("/v1/auth/logout-all").status_code == 204
        ended = post("refresh", refresh_token=renewed["refresh_token"])
        assert (ended.status_code, ended.json()["code"]) == (401, "refresh_token_invalid")


def test_no_secret_of_a_sign_in_is_logged(stack: Stack) -> None:
    address = f"{SystemClock().new_id()}@example.com"
    body = {"email": address, "password": "never to be logged 1"}
    for operation in ("register", "login", "forgot-password"):
        sent = {"email": address} if operation == "forgot-password" else body
        httpx.post(f"{stack.url}/v1/auth/{operation}", json=sent, timeout=30)
    mailed_token(stack, address)
    logs = "".join(file.read_text(errors="replace") for file in stack.logs.glob("*.log"))
    assert "never to be logged" not in logs
    assert address not in logs
