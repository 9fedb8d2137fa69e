"""Heard words against the reference: what was read, misread, left out, added and repeated."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final, Literal

from shared.speech.text import TextWord, joined_sounds

Result = Literal["correct", "substituted", "omitted", "inserted", "repeated", "filler"]

MAX_REPEATED_WORDS: Final = 3
NAME_LIKENESS: Final = 0.7
DIFFERENT_TEXT_SHARE: Final = 0.5
_SHORTEST_READ_RUN: Final = 3
_MAX_GROUP: Final = 3
_MAX_NUMERAL_GROUP: Final = 8
# Costs are whole numbers so that equal ones are equal: two insertions and omissions cost more
# than any substitution, and the likelier of two words is the one substituted.
_GAP: Final = 75
_SLIP: Final = 10  # a filler or a first try, which is no word of the text
_SUBSTITUTION: Final = 60
_UNLIKENESS: Final = 60
_EXPECTED_REPETITIONS: Final = frozenset(
    {"very", "really", "so", "no", "yes", "had", "that", "bye", "many", "much", "far", "more"}
)


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """Positions in the reference and in what was heard; half-open ranges, one may be empty.

    Several heard words for one of the text, or one for several, are a spelling matter ("25").
    """

    result: Result
    reference: range
    heard: range


def align(reference: Sequence[TextWord], heard: Sequence[TextWord]) -> list[AlignedWord]:
    """The cheapest edit path from reference to heard words, in the order of the reading.

    Every reference word and every heard word is in exactly one item, in order. Of equally cheap
    paths the one that matches the later heard words is taken, so that a restart counts the
    first try as the repetition.
    """
    path = _cheapest_path(reference, heard)
    named = [_named(item, reference, heard) for item in path]
    return _with_repetitions(named, heard)


def is_different_text(aligned: Sequence[AlignedWord], reference_words: int) -> bool:
    """Whether less than half of the text was read, and not just a part of it.

    A part counts as read when half of what was heard is from the text and at least three words
    of it follow each other.
    """
    matched = [item for item in aligned if item.result == "correct"]
    read = sum(len(item.reference) for item in matched)
    said = sum(len(item.heard) for item in aligned if item.result not in ("filler", "repeated"))
    if read >= DIFFERENT_TEXT_SHARE * reference_words:
        return False
    from_text = sum(len(item.heard) for item in matched)
    return from_text < DIFFERENT_TEXT_SHARE * said or _longest_run(aligned) < _SHORTEST_READ_RUN


def repetitions(words: Sequence[TextWord], *, with_usual: bool = False) -> list[range]:
    """Runs of one to three words said again at once: the positions of each first try.

    Fillers between the two do not matter. A numeral, a word repeated for emphasis ("very very"), by
    grammar ("had had") or across a sentence end is not a repetition, unless `with_usual`: where a
    text tells how often it was to be said.
    """
    said = [index for index, word in enumerate(words) if not word.is_filler]
    found: list[range] = []
    at = 0
    while at < len(said):
        size = next(
            (
                n
                for n in range(MAX_REPEATED_WORDS, 0, -1)
                if _is_restart(words, said, at, n, with_usual=with_usual)
            ),
            0,
        )
        if size:
            found.append(range(said[at], said[at + size - 1] + 1))
        at += size or 1
    return found


def _is_restart(
    words: Sequence[TextWord], said: Sequence[int], at: int, size: int, *, with_usual: bool
) -> bool:
    if at + 2 * size > len(said):
        return False
    first = [words[index] for index in said[at : at + size]]
    again = [words[index] for index in said[at + size : at + 2 * size]]
    if any(one.spoken != other.spoken for one, other in zip(first, again, strict=True)):
        return False
    if size == 1 and not with_usual:
        numeral = first[0].text[0].isdigit()
        usual = first[0].spoken[0] in _EXPECTED_REPETITIONS
        return not (numeral or usual or first[0].ends_sentence)
    return True


def _cheapest_path(
    reference: Sequence[TextWord], heard: Sequence[TextWord]
) -> list[tuple[range, range]]:
    groups = _matches(reference, heard)
    likeness = _Likeness(reference, heard)
    first_tries = _first_tries(heard)
    gaps = [
        _SLIP if word.is_filler or index in first_tries else _GAP
        for index, word in enumerate(heard)
    ]
    costs = [[0] * (len(heard) + 1) for _ in range(len(reference) + 1)]
    steps: list[list[tuple[int, int]]] = [[(0, 0)] * (len(heard) + 1) for _ in costs]
    for i in range(len(reference) + 1):
        for j in range(len(heard) + 1):
            options = [(costs[i - a][j - b], (a, b)) for a, b in groups.get((i, j), ())]
            if i and j:
                options.append((costs[i - 1][j - 1] + likeness.cost(i - 1, j - 1), (1, 1)))
            if i:
                options.append((costs[i - 1][j] + _GAP, (1, 0)))
            if j:
                options.append((costs[i][j - 1] + gaps[j - 1], (0, 1)))
            if options:
                costs[i][j], steps[i][j] = min(options, key=lambda option: option[0])
    path = []
    i, j = len(reference), len(heard)
    while i or j:
        a, b = steps[i][j]
        path.append((range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    return path[::-1]


def _matches(
    reference: Sequence[TextWord], heard: Sequence[TextWord]
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """By the positions after it: the group sizes (of text, of heard) that say the same."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    heard_runs = _runs_by_form(heard)
    for form, ends in _runs_by_form(reference).items():
        for i, a in ends:
            for j, b in heard_runs.get(form, ()):
                if (a == 1 or b == 1) and (a, b) not in found[i, j]:
                    found[i, j].append((a, b))
    return {ends: sorted(sizes) for ends, sizes in found.items()}


