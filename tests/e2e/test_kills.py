"""A short run of the kill tests; `make kill-test` is the long one."""

from pathlib import Path

from bench.kills import STEPS, run


def test_killed_at_each_step_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path, models: Path
) -> None:
    outcome = run(kills=len(STEPS), seed=11, data=tmp_path, models=models)
    assert outcome.kills == len(STEPS)
    assert len(outcome.accepted) == len(STEPS)
    assert outcome.lost == []
    assert outcome.doubled == []
    assert outcome.statuses == {"completed": len(STEPS)}
