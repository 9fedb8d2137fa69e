"""When what goes away, and for how long: the planted outages of a run."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.faults.ground import Ground

_ROUND_EVENTS = 2500
_DEAD = 5
_DEAD_WITHIN_S = 90.0


@dataclass(frozen=True)
class Outage:
    """Comes once that share of the events has been delivered for the first time."""

    name: str
    at_share: float
    happen: Callable[[], None]


def outages(ground: Ground, events: int, seed: int) -> Iterator[Outage]:
    """One of each kind for every 2,500 events, at least one, in an order of the seed's choice."""
    chance = random.Random(f"{seed} outages")  # noqa: S311
    rounds = max(1, events // _ROUND_EVENTS)
    for number in range(rounds):
        kinds = _kinds(ground, chance)
        chance.shuffle(kinds)
        for place, (name, happen) in enumerate(kinds):
            share = (number + (place + 0.5) / (len(kinds) + 1)) / rounds
            yield Outage(name, share, happen)


def _kinds(ground: Ground, chance: random.Random) -> list[tuple[str, Callable[[], None]]]:
    model = ground.model

    def lasting(what: Callable[[], AbstractContextManager[None]]) -> Callable[[], None]:
        seconds = chance.uniform(0.5, 2.0)

        def happen() -> None:
            with what():
                time.sleep(seconds)

        return happen

    kinds = [
        ("model answers 503", lasting(lambda: model.being("away"))),
        ("model answers 429", lasting(lambda: model.being("refusing"))),
        ("model answers too late", lasting(lambda: model.being("slow"))),
        ("AI gateway away until events die", lambda: _until_events_die(ground)),
    ]
    if ground.engine == "embedded":
        return [
            *kinds,
            ("PostgreSQL stands still", lasting(lambda: ground.stopped("postgres"))),
            ("PostgreSQL killed", lambda: ground.kill("postgres")),
            ("event pump killed", lambda: ground.kill("event_pump")),
        ]
    return [
        *kinds,
        ("Firestore stands still", lasting(lambda: ground.stopped("firestore"))),
        ("Pub/Sub stands still", lasting(lambda: ground.stopped("pubsub"))),
    ]


def _until_events_die(ground: Ground) -> None:
    deadline = time.monotonic() + _DEAD_WITHIN_S
    with ground.gateway_away():
        while ground.dead_letters() < _DEAD and time.monotonic() < deadline:
            time.sleep(0.2)
