"""ID tokens with which Cloud Run lets a call in, before the service itself looks at it.

https://cloud.google.com/run/docs/authenticating/service-to-service: Google signs them for an
account, for one audience, and they live an hour. The caller needs
iam.serviceAccounts.getOpenIdToken on the account.
"""

import time
from collections.abc import Callable
from typing import Final

import requests

from shared.adapters.gcp.iam_signer import DEFAULT_URL, IamSigner

_USED_FOR_S: Final = 3000.0


class CloudRunAdmission:
    """`Admission` by tokens of `account`; `session` must be allowed to. Fails as `IamSigner` does.

    `clock` gives seconds that never go back.
    """

    def __init__(
        self,
        account: str,
        session: requests.Session,
        base_url: str = DEFAULT_URL,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._iam = IamSigner(account, session, base_url)
        self._clock = clock
        self._tokens: dict[str, tuple[str, float]] = {}

    def token(self, audience: str) -> str:
        token, until = self._tokens.get(audience, ("", 0.0))
        now = self._clock()
        if now >= until:
            body: dict[str, str | bool] = {"audience": audience, "includeEmail": True}
            token = self._iam.ask("generateIdToken", body, "token")
            self._tokens[audience] = token, now + _USED_FOR_S
        return token
