"""Measures to scores: 0 to 100, each with its confidence and what it rests on.

The anchors of fluency and prosody are practice anchors: they spread learners over the scale and
are no bands of an examination. A score is the weighted mean of what each known measure is worth.
Against the experts of speechocean762 (Zhang et al. 2021; 316 adult recordings with 3 s of speech
or more) fluency correlates 0.78, prosody (chosen on them) 0.66, pitch range alone 0.07: the
experts go by rhythm, so prosody counts pace and runs beside melody and is never of high
confidence. Of a reading whose sounds were measured, what the experts would give (`judged`,
held-out correlation 0.86 and 0.85, of whatever length) is two thirds of either score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from shared.domain.analysis import Confidence, Evidence, Measures, Score, Scores, Word

Anchors = tuple[tuple[float, float], ...]

MIN_SPEECH_S: Final = 3.0
MIN_WORDS: Final = 3
SURE_OF_WORDS: Final = 0.6
JUDGED_WEIGHT: Final = 2 / 3
FEW_REFERENCE_WORDS: Final = 10

# measure: (weight, ((value, points), …)); monotone, flat outside
FLUENCY_ANCHORS: Final[Mapping[str, tuple[float, Anchors]]] = {
    "articulation_rate_syll_per_s": (0.30, ((1.5, 0), (2.5, 40), (3.5, 75), (4.5, 100))),
    "phonation_time_ratio": (0.20, ((0.40, 0), (0.60, 45), (0.75, 80), (0.88, 100))),
    "mean_length_of_run_syll": (0.20, ((2, 0), (4, 40), (8, 75), (14, 100))),
    "pauses_per_min": (0.10, ((10, 100), (20, 75), (35, 40), (50, 0))),
    "filled_pauses_per_min": (0.10, ((1, 100), (5, 75), (12, 40), (25, 0))),
    "repetitions_per_100_words": (0.10, ((1, 100), (4, 75), (10, 40), (20, 0))),
}
PROSODY_ANCHORS: Final[Mapping[str, tuple[float, Anchors]]] = {
    "pitch_range_st": (0.40, ((1, 0), (3, 40), (6, 75), (9, 100))),
    "loudness_variation_db": (0.10, ((2, 0), (4, 40), (6, 75), (8, 100))),
    "articulation_rate_syll_per_s": (0.30, ((1.5, 0), (2.5, 40), (3.5, 75), (4.5, 100))),
    "mean_length_of_run_syll": (0.20, ((2, 0), (4, 40), (8, 75), (14, 100))),
}
OVERALL_WEIGHTS: Final[Mapping[str, float]] = {
    "accuracy": 0.40,
    "completeness": 0.20,
    "fluency": 0.25,
    "prosody": 0.15,
}
_LOWERED_BY: Final[Mapping[str, frozenset[str]]] = {
    "accuracy": frozenset({"quiet", "clipped", "noisy", "damaged"}),
    "completeness": frozenset({"quiet", "noisy", "damaged"}),
    "fluency": frozenset({"quiet", "noisy", "damaged", "hard_to_make_out", "fillers_unknown"}),
    "prosody": frozenset({"quiet", "clipped", "noisy", "damaged", "hard_to_make_out"}),
}
_DELIVERY: Final = (("fluency", FLUENCY_ANCHORS, 0), ("prosody", PROSODY_ANCHORS, 1))
_STEPS: Final[tuple[Confidence, ...]] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A value 0 to 100 before rounding, what it rests on, and doubts beside the warnings."""

    value: float
    evidence: tuple[Evidence, ...]
    doubts: int = 0


def score_reading(
    words: Sequence[Word],
    measures: Measures,
    warnings: Sequence[str],
    *,
    enough_speech: bool,
    pronunciation: float | None = None,
    judged: Mapping[str, float] | None = None,
) -> Scores:
    """Scores of a reading of a known text.

    Flow and melody from the measures only with `enough_speech`, and as `judged` by the sounds:
    0 to 1 for `fluency` and `prosody`.
    """
    parts = {"accuracy": accuracy(words, pronunciation), "completeness": completeness(words)}
    return _scores(parts, measures, warnings, enough_speech=enough_speech, judged=judged or {})


def score_speech(measures: Measures, warnings: Sequence[str], *, enough_speech: bool) -> Scores:
    """Scores of free speech: flow and melody, nothing when there is too little of it."""
    return _scores({}, measures, warnings, enough_speech=enough_speech, judged={})


