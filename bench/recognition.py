"""Upload to result against raw recognition of the same file with the same model, in one run.

Prints, for each recording, the median time of both and the median of the ratios pair by pair
(goal: at most 1.3), then the peak memory of the function that recognises. The raw side is
faster-whisper as its documentation calls it, with the weights, beam, thread and word times of
ours, in a process that has loaded the model before; ours is warmed by one recording as well.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.speech.raw import raw_recognition
from local.client import Client
from local.deployables import ROOT
from local.processes import free_port
from local.stack import Stack

AUDIO = ROOT / "tests" / "fixtures" / "audio"
CASES = {"two-cities.webm": "two-cities.txt", "kennedy.flac": None, "hobby.flac": None}
GOAL = 1.3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    models = Path(os.environ.get("DATA", ROOT / ".rostrum")).resolve() / "models"
    worst = 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), models, free_port()) as stack,
        Client(stack.url, stack.learner_token("bench")) as client,
    ):
        recognise = raw_recognition(models)
        for file, reference in CASES.items():
            text = (AUDIO / reference).read_text().strip() if reference else None
            ours, raw = _pairs(rounds, client, AUDIO / file, text, recognise)
            ratios = [a / b for a, b in zip(ours, raw, strict=True)]
            worst = max(worst, statistics.median(ratios))
            print(
                f"{file:<16} upload to result {statistics.median(ours):6.2f} s   "
                f"raw recognition {statistics.median(raw):6.2f} s   ratio "
                f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            )
        group = int((stack.data / "pids" / "audio_processing").read_text())
        print(f"peak memory of audio_processing: {_peak_mb(group):.0f} MB")
    print(f"worst median ratio {worst:.2f}, goal {GOAL}")
    return 0 if worst <= GOAL else 1


def _pairs(
    rounds: int, client: Client, audio: Path, text: str | None, recognise: Callable[[Path], Any]
) -> tuple[list[float], list[float]]:
    _upload_to_result(client, audio, text)
    recognise(audio)
    ours, raw = [], []
    for _ in range(rounds):
        ours.append(_upload_to_result(client, audio, text))
        started = time.perf_counter()
        recognise(audio)
        raw.append(time.perf_counter() - started)
    return ours, raw


def _upload_to_result(client: Client, audio: Path, text: str | None) -> float:
    created = client.create(audio, text=text)
    data = audio.read_bytes()
    started = time.perf_counter()
    client.upload(created, data)
    while (status := client.get(created["id"])["status"]) not in ("completed", "failed"):
        time.sleep(0.02)
    if status != "completed":
        raise RuntimeError(f"{audio.name} ended as {status}")
    return time.perf_counter() - started


def _peak_mb(group: int) -> float:
    """The largest resident set any process of the group has had (VmHWM of proc(5)), in MB."""
    peaks = []
    for status in Path("/proc").glob("[0-9]*/status"):
        if os.getpgid(int(status.parent.name)) == group:
            match = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            peaks.append(int(match[1]) / 1024 if match else 0.0)
    return max(peaks)


if __name__ == "__main__":
    sys.exit(main())
