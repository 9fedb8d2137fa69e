"""A short run of the fault injection; `make fault-test` is the long one, on either engine.

On the emulators even a short one takes minutes: the locks of a killed writer end only with
Firestore's own patience.
"""

import subprocess
import sys

import pytest

from local.deployables import ROOT


@pytest.mark.timeout(600)
def test_nothing_is_lost_doubled_or_paid_for_twice() -> None:
    """In a process of its own: servers that are killed leave it half-open connections."""
    arguments = ["-m", "bench.faults", "--quick", "--engine", "embedded", "--seed", "11"]
    result = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.rstrip().endswith("PASS")
