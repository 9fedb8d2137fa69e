"""A service's Flask app: authentication, problems, traces and bodies, the same in every service."""

import logging
import sys
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, Response, g, jsonify, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from shared.domain import errors
from shared.domain.identity import Principal, Role
from shared.runtime import problems
from shared.runtime.addresses import subscriber
from shared.runtime.cors import Cors
from shared.runtime.request_spans import ROUTE, RequestSpans

if TYPE_CHECKING:
    from flask import Blueprint

    from shared.ports.identity import TokenVerifier
    from shared.runtime.readiness import Readiness

M = TypeVar("M", bound=BaseModel)
App = Flask
MAX_BODY_BYTES = 1024 * 1024
_log = logging.getLogger(__name__)
_MAX_KEY_LENGTH = 255
_CHUNK_BYTES = 64 * 1024
_INTERNAL = "/internal/"
_open_views: set[Any] = set()
V = TypeVar("V", bound=Callable[..., Any])


def app(
    service: str,
    learners: "TokenVerifier",
    services: "TokenVerifier",
    *blueprints: "Blueprint",
    ready: "Readiness | None" = None,
    origins: Collection[str] = (),
) -> App:
    """An app in which every route but those of health and those marked `public` needs a token.

    Routes below /internal/ take tokens that `services` verifies, and only of role `service`; all
    others those that `learners` verifies, and none of that role. Pages of `origins` may call them.
    """
    flask_app = _app(service, blueprints, MAX_BODY_BYTES, ready)

    @flask_app.before_request
    def authenticate() -> None:
        if request.endpoint is None or flask_app.view_functions[request.endpoint] in _open_views:
            return
        internal = request.path.startswith(_INTERNAL)
        caller = (services if internal else learners).verify(_bearer_token())
        if internal != (caller.role == "service"):
            raise errors.Forbidden("Your account may not do this.")
        g.principal = caller

    if origins:
        allowed = Cors(flask_app.wsgi_app, origins, flask_app.url_map)
        flask_app.wsgi_app = allowed  # type: ignore[method-assign]
    return flask_app


def public(view: V) -> V:
    """Mark a view that needs no token: `@routes.post(…)` above it, `@web.public` below that."""
    _open_views.add(view)
    return view


def public_app(
    service: str, *blueprints: "Blueprint", max_body_bytes: int, ready: "Readiness | None" = None
) -> App:
    """An app without tokens, for routes that check each request's right by other means."""
    return _app(service, blueprints, max_body_bytes, ready)


def _app(
    service: str,
    blueprints: "tuple[Blueprint, ...]",
    max_body_bytes: int,
    ready: "Readiness | None",
) -> App:
    flask_app = Flask(service, static_folder=None)
    flask_app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    flask_app.json.sort_keys = False  # type: ignore[attr-defined]

    @flask_app.before_request
    def begin() -> None:
        if request.url_rule is not None:
            request.environ[ROUTE] = request.url_rule.rule
        if "\0" in request.path:
            # No id holds one, and PostgreSQL's text cannot.
            raise errors.NotFound("There is nothing here.")

    @flask_app.get("/internal/v1/health/live", endpoint="live")
    @flask_app.get("/v1/health")
    @public
    def health() -> Response:
        return jsonify(status="ok")

    @flask_app.get("/internal/v1/health/ready")
    @public
    def readiness() -> Response:
        if ready is not None and (failing := ready.failing()):
            names = ", ".join(failing)
            raise errors.Unavailable(f"These do not answer: {names}.", code="not_ready")
        return jsonify(status="ok")

    for blueprint in blueprints:
        flask_app.register_blueprint(blueprint)
    _register_problems(flask_app)
    flask_app.wsgi_app = RequestSpans(flask_app.wsgi_app)  # type: ignore[method-assign]
    return flask_app


def principal(*roles: Role) -> Principal:
    """The caller; raises `Forbidden` unless they hold one of `roles` (none named: any)."""
    caller: Principal = g.principal
    if roles and caller.role not in roles:
        raise errors.Forbidden("Your account may not do this.")
    return caller


