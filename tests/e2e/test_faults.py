"""A short run of the fault injection on each engine; `make fault-test` is the long one."""

import subprocess
import sys

import pytest

from local.deployables import ROOT
from local.stack import EngineName


@pytest.mark.timeout(600)
def test_nothing_is_lost_doubled_or_paid_for_twice(engine: EngineName) -> None:
    """In a process of its own: servers that are killed leave it half-open connections."""
    arguments = ["-m", "bench.faults", "--quick", "--engine", engine, "--seed", "11"]
    result = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.rstrip().endswith("PASS")
