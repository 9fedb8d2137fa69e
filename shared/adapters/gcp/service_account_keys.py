"""The public keys Google publishes of a service account, kept for a while.

https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt
names the address. Google publishes a key at least 6 hours before it signs, and for 6 hours after
(https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys).
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from urllib.parse import quote

import httpx
import jwt

from shared.adapters.access_tokens import keys_by_id, public_part
from shared.domain.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.identity import JwkSet

_log = logging.getLogger(__name__)
_FRESH_FOR: Final = timedelta(minutes=5)
_ASK_AGAIN_AFTER: Final = timedelta(seconds=10)
_TIMEOUT_S: Final = 2.0


def build_client(base_url: str = "https://www.googleapis.com") -> httpx.Client:
    """A client for the published keys; they are public, so it brings no credentials."""
    return httpx.Client(base_url=base_url, timeout=_TIMEOUT_S)


class ServiceAccountKeys:
    """The keys of `account`: fetched when first needed, then every 5 minutes.

    An unknown key id has them fetched again, once in 10 s at most. While Google cannot be reached
    the last fetched keys stay; without any, `Unavailable` with code `signer_unavailable`.
    """

    def __init__(self, account: str, client: httpx.Client, clock: Clock) -> None:
        self._path = "/service_accounts/v1/jwk/" + quote(account, safe="@")
        self._client = client
        self._clock = clock
        self._lock = Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._public: list[dict[str, str]] = []
        self._fetched_at: datetime | None = None
        self._asked_at: datetime | None = None

    def key(self, id: str) -> jwt.PyJWK | None:
        self._refresh(_FRESH_FOR)
        if id not in self._keys:
            self._refresh(_ASK_AGAIN_AFTER)
        return self._keys.get(id)

    def jwks(self) -> JwkSet:
        self._refresh(_FRESH_FOR)
        return {"keys": self._public}

    def _refresh(self, older_than: timedelta) -> None:
        # Who has keys goes on with them while another thread fetches newer ones.
        if not self._due(older_than) or not self._lock.acquire(blocking=self._fetched_at is None):
            return
        try:
            if self._due(older_than):
                self._fetch()
        finally:
            self._lock.release()

    def _due(self, older_than: timedelta) -> bool:
        now = self._clock.now()
        if self._fetched_at is None or self._asked_at is None:
            return True
        return now - self._fetched_at >= older_than and now - self._asked_at >= _ASK_AGAIN_AFTER

    def _fetch(self) -> None:
        self._asked_at = self._clock.now()
        try:
            response = self._client.get(self._path)
            response.raise_for_status()
            key_set = response.json()
            keys = keys_by_id(key_set)
        except (httpx.HTTPError, ValueError) as error:
            _log.warning("public keys not fetched: %s", type(error).__name__)
            if self._fetched_at is None:
                raise Unavailable(
                    "The keys of the token signer cannot be read.", code="signer_unavailable"
                ) from error
            return
        self._keys = keys
        self._public = [public_part(key) for key in key_set["keys"] if key.get("kid") in keys]
        self._fetched_at = self._asked_at
