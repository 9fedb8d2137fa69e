"""Calls of Google's speech APIs, bounded in number and in time.

https://cloud.google.com/apis/design/errors#handling_errors
"""

import logging
import random
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import grpc  # type: ignore[import-untyped]
from google.api_core import exceptions
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]

Answer = TypeVar("Answer")
SHORTEST_CALL_S: Final = 0.2
_ATTEMPTS: Final = 3
_FIRST_DELAY_S: Final = 0.5
# Answers that say nothing was done. A deadline is not among them: the call may have been paid.
_PASSING: Final = (
    exceptions.ServiceUnavailable,
    exceptions.ResourceExhausted,
    exceptions.Aborted,
    exceptions.InternalServerError,
)
_MISCONFIGURED: Final = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)


def call(
    method: Callable[..., Answer],
    request: object,
    *,
    until: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """Call a client's method until `until` (of `time.monotonic`), at most three times.

    Repeats UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED and INTERNAL, waiting as RetryInfo says. Raises
    the last `GoogleAPICallError`, or a `GoogleAuthError`.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        left = max(until - time.monotonic(), SHORTEST_CALL_S)
        try:
            return method(request=request, retry=None, timeout=left)
        except _PASSING as error:
            wait = _told_s(error) or _backoff_s(attempt)
            time_left = until - time.monotonic() - wait
            if attempt == _ATTEMPTS or time_left < SHORTEST_CALL_S:
                raise
            sleep(wait)
    raise AssertionError("the last attempt answers or raises")


def status_error(status: grpc.StatusCode | int, what: str) -> exceptions.GoogleAPICallError:
    """For a google.rpc.Status that came inside an answer; its message may quote the request."""
    error: exceptions.GoogleAPICallError = exceptions.from_grpc_status(status, what)  # type: ignore[no-untyped-call]
    return error


def log_failure(log: logging.Logger, api: str, error: Exception, **where: str) -> None:
    """What an operator must mend is an error, passing trouble a warning.

    The vendor's message stays out, as it may quote the request.
    """
    status, reason = "none", type(error).__name__
    level = logging.WARNING
    if isinstance(error, exceptions.GoogleAPICallError):
        code = error.grpc_status_code
        status, reason = code.name if code else "none", error.reason or reason
        level = logging.ERROR if code in _MISCONFIGURED else level
    extra: dict[str, Any] = {"status": status, "reason": reason, **where}
    log.log(level, "%s failed", api, extra=extra)


def _told_s(error: exceptions.GoogleAPICallError) -> float | None:
    """google.rpc.RetryInfo of the answer, in seconds."""
    for detail in error.details or ():
        if isinstance(detail, RetryInfo):
            return float(detail.retry_delay.ToTimedelta().total_seconds())
    return None


def _backoff_s(attempt: int) -> float:
    # Jitter spreads callers that were refused together.
    return _FIRST_DELAY_S * 2.0 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311
