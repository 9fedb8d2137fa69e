"""`make dead-letters` and `make replay`: which events were given up, and a new chance for them."""

import argparse
import sys

from local.settings import StackSettings
from shared import wiring
from shared.domain.errors import AppError
from shared.ports.events import Events
from shared.runtime.store_settings import DatabaseSettings

_BATCH = 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replay", metavar="ID", help="one dead letter's id, or 'all'")
    parser.add_argument("--project", help="a Google Cloud project, in place of the running stack")
    options = parser.parse_args()
    try:
        events = wiring.events(_settings(options.project))
        if options.replay:
            print(f"Replayed {_replay(events, options.replay)}.")
            return 0
        for letter in events.dead_letters(_BATCH):
            reason = f": {letter.last_error}" if letter.last_error else ""
            print(f"{letter.id}  after {letter.attempts} tries{reason}")
    except (AppError, FileNotFoundError) as error:
        print(f"{error} Is the stack running?", file=sys.stderr)
        return 1
    return 0


def _settings(project: str | None) -> DatabaseSettings:
    """Of the project, or else of the stack that runs on the data in DATA."""
    if project is not None:
        return DatabaseSettings(engine="google", project=project)
    stack = StackSettings().stack()
    addresses = stack.addresses()
    if addresses.get("engine") == "emulators":
        return DatabaseSettings.model_validate(
            {
                "engine": "google",
                "project": addresses["project"],
                "PUBSUB_EMULATOR_HOST": addresses["pubsub_host"],
            }
        )
    return DatabaseSettings.model_validate(
        {"engine": "embedded", "database_url": stack.database_url}
    )


def _replay(events: Events, wanted: str) -> int:
    """How many."""
    if wanted == "all":
        return events.replay_all()
    events.replay(wanted)
    return 1


if __name__ == "__main__":
    sys.exit(main())
