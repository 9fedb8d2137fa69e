"""Google's REST APIs as a delivery uses them: where they are, and a session that may call them.

The only module here that touches a Google SDK, and of it only google-auth: what is asked of Cloud
Run and Cloud Monitoring is a handful of requests, whose JSON is plainer than another SDK.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import google.auth
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession

Json = dict[str, object]
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_TIMEOUT_S: Final = 60.0
_TRIES: Final = 4
_PASSING: Final = frozenset({429, 500, 502, 503, 504})


class DeliveryError(Exception):
    """What stops a delivery, in words for whoever reads the build's log."""


class ConflictError(DeliveryError):
    """Somebody else changed the resource between reading and writing it."""


@dataclass(frozen=True, slots=True)
class Google:
    """`session` adds credentials. Time is passed in so that a rollout's minutes can be tested."""

    session: requests.Session
    run_url: str = "https://run.googleapis.com"
    monitoring_url: str = "https://monitoring.googleapis.com"
    iam_url: str = "https://iamcredentials.googleapis.com"
    build_url: str = "https://cloudbuild.googleapis.com"
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def call(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | list[str]] | None = None,
        body: Json | None = None,
    ) -> Json:
        """The answer's JSON; raises `ConflictError` for 409 and 412, `DeliveryError` for others.

        A read is repeated while that may help: a rollout takes many, and none of them decides it.
        https://cloud.google.com/apis/design/errors: the body says why.
        """
        data = None if body is None else json.dumps(body)
        for tries in range(1, _TRIES + 1):
            may_repeat = method == "GET" and tries < _TRIES
            try:
                response = self.session.request(
                    method,
                    url,
                    params=query,
                    data=data,
                    headers={"Content-Type": "application/json"},
                    timeout=_TIMEOUT_S,
                )
            except (requests.RequestException, GoogleAuthError) as error:
                if not may_repeat:
                    raise DeliveryError(f"{method} {url}: {type(error).__name__}") from error
            else:
                if not may_repeat or response.status_code not in _PASSING:
                    return _answer(method, url, response)
            self.sleep(2.0**tries)
        raise AssertionError("the last try answers or raises")

    def id_token(self, account: str, audience: str) -> str:
        """A token with which `account` may call the Cloud Run service at `audience`.

        https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken
        """
        url = f"{self.iam_url}/v1/projects/-/serviceAccounts/{account}:generateIdToken"
        answer = self.call("POST", url, body={"audience": audience, "includeEmail": True})
        return str(answer["token"])


def connect() -> Google:
    """With the credentials of the machine: a build's service account, or an operator's own."""
    credentials, _ = google.auth.default(scopes=[_SCOPE])
    return Google(AuthorizedSession(credentials))  # type: ignore[no-untyped-call]


def _answer(method: str, url: str, response: requests.Response) -> Json:
    if response.ok:
        answer: Json = response.json()
        return answer
    message = f"{method} {url}: {response.status_code} {_reason(response)}"
    if response.status_code in (requests.codes.conflict, requests.codes.precondition_failed):
        raise ConflictError(message)
    raise DeliveryError(message)


def _reason(response: requests.Response) -> str:
    try:
        body = response.json()
        return str(body["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.reason
