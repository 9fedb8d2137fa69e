"""Errors as RFC 9457 problem documents: the one place that knows HTTP statuses."""

from typing import Any

from shared.domain import errors
from shared.domain.documents import to_document
from shared.runtime import tracing

MEDIA_TYPE = "application/problem+json"

_STATUS: dict[type[errors.AppError], tuple[int, str]] = {
    errors.Invalid: (400, "The request is not valid"),
    errors.Unauthenticated: (401, "Sign in first"),
    errors.Forbidden: (403, "Not allowed"),
    errors.NotFound: (404, "Not found"),
    errors.Conflict: (409, "Not possible in the present state"),
    errors.PreconditionFailed: (412, "A condition does not hold"),
    errors.PreconditionRequired: (428, "Say which version is meant"),
    errors.TooLarge: (413, "Too large"),
    errors.UnsupportedMedia: (415, "Media type not supported"),
    errors.Unprocessable: (422, "Understood, but not possible"),
    errors.AttemptFailed: (422, "The recording cannot be assessed"),
    errors.RateLimited: (429, "Too many requests"),
    errors.Unavailable: (503, "Temporarily unavailable"),
}
_BY_STATUS = {
    status: kind for kind, (status, _) in _STATUS.items() if kind is not errors.AttemptFailed
}
_INTERNAL = (500, "Something went wrong on our side")
# A body of 1 MB may have a hundred thousand faults; nobody reads more than these.
_MAX_ERRORS = 100


def problem(error: errors.AppError, instance: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Body, status and headers for an error; `instance` is the path asked for."""
    kind = next((k for k in type(error).__mro__ if k in _STATUS), None)
    status, title = _STATUS[kind] if kind else _INTERNAL
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": title,
        "status": status,
        "detail": error.detail,
        "instance": instance,
        "code": error.code,
        "trace_id": tracing.trace_id(),
    }
    if error.errors:
        body["errors"] = [to_document(fault) for fault in error.errors[:_MAX_ERRORS]]
    headers = {"Content-Type": MEDIA_TYPE}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    if status == 401:  # noqa: PLR2004
        headers["WWW-Authenticate"] = "Bearer"
    return body, status, headers


def error_from(status: int, body: dict[str, Any], retry_after: str | None) -> errors.AppError:
    """The error another service answered with, as this service's own error.

    A 5xx without a problem body, as a proxy sends it, becomes `Unavailable`.
    """
    kind = _BY_STATUS.get(status, errors.Unavailable if status >= 500 else errors.Invalid)  # noqa: PLR2004
    after = float(retry_after) if retry_after and retry_after.isdigit() else None
    return kind(
        str(body.get("detail", f"The service answered {status}.")),
        code=body.get("code"),
        retry_after_s=after,
    )
