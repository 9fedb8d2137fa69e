"""A consultation of two: who said what when, and the moves of one of them that can be counted."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.transcription import HeardWord

Move = Literal[
    "signpost", "understanding_check", "summary", "open_question", "closed_question", "interruption"
]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until the other does; at least one word, times of one clock."""

    speaker: str
    words: tuple[HeardWord, ...]

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return self.words[-1].end_s


@dataclass(frozen=True, slots=True)
class Indicator:
    """A move by its words: positions `first` to `last`, both included, in `turns[turn].words`."""

    move: Move
    turn: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Consultation:
    """`talk_share` 0 to 1 of all time spoken, `overlap_s` of both at once, of `speaker`'s moves."""

    speaker: str
    talk_share: float
    turns: int
    longest_turn_s: float
    overlap_s: float
    indicators: tuple[Indicator, ...]

    def count(self, move: Move) -> int:
        return sum(indicator.move == move for indicator in self.indicators)

    def figures(self) -> dict[str, float]:
        """What was counted and timed, by the name under which it is evidence."""
        return {
            "talk_share": self.talk_share,
            "turns": self.turns,
            "longest_turn_s": self.longest_turn_s,
            "overlap_s": self.overlap_s,
            "open_questions": self.count("open_question"),
            "closed_questions": self.count("closed_question"),
            "signposts": self.count("signpost"),
            "understanding_checks": self.count("understanding_check"),
            "summaries": self.count("summary"),
            "interruptions": self.count("interruption"),
        }
