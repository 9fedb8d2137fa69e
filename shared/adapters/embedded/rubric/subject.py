"""What the rubric writes about, and how it puts words and numbers into a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.domain.analysis import Analysis, Measures, Pause, Word
from shared.domain.attempt import Kind
from shared.domain.feedback import Improvement, Strength

MAX_QUOTED = 3
_CONTEXT_WORDS = 2
_MAX_QUOTE = 80
_EDGE_S = 0.06
_EDGES = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class WeightedImprovement:
    """`weight` 0 to 1 orders improvements; `topic` names it in the summary."""

    weight: float
    topic: str
    improvement: Improvement


@dataclass(frozen=True, slots=True)
class WeightedStrength:
    weight: float
    strength: Strength


@dataclass(frozen=True)
class Subject:
    """One attempt's kind and analysis."""

    kind: Kind
    language: str
    analysis: Analysis

    @property
    def measures(self) -> Measures:
        return self.analysis.measures

    @property
    def words(self) -> tuple[Word, ...]:
        return self.analysis.words

    @cached_property
    def reference(self) -> list[int]:
        """Indices of the words of the reference text, in its order."""
        found = [i for i, word in enumerate(self.words) if word.reference_index is not None]
        return sorted(found, key=lambda i: self.words[i].reference_index or 0)

    @cached_property
    def spoken(self) -> list[int]:
        """Indices of the words that were said, fillers apart."""
        return [i for i, word in enumerate(self.words) if word.result not in ("omitted", "filler")]

    def having(self, result: str) -> list[int]:
        return [i for i, word in enumerate(self.words) if word.result == result]

    def warned(self, code: str) -> bool:
        return any(warning.code == code for warning in self.analysis.warnings)

    def quote(self, indices: Sequence[int]) -> str:
        """The words in quotation marks, as one phrase."""
        plain = (_EDGES.sub("", self.words[i].text) for i in indices)
        return quoted(" ".join(word for word in plain if word))

    def context(self, index: int) -> str:
        """The words around `index`, from the text where there is one."""
        line = self.reference or self.spoken
        place = next((p for p, i in enumerate(line) if i >= index), len(line) - 1)
        return self.quote(line[max(0, place - _CONTEXT_WORDS) : place + _CONTEXT_WORDS + 1])

    def around(self, pause: Pause) -> tuple[int, int] | None:
        """Indices of the words said just before and just after the pause."""
        before = [
            i
            for i in self.spoken
            if (self.words[i].end_s or pause.end_s) <= pause.start_s + _EDGE_S
        ]
        after = [i for i in self.spoken if (self.words[i].start_s or 0.0) >= pause.end_s - _EDGE_S]
        return (before[-1], after[0]) if before and after else None

    def runs(self, indices: Sequence[int]) -> list[list[int]]:
        """`indices` grouped where they follow each other directly."""
        groups: list[list[int]] = []
        for i in indices:
            if groups and i == groups[-1][-1] + 1:
                groups[-1].append(i)
            else:
                groups.append([i])
        return groups


def quoted(text: str) -> str:
    return f"“{text}”" if len(text) <= _MAX_QUOTE else f"“{text[:_MAX_QUOTE]}…”"


def number(value: float) -> str:
    """One decimal, none where it is zero."""
    return f"{value:.1f}".removesuffix(".0")


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
