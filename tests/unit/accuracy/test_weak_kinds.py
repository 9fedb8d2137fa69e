"""Kinds of errors that the scorer hears badly accuse nobody."""

import json

import pytest

from bench.accuracy.sound_sections import flagged_of, not_told, weak_kinds
from shared.speech import networks
from shared.speech.calibration import FILE
from shared.speech.phones import INDEX


def test_what_the_shipped_scorer_hears_badly_is_only_not_sure() -> None:
    kinds = json.loads(networks.verified(FILE))["kinds"]
    assert weak_kinds(kinds)
    assert weak_kinds(kinds) <= not_told() <= set(kinds)
    assert {phone for kind in not_told() for phone in kind.split(">")} <= {*INDEX, "-"}


@pytest.mark.parametrize(
    ("there", "auc", "found_at_5", "weak"),
    [(50, 0.9, 0.6, False), (50, 0.84, 0.6, True), (50, 0.9, 0.49, True), (14, 0.5, 0.1, False)],
)
def test_a_kind_is_weak_by_figures_of_enough_errors(there, auc, found_at_5, weak):
    row = {"there": there, "auc": auc, "found_at_5": found_at_5}
    assert weak_kinds({"S>Z": row}) == ({"S>Z"} if weak else set())


def test_weak_kinds_are_seldom_flagged_and_the_others_still_are():
    kinds = json.loads(networks.verified(FILE))["kinds"]
    weak = flagged_of([row for kind, row in kinds.items() if kind in not_told()])
    others = flagged_of([row for kind, row in kinds.items() if kind not in not_told()])
    assert weak < 0.1
    assert others > 0.7
