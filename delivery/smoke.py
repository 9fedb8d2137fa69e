"""`python -m delivery.smoke`: does each candidate answer, before anybody's request reaches it?

Asked at its tag's URL: is it ready (its stores answer), does the public health route answer, and
does it refuse who has no token. A service that only the project's network reaches was asked by
Cloud Run itself: without a passed startup probe its revision would not be ready.
"""

import sys
from collections.abc import Sequence
from typing import Final

import requests

from delivery import options, traffic
from delivery.cloud_run import CloudRun, Service
from delivery.google import DeliveryError, Google, connect

# One route of each service that asks for a learner's token.
PROTECTED: Final = {
    "auth": "/v1/users/me",
    "course": "/v1/courses",
    "practice": "/v1/attempts",
}
_TRIES: Final = 3
_BETWEEN_S: Final = 5.0
_TIMEOUT_S: Final = 30.0


def main(arguments: Sequence[str] | None = None, google: Google | None = None) -> int:
    parser = options.parser(__doc__)
    parser.add_argument("--services", required=True, type=options.names, help="comma between them")
    parser.add_argument("--account", required=True, help="service account that asks")
    given = parser.parse_args(arguments)

    def act() -> int:
        cloud = google or connect()
        run = CloudRun(cloud, given.project, given.region)
        failures: list[str] = []
        for name in given.services:
            service = run.service(name)
            found = smoke(cloud, service, given.account)
            failures += [f"{name}: {failure}" for failure in found]
            print(f"{name}: {'answers' if not found else 'fails'}")
        if failures:
            raise DeliveryError("\n".join(failures))
        return 0

    return options.ended(act)


def smoke(google: Google, service: Service, account: str) -> list[str]:
    """What is wrong with the candidate; nothing: it may be tried on requests."""
    candidate = service.urls.get(traffic.CANDIDATE)
    if candidate is None:
        return ["no revision is tagged as candidate"]
    if not service.reachable:
        return []
    # Cloud Run takes its own token here, and leaves Authorization to the service.
    # https://cloud.google.com/run/docs/authenticating/service-to-service#call_multiple_services
    token = google.id_token(account, service.url)
    headers = {"X-Serverless-Authorization": f"Bearer {token}"}
    asked = [("/internal/v1/health/ready", 200), ("/v1/health", 200)]
    if service.name in PROTECTED:
        asked.append((PROTECTED[service.name], 401))
    failures = []
    for path, wanted in asked:
        status = _ask(google, f"{candidate}{path}", headers, wanted)
        if status != str(wanted):
            failures.append(f"{path} answers {status}, not {wanted}")
    return failures


def _ask(google: Google, url: str, headers: dict[str, str], wanted: int) -> str:
    """The status, or the kind of error; a first instance may take its time to be there."""
    status = ""
    for attempt in range(_TRIES):
        if attempt:
            google.sleep(_BETWEEN_S)
        try:
            # Without the session, whose credentials are not for the service.
            status = str(requests.get(url, headers=headers, timeout=_TIMEOUT_S).status_code)
        except requests.RequestException as error:
            status = type(error).__name__
        if status == str(wanted):
            break
    return status


if __name__ == "__main__":
    sys.exit(main())
