"""Options that every delivery command takes, and how it ends."""

import argparse
import signal
import sys
from collections.abc import Callable
from types import FrameType

from delivery.google import ConflictError, DeliveryError

FAILED = 1
CONFLICT = 3


def parser(description: str | None) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--project", required=True, help="Google Cloud project id")
    options.add_argument("--region", required=True, help="region of the services")
    return options


def names(text: str) -> list[str]:
    """`auth,course` as a list; raises what argparse reports where there are none."""
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise argparse.ArgumentTypeError("name one service at least")
    return found


def ended(act: Callable[[], int]) -> int:
    """The exit code: 0 done, 1 failed, 3 somebody else changed the same at the same time.

    A build that is cancelled says so by SIGTERM, which is a failure like others: `act` cleans up.
    """
    former = signal.signal(signal.SIGTERM, _told_to_stop)
    try:
        return act()
    except ConflictError as error:
        print(f"{error} Another delivery or operator is at it; start again.", file=sys.stderr)
        return CONFLICT
    except DeliveryError as error:
        print(error, file=sys.stderr)
        return FAILED
    finally:
        signal.signal(signal.SIGTERM, former)


def _told_to_stop(number: int, _frame: FrameType | None) -> None:
    # Once: told again, it goes on to clean up.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise DeliveryError(f"Stopped by signal {number}.")
