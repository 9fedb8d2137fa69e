"""`make up`: the stack, until stopped."""

import signal
import sys
import threading

from local.postgres import PostgresError
from local.processes import StartError
from local.settings import StackSettings
from local.stack import AlreadyRunningError


def main() -> int:
    stack = StackSettings().stack()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    print("Starting …", flush=True)
    try:
        with stack:
            print(f"Rostrum answers at {stack.url} (data in {stack.data}, logs in {stack.logs}).")
            print("A learner's token: make token. Stop with Ctrl-C.", flush=True)
            stopping.wait()
            print("Stopping …", flush=True)
    except (AlreadyRunningError, PostgresError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
