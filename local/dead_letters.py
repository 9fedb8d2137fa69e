"""`make dead-letters` and `make replay`: what the event queue gave up, and a new chance for it."""

import argparse
import sys

from local.settings import StackSettings
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.database import connect
from shared.adapters.embedded.events import PostgresEvents
from shared.domain.errors import NotFound, Unavailable

_BATCH = 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replay", metavar="ID", help="one dead letter's id, or 'all'")
    options = parser.parse_args()
    try:
        events = PostgresEvents(connect(StackSettings().stack().database_url), SystemClock())
        if options.replay:
            print(f"Replayed {_replay(events, options.replay)}.")
            return 0
        for letter in events.dead_letters(_BATCH):
            print(f"{letter.id}  after {letter.attempts} tries: {letter.last_error}")
    except (Unavailable, NotFound, FileNotFoundError) as error:
        print(f"{error} Is the stack running?", file=sys.stderr)
        return 1
    return 0


def _replay(events: PostgresEvents, wanted: str) -> int:
    if wanted != "all":
        events.replay(wanted)
        return 1
    letters = events.dead_letters(_BATCH)
    for letter in letters:
        events.replay(letter.id)
    return len(letters)


if __name__ == "__main__":
    sys.exit(main())
