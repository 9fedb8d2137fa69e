"""A channel to the Firestore emulator, on which the security rules do not bind the caller.

The emulator takes a service for one only by the token `owner`, as Google's own clients send it:
https://firebase.google.com/docs/emulator-suite/connect_firestore.
"""

from collections.abc import Callable, Sequence
from typing import Any

import grpc  # type: ignore[import-untyped]

_OWNER = ("authorization", "Bearer owner")


class _AsOwner(
    grpc.UnaryUnaryClientInterceptor,  # type: ignore[misc]
    grpc.UnaryStreamClientInterceptor,  # type: ignore[misc]
):
    def intercept_unary_unary(
        self, continuation: Callable[..., Any], details: grpc.ClientCallDetails, request: object
    ) -> object:
        return continuation(_with_owner(details), request)

    def intercept_unary_stream(
        self, continuation: Callable[..., Any], details: grpc.ClientCallDetails, request: object
    ) -> object:
        return continuation(_with_owner(details), request)


def channel(host: str, options: Sequence[tuple[str, int]]) -> grpc.Channel:
    """To the emulator at `host:port`."""
    return grpc.intercept_channel(grpc.insecure_channel(host, options=options), _AsOwner())


def _with_owner(details: grpc.ClientCallDetails) -> grpc.ClientCallDetails:
    return details._replace(metadata=[*(details.metadata or ()), _OWNER])
