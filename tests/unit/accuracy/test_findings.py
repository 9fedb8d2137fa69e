"""Figures from labels and hand-made analyses."""

from pathlib import Path
from typing import Any

import pytest

from bench.accuracy import delivery_findings
from bench.accuracy.goals import Goal
from bench.accuracy.material import Experts, ExpertWord, Miscue, Planted, Recording, Span
from bench.accuracy.sound_findings import flags, learners, native_scores, planted


def recording(**labels: Any) -> Recording:
    known = {"id": "a", "audio": Path("a"), "group": "reading", "voice": "piper joe"}
    return Recording(**{**known, "reference": "one two three", **labels})


def word(index: int | None, score: int | None = None, **fields: Any) -> dict[str, Any]:
    known = {"text": f"w{index}", "result": "correct", "reference_index": index}
    return {**known, "start_s": 1.0, "end_s": 61.0, "score": score, **fields}


def phone(name: str, score: int, heard: str | None = None) -> dict[str, Any]:
    return {"phone": name, "score": score, "heard_as": [{"phone": heard}] if heard else []}


def analysis(*words: dict[str, Any], **fields: Any) -> dict[str, Any]:
    known = {"transcript": "", "pauses": [], "measures": {}, "scores": {}}
    return {**known, "words": list(words), **fields}


def test_flags_are_counted_over_scored_words_that_were_said() -> None:
    read = analysis(
        word(0, 90, level="clear"),
        word(1, 20, level="worth_checking"),
        word(2, None),
        word(3, 0, result="omitted"),
    )
    found = flags([(recording(), read)])
    assert (found["words"], found["scored"], found["flagged"]) == (3, 2, 1)
    assert found["share"] == 0.5
    assert found["examples"] == ["w1"]


def test_only_native_speakers_set_the_threshold() -> None:
    pairs = [
        (recording(group="native"), analysis(word(0, 90), word(1, None))),
        (recording(), analysis(word(0, 10))),
    ]
    assert native_scores(pairs) == [90.0]


def test_planted_errors_are_compared_with_the_words_beside_them() -> None:
    errors = (Planted(0, "TH", "S"), Planted(1, "K", None))
    read = analysis(
        word(0, 30, level="worth_checking", phones=[phone("TH", 10, "S")]),
        word(1, 70, phones=[phone("K", 60, "G")]),
        word(2, 60, level="worth_checking"),
        word(3, 95),
    )
    found = planted([(recording(planted=errors), read)], [50.0, *[90.0] * 19])
    assert found["right_words"] == 2
    assert found["right_words_flagged"] == 0.5
    assert found["all"]["auc"] == pytest.approx(3 / 4)
    assert found["all"]["found_at_5"] == 1.0
    assert found["all"]["flagged"] == 0.5
    assert found["all"]["named"] == 1.0
    assert found["all"]["named_of_told"] == 0.5
    assert found["kinds"]["K>-"]["auc"] == pytest.approx(1 / 2)


@pytest.mark.parametrize("silent", ["SIL", ""])
def test_a_phone_left_out_is_named_as_silence(silent: str) -> None:
    phones = [{"phone": "K", "score": 1, "heard_as": [{"phone": silent}]}]
    read = analysis(word(0, 10, level="worth_checking", phones=phones))
    found = planted([(recording(planted=(Planted(0, "K", None),)), read)], [])
    assert found["all"]["named"] == 1.0


def test_experts_are_correlated_by_phone_word_and_sentence() -> None:
    def learner(score: int, expert: float) -> tuple[Recording, dict[str, Any]]:
        words = (ExpertWord(expert, ("K", "AE", "T"), (2.0, 1.0, expert / 5)),)
        scores = {"accuracy": {"value": score}, "overall": {"value": 100 - score}}
        phones = [phone("K", 100), phone("AH", 3), phone("T", score)]
        return (
            recording(group="learner", experts=Experts(expert, 5, 5, expert, words)),
            analysis(word(0, score, phones=phones), scores=scores, not_scorable_reason=None),
        )

    found = learners([learner(20, 2), learner(60, 6), learner(90, 9), learner(100, 10)], [])
    assert found["pearson"]["word accuracy"] == pytest.approx(1)
    assert found["pearson"]["sentence accuracy"] == pytest.approx(1)
    assert found["pearson"]["sentence total"] == pytest.approx(-1)
    assert found["pearson"]["sentence fluency"] is None
    assert found["without_scores"] == {"a part of the scores": 4}
    assert found["compared"]["sentence total"] == 4
    assert found["compared"]["phone"] == 8  # the vowels differ, and are compared with nothing
    assert (found["bad_words"], found["good_words"], found["auc_bad_words"]) == (1, 2, 1.0)


def test_pauses_are_told_by_noise_and_fillers_over_all() -> None:
    answer = recording(
        group="answer",
        reference=None,
        pauses=(Span(1.0, 2.0),),
        fillers=(Span(3.0, 3.2),),
        noise_db=10,
    )
    heard = analysis(
        word(None, result="filler", start_s=3.1, end_s=3.2),
        word(None, result=None),
        pauses=[{"start_s": 1.0, "end_s": 2.0}],
    )
    assert delivery_findings.pauses([(answer, heard)])["10 dB"]["found"] == 1
    found = delivery_findings.fillers([(answer, heard)])["all"]
    assert (found["recall"], found["false_per_minute"]) == (1.0, 0.0)


def test_miscues_told_of_a_faultless_reading_are_false() -> None:
    read = analysis(word(0), word(1, result="substituted", text="primer", heard="primary"))
    pairs = [(recording(group="native", miscues=()), read)]
    found = delivery_findings.false_miscues(pairs)["native speakers"]
    assert found["per_100_words"] == {"substitution": 50.0}
    assert found["examples"] == ["substitution of “primer”, heard as “primary”"]


def test_a_planted_miscue_that_is_told_as_another_is_shown() -> None:
    reading = recording(group="miscues", miscues=(Miscue("omission", 1),), spoken="one three")
    right = analysis(word(0), word(1, result="omitted"), word(2))
    wrong = analysis(word(0), word(1, result="substituted"), word(2), transcript="one tree")
    assert delivery_findings.missed([(reading, right)]) == []
    [shown] = delivery_findings.missed([(reading, wrong)])
    assert (shown["planted"], shown["told"]) == ("omission at 1", "substitution at 1")


def test_corrections_and_repetitions_of_answers_are_counted() -> None:
    answer = recording(group="answer", reference=None, self_corrections=1, repetitions=0)
    heard = analysis(*[word(None) for _ in range(20)], measures={"repetitions_per_100_words": 10.0})
    found = delivery_findings.miscues([(answer, heard)])
    assert found["self_corrections in answers"]["recall"] == 0
    assert found["repetitions in answers"]["false"] == 2


@pytest.mark.parametrize(
    ("figure", "at_most", "met"),
    [(0.5, False, True), (0.4, False, False), (0.4, True, True), (0.6, True, False)],
)
def test_a_goal_is_met_from_its_bound_on(figure: float, at_most: bool, met: bool) -> None:
    assert Goal("x", 0.5, figure, at_most=at_most).met is met
    assert Goal("x", 0.5, None, at_most=at_most).met is None
