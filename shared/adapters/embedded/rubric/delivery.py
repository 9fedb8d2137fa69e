"""Pace, pauses, fillers and melody, as the measures tell them.

The limits are practice anchors for clear English, not norms of any test.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shared.adapters.embedded.rubric.subject import (
    MAX_QUOTED,
    Subject,
    WeightedImprovement,
    listed,
    number,
    quoted,
    times,
)
from shared.domain.feedback import Improvement, PointEvidence

FAST_SYLL_PER_S: Final = 5.8
SLOW_SYLL_PER_S: Final = 2.8
LONG_PAUSE_S: Final = 0.5
FLAT_PITCH_ST: Final = 4.5
FILLERS_PER_MIN: Final = 4.0


def improvements(subject: Subject) -> Iterator[WeightedImprovement]:
    """One improvement for each measure outside its comfortable range."""
    yield from _pace(subject)
    yield from _pauses(subject)
    yield from _fillers(subject)
    yield from _melody(subject)


def pace_in_words(subject: Subject) -> str:
    """`4.1 syllables a second (132 words a minute)`, as far as both are known."""
    rate = subject.measures.articulation_rate_syll_per_s
    wpm = subject.measures.speech_rate_wpm
    overall = f" ({number(wpm)} words a minute with pauses)" if wpm is not None else ""
    return f"{number(rate or 0.0)} syllables a second{overall}"


def _pace(subject: Subject) -> Iterator[WeightedImprovement]:
    rate = subject.measures.articulation_rate_syll_per_s
    if rate is None or not subject.language.startswith("en"):
        return
    evidence = (PointEvidence(measure="articulation_rate_syll_per_s"),)
    if rate > FAST_SYLL_PER_S:
        yield WeightedImprovement(
            min(0.8, 0.35 + 0.25 * (rate - FAST_SYLL_PER_S)),
            "a calmer pace",
            Improvement(
                f"You spoke at {pace_in_words(subject)}, faster than many listeners can follow.",
                evidence,
                "Say two sentences again and take a full breath at every comma and full stop.",
            ),
        )
    if rate < SLOW_SYLL_PER_S:
        yield WeightedImprovement(
            min(0.8, 0.35 + 0.25 * (SLOW_SYLL_PER_S - rate)),
            "a steadier pace",
            Improvement(
                f"You spoke at {pace_in_words(subject)}, which is slow even between the pauses.",
                evidence,
                "Say one sentence three times, each time a little faster, and keep the pace of "
                "the third.",
            ),
        )


def _pauses(subject: Subject) -> Iterator[WeightedImprovement]:
    placed = [
        (pause, place)
        for pause in subject.analysis.pauses
        if pause.within_clause and (place := subject.around(pause))
    ]
    long = [(pause, place) for pause, place in placed if pause.duration_s >= LONG_PAUSE_S]
    if not long:
        return
    shown = sorted(long, key=lambda item: (-item[0].duration_s, item[0].start_s))[:MAX_QUOTED]
    named = [
        f"{number(pause.duration_s)} seconds between {subject.quote([before])} and "
        f"{subject.quote([after])}"
        for pause, (before, after) in shown
    ]
    before, after = shown[0][1]
    yield WeightedImprovement(
        min(0.85, 0.25 + 0.1 * len(long)),
        "pausing between ideas, not inside them",
        Improvement(
            f"You stopped inside a phrase: {listed(named)}.",
            tuple(PointEvidence(words=place) for _, place in shown),
            f"Join {subject.quote([before, after])} with the words around it and say them "
            "three times as one group; breathe only where a phrase ends.",
        ),
    )


def _fillers(subject: Subject) -> Iterator[WeightedImprovement]:
    rate = subject.measures.filled_pauses_per_min
    indices = subject.having("filler")
    if rate is None or rate < FILLERS_PER_MIN or not indices:
        return
    counts = Counter(subject.quote([i]).casefold() for i in indices)
    named = [f"{filler} {times(count)}" for filler, count in counts.most_common(MAX_QUOTED)]
    yield WeightedImprovement(
        min(0.75, 0.3 + 0.03 * rate),
        "silence in place of fillers",
        Improvement(
            f"You said {listed(named)}: {number(rate)} fillers a minute.",
            (
                PointEvidence(words=tuple(indices[:12])),
                PointEvidence(measure="filled_pauses_per_min"),
            ),
            f"Speak for one minute about the same subject. Whenever {quoted('um')} wants to come, "
            "close your mouth and stay silent for a moment.",
        ),
    )


def _melody(subject: Subject) -> Iterator[WeightedImprovement]:
    pitch = subject.measures.pitch_range_st
    if pitch is None or pitch >= FLAT_PITCH_ST:
        return
    yield WeightedImprovement(
        0.3 + 0.05 * (FLAT_PITCH_ST - pitch),
        "more melody in your voice",
        Improvement(
            f"Your voice moved over {number(pitch)} semitones, which sounds rather flat.",
            (PointEvidence(measure="pitch_range_st"),),
            "Choose the most important word of each sentence and let your voice rise on it, then "
            "fall to the full stop.",
        ),
    )
