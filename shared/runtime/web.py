"""A service's Flask app: authentication, problems, traces and bodies, the same in every service."""

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, Response, g, jsonify, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from shared.domain import errors
from shared.domain.identity import Principal, Role
from shared.runtime import problems, tracing

if TYPE_CHECKING:
    from flask import Blueprint

    from shared.ports.identity import TokenVerifier

M = TypeVar("M", bound=BaseModel)
App = Flask
MAX_BODY_BYTES = 1024 * 1024
_log = logging.getLogger(__name__)
_OPEN_ENDPOINTS = frozenset({"health"})


def app(service: str, verifier: "TokenVerifier", *blueprints: "Blueprint") -> App:
    """An app in which every route but `GET /v1/health` needs a valid bearer token."""
    flask_app = _app(service, blueprints, MAX_BODY_BYTES)

    @flask_app.before_request
    def authenticate() -> None:
        if request.endpoint is not None and request.endpoint not in _OPEN_ENDPOINTS:
            g.principal = verifier.verify(_bearer_token())

    return flask_app


def public_app(service: str, *blueprints: "Blueprint", max_body_bytes: int) -> App:
    """An app without tokens, for routes that check each request's right by other means."""
    return _app(service, blueprints, max_body_bytes)


def _app(service: str, blueprints: "tuple[Blueprint, ...]", max_body_bytes: int) -> App:
    flask_app = Flask(service, static_folder=None)
    flask_app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    flask_app.json.sort_keys = False  # type: ignore[attr-defined]

    @flask_app.before_request
    def begin() -> None:
        tracing.adopt(request.headers.get("traceparent"))

    @flask_app.get("/v1/health")
    def health() -> Response:
        return jsonify(status="ok")

    for blueprint in blueprints:
        flask_app.register_blueprint(blueprint)
    _register_problems(flask_app)
    return flask_app


def principal(*roles: Role) -> Principal:
    """The caller; raises `Forbidden` unless they hold one of `roles`."""
    caller: Principal = g.principal
    if caller.role not in roles:
        raise errors.Forbidden("Your account may not do this.")
    return caller


def parse(model: type[M]) -> M:
    """The JSON body as `model`; an absent body counts as `{}`. Raises `Invalid` with pointers."""
    if not request.get_data():
        return _validated(model, {})
    if not request.is_json:
        raise errors.UnsupportedMedia("Send the body as application/json.")
    return _validated(model, request.get_json(silent=True))


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
    return token.strip()


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
