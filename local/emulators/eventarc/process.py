"""The stand-in for Eventarc as one of the stack's processes."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace

from local import deployables
from local.emulators.eventarc.targets import Target
from local.processes import Command


def command(targets: Iterable[Target], port: int) -> Command:
    """Takes pushes at `http://127.0.0.1:PORT/NAME`."""
    environment = {
        "ROSTRUM_EVENTARC_PORT": str(port),
        "ROSTRUM_EVENTARC_TARGETS": json.dumps([asdict(target) for target in targets]),
    }
    process = deployables.module("eventarc", "local.emulators.eventarc.main", environment)
    return replace(process, port=port)
