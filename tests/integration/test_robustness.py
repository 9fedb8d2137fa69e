"""The engine over forty mutations of the fixtures: `make robustness` in short."""

from collections import Counter

import pytest

from bench.robustness.mutations import KINDS, mutations
from bench.robustness.run import LIMIT_MIB, run

SEED = 20
COUNT = 40


def test_every_kind_has_its_share_and_the_seed_makes_the_files() -> None:
    kinds = Counter(mutation.kind for mutation in mutations(SEED, 80))
    assert set(kinds) == set(KINDS)
    assert kinds["byte flips"] > kinds["tone"]
    assert sum(kind.share for kind in KINDS.values()) == 500
    once, again = (list(mutations(SEED, 12)) for _ in range(2))
    assert once == again
    other = [mutation.data for mutation in mutations(SEED + 1, 12)]
    assert all(a.data != b for a, b in zip(once, other, strict=True))


def test_nothing_breaks_the_engine_and_garbage_is_worth_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    results = list(run(mutations(SEED, COUNT), tmp_path_factory.mktemp("models")))
    told = [
        f"seed {SEED}, number {result.mutation.number}, {result.mutation.kind}: {result.broken}"
        for result, _ in results
        if result.broken
    ]
    assert told == []
    assert len(results) == COUNT
    assert {result.outcome for result, _ in results} >= {"scored", "no_speech", "audio_unreadable"}
    assert 0 < results[-1][1] <= LIMIT_MIB
