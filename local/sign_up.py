"""A newcomer's way in: register, follow the link in the mail, sign in; the mail is the outbox's."""

import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from local.client import ApiError
from local.outbox import Outbox

_MAIL_WITHIN_S = 20.0
_LINK = re.compile(r"https?://\S+[?&]token=\S+")
_DOMAIN = "learner.example"


@dataclass(frozen=True, slots=True)
class SignedUp:
    """An account with a session; `session` is the answer of the sign-in."""

    email: str
    password: str
    session: dict[str, Any]

    @property
    def user_id(self) -> str:
        return str(self.session["user"]["id"])

    @property
    def access_token(self) -> str:
        return str(self.session["access_token"])


def sign_up(url: str, outbox: Path, *, name: str | None = None) -> SignedUp:
    """A new account with an address made up for it, confirmed and signed in.

    Raises `ApiError` for a refusal, `TimeoutError` when the mail does not come.
    """
    address = f"{secrets.token_hex(8)}@{_DOMAIN}"
    password = secrets.token_urlsafe(18)
    with httpx.Client(base_url=url, timeout=30) as http:
        wanted = {"email": address, "password": password} | ({"name": name} if name else {})
        _post(http, "/v1/auth/register", wanted)
        _post(http, "/v1/auth/verify-email", {"token": mailed_token(outbox, address)})
        session = _post(http, "/v1/auth/login", {"email": address, "password": password})
    return SignedUp(address, password, session)


def mailed_token(outbox: Path, address: str, *, seen: int = 0) -> str:
    """The token of the link in the newest mail to `address`, once more than `seen` have come."""
    deadline = time.monotonic() + _MAIL_WITHIN_S
    while time.monotonic() < deadline:
        letters = Outbox(outbox).letters(address)
        if len(letters) > seen and (link := _LINK.search(letters[-1].text)):
            return parse_qs(urlsplit(link[0]).query)["token"][0]
        time.sleep(0.05)
    raise TimeoutError(f"No mail to {address} in {outbox}")


def _post(http: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = http.post(path, json=body)
    if response.is_error:
        raise ApiError(response)
    answer: dict[str, Any] = response.json() if response.content else {}
    return answer
