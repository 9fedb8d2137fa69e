"""Stored analyses judged again: each once, none that must stay, and nothing lost meanwhile."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from local.rescore.rescoring import Judge, Rescoring, Step
from shared.adapters.embedded.clock import SystemClock
from shared.domain.analysis import Analysis
from shared.domain.attempt import Attempt, Prompt, keep_no_longer, rescore
from shared.domain.errors import Unavailable
from shared.speech.alignment import AlignedWord
from shared.speech.features import Features, Task
from shared.speech.stored_features import pack
from tests.fakes import analyses
from tests.fakes.features import rewritten
from tests.integration.rescore.conftest import FEATURES, FEEDBACK

if TYPE_CHECKING:
    from tests.integration.rescore.conftest import Shelf

CLOCK = SystemClock()
NEW = replace(analyses.speech(scores=replace(analyses.SCORES, prosody=None)), scorer_version="2+x")


def judging(seen: list[tuple[Features, Task]] | None = None, answer: Analysis = NEW) -> Judge:
    def judge(features: Features, task: Task) -> Analysis:
        if seen is not None:
            seen.append((features, task))
        return answer

    return judge


@pytest.fixture
def rescoring(shelf: "Shelf") -> Callable[..., Rescoring]:
    def build(judge: Judge = judging(), version: str = "2+x") -> Rescoring:  # noqa: B008
        return Rescoring(shelf.attempts, shelf.features, CLOCK, judge, version)

    return build


def outcomes(steps: Any) -> list[str]:
    return [step.outcome for step in steps]


def test_a_survey_counts_and_changes_nothing(
    shelf: "Shelf", rescoring: Callable[..., Rescoring]
) -> None:
    old, unmeasured = shelf.attempt(), shelf.attempt(features=None)
    shelf.attempt(analysis=replace(analyses.speech(), scorer_version="2+x"))
    shelf.attempt(analysis=None, feedback=None, status="failed")
    waiting = shelf.attempt(status="analyzed", feedback=None)
    before = [shelf.attempts.get(each.id) for each in (old, unmeasured, waiting)]
    assert list(rescoring().survey()) == [
        Step(old.id, "1+test", "to_rescore"),
        Step(unmeasured.id, "1+test", "no_features"),
        Step(waiting.id, "1+test", "unfinished"),
    ]
    assert [shelf.attempts.get(each.id) for each in (old, unmeasured, waiting)] == before


def test_an_analysis_is_replaced_once_and_all_else_stays(
    shelf: "Shelf", rescoring: Callable[..., Rescoring]
) -> None:
    attempt = shelf.attempt(kind="read_aloud", strictness="strict", kept_until="2027-01-01")
    seen: list[tuple[Features, Task]] = []
    assert list(rescoring(judging(seen)).apply()) == [Step(attempt.id, "1+test", "rescored")]
    assert seen == [(FEATURES, Task("read_aloud", "en", None, "strict"))]
    now = shelf.now(attempt)
    assert now.analysis == replace(NEW, rescored_from="1+test")
    assert replace(now, analysis=None, updated_at="") == replace(
        attempt, analysis=None, updated_at=""
    )
    assert now.feedback == FEEDBACK
    version = shelf.attempts.get(attempt.id).version
    assert list(rescoring().apply()) == []
    assert shelf.attempts.get(attempt.id).version == version


def test_back_to_the_version_before(shelf: "Shelf", rescoring: Callable[..., Rescoring]) -> None:
    attempt = shelf.attempt()
    list(rescoring().apply())
    again = rescoring(judging(answer=analyses.speech()), "1+test")
    assert outcomes(again.apply()) == ["rescored"]
    assert shelf.analysis(attempt) == replace(analyses.speech(), rescored_from="2+x")


OUTDATED = rewritten(pack(FEATURES), lambda head: head.update(format=0))


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"status": "analyzed", "feedback": None}, "unfinished"),
        ({"features": None}, "no_features"),
        ({"features": b"PK"}, "features_unreadable"),
        ({"features": OUTDATED}, "features_outdated"),
        ({"analysis": analyses.speech("Quite other words")}, "other_words"),
    ],
)
def test_what_must_stay_stays(
    shelf: "Shelf", rescoring: Callable[..., Rescoring], changes: dict[str, Any], outcome: str
) -> None:
    attempt = shelf.attempt(**changes)
    before = shelf.attempts.get(attempt.id)
    other = shelf.attempt()
    assert outcomes(rescoring().apply()) == [outcome, "rescored"]
    assert shelf.attempts.get(attempt.id) == before
    assert shelf.analysis(other).scorer_version == "2+x"


@pytest.mark.parametrize(
    ("text", "heard", "outcome"),
    [
        ("So it", range(1), "rescored"),
        ("So", range(1), "features_outdated"),
        ("So it is", range(1), "features_outdated"),
        ("So it", range(2), "features_outdated"),
    ],
)
def test_words_that_are_divided_otherwise_are_not_judged(
    shelf: "Shelf",
    rescoring: Callable[..., Rescoring],
    text: str,
    heard: range,
    outcome: str,
) -> None:
    aligned = (AlignedWord("correct", range(1), heard), AlignedWord("omitted", range(1, 2), heard))
    features = pack(replace(FEATURES, aligned=aligned))
    shelf.attempt(features, kind="read_aloud", prompt=Prompt("en", text=text))
    assert outcomes(rescoring().apply()) == [outcome]


def test_without_feedback_the_words_may_change(
    shelf: "Shelf", rescoring: Callable[..., Rescoring]
) -> None:
    analysis = analyses.speech("Quite other words")
    attempt = shelf.attempt(analysis=analysis, feedback=None, status="failed")
    assert outcomes(rescoring().apply()) == ["rescored"]
    assert shelf.analysis(attempt).words == NEW.words


def test_an_attempt_that_changes_meanwhile_is_not_overwritten(
    shelf: "Shelf", rescoring: Callable[..., Rescoring]
) -> None:
    attempt, deleted = shelf.attempt(), shelf.attempt()
    better = replace(NEW, scorer_version="3+x")

    def judge(features: Features, task: Task) -> Analysis:
        if shelf.analysis(attempt).scorer_version == "1+test":
            step = partial(rescore, before=attempt, analysis=better, now=CLOCK.now())
            shelf.attempts.update(attempt.id, step)
        else:
            shelf.attempts.delete(deleted.id)
        return NEW

    assert outcomes(rescoring(judge).apply()) == ["changed_meanwhile", "changed_meanwhile"]
    assert shelf.analysis(attempt) == replace(better, rescored_from="1+test")


def test_what_else_changes_meanwhile_is_not_undone(
    shelf: "Shelf", rescoring: Callable[..., Rescoring]
) -> None:
    attempt = shelf.attempt(kept_until="2026-01-01")

    def judge(features: Features, task: Task) -> Analysis:
        shelf.attempts.update(attempt.id, partial(keep_no_longer, now=CLOCK.now()))
        return NEW

    assert outcomes(rescoring(judge).apply()) == ["rescored"]
    assert shelf.now(attempt).kept_until is None


def test_broken_off_it_goes_on_behind_the_last_one(
    shelf: "Shelf", rescoring: Callable[..., Rescoring]
) -> None:
    made = [shelf.attempt() for _ in range(4)]
    judged: list[Attempt] = []

    def judge(features: Features, task: Task) -> Analysis:
        if len(judged) == 2:
            raise Unavailable("The scorer is away.", code="scorer_unavailable")
        judged.append(made[len(judged)])
        return NEW

    told: list[Step] = []
    with pytest.raises(Unavailable):
        told.extend(iter(rescoring(judge).apply()))
    versions = [shelf.analysis(each).scorer_version for each in made]
    assert versions == ["2+x", "2+x", "1+test", "1+test"]
    rest = list(rescoring().apply(made[1].id))
    assert [step.attempt_id for step in rest] == [each.id for each in made[2:]]


def test_more_than_a_page(shelf: "Shelf", rescoring: Callable[..., Rescoring]) -> None:
    first = shelf.attempt()
    for _ in range(249):
        shelf.attempts.create(replace(first, id=CLOCK.new_id()))
    counts = Counter(outcomes(rescoring().apply()))
    assert counts == {"rescored": 1, "no_features": 249}
