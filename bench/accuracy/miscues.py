"""Miscues of reading: those an analysis tells, and how many of the true ones they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.accuracy.material import Miscue, MiscueKind

_KINDS: dict[str, MiscueKind] = {
    "omitted": "omission",
    "substituted": "substitution",
    "inserted": "insertion",
    "repeated": "repetition",
}
_TOLERANCE = 1  # words: a word said twice can be put before or after itself
# A reading has no result for "said wrongly, then rightly": the first try is an extra word.
_TOLD_AS: dict[MiscueKind, frozenset[MiscueKind]] = {
    "self_correction": frozenset({"insertion", "repetition"}),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    there: int = 0
    found: int = 0
    false: int = 0

    @property
    def precision(self) -> float | None:
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def recall(self) -> float | None:
        return self.found / self.there if self.there else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where neither is known."""
        total = 2 * self.found + self.false + (self.there - self.found)
        return 2 * self.found / total if total else None


def told(words: Sequence[Mapping[str, Any]]) -> list[Miscue]:
    """The miscues among an analysis's words; words repeated or added in a row are one."""
    upcoming = 0
    found: list[tuple[int, Miscue]] = []
    for place, word in enumerate(words):
        index = word.get("reference_index")
        kind = _KINDS.get(word.get("result") or "")
        if kind:
            found.append((place, Miscue(kind, upcoming if index is None else index)))
        if index is not None:
            upcoming = index + 1
    runs = [item for _, item in found[:1]]
    for (place, item), (next_place, following) in pairwise(found):
        in_run = next_place == place + 1 and item == following
        if not (in_run and item.kind in ("insertion", "repetition")):
            runs.append(following)
    return runs


def score_miscues(
    recordings: Sequence[tuple[Sequence[Miscue], Sequence[Miscue]]],
) -> dict[MiscueKind, Agreement]:
    """By kind, over (true, told) of each recording.

    One that is told as another kind is missed in its own and false in the other.
    """
    there: Counter[MiscueKind] = Counter()
    found: Counter[MiscueKind] = Counter()
    false: Counter[MiscueKind] = Counter()
    for true, claimed in recordings:
        left = list(claimed)
        for miscue in true:
            there[miscue.kind] += 1
            kinds = _TOLD_AS.get(miscue.kind, frozenset({miscue.kind}))
            near = [c for c in left if c.kind in kinds and abs(c.at - miscue.at) <= _TOLERANCE]
            if near:
                left.remove(min(near, key=lambda c: abs(c.at - miscue.at)))
                found[miscue.kind] += 1
        false.update(item.kind for item in left)
    return {
        kind: Agreement(there[kind], found[kind], false[kind]) for kind in sorted({*there, *false})
    }
