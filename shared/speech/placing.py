"""What a recogniser heard, put to what was said where: each word to its place in the reading."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from shared.domain.transcription import HeardWord
from shared.speech.alignment import AlignedWord
from shared.speech.hearing import Hearing
from shared.speech.text import TextWord

Kind = Literal["read", "again", "broken_off", "instead", "added", "omitted"]

_FRAME_S: Final = 0.02
# Seconds: recognisers are off by 0.1 to 0.3, more where they left a word out.
_ANOTHER_WORD: Final = 1.5
_ANOTHERS_PLACE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A word of the text at `reference`, or one more before it (an empty range).

    `heard` is the position of the recogniser's word that it is, where it is no word of the text.
    From `start` to `end` in frames, or in seconds once timed.
    """

    kind: Kind
    reference: range
    start: float = 0
    end: float = 0
    heard: int | None = None

    def at(self, start: int, end: int) -> "Slot":
        return replace(self, start=start, end=end)

    def again(self) -> "Slot":
        """As a first try of what is read after it."""
        return replace(self, kind="again")

    def timed(self, starts_s: NDArray[np.float64]) -> "Slot":
        """In seconds, by where each frame begins."""
        if self.kind == "omitted":
            return self
        start, end = starts_s[int(self.start)], starts_s[int(self.end) - 1] + _FRAME_S
        return replace(self, start=round(float(start), 3), end=round(float(end), 3))


def placed(
    slots: Sequence[Slot], text: Sequence[TextWord], hearing: Hearing, twice: Set[int] = frozenset()
) -> tuple[Hearing, list[AlignedWord]]:
    """The heard words and those missed among them, in order, and what each is in the text.

    Heard words in `twice` were recognised again at once; they count as repeated even where the
    sounds are too few to tell: recognisers leave repetitions out and do not make them up.
    """
    said = [slot for slot in slots if slot.kind != "omitted"]
    heard_as = _places(said, text, hearing)
    words: list[HeardWord] = []
    texts: list[TextWord] = []
    aligned: list[AlignedWord] = []
    missed: set[int] = set()
    for slot in slots:
        begin = len(words)
        mine = heard_as.get(id(slot), [])
        for index in mine:
            words.append(hearing.words[index])
            texts.append(hearing.texts[index])
        if begin == len(words) and slot.kind in ("read", "again"):
            missed.add(begin)
            texts.append(text[slot.reference.start])
            words.append(HeardWord(texts[-1].text, slot.start, slot.end))
        if slot.kind == "read":
            again = sum(1 for _ in takewhile(twice.__contains__, mine[:-1]))
            aligned += _items(slot.again(), range(begin, begin + again), texts)
            begin += again
        aligned += _items(slot, range(begin, len(words)), texts)
    return Hearing(_with_room(words, missed), tuple(texts)), aligned


def _items(slot: Slot, heard: range, texts: Sequence[TextWord]) -> list[AlignedWord]:
    if slot.kind == "read":
        return [AlignedWord("correct", slot.reference, heard)]
    if slot.kind == "instead" and heard:
        return [AlignedWord("substituted", slot.reference, heard)]
    if slot.kind in ("instead", "omitted"):
        return [AlignedWord("omitted", slot.reference, heard)]
    nowhere = range(slot.reference.start, slot.reference.start)
    result: Literal["repeated", "inserted"]
    result = "inserted" if slot.kind == "added" else "repeated"
    return [
        AlignedWord("filler" if texts[i].is_filler else result, nowhere, range(i, i + 1))
        for i in heard
    ]


def _places(
    slots: Sequence[Slot], text: Sequence[TextWord], hearing: Hearing
) -> dict[int, list[int]]:
    """The heard words of each slot (by its id), in order: the nearest and the most alike."""
    if not slots or not hearing.words:
        return {}
    middles = np.array([(slot.start + slot.end) / 2 for slot in slots])
    total = np.zeros(len(slots))
    came_from: list[NDArray[np.intp]] = []
    for index, (word, said) in enumerate(zip(hearing.words, hearing.texts, strict=True)):
        best = np.minimum.accumulate(total)
        came_from.append(np.maximum.accumulate(np.where(total == best, np.arange(len(slots)), 0)))
        strange = [_strangeness(slot, index, said, text) for slot in slots]
        total = best + np.abs(middles - (word.start_s + word.end_s) / 2) + strange
    found: dict[int, list[int]] = {}
    at = int(total.argmin())
    for index in range(len(hearing.words) - 1, -1, -1):
        found.setdefault(id(slots[at]), []).insert(0, index)
        at = int(came_from[index][at])
    return found


def _strangeness(slot: Slot, index: int, said: TextWord, text: Sequence[TextWord]) -> float:
    """Seconds that the word may be off rather than be put to this slot."""
    if slot.heard is not None:
        return 0.0 if slot.heard == index else _ANOTHERS_PLACE
    if slot.kind == "added":
        return _ANOTHER_WORD
    expected = text[slot.reference.start]
    same = expected.readings & said.readings or expected.sounds & said.sounds
    return 0.0 if same else _ANOTHER_WORD


def _with_room(words: Sequence[HeardWord], missed: Set[int]) -> tuple[HeardWord, ...]:
    """In time order: recognisers stretch the words beside those they missed over them."""
    found: list[HeardWord] = []
    for index, word in enumerate(words):
        start_s = word.start_s
        if found and {index, index - 1} & missed and start_s < found[-1].end_s:
            before = found[-1]
            edge = start_s if index in missed else min(before.end_s, word.end_s)
            start_s = max(edge, before.start_s)
            found[-1] = replace(before, end_s=start_s)
        elif found:
            start_s = max(start_s, found[-1].start_s)
        found.append(replace(word, start_s=start_s, end_s=max(start_s, word.end_s)))
    return tuple(found)
