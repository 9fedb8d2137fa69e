"""`make up`: the stack, until stopped."""

import signal
import sys
import threading

import httpx

from local.client import ApiError
from local.outbox import Letter, Outbox
from local.postgres import PostgresError
from local.processes import StartError
from local.seed import seed
from local.settings import StackSettings
from local.stack import AlreadyRunningError, Stack

_LOOK_EVERY_S = 0.5


def main() -> int:
    stack = StackSettings().stack()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    print("Starting …", flush=True)
    try:
        with stack:
            print(f"Rostrum answers at {stack.url} (data in {stack.data}, logs in {stack.logs}).")
            _seed(stack)
            print(f"Mails to its users appear here; they lie in {stack.outbox}.")
            print("A learner's token: make token. Stop with Ctrl-C.", flush=True)
            outbox = Outbox(stack.outbox)
            outbox.fresh()
            while not stopping.wait(_LOOK_EVERY_S):
                for letter in outbox.fresh():
                    print(_shown(letter), flush=True)
            print("Stopping …", flush=True)
    except (AlreadyRunningError, PostgresError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _seed(stack: Stack) -> None:
    try:
        for title in seed(stack):
            print(f"Course published: {title}", flush=True)
    except (ApiError, httpx.HTTPError) as error:
        print(f"The shipped courses are not all there: {error}", file=sys.stderr)


def _shown(letter: Letter) -> str:
    text = "\n".join(f"  | {line}" for line in letter.text.strip().splitlines())
    return f"Mail to {letter.to}: {letter.subject}\n{text}"


if __name__ == "__main__":
    sys.exit(main())
