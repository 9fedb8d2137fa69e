from dataclasses import replace

import pytest

from shared.domain.analysis import Measures, Word
from shared.speech import scoring
from shared.speech.scoring import (
    FLUENCY_ANCHORS,
    OVERALL_WEIGHTS,
    PROSODY_ANCHORS,
    points,
    score_reading,
    score_speech,
)
from tests.fakes.analyses import FLUENT


def reading(*results):
    """Words of a reading; each result but `inserted` belongs to a word of the text."""
    words, index = [], 0
    for result in results:
        expected = result not in ("inserted", "repeated", "filler")
        words.append(
            Word("word", 0, 1, 0.9, reference_index=index if expected else None, result=result)
        )
        index += expected
    return words


def scores(words, warnings=(), measures=FLUENT, *, enough_speech=True):
    return score_reading(words, measures, warnings, enough_speech=enough_speech)


def test_a_perfect_reading():
    found = scores(reading(*["correct"] * 12))
    assert found.accuracy.value == 100
    assert found.completeness.value == 100
    assert found.accuracy.confidence == "high"
    assert [e.measure for e in found.accuracy.evidence] == ["words_correct_share"]


def test_accuracy_and_completeness_name_every_faulty_word():
    words = reading(*["correct"] * 8, "substituted", "omitted", "inserted", "repeated", "filler")
    found = scores(words)
    assert found.accuracy.value == round(100 * 8 / 11)
    assert [e.word for e in found.accuracy.evidence if e.word is not None] == [8, 9, 10]
    assert found.completeness.value == 90
    assert [e.word for e in found.completeness.evidence if e.word is not None] == [9]
    assert found.completeness.evidence[0].value == 0.9


def test_one_more_fault_never_raises_a_score():
    for fault in ("substituted", "omitted", "inserted"):
        values = [scores(reading(*["correct"] * (12 - n), *[fault] * n)) for n in range(12)]
        for name in ("accuracy", "completeness", "overall"):
            found = [getattr(value, name).value for value in values]
            assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("anchors", [FLUENCY_ANCHORS, PROSODY_ANCHORS])
def test_anchors_are_monotone_and_weights_add_up(anchors):
    assert sum(weight for weight, _ in anchors.values()) == pytest.approx(1)
    for name, (_, curve) in anchors.items():
        assert hasattr(Measures(), name)
        values, worths = zip(*curve, strict=True)
        assert list(values) == sorted(set(values))
        assert list(worths) in (sorted(worths), sorted(worths, reverse=True))
        assert 0 <= min(worths) <= max(worths) == 100
        assert points(values[0] - 100, curve) == worths[0]
        assert points(values[-1] + 100, curve) == worths[-1]


@pytest.mark.parametrize(
    ("measure", "better"),
    [
        ("articulation_rate_syll_per_s", [1, 2, 3, 4, 5]),
        ("phonation_time_ratio", [0.3, 0.5, 0.7, 0.9]),
        ("mean_length_of_run_syll", [1, 3, 7, 12, 20]),
        ("pauses_per_min", [60, 40, 25, 15, 5]),
        ("filled_pauses_per_min", [30, 15, 8, 2, 0]),
        ("repetitions_per_100_words", [25, 12, 6, 2, 0]),
    ],
)
def test_fluency_follows_each_measure(measure, better):
    values = [
        score_speech(replace(FLUENT, **{measure: value}), (), enough_speech=True).fluency.value
        for value in better
    ]
    assert values == sorted(values)
    assert values[0] < values[-1]


def test_unknown_fillers_are_left_out_and_lower_the_confidence():
    measures = replace(FLUENT, filled_pauses_per_min=None)
    found = score_speech(measures, ["fillers_unknown"], enough_speech=True).fluency
    assert "filled_pauses_per_min" not in [e.measure for e in found.evidence]
    assert found.confidence == "medium"


