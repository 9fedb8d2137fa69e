"""CORS for services that web pages of other origins call: https://fetch.spec.whatwg.org/#http-cors-protocol.

Tokens are sent by the page itself, so no answer allows credentials.
"""

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from werkzeug.routing import Map

ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
MAX_AGE_S: Final = 3600
TRACE_HEADERS: Final = frozenset({"traceparent", "tracestate"})
REQUEST_HEADERS: Final = TRACE_HEADERS | {
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
}
RESPONSE_HEADERS: Final = frozenset(
    {"cache-control", "etag", "location", "retry-after", "www-authenticate"}
)
_INTERNAL = "/internal/"
_UNLISTED = frozenset({"HEAD", "OPTIONS"})
_Headers = list[tuple[str, str]]


class Cors:
    """WSGI middleware: answers preflights of `origins`, and lets their pages read every answer.

    A preflight of another origin, or of a path that `routes` does not have, goes to the
    application like any request. Paths below /internal/ are no browser's business.
    """

    def __init__(
        self, application: "WSGIApplication", origins: Collection[str], routes: "Map"
    ) -> None:
        self._application = application
        self._origins = frozenset(origins)
        self._routes = routes

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(_INTERNAL):
            return self._application(environ, start_response)
        headers = self._headers(environ.get("HTTP_ORIGIN", ""))
        if (
            environ["REQUEST_METHOD"] == "OPTIONS"
            and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
            and len(headers) > 1
            and (methods := self._methods(path))
        ):
            start_response("204 No Content", headers + _preflight(methods))
            return []

        def start(status: str, given: _Headers, *rest: Any) -> Any:  # noqa: ANN401
            return start_response(status, given + headers, *rest)

        return self._application(environ, start)

    def _headers(self, origin: str) -> _Headers:
        # Also for callers without an origin: a cache would hand their answer to a page.
        headers = [("Vary", "Origin")]
        if origin in self._origins:
            headers += [
                ("Access-Control-Allow-Origin", origin),
                ("Access-Control-Expose-Headers", _listed(RESPONSE_HEADERS)),
            ]
        return headers

    def _methods(self, path: str) -> set[str]:
        return set(self._routes.bind("localhost").allowed_methods(path)) - _UNLISTED


def _preflight(methods: Iterable[str]) -> _Headers:
    return [
        ("Access-Control-Allow-Methods", _listed(methods)),
        ("Access-Control-Allow-Headers", _listed(REQUEST_HEADERS)),
        ("Access-Control-Max-Age", str(MAX_AGE_S)),
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
