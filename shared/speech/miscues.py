"""How a text was read, by ear: where recogniser and text differ, the sounds decide.

Recognisers exchange words for likelier ones and leave repetitions out. Here every word of the text
may be said, passed over, broken off or taken up again, and what was recognised may stand beside it
or in its place, each at a cost; the likeliest of all such readings counts. A network like that of
the reading tracker of J. Mostow et al. (AAAI 1994), over phone posteriors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.alignment import AlignedWord
from shared.speech.hearing import Hearing
from shared.speech.phone_alignment import OTHER_SPEECH
from shared.speech.phones import INDEX, SILENCE
from shared.speech.placing import Slot, placed
from shared.speech.pronunciations import word_pronunciations
from shared.speech.reading_network import Arc, Step, best_reading
from shared.speech.sounds import Sounds
from shared.speech.text import TextWord

# Nats. A phone too many or too few is worth 5 to 20, as neighbouring frames say nearly the same.
OMISSION: Final = 4.0  # of a word that was not recognised either
HEARD_OMISSION: Final = 25.0
REPETITION: Final = 11.0
LIKELIER_REPETITION: Final = {"inserted": 7.0, "repeated": 4.0}  # where more words were recognised
FIRST_TRY: Final = 12.0  # broken off
ADDITION: Final = 17.0  # of a word that was recognised
LIKELIER_ADDITION: Final = 12.0  # between words that were recognised as the text's
SUBSTITUTION: Final = 18.0
FILLER: Final = 2.0
OTHER: Final = 30.0  # any other speech
MAX_REPEATED_WORDS: Final = 3
_OTHER_FRAME: Final = 1.0
_SHORTEST_OTHER: Final = 6
_SHORTEST_UNKNOWN: Final = 3
_SHORTEST_TRY: Final = 2
_LONG_S: Final = 10.0
_PAUSE_S: Final = 0.25


def reconsider(
    aligned: Sequence[AlignedWord], text: Sequence[TextWord], hearing: Hearing, sounds: Sounds
) -> tuple[Hearing, list[AlignedWord]]:
    """What was heard, with the words that the recogniser missed, and its alignment to the text.

    Words of the text that were said and not recognised, repetitions too, are added without a
    confidence. What was recognised where the sounds are the text's remains, as a word recognised
    in another way. Unchanged where a stretch of the text has no frames, or nothing was said at all.
    """
    slots: list[Slot] = []
    begin = 0
    likelihoods = sounds.likelihoods
    for stretch in _stretches(aligned, hearing):
        end = len(likelihoods)
        if stretch[-1] is not aligned[-1]:
            pause = hearing.words[stretch[-1].heard.stop - 1 : stretch[-1].heard.stop + 1]
            middle = (pause[0].end_s + pause[1].start_s) / 2
            end = max(begin, int(np.searchsorted(sounds.starts_s, middle)))
        found = _Network(stretch, text, hearing).read(likelihoods[begin:end])
        if not found:
            return hearing, list(aligned)
        slots += [slot.timed(sounds.starts_s[begin:end]) for slot in _exchanged(found, hearing)]
        begin = end
    if all(slot.kind == "omitted" for slot in slots):
        return hearing, list(aligned)
    twice = {i for item in aligned if item.result == "repeated" for i in item.heard}
    return placed(slots, text, hearing, twice)


def _stretches(aligned: Sequence[AlignedWord], hearing: Hearing) -> Iterator[Sequence[AlignedWord]]:
    """Cut in pauses between words that were recognised as the text's, from 10 s on."""
    begin, since = 0, 0.0
    for index, item in enumerate(aligned[:-1]):
        following = aligned[index + 1]
        if item.result == following.result == "correct":
            end_s = hearing.words[item.heard.stop - 1].end_s
            start_s = hearing.words[following.heard.start].start_s
            if end_s - since >= _LONG_S and start_s - end_s >= _PAUSE_S:
                yield aligned[begin : index + 1]
                begin, since = index + 1, start_s
    yield aligned[begin:]


