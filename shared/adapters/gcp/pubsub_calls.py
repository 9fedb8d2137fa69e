"""Calls of Pub/Sub: its clients, how often they try, and what becomes of their errors.

The SDK takes a third of a second to load, so it is loaded by the first call.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from shared.domain.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient, SubscriberClient

R = TypeVar("R")
_log = logging.getLogger(__name__)
TRY_TIMEOUT_S: Final = 2.5
"""One try of a call."""
_RETRIED_FOR_S: Final = 5.0
_FIRST_DELAY_S: Final = 0.1
_LONGEST_DELAY_S: Final = 1.0


@cache
def build_publisher(emulator_host: str | None) -> "PublisherClient":
    """One client and channel a process, with the deployable's own identity."""
    from google.pubsub_v1 import PublisherClient

    if emulator_host is None:
        return PublisherClient()
    import grpc  # type: ignore[import-untyped]
    from google.pubsub_v1.services.publisher.transports.grpc import PublisherGrpcTransport

    return PublisherClient(
        transport=PublisherGrpcTransport(channel=grpc.insecure_channel(emulator_host))
    )


@cache
def build_subscriber(emulator_host: str | None) -> "SubscriberClient":
    """As `build_publisher`."""
    from google.pubsub_v1 import SubscriberClient

    if emulator_host is None:
        return SubscriberClient()
    import grpc
    from google.pubsub_v1.services.subscriber.transports.grpc import SubscriberGrpcTransport

    return SubscriberClient(
        transport=SubscriberGrpcTransport(channel=grpc.insecure_channel(emulator_host))
    )


def retried(call: Callable[[], R]) -> R:
    """The answer of `call`, tried again at errors that pass, for 5 s in all and the last try."""
    from google.api_core import exceptions
    from google.api_core.retry import Retry, if_exception_type

    passing = if_exception_type(
        exceptions.Aborted,
        exceptions.Cancelled,
        exceptions.DeadlineExceeded,
        exceptions.InternalServerError,
        exceptions.ResourceExhausted,
        exceptions.ServiceUnavailable,
        exceptions.Unknown,
    )
    retry = Retry(
        predicate=passing,
        initial=_FIRST_DELAY_S,
        maximum=_LONGEST_DELAY_S,
        timeout=_RETRIED_FOR_S,
    )
    return retry(call)()


@contextmanager
def translated_errors() -> Iterator[None]:
    """`Invalid` for what Pub/Sub will never take, `Unavailable` for every other error.

    An absent topic or a missing right is among the latter: what was to be published must not
    count as done, and goes out once the operator has put that right.
    """
    from google.api_core.exceptions import GoogleAPIError, InvalidArgument
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except InvalidArgument as error:
        raise Invalid("Pub/Sub does not take this event.", code="event_invalid") from error
    except (GoogleAPIError, GoogleAuthError) as error:
        cause = getattr(error, "cause", None) or error
        _log.warning("Pub/Sub: %s", type(cause).__name__)
        raise Unavailable("Pub/Sub cannot do this just now.", code="events_unavailable") from error
