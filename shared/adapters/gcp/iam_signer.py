"""What a service account has IAM sign for itself: JWTs, blobs, ID tokens; with bounded retries.

https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts. The
caller needs the permission of the same name on the account.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

import requests
from google.auth.exceptions import GoogleAuthError

from shared.domain.errors import Unavailable

DEFAULT_URL: Final = "https://iamcredentials.googleapis.com"
_log = logging.getLogger(__name__)
_RETRIED: Final = frozenset({429, 500, 502, 503, 504})
_FIRST_DELAY_S: Final = 0.1


class IamSigner:
    """Has IAM sign as `account`; `session` must be allowed to.

    Tries `attempts` times at 429, 5xx and broken connections, each bounded by `timeout_s`.
    Everything else is `Unavailable` at once, with the same code `signer_unavailable`.
    """

    def __init__(
        self,
        account: str,
        session: requests.Session,
        base_url: str = DEFAULT_URL,
        *,
        timeout_s: float = 2.0,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = session
        self._url = f"{base_url}/v1/projects/-/serviceAccounts/{quote(account, safe='@')}"
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._sleep = sleep

    def sign(self, method: str, payload: str, answer: str) -> str:
        """The field `answer` of what `method` makes of `payload`."""
        return self.ask(method, {"payload": payload}, answer)

    def ask(self, method: str, body: Mapping[str, str | bool], answer: str) -> str:
        """The field `answer` of what `method` makes of `body`."""
        for attempt in range(1, self._attempts + 1):
            outcome = self._call(method, body, answer)
            if isinstance(outcome, str):
                return outcome
            if outcome not in _RETRIED or attempt == self._attempts:
                break
            self._sleep(_FIRST_DELAY_S * 2 ** (attempt - 1) * random.uniform(1, 2))  # noqa: S311
        _log.error("%s failed after %d calls with status %s", method, attempt, outcome)
        raise Unavailable("The signer did not answer.", code="signer_unavailable")

    def _call(self, method: str, body: Mapping[str, str | bool], answer: str) -> str | int:
        """What was asked for, or the status that refused it; a broken connection counts as 503."""
        try:
            response = self._session.request(
                "POST",
                f"{self._url}:{method}",
                json=body,
                timeout=self._timeout_s,
                allow_redirects=False,
            )
            if response.status_code != requests.codes.ok:
                return response.status_code
            signed = response.json().get(answer)
        except (GoogleAuthError, requests.RequestException, ValueError, AttributeError):
            return 503
        return signed if isinstance(signed, str) and signed else 502
