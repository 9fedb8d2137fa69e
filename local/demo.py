"""`make demo`: one recording goes the whole way, and the result is printed for a person."""

import argparse
import json
import sys
import time
from pathlib import Path

import httpx

from local import report
from local.client import ApiError, Client, Json
from local.deployables import ROOT
from local.postgres import PostgresError
from local.processes import StartError, free_port
from local.settings import StackSettings
from local.sign_up import sign_up
from local.stack import AlreadyRunningError, Stack

_EXAMPLE = ROOT / "tests" / "fixtures" / "audio" / "two-cities.webm"
_TIMEOUT_S = 600.0
_STEPS = {
    "awaiting_upload": "uploaded, waiting for the event",
    "processing": "listening and measuring",
    "analyzed": "measured, writing feedback",
    "completed": "done",
    "failed": "failed",
}


def main() -> int:
    options = _options()
    stack = StackSettings().stack(port=free_port(), subfolder="demo")
    print("Starting PostgreSQL, services, functions and gateway …", flush=True)
    started = time.monotonic()
    try:
        with stack:
            print(f"Ready at {stack.url} after {time.monotonic() - started:.1f} s.")
            attempt = _run(stack, options.audio, options.text)
            if options.json:
                options.json.write_text(json.dumps(attempt, indent=2, ensure_ascii=False) + "\n")
            print()
            print(report.render(attempt))
            print("Stopping …", flush=True)
    except (AlreadyRunningError, PostgresError, StartError, ApiError, TimeoutError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except httpx.HTTPError as error:
        print(f"\nThe connection failed: {error!r}; logs are in {stack.logs}", file=sys.stderr)
        return 1
    if options.json:
        print(f"The finished attempt is in {options.json}.")
    return 0 if attempt["status"] == "completed" else 2


def _run(stack: Stack, audio: Path, text: str | None) -> Json:
    learner = sign_up(stack.url, stack.outbox)
    print(f"{learner.email} has registered, followed the link in the mail and signed in.")
    print(f"Now they upload {audio.name} ({audio.stat().st_size / 1000:.0f} kB).")
    with Client(stack.url, learner.access_token) as client:
        created = client.create(audio, text=text)
        client.upload(created, audio.read_bytes())
        started = time.monotonic()
        seen = [created]
        for attempt in client.watch(created["id"], _TIMEOUT_S):
            step = _STEPS[attempt["status"]]
            elapsed = time.monotonic() - started
            if sys.stdout.isatty():
                print(f"\r\x1b[K  {elapsed:5.1f} s  {step}", end="", flush=True)
            elif attempt["status"] != seen[-1]["status"] or len(seen) == 1:
                print(f"  {elapsed:5.1f} s  {step}", flush=True)
            seen.append(attempt)
        print()
    return seen[-1]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, default=None, help="recording to assess")
    parser.add_argument("--text", default=None, help="the text that was read aloud")
    parser.add_argument("--json", type=Path, default=None, help="where to write the attempt")
    options = parser.parse_args()
    if options.audio is None:
        options.audio = _EXAMPLE
        options.text = options.text or _EXAMPLE.with_suffix(".txt").read_text().strip()
    elif not options.audio.is_file():
        parser.error(f"there is no file {options.audio}")
    return options


if __name__ == "__main__":
    sys.exit(main())
