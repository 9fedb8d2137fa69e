"""The engines' own queues, delivering as often and as patiently as a run wants them to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from local.deployables import Function
from local.engine import Engine
from local.processes import Command
from shared import wiring
from shared.runtime.store_settings import DatabaseSettings

_ACK_WITHIN_S = 30


@dataclass(frozen=True)
class Pace:
    """How likely a kill is at each point, how long leases last, and how often the queue tries."""

    chance: float = 0.01
    haste: float = 40.0
    lease_s: float = 2.0
    max_attempts: int = 10
    min_backoff_s: float = 0.1
    max_backoff_s: float = 1.0
    max_in_flight: int = 6


def deliverers(
    engine: Engine,
    ports: Mapping[Function, int],
    settings: DatabaseSettings,
    environment: Mapping[str, str],
    pace: Pace,
) -> Sequence[Command]:
    """The processes that bring each function's events to its port in `ports`."""
    functions = {
        replace(spec, max_in_flight=pace.max_in_flight): Command(spec.name, (), port=port)
        for spec, port in ports.items()
    }
    engine.subscribe(functions)
    commands = engine.deliverers(environment)
    if settings.engine == "embedded":
        _pace_embedded(settings, pace)
    else:
        eventarc = next(command for command in commands if command.name == "eventarc")
        _pace_emulator(functions, eventarc.port, settings, pace)
    return commands


def _pace_embedded(settings: DatabaseSettings, pace: Pace) -> None:
    queue = wiring.embedded_events(settings)
    for subscription in queue.subscriptions():
        queue.subscribe(
            replace(
                subscription,
                ack_deadline_s=float(_ACK_WITHIN_S),
                max_attempts=pace.max_attempts,
                min_backoff_s=pace.min_backoff_s,
                max_backoff_s=pace.max_backoff_s,
            )
        )


def _pace_emulator(
    functions: Mapping[Function, Command],
    eventarc_port: int,
    settings: DatabaseSettings,
    pace: Pace,
) -> None:
    """Tries as in `pace`, each about a second after the one before."""
    from local.emulators import subscriptions

    project, host = settings.project, settings.pubsub_emulator_host or ""
    patience = subscriptions.Patience(_ACK_WITHIN_S, pace.max_attempts)
    bridge = f"http://127.0.0.1:{eventarc_port}"
    subscriptions.prepare(project, host, bridge, functions, patience)
