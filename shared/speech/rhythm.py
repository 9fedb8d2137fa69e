"""Rhythm: how much neighbouring vowels differ in length."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from shared.domain.analysis import Word
from shared.speech.fluency import MIN_PAUSE_S
from shared.speech.syllables import VOWELS

MIN_PAIRS: Final = 20
_TOUCHING_S: Final = 0.015

Interval = tuple[float, float]


def vowel_npvi(words: Sequence[Word]) -> float | None:
    """100 * mean of |d - d'| / ((d + d') / 2) over neighbouring vocalic intervals, no unit.

    E. Grabe & E. L. Low (2002), Papers in Laboratory Phonology 7. Vowels that touch are one
    interval; intervals with a pause of 0.25 s or a word without phones between them are no
    neighbours. None below 20 pairs: the index is a mean of large differences.
    """
    pairs = [pair for run in _runs(words) for pair in pairwise(run)]
    if len(pairs) < MIN_PAIRS:
        return None
    return 100 * sum(abs(a - b) / ((a + b) / 2) for a, b in pairs) / len(pairs)


def _runs(words: Sequence[Word]) -> list[list[float]]:
    """Durations of vocalic intervals, in stretches without a pause or an unknown word."""
    runs: list[list[Interval]] = [[]]
    latest = 0.0
    for word in words:
        if word.start_s is None:  # an omitted word is not heard, and parts nothing
            continue
        if not word.phones:
            runs.append([])
            continue
        for phone in word.phones:
            if phone.start_s - latest >= MIN_PAUSE_S:
                runs.append([])
            latest = phone.end_s
            if phone.phone.rstrip("012") in VOWELS and phone.end_s > phone.start_s:
                _add(runs[-1], (phone.start_s, phone.end_s))
    return [[end - start for start, end in run] for run in runs]


def _add(run: list[Interval], vowel: Interval) -> None:
    if run and vowel[0] - run[-1][1] <= _TOUCHING_S:
        run[-1] = run[-1][0], vowel[1]
    else:
        run.append(vowel)
