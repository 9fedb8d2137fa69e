"""What differs between the engines the stack can run on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local.deployables import Function
from local.gateway.routing import Passthrough
from local.processes import Command, Processes
from shared.adapters.embedded.signed_urls import GENERATION_MATCH, LENGTH_RANGE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack keeps its data, and where it answers."""

    data: Path
    url: str
    database_url: str


class Engine(Protocol):
    """The stores behind the deployables. The methods are called in this order."""

    def start(self, processes: Processes, /) -> Mapping[str, str]:
        """Start the stores; the settings by which every deployable reaches them."""

    def door(self, environment: Mapping[str, str]) -> tuple[Passthrough, Command]:
        """What answers signed URLs, and the part of the gateway that leads to it."""

    def subscribe(self, functions: Mapping[Function, Command]) -> None:
        """Make ready what is published for each function to get."""

    def deliverers(self, environment: Mapping[str, str]) -> Sequence[Command]:
        """What brings the events to the functions, and those that are due by the clock."""

    def addresses(self) -> Mapping[str, str]:
        """Of the running stores, for the tools that look at a stack from outside."""


def objects_passthrough(backend: str) -> Passthrough:
    """The gateway's way to the objects, on either engine."""
    return Passthrough(
        "/storage/",
        backend,
        deadline_s=900.0,
        methods=("GET", "PUT"),
        request_headers=frozenset({"content-type", LENGTH_RANGE, GENERATION_MATCH}),
        response_headers=frozenset({"x-goog-generation"}),
    )