def accuracy(words: Sequence[Word], pronunciation: float | None = None) -> Evidenced:
    """100 * words read as written / (words of the text + words added) * pronunciation.

    `pronunciation` is 0 to 1, None where it was not measured. Evidence: the share of words, the
    pronunciation, and 0 for each word misread, left out or added. Fillers and restarts belong to
    fluency.
    """
    expected = [word for word in words if word.reference_index is not None]
    faults = [i for i, w in enumerate(words) if w.result in ("substituted", "omitted", "inserted")]
    read = sum(word.result in ("correct", "mispronounced") for word in expected)
    share = read / (len(expected) + sum(word.result == "inserted" for word in words))
    known = [word.confidence for word in expected if word.confidence is not None]
    unsure = bool(known) and sum(known) / len(known) < SURE_OF_WORDS
    measured = () if pronunciation is None else (pronunciation,)
    return Evidenced(
        100 * share * (1.0 if pronunciation is None else pronunciation),
        (
            Evidence(round(share, 3), measure="words_correct_share"),
            *(Evidence(round(value, 3), measure="pronunciation_accuracy") for value in measured),
            *(Evidence(0, word=index) for index in faults),
        ),
        doubts=unsure + (len(expected) < FEW_REFERENCE_WORDS),
    )


def completeness(words: Sequence[Word]) -> Evidenced:
    """100 * words of the text that were said, right or wrong / words of the text."""
    expected = [word for word in words if word.reference_index is not None]
    omitted = [i for i, word in enumerate(words) if word.result == "omitted"]
    share = 1 - len(omitted) / len(expected)
    return Evidenced(
        100 * share,
        (
            Evidence(round(share, 3), measure="words_spoken_share"),
            *(Evidence(0, word=index) for index in omitted),
        ),
        doubts=int(len(expected) < FEW_REFERENCE_WORDS),
    )


def worth(
    measures: Measures, anchors: Mapping[str, tuple[float, Anchors]], *, doubts: int = 0
) -> Evidenced | None:
    """Weighted mean of the known measures' points; None when less than half the weight is known."""
    known = {name: value for name in anchors if (value := getattr(measures, name)) is not None}
    weight = sum(anchors[name][0] for name in known)
    if weight < sum(weight for weight, _ in anchors.values()) / 2:
        return None
    total = sum(anchors[name][0] * points(value, anchors[name][1]) for name, value in known.items())
    evidence = tuple(Evidence(value, measure=name) for name, value in known.items())
    return Evidenced(total / weight, evidence, doubts)


def _together(measured: Evidenced | None, judged: float | None, name: str) -> Evidenced | None:
    """Short speech that was judged but has too little to measure is doubted once more."""
    if judged is None:
        return measured
    heard = Evidence(round(judged, 3), measure=name)
    if measured is None:
        return Evidenced(100 * judged, (heard,), doubts=1)
    value = JUDGED_WEIGHT * 100 * judged + (1 - JUDGED_WEIGHT) * measured.value
    return Evidenced(value, (heard, *measured.evidence), measured.doubts)


def points(value: float, anchors: Anchors) -> float:
    """Piecewise linear between the anchors, flat outside."""
    values, worths = zip(*anchors, strict=True)
    return float(np.interp(value, values, worths))


def _scores(
    parts: dict[str, Evidenced],
    measures: Measures,
    warnings: Sequence[str],
    *,
    enough_speech: bool,
    judged: Mapping[str, float],
) -> Scores:
    for name, anchors, doubts in _DELIVERY:
        measured = worth(measures, anchors, doubts=doubts) if enough_speech else None
        if part := _together(measured, judged.get(name), f"{name}_heard"):
            parts[name] = part
    scores = {
        name: Score(round(part.value), _confidence(name, part, warnings), part.evidence)
        for name, part in parts.items()
    }
    return Scores(overall=_overall(scores, complete=enough_speech), **scores)


def _overall(scores: Mapping[str, Score], *, complete: bool) -> Score | None:
    """Weighted mean of the scores there are, and of their confidences."""
    if not scores:
        return None
    weight = sum(OVERALL_WEIGHTS[name] for name in scores)
    value = sum(OVERALL_WEIGHTS[name] * score.value for name, score in scores.items()) / weight
    doubts = (
        sum(OVERALL_WEIGHTS[n] * _STEPS.index(s.confidence) for n, s in scores.items()) / weight
    )
    return Score(
        round(value),
        _STEPS[min(round(doubts) + (not complete), len(_STEPS) - 1)],
        tuple(Evidence(score.value, measure=name) for name, score in scores.items()),
    )


def _confidence(name: str, part: Evidenced, warnings: Sequence[str]) -> Confidence:
    doubts = part.doubts + sum(code in _LOWERED_BY[name] for code in warnings)
    return _STEPS[min(doubts, len(_STEPS) - 1)]