class _Network:
    """All readings of a stretch, and what each of their arcs stands for."""

    def __init__(
        self, aligned: Sequence[AlignedWord], text: Sequence[TextWord], hearing: Hearing
    ) -> None:
        positions = [i for item in aligned for i in item.reference]
        self._first = positions[0] if positions else 0
        self._texts = hearing.texts
        self._arcs: list[Arc] = []
        self._slots: list[Slot | None] = []
        self._text = [text[i] for i in positions]
        self._omission = [HEARD_OMISSION] * len(positions)
        sizes = range(1, min(MAX_REPEATED_WORDS, len(positions)) + 1)
        self._repetition = {size: [REPETITION] * (len(positions) + 1) for size in sizes}
        for junction in range(len(positions) + 1):
            self._add(None, junction, (SILENCE,), 0.0)
            other = Slot("added", range(self._first + junction, self._first + junction))
            self._add(other, junction, (OTHER_SPEECH,) * _SHORTEST_OTHER, OTHER)
        for junction, word in enumerate(self._text):
            self._expect(word, junction)
        junction = 0
        for index, item in enumerate(aligned):
            if item.reference:
                junction = item.reference.start - self._first
            around = [*aligned[max(0, index - 1) : index], *aligned[index + 1 : index + 2]]
            is_alone = all(other.result == "correct" for other in around)
            self._propose(item, junction, is_alone=is_alone)
            junction += len(item.reference)

    def read(self, likelihoods: NDArray[np.float32]) -> list[Slot]:
        """What was read, its times in frames; [] without frames."""
        if not len(likelihoods):
            return []
        other = likelihoods[:, :SILENCE].max(axis=1, keepdims=True) - _OTHER_FRAME
        scores = np.concatenate([likelihoods, other], axis=1)
        slots: list[Slot] = []
        for step in best_reading(scores, self._arcs, self._omission, self._repetition):
            slots = self._with_step(slots, step)
        return slots

    def _with_step(self, slots: list[Slot], step: Step) -> list[Slot]:
        at = self._first + step.junction
        if step.arc is None and not step.back:
            return [*slots, Slot("omitted", range(at - 1, at), step.start, step.end)]
        if step.arc is None:
            return _taken_up(slots, range(at, at + step.back))
        found = self._slots[step.arc]
        return [*slots, found.at(step.start, step.end)] if found else slots

    def _expect(self, word: TextWord, junction: int) -> None:
        """The word said, and a first try at it broken off."""
        here = range(self._first + junction, self._first + junction + 1)
        ways = _ways(word)
        for classes in ways:
            self._add(Slot("read", here), junction, classes, 0.0, words=1)
        known = 0 if OTHER_SPEECH in ways[0] else len(ways[0])
        for size in range(_SHORTEST_TRY, known):
            self._add(Slot("broken_off", here), junction, ways[0][:size], FIRST_TRY)

    def _propose(self, item: AlignedWord, junction: int, *, is_alone: bool) -> None:
        """What the recogniser heard instead or as well, and what it did not hear.

        A word of one other phone ("free" for "three") is the text's, said or heard badly.
        """
        if item.result in ("omitted", "substituted"):
            for index in range(junction, junction + len(item.reference)):
                self._omission[index] = OMISSION
        if likelier := LIKELIER_REPETITION.get(item.result):
            for size, costs in self._repetition.items():
                for end in range(max(size, junction), min(len(costs), junction + size + 1)):
                    costs[end] = min(costs[end], likelier)
        if item.result in ("correct", "omitted"):
            return
        at = range(self._first + junction, self._first + junction)
        for heard in item.heard:
            word = self._texts[heard]
            if item.result == "substituted" and _are_alike(word, self._text[junction]):
                continue
            cost = FILLER if word.is_filler else ADDITION
            if item.result == "inserted" and is_alone and not self._begins_alike(word, junction):
                cost = min(cost, LIKELIER_ADDITION)
            is_first_try = self._begins(word, junction)
            beside = Slot("broken_off" if is_first_try else "added", at, heard=heard)
            for classes in _ways(word):
                self._add(beside, junction, classes, FIRST_TRY if is_first_try else cost)
                if item.result == "substituted":
                    instead = Slot("instead", item.reference, heard=heard)
                    self._add(instead, junction, classes, SUBSTITUTION, words=1)

    def _begins(self, word: TextWord, junction: int) -> bool:
        """Whether the heard word is how the spelling of the next one begins ("mus", museum)."""
        if junction == len(self._text) or len(word.text) < _SHORTEST_TRY:
            return False
        said, expected = word.text.casefold(), self._text[junction].text.casefold()
        return expected.startswith(said) and expected != said

    def _begins_alike(self, word: TextWord, junction: int) -> bool:
        """Whether it has the first sound of the next one, of which it may be a first try."""
        following = [_ways(each) for each in self._text[junction : junction + 1]]
        firsts = {classes[0] for ways in following for classes in ways}
        return not firsts.isdisjoint(classes[0] for classes in _ways(word))

    def _add(
        self,
        slot: Slot | None,
        junction: int,
        classes: tuple[int, ...],
        cost: float,
        *,
        words: int = 0,
    ) -> None:
        self._arcs.append(Arc(junction, junction + words, classes, cost))
        self._slots.append(slot)


def _exchanged(slots: Sequence[Slot], hearing: Hearing) -> list[Slot]:
    """A word left out beside one added was exchanged for it."""
    found: list[Slot] = []
    for slot in slots:
        pair = {each.kind: each for each in (*found[-1:], slot)}
        added, omitted = pair.get("added"), pair.get("omitted")
        is_filler = added and added.heard is not None and hearing.texts[added.heard].is_filler
        if added and omitted and not is_filler:
            found[-1] = replace(added, kind="instead", reference=omitted.reference)
        else:
            found.append(slot)
    return found


def _taken_up(slots: Sequence[Slot], words: range) -> list[Slot]:
    """The slots with the last try at `words` as a first one: what it left out is still to come."""
    kept: list[Slot] = []
    done = False
    for slot in reversed(slots):
        done = done or (bool(slot.reference) and slot.reference.start < words.start)
        if not done and slot.reference and slot.kind == "omitted":
            continue
        taken_up = not done and slot.reference and slot.kind in ("read", "instead")
        kept.append(slot.again() if taken_up else slot)
    return kept[::-1]


def _ways(word: TextWord) -> list[tuple[int, ...]]:
    """The classes of each way to say it; any speech where none is known."""
    known = [tuple(INDEX[phone] for phone in phones) for phones in word_pronunciations(word)]
    return known or [(OTHER_SPEECH,) * _SHORTEST_UNKNOWN]


def _are_alike(one: TextWord, other: TextWord) -> bool:
    """Whether some way to say the one is some way to say the other but for one phone."""
    ways = word_pronunciations(other)
    return any(_differ_by_one(a, b) for a in word_pronunciations(one) for b in ways)


def _differ_by_one(one: Sequence[str], other: Sequence[str]) -> bool:
    shorter, longer = sorted((one, other), key=len)
    pairs = zip(shorter, longer, strict=False)
    same = next((i for i, (a, b) in enumerate(pairs) if a != b), len(shorter))
    skipped = len(longer) - len(shorter)
    return skipped <= 1 and longer[same + 1 :] == shorter[same + 1 - skipped :]