def client_address(hops: int) -> str:
    """The caller's address: what the outermost of our `hops` proxies wrote of it.

    Entries further left in X-Forwarded-For are the caller's own words.
    """
    entries = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    seen = entries[-hops] if 0 < hops <= len(entries) else ""
    return subscriber(seen or request.remote_addr or "unknown")


def idempotency_key() -> str | None:
    """The request's Idempotency-Key; raises `Invalid` unless it has 1 to 255 characters."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= _MAX_KEY_LENGTH:
        raise errors.Invalid(
            "The Idempotency-Key has 1 to 255 characters.", code="idempotency_key_invalid"
        )
    return key


def if_match() -> str:
    """The version a write is meant for; raises `PreconditionRequired` when none is named."""
    if (versions := request.if_match.as_set()) and len(versions) == 1:
        return str(versions.pop())
    raise errors.PreconditionRequired("Send If-Match with the ETag that was read.")


def versioned(body: Mapping[str, Any], version: str, status: int = 200) -> Response:
    """A JSON answer with its ETag; 304 without a body when the caller has that version."""
    response = jsonify(body)
    response.status_code = status
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def parse(model: type[M]) -> M:
    """The JSON body as `model`; an absent body counts as `{}`. Raises `Invalid` with pointers."""
    if not request.get_data():
        return _validated(model, {})
    if not request.is_json:
        raise errors.UnsupportedMedia("Send the body as application/json.")
    try:
        return _validated(model, request.get_json(silent=True))
    except RecursionError:
        raise errors.Invalid("The body is nested too deeply.", code="malformed_json") from None


def read_body(content_type: str, max_bytes: int) -> bytes:
    """The whole body, of that type and on this route of up to `max_bytes`.

    Raises `UnsupportedMedia` or `TooLarge`; the rest is read first, for a proxy that is still
    sending would see the connection break, not the answer.
    """
    request.max_content_length = sys.maxsize
    body = request.stream.read(max_bytes + 1)
    too_large = len(body) > max_bytes
    while request.stream.read(_CHUNK_BYTES):
        pass
    if request.mimetype != content_type:
        raise errors.UnsupportedMedia(f"Send the body as {content_type}.")
    if too_large:
        raise errors.TooLarge(f"The body may have at most {max_bytes} bytes.")
    return body


def parse_query(model: type[M]) -> M:
    """The query string as `model`; raises `Invalid` with pointers."""
    return _validated(model, request.args.to_dict())


def _validated(model: type[M], value: Any) -> M:  # noqa: ANN401
    if not isinstance(value, dict):
        raise errors.Invalid("The body is not a JSON object.", code="malformed_json")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = [
            errors.FieldError("".join(f"/{part}" for part in fault["loc"]), fault["msg"])
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise errors.Invalid("Some fields are not valid.", errors=faults) from None


def _bearer_token() -> str:
    # API Gateway puts its own token into Authorization and the caller's here.
    header = request.headers.get("X-Forwarded-Authorization") or request.headers.get(
        "Authorization", ""
    )
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.Unauthenticated("Send a bearer token.")
    return token.strip(" ")


def _register_problems(flask_app: Flask) -> None:
    def answer(error: errors.AppError) -> tuple[Response, int, dict[str, str]]:
        body, status, headers = problems.problem(error, request.path)
        return jsonify(body), status, headers

    @flask_app.errorhandler(errors.AppError)
    def app_error(error: errors.AppError) -> tuple[Response, int, dict[str, str]]:
        return answer(error)

    @flask_app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int, dict[str, str]]:
        body, _, headers = problems.problem(_from_werkzeug(error), request.path)
        status = error.code or 500
        headers |= {k: v for k, v in error.get_headers() if k == "Allow"}
        return jsonify(body | {"status": status, "title": error.name}), status, headers

    @flask_app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[Response, int, dict[str, str]]:
        _log.error("unexpected error", exc_info=error)
        return answer(errors.AppError("The error has been recorded; please try again later."))


def _from_werkzeug(error: HTTPException) -> errors.AppError:
    if error.code == 413:  # noqa: PLR2004
        return errors.TooLarge(error.description or error.name)
    code = error.name.lower().replace(" ", "_")
    return errors.AppError(error.description or error.name, code=code)
