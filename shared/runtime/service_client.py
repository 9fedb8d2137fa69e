"""One deployable calling another: HTTP with a service token, the trace, and problems as errors."""

import logging
import math
import ssl
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
from opentelemetry.trace import Span, SpanKind

from shared.domain.errors import Unavailable
from shared.domain.identity import Principal
from shared.ports.identity import Admission, TokenIssuer
from shared.runtime import problems, tracing

_TOKEN_LIFETIME = timedelta(minutes=5)
# To issue one may itself be a call over the network.
_TOKEN_USED_FOR_S = 150.0
_REFUSED = (401, 403)
_log = logging.getLogger(__name__)


class ServiceClient:
    """Calls `service`'s internal routes at `url` as the deployable `caller`.

    Where a platform stands before the service, `admission` has what it asks for; it travels in
    the header Cloud Run takes it from when `Authorization` is the service's own:
    https://cloud.google.com/run/docs/authenticating/service-to-service.
    """

    def __init__(
        self,
        service: str,
        url: str,
        tokens: TokenIssuer,
        *,
        caller: str,
        timeout_s: float,
        admission: Admission | None = None,
    ) -> None:
        self._service = service
        self._url = url
        self._admission = admission
        self._client = httpx.Client(base_url=url, timeout=timeout_s, verify=_trusted())
        self._tokens = tokens
        self._caller = Principal(caller, "service")
        self._token = ("", -math.inf)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """The answer's JSON object, None where there is no body.

        Raises `Unavailable` (code `service_unavailable`) when the service does not answer, not
        with JSON, or refuses this deployable (which is no fault of whoever caused the call), and
        the error its problem document names otherwise.
        """
        about = {"http.request.method": method, "peer.service": self._service}
        # Not the path: it names accounts.
        with tracing.span(f"{method} {self._service}", about, kind=SpanKind.CLIENT) as span:
            return self._answer(method, path, body, span)

    def _answer(
        self, method: str, path: str, body: Mapping[str, Any] | None, span: Span
    ) -> dict[str, Any] | None:
        headers = {**tracing.headers(), "Authorization": f"Bearer {self._current_token()}"}
        if self._admission is not None:
            headers["X-Serverless-Authorization"] = f"Bearer {self._admission.token(self._url)}"
        try:
            response = self._client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise _unavailable(self._service) from error
        span.set_attribute("http.response.status_code", response.status_code)
        if response.status_code in _REFUSED:
            _log.error("%s refuses calls: %d", self._service, response.status_code)
            raise _unavailable(self._service)
        if response.is_error:
            is_problem = response.headers.get("Content-Type", "").startswith(problems.MEDIA_TYPE)
            problem = response.json() if is_problem else {}
            retry_after = response.headers.get("Retry-After")
            raise problems.error_from(response.status_code, problem, retry_after)
        if not response.content:
            return None
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise _unavailable(self._service)
        return answer

    def _current_token(self) -> str:
        token, issued_at = self._token
        if time.monotonic() - issued_at > _TOKEN_USED_FOR_S:
            issued_at = time.monotonic()
            token = self._tokens.issue(self._caller, self._service, _TOKEN_LIFETIME)
            self._token = (token, issued_at)
        return token


@cache
def _trusted() -> ssl.SSLContext:
    """One for all clients: to load the certificate authorities takes longer than a call."""
    return httpx.create_ssl_context()


def _unavailable(service: str) -> Unavailable:
    return Unavailable(f"The {service} service did not answer.", code="service_unavailable")
