"""A short run of the fault injection on each engine; `python -m bench.faults` is the long one."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.deployables import ROOT
from local.emulators import programs
from tests.emulators.official import absent


@pytest.fixture(params=["embedded", "emulators"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "emulators":
        try:
            programs.firestore(tmp_path)
            programs.pubsub()
            programs.cloud_storage()
        except programs.AbsentError as error:
            absent(str(error))
    return str(request.param)


@pytest.mark.timeout(900)  # a killed writer's locks end only with Firestore's own patience
def test_nothing_is_lost_doubled_or_paid_for_twice(engine: str) -> None:
    """In a process of its own: servers that are killed leave it half-open connections."""
    arguments = ["-m", "bench.faults", "--quick", "--engine", engine, "--seed", "11"]
    result = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.rstrip().endswith("PASS")