def _runs_by_form(words: Sequence[TextWord]) -> dict[str, list[tuple[int, int]]]:
    """Each way to say a run of words, with (position after the run, length) of those runs."""
    runs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start in range(len(words)):
        forms = {""}
        for size in range(1, _MAX_NUMERAL_GROUP + 1):
            if start + size > len(words):
                break
            group = words[start : start + size]
            forms = {form + reading for form in forms for reading in group[-1].readings}
            for form in sorted(forms):
                runs[form].append((start + size, size))
            if size <= _MAX_GROUP:
                for sound in sorted(joined_sounds(group)):
                    runs["/" + sound].append((start + size, size))
    return runs


class _Likeness:
    """Cost of saying one word for another, by the pairs of letters they share (Dice)."""

    def __init__(self, reference: Sequence[TextWord], heard: Sequence[TextWord]) -> None:
        self._reference = [_letter_pairs(word) for word in reference]
        self._heard = [_letter_pairs(word) for word in heard]
        self._fillers = [word.is_filler for word in heard]

    def cost(self, i: int, j: int) -> int:
        if self._fillers[j]:
            return _SUBSTITUTION + 2 * _UNLIKENESS
        one, other = self._reference[i], self._heard[j]
        shared = 2 * len(one & other) / (len(one) + len(other))
        return _SUBSTITUTION + round(_UNLIKENESS * (1 - shared))


def _letter_pairs(word: TextWord) -> frozenset[str]:
    letters = f" {word.text.casefold()} "
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def _named(
    item: tuple[range, range], reference: Sequence[TextWord], heard: Sequence[TextWord]
) -> AlignedWord:
    expected, said = item
    if not said:
        return AlignedWord("omitted", expected, said)
    if not expected:
        return AlignedWord("filler" if heard[said.start].is_filler else "inserted", expected, said)
    same = len(expected) + len(said) > 2 or _says(reference[expected.start], heard[said.start])  # noqa: PLR2004
    return AlignedWord("correct" if same else "substituted", expected, said)


def _says(expected: TextWord, said: TextWord) -> bool:
    """Same reading or sound; or a name, in a spelling that no dictionary knows."""
    if expected.readings & said.readings or expected.sounds & said.sounds:
        return True
    if not expected.text[0].isupper() or (expected.sounds and said.sounds):
        return False
    one, other = expected.text.casefold(), said.text.casefold()
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= NAME_LIKENESS


def _with_repetitions(aligned: list[AlignedWord], heard: Sequence[TextWord]) -> list[AlignedWord]:
    """Inserted words that are the first try of a restart become `repeated`."""
    first_tries = _first_tries(heard)
    return [
        replace(item, result="repeated")
        if item.result == "inserted" and item.heard.start in first_tries
        else item
        for item in aligned
    ]


def _first_tries(heard: Sequence[TextWord]) -> set[int]:
    return {index for run in repetitions(heard, with_usual=True) for index in run}


def _longest_run(aligned: Sequence[AlignedWord]) -> int:
    longest = current = 0
    for item in aligned:
        current = current + len(item.reference) if item.result == "correct" else 0
        longest = max(longest, current)
    return longest
