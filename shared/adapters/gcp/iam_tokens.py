"""Access tokens signed by a service account through IAM: no private key outside Google.

https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt:
`exp` is at most 12 hours ahead, the header (RS256, JWT, key id) is Google's, and the caller needs
iam.serviceAccounts.signJwt on the account.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import google.auth
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession

from shared.adapters.access_tokens import ACCESS, claims_of, verified
from shared.adapters.gcp.service_account_keys import ServiceAccountKeys
from shared.domain.errors import Unavailable
from shared.domain.identity import Principal
from shared.ports.clock import Clock

_log = logging.getLogger(__name__)
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_TYPE: Final = "JWT"
_RETRIED: Final = frozenset({429, 500, 502, 503, 504})
_FIRST_DELAY_S: Final = 0.1


def build_session(credentials: Credentials | None = None) -> requests.Session:
    """A session that speaks as `credentials`, by default as the deployable itself."""
    if credentials is None:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
    session: requests.Session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    return session


class GoogleTokens:
    """`TokenVerifier` of what these service accounts signed; a token's issuer is its account.

    `signJwt` writes `typ: JWT` over everything, so the claim `token_use` is asked for besides.
    """

    def __init__(self, accounts: Mapping[str, ServiceAccountKeys], audience: str) -> None:
        self._keys = {account: keys.key for account, keys in accounts.items()}
        self._audience = audience

    def verify(self, token: str) -> Principal:
        return verified(
            token, keys=self._keys, audience=self._audience, type=_TYPE, token_use=ACCESS
        )


class IamTokens:
    """`TokenIssuer` that has IAM sign as `account`, which is also the tokens' issuer.

    `session` must be allowed to (see `build_session`).
    Tries `attempts` times at 429, 5xx and broken connections, each bounded by `timeout_s`.
    Everything else is `Unavailable` at once, with the same code `signer_unavailable`.
    """

    def __init__(
        self,
        account: str,
        session: requests.Session,
        clock: Clock,
        *,
        base_url: str = "https://iamcredentials.googleapis.com",
        timeout_s: float = 2.0,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._session = session
        self._clock = clock
        self._url = f"{base_url}/v1/projects/-/serviceAccounts/{quote(account, safe='@')}:signJwt"
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._sleep = sleep

    def issue(self, principal: Principal, audience: str, lifetime: timedelta) -> str:
        claims = claims_of(
            principal,
            issuer=self._account,
            audience=audience,
            token_id=self._clock.new_id(),
            now=self._clock.now(),
            lifetime=lifetime,
        )
        payload = json.dumps(claims)
        for attempt in range(1, self._attempts + 1):
            outcome = self._sign(payload)
            if isinstance(outcome, str):
                return outcome
            if outcome not in _RETRIED or attempt == self._attempts:
                break
            self._sleep(_FIRST_DELAY_S * 2 ** (attempt - 1) * random.uniform(1, 2))  # noqa: S311
        _log.error("signJwt failed after %d calls with status %s", attempt, outcome)
        raise Unavailable("The token signer did not answer.", code="signer_unavailable")

    def _sign(self, payload: str) -> str | int:
        """The signed token, or the status that refused it; a broken connection counts as 503."""
        try:
            response = self._session.request(
                "POST",
                self._url,
                json={"payload": payload},
                timeout=self._timeout_s,
                allow_redirects=False,
            )
            if response.status_code != requests.codes.ok:
                return response.status_code
            signed = response.json().get("signedJwt")
        except (GoogleAuthError, requests.RequestException, ValueError, AttributeError):
            return 503
        return signed if isinstance(signed, str) and signed else 502
