"""Flow of speech: rates, pauses, runs, fillers and repetitions.

T is the time from the first to the last speech in seconds, P the silent pauses in it of at
least 0.25 s (de Jong & Bosker 2013, DiSS), S the syllables said (repetitions counted, fillers
not), W the words said, likewise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from shared.domain.analysis import Pause
from shared.speech.voice_activity import Segment

MIN_PAUSE_S: Final = 0.25
_CLAUSE_OPENERS: Final = frozenset(
    {"and", "although", "because", "but", "if", "or", "since", "so", "that", "though", "unless"}
    | {"until", "when", "where", "which", "while", "who", "whose"}
)


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as said, with what the flow of speech needs to know of it.

    `units` are the words it is said in: "25" is two, however a recogniser writes it.
    """

    text: str
    start_s: float
    end_s: float
    syllables: int
    is_filler: bool
    ends_clause: bool
    units: int = 1


@dataclass(frozen=True, slots=True)
class Fluency:
    """See each function for formula and source; names and units as in `Measures`."""

    speech_rate_wpm: float
    speech_rate_syll_per_min: float
    articulation_rate_syll_per_s: float
    average_syllable_duration_s: float | None
    phonation_time_ratio: float
    pauses_per_min: float
    mean_pause_s: float | None
    mean_length_of_run_syll: float
    filled_pauses_per_min: float | None
    repetitions_per_100_words: float


def find_pauses(segments: Sequence[Segment], words: Sequence[SpokenWord]) -> list[Pause]:
    """P: the gaps between speech segments of at least 0.25 s, each with the words around it.

    A pause is within a clause unless the last word before it (fillers aside) has a comma or
    stronger mark behind it, or the next one opens a clause ("because").
    """
    return [
        _pause(end, start, words)
        for (_, end), (start, _) in pairwise(segments)
        if start - end >= MIN_PAUSE_S
    ]


def measure_fluency(
    segments: Sequence[Segment],
    pauses: Sequence[Pause],
    words: Sequence[SpokenWord],
    *,
    repetitions: int,
    fillers_known: bool,
) -> Fluency:
    """All measures of flow; `repetitions` counts restarts, `words` holds at least one word."""
    said = [word for word in words if not word.is_filler]
    count = sum(word.units for word in said)
    syllables = sum(word.syllables for word in said)
    total_s = segments[-1][1] - segments[0][0]
    silent_s = sum(pause.duration_s for pause in pauses)
    fillers = len(words) - len(said)
    return Fluency(
        speech_rate_wpm=per_minute(count, total_s),
        speech_rate_syll_per_min=per_minute(syllables, total_s),
        articulation_rate_syll_per_s=articulation_rate(syllables, total_s - silent_s),
        average_syllable_duration_s=average_syllable_duration(syllables, total_s - silent_s),
        phonation_time_ratio=phonation_time_ratio(total_s, silent_s),
        pauses_per_min=per_minute(len(pauses), total_s),
        mean_pause_s=silent_s / len(pauses) if pauses else None,
        mean_length_of_run_syll=mean_length_of_run(syllables, len(pauses)),
        filled_pauses_per_min=per_minute(fillers, total_s) if fillers_known else None,
        repetitions_per_100_words=100 * repetitions / count if count else 0.0,
    )


def per_minute(count: int, total_s: float) -> float:
    """60 n / T. Speech rate: de Jong & Wempe 2009; pauses, fillers: Kormos & Denes 2004."""
    return 60 * count / total_s


def articulation_rate(syllables: int, phonation_s: float) -> float:
    """S / (T - sum P), syllables a second (de Jong & Wempe 2009, Behavior Research Methods 41)."""
    return syllables / phonation_s


def average_syllable_duration(syllables: int, phonation_s: float) -> float | None:
    """(T - sum P) / S, seconds (de Jong & Wempe 2009); None without a syllable."""
    return phonation_s / syllables if syllables else None


def phonation_time_ratio(total_s: float, silent_s: float) -> float:
    """(T - sum P) / T, 0 to 1 (Kormos & Denes 2004, System 32)."""
    return (total_s - silent_s) / total_s


def mean_length_of_run(syllables: int, pauses: int) -> float:
    """S / (n(P) + 1), syllables between pauses (Kormos & Denes 2004)."""
    return syllables / (pauses + 1)


def _pause(start_s: float, end_s: float, words: Sequence[SpokenWord]) -> Pause:
    middle = (start_s + end_s) / 2
    earlier = [word for word in words if (word.start_s + word.end_s) / 2 <= middle]
    later = words[len(earlier) :]
    last = next((word for word in reversed(earlier) if not word.is_filler), None)
    said_next = next((word for word in later if not word.is_filler), None)
    within = None
    if last and said_next:
        opens = said_next.text.casefold() in _CLAUSE_OPENERS
        within = not (last.ends_clause or opens)
    return Pause(
        start_s=round(start_s, 2),
        end_s=round(end_s, 2),
        duration_s=round(end_s - start_s, 2),
        after=earlier[-1].text if earlier else None,
        before=later[0].text if later else None,
        within_clause=within,
    )