def test_free_speech_has_no_accuracy_and_too_little_of_it_no_score_at_all():
    found = score_speech(FLUENT, (), enough_speech=True)
    assert (found.accuracy, found.completeness) == (None, None)
    assert found.overall.value == round(
        (0.25 * found.fluency.value + 0.15 * found.prosody.value) / 0.4
    )
    assert score_speech(FLUENT, ["short"], enough_speech=False) == scoring.Scores()


def test_a_short_reading_is_scored_by_its_words_alone_with_less_confidence():
    found = scores(reading(*["correct"] * 4), ["short"], enough_speech=False)
    assert (found.fluency, found.prosody) == (None, None)
    assert found.overall.value == 100
    assert found.accuracy.confidence == "medium"
    assert found.overall.confidence == "low"


def test_a_short_reading_has_the_delivery_that_its_sounds_tell_with_less_confidence():
    judged = {"fluency": 0.75, "prosody": 0.5}
    words = reading(*["correct"] * 4)
    found = score_reading(words, FLUENT, ["short"], enough_speech=False, judged=judged)
    assert (found.fluency.value, found.prosody.value) == (75, 50)
    assert (found.fluency.confidence, found.prosody.confidence) == ("medium", "medium")
    assert [e.measure for e in found.fluency.evidence] == ["fluency_heard"]
    assert [e.measure for e in found.prosody.evidence] == ["prosody_heard"]


def test_what_the_sounds_tell_of_delivery_outweighs_the_measures_and_both_count():
    words = reading(*["correct"] * 12)
    measured = scores(words).fluency.value
    found = score_reading(words, FLUENT, (), enough_speech=True, judged={"fluency": 0.4}).fluency
    assert found.value == round(40 * 2 / 3 + measured / 3)
    assert {"fluency_heard", "articulation_rate_syll_per_s"} <= {e.measure for e in found.evidence}
    better = score_reading(words, FLUENT, (), enough_speech=True, judged={"fluency": 0.5}).fluency
    slower = replace(FLUENT, articulation_rate_syll_per_s=2.0)
    worse = score_reading(words, slower, (), enough_speech=True, judged={"fluency": 0.4}).fluency
    assert worse.value < found.value < better.value


def test_overall_is_the_weighted_mean_and_rests_on_the_scores():
    found = scores(reading(*["correct"] * 9, "omitted"))
    parts = {e.measure: e.value for e in found.overall.evidence}
    assert parts == {
        name: getattr(found, name).value
        for name in ("accuracy", "completeness", "fluency", "prosody")
    }
    assert found.overall.value == round(sum(OVERALL_WEIGHTS[n] * v for n, v in parts.items()))
    assert sum(OVERALL_WEIGHTS.values()) == pytest.approx(1)


def test_warnings_lower_the_confidence_step_by_step():
    words = reading(*["correct"] * 12)
    assert scores(words).overall.confidence == "high"
    assert scores(words, ["noisy"]).accuracy.confidence == "medium"
    assert scores(words, ["noisy", "quiet"]).accuracy.confidence == "low"
    assert scores(words, ["noisy", "quiet", "damaged"]).overall.confidence == "low"
    assert scores(words, ["noisy"]).overall.value == scores(words).overall.value


def test_words_the_recogniser_is_unsure_of_lower_the_confidence():
    words = [replace(word, confidence=0.3) for word in reading(*["correct"] * 12)]
    assert scores(words).accuracy.confidence == "medium"


def test_prosody_is_never_sure():
    assert scores(reading(*["correct"] * 12)).prosody.confidence == "medium"


def test_every_score_has_evidence_and_is_a_whole_number():
    found = scores(reading(*["correct"] * 9, "substituted"))
    for name in OVERALL_WEIGHTS | {"overall": 1}:
        score = getattr(found, name)
        assert score.evidence
        assert isinstance(score.value, int)
        assert 0 <= score.value <= 100
