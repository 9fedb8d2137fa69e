"""What went well: only what the measurements show."""

from collections.abc import Iterator
from typing import Final

from shared.adapters.embedded.rubric import language
from shared.adapters.embedded.rubric.delivery import (
    FAST_SYLL_PER_S,
    FLAT_PITCH_ST,
    SLOW_SYLL_PER_S,
    pace_in_words,
)
from shared.adapters.embedded.rubric.subject import Subject, WeightedStrength, number, plural
from shared.domain.feedback import PointEvidence, Strength

_MOST_READ: Final = 0.9
_SHORTEST_RUN: Final = 3
_TELLING_RUN: Final = 5
_LONGEST_QUOTED: Final = 8
_COMFORT_SYLL_PER_S: Final = 0.3
_LIVELY_PITCH_ST: Final = FLAT_PITCH_ST + 2.0
_ENOUGH_WORDS: Final = 20


def strengths(subject: Subject) -> Iterator[WeightedStrength]:
    """Every strength the measurements show, none for a recording that could not be scored."""
    if subject.analysis.not_scorable_reason is not None:
        return
    yield from _words_read(subject)
    yield from _clean_run(subject)
    yield from _pace(subject)
    yield from _phrasing(subject)
    yield from _melody(subject)
    yield from _no_fillers(subject)
    yield from language.strengths(subject)


def as_written(subject: Subject) -> list[int]:
    """Indices of the text's words that were read, whatever their sounds."""
    return [i for i in subject.reference if subject.words[i].result in ("correct", "mispronounced")]


def _words_read(subject: Subject) -> Iterator[WeightedStrength]:
    read, expected = as_written(subject), subject.reference
    if not expected or len(read) / len(expected) < _MOST_READ:
        return
    whole = len(read) == len(expected)
    share = f"all {len(expected)}" if whole else f"{len(read)} of the {len(expected)}"
    evidence = PointEvidence(words=tuple(read[:12]))
    if subject.analysis.scores.accuracy:
        evidence = PointEvidence(measure="accuracy")
    yield WeightedStrength(
        0.9, Strength(f"You read {share} words of the text as they are written.", (evidence,))
    )


def _clean_run(subject: Subject) -> Iterator[WeightedStrength]:
    good = ("correct", None) if not subject.reference else ("correct",)
    breaks = {place for p in subject.analysis.pauses if (place := subject.around(p))}
    wrong = {i for item in subject.analysis.language_findings or () for i in item.words}
    runs: list[list[int]] = [[]]
    for i, word in enumerate(subject.words):
        if runs[-1] and (runs[-1][-1], i) in breaks:
            runs.append([])
        if word.result in good and i not in wrong:
            runs[-1].append(i)
        else:
            runs.append([])
    longest = max(runs, key=len)
    if len(longest) < _SHORTEST_RUN:
        return
    named = subject.quote(longest)
    if len(longest) > _LONGEST_QUOTED:
        named = f"The {len(longest)} words from {subject.quote(longest[:_LONGEST_QUOTED])} on"
    yield WeightedStrength(
        0.8 if len(longest) >= _TELLING_RUN else 0.3,
        Strength(
            f"{named} came in one flow, without a slip or a stop.",
            (PointEvidence(words=tuple(longest)),),
        ),
    )


def _pace(subject: Subject) -> Iterator[WeightedStrength]:
    rate = subject.measures.articulation_rate_syll_per_s
    if rate is None or not subject.language.startswith("en"):
        return
    if SLOW_SYLL_PER_S + _COMFORT_SYLL_PER_S <= rate <= FAST_SYLL_PER_S - _COMFORT_SYLL_PER_S:
        yield WeightedStrength(
            0.6,
            Strength(
                f"Your pace is easy to follow: {pace_in_words(subject)}.",
                (PointEvidence(measure="articulation_rate_syll_per_s"),),
            ),
        )


def _phrasing(subject: Subject) -> Iterator[WeightedStrength]:
    pauses = subject.analysis.pauses
    placed = [place for pause in pauses if (place := subject.around(pause))]
    if not placed or any(pause.within_clause is not False for pause in pauses):
        return
    yield WeightedStrength(
        0.7,
        Strength(
            f"You made {plural(len(pauses), 'pause')}, and only where a phrase ends.",
            tuple(PointEvidence(words=place) for place in placed[:5]),
        ),
    )


def _melody(subject: Subject) -> Iterator[WeightedStrength]:
    pitch = subject.measures.pitch_range_st
    if pitch is not None and pitch >= _LIVELY_PITCH_ST:
        yield WeightedStrength(
            0.5,
            Strength(
                f"Your voice has melody: it moved over {number(pitch)} semitones.",
                (PointEvidence(measure="pitch_range_st"),),
            ),
        )


def _no_fillers(subject: Subject) -> Iterator[WeightedStrength]:
    known = subject.measures.filled_pauses_per_min == 0 and not subject.warned("fillers_unknown")
    if subject.kind != "read_aloud" and known and len(subject.spoken) >= _ENOUGH_WORDS:
        yield WeightedStrength(
            0.75,
            Strength(
                f"You spoke {len(subject.spoken)} words without a single filler.",
                (PointEvidence(measure="filled_pauses_per_min"),),
            ),
        )
