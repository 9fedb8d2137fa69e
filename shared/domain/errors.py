"""The errors every layer speaks; `runtime/problems.py` alone turns a kind into an HTTP status.

AppError
├── Invalid            the request or the data cannot be accepted as it is
├── Unauthenticated    no valid identity
├── Forbidden          a valid identity without the right
├── NotFound           absent, or not visible to the caller
├── Conflict           the present state does not allow it
├── PreconditionFailed a condition named by the caller does not hold
├── PreconditionRequired the caller must say which version the write is meant for
├── TooLarge           over a stated limit
├── UnsupportedMedia   a media type this endpoint does not take
├── Unprocessable      well-formed, but it contradicts what was said before
├── RateLimited        too many; `retry_after_s` says when
├── Unavailable        a dependency failed; the same call may succeed later
└── AttemptFailed      the recording itself ends the attempt; `code` is one of `failure.FAILURES`
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in a request: `pointer` is an RFC 6901 JSON pointer into the body or query.

    In a course package it points into `file`, where the field stands in `line`, from 1.
    """

    pointer: str
    detail: str
    file: str | None = None
    line: int | None = None


class AppError(Exception):
    """An error with a stable `code`, a `detail` safe to show, and whether a repeat can help."""

    code = "internal_error"
    retryable = False

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        retry_after_s: float | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.retry_after_s = retry_after_s
        self.errors = tuple(errors)


class Invalid(AppError):
    code = "invalid_request"


class Unauthenticated(AppError):
    code = "unauthenticated"


class Forbidden(AppError):
    code = "forbidden"


class NotFound(AppError):
    code = "not_found"


class Conflict(AppError):
    code = "conflict"


class PreconditionFailed(AppError):
    code = "precondition_failed"


class PreconditionRequired(AppError):
    code = "precondition_required"


class TooLarge(AppError):
    code = "too_large"


class UnsupportedMedia(AppError):
    code = "unsupported_media_type"


class Unprocessable(AppError):
    code = "unprocessable"


class RateLimited(AppError):
    code = "rate_limited"
    retryable = True


class Unavailable(AppError):
    code = "unavailable"
    retryable = True


class AttemptFailed(AppError):
    """Ends an attempt for good; raised by the speech engine and the pipelines."""

    code = "audio_unreadable"

    def __init__(self, code: str) -> None:
        super().__init__(code, code=code)
