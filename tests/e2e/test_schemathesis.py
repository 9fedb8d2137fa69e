"""A bounded, repeatable run of Schemathesis over every operation; `make fuzz` is the long one."""

from pathlib import Path

import pytest

from bench.fuzz import CONTRACT, run
from local.gateway import contract
from local.stack import EngineName


@pytest.mark.timeout(900)
def test_nothing_crashes_and_nothing_breaks_the_contract(
    tmp_path: Path, models: Path, engine: EngineName
) -> None:
    outcome = run(data=tmp_path, models=models, seed=1, examples=15, minutes=None, engine=engine)
    assert outcome.clean, outcome.output
    assert outcome.operations == len(contract.read(contract.load(CONTRACT)).operations)
    assert outcome.cases > 3000
