"""Access tokens signed by a service account through IAM: no private key outside Google.

https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt:
`exp` is at most 12 hours ahead, the header (RS256, JWT, key id) is Google's, and the caller needs
iam.serviceAccounts.signJwt on the account.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import requests

from shared.adapters.access_tokens import ACCESS, claims_of, verified
from shared.adapters.gcp.iam_signer import DEFAULT_URL, IamSigner
from shared.adapters.gcp.service_account_keys import ServiceAccountKeys
from shared.domain.identity import Principal
from shared.ports.clock import Clock

_TYPE: Final = "JWT"


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

    `session` must be allowed to (see `iam_session`). Fails as `IamSigner` does.
    """

    def __init__(
        self,
        account: str,
        session: requests.Session,
        clock: Clock,
        *,
        base_url: str = DEFAULT_URL,
        timeout_s: float = 2.0,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._clock = clock
        self._iam = IamSigner(
            account, session, base_url, timeout_s=timeout_s, attempts=attempts, sleep=sleep
        )

    def issue(self, principal: Principal, audience: str, lifetime: timedelta) -> str:
        claims = claims_of(
            principal,
            issuer=self._account,
            audience=audience,
            token_id=self._clock.new_id(),
            now=self._clock.now(),
            lifetime=lifetime,
        )
        return self._iam.sign("signJwt", json.dumps(claims), "signedJwt")
