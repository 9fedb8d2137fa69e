"""Pauses and fillers: what was found of those that are there, and how well timed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from bench.accuracy.material import Span

_WITHIN_S = 0.05
_FILLER_REACH_S = 0.3


@dataclass(frozen=True, slots=True)
class Pauses:
    """`edge_error_s`: mean distance of the found pauses' starts and ends from the true ones."""

    there: int
    found: int
    false: int
    edges_within_50_ms: float | None
    edge_error_s: float | None
    duration_error_s: float | None


def score_pauses(recordings: Sequence[tuple[Sequence[Span], Sequence[Span]]]) -> Pauses:
    """Over (true, found) of each recording; a found one counts for the true one it overlaps most.

    True pauses are matched once; a found pause that overlaps none is false.
    """
    edges: list[float] = []
    durations: list[float] = []
    there = hits = false = 0
    for true, found in recordings:
        pairs = _pairs(true, found)
        there, hits, false = (
            there + len(true),
            hits + len(pairs),
            false + len(found) - len(pairs),
        )
        for a, b in pairs:
            edges += [abs(a.start_s - b.start_s), abs(a.end_s - b.end_s)]
            durations.append(abs((a.end_s - a.start_s) - (b.end_s - b.start_s)))
    return Pauses(
        there,
        hits,
        false,
        mean(error <= _WITHIN_S + 1e-9 for error in edges) if edges else None,
        mean(edges) if edges else None,
        mean(durations) if durations else None,
    )


@dataclass(frozen=True, slots=True)
class Fillers:
    there: int
    found: int
    false: int
    minutes: float

    @property
    def recall(self) -> float | None:
        return self.found / self.there if self.there else None

    @property
    def precision(self) -> float | None:
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def false_per_minute(self) -> float | None:
        return self.false / self.minutes if self.minutes else None


def score_fillers(
    recordings: Sequence[tuple[Sequence[Span], Sequence[Span], float]],
) -> Fillers:
    """Over (true, found, seconds) of each; found within 0.3 s of a true one, each counted once."""
    there = hits = false = 0
    for true, found, _ in recordings:
        wide = [Span(s.start_s - _FILLER_REACH_S, s.end_s + _FILLER_REACH_S) for s in true]
        matched = len(_pairs(wide, found))
        there, hits, false = there + len(true), hits + matched, false + len(found) - matched
    return Fillers(there, hits, false, sum(seconds for *_, seconds in recordings) / 60)


def _pairs(true: Sequence[Span], found: Sequence[Span]) -> list[tuple[Span, Span]]:
    overlaps = sorted(
        (
            (min(a.end_s, b.end_s) - max(a.start_s, b.start_s), i, j)
            for i, a in enumerate(true)
            for j, b in enumerate(found)
        ),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    pairs, used_true, used_found = [], set(), set()
    for overlap, i, j in overlaps:
        if overlap > 0 and i not in used_true and j not in used_found:
            used_true.add(i)
            used_found.add(j)
            pairs.append((true[i], found[j]))
    return pairs
