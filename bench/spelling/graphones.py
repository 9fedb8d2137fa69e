"""Letters and the phones they stand for: which, by expectation maximisation over a dictionary."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

Phones = tuple[str, ...]
Graphone = tuple[str, Phones]

MOST_PHONES: Final = 2  # of a letter: X of "fox"
ROUNDS: Final = 5
_UNSEEN: Final = 1e-7
_LEAST_SHARE: Final = 1e-4
_LEAST_COUNT: Final = 0.5


def shares(entries: Iterable[tuple[str, Phones]]) -> dict[Graphone, float]:
    """For each letter, the share of each of what it stands for, as they explain `entries` best."""
    entries = list(entries)
    found: dict[Graphone, float] = {}
    for _ in range(ROUNDS):
        counts: dict[Graphone, float] = defaultdict(float)
        for word, phones in entries:
            _count(counts, word, phones, found)
        of_letters: dict[str, float] = defaultdict(float)
        for (letter, _), count in counts.items():
            of_letters[letter] += count
        found = {
            graphone: count / of_letters[graphone[0]]
            for graphone, count in counts.items()
            if count > _LEAST_COUNT
        }
    return found


def split(word: str, phones: Phones, known: Mapping[Graphone, float]) -> list[Graphone]:
    """The word as its likeliest graphones; [] where the known ones do not make it."""
    best: dict[int, tuple[float, list[Graphone]]] = {0: (0.0, [])}
    for letter in word:
        new: dict[int, tuple[float, list[Graphone]]] = {}
        for begin, (score, before) in best.items():
            for end, graphone in _graphones(letter, phones, begin):
                total = score + math.log(known[graphone]) if graphone in known else -math.inf
                if total > new.get(end, (-math.inf, []))[0]:
                    new[end] = (total, [*before, graphone])
        best = new
    return best.get(len(phones), (0.0, []))[1]


def _graphones(letter: str, phones: Phones, begin: int) -> Iterator[tuple[int, Graphone]]:
    """What a letter may stand for from phone `begin` on, each with the phone after it."""
    for end in range(begin, min(begin + MOST_PHONES, len(phones)) + 1):
        yield end, (letter, phones[begin:end])


def _count(
    counts: dict[Graphone, float], word: str, phones: Phones, known: Mapping[Graphone, float]
) -> None:
    """Add how often each graphone is expected in the word: forward and backward sums."""
    size = len(phones)

    def share(graphone: Graphone) -> float:
        return known.get(graphone, _UNSEEN) if known else 1.0

    forward = [[1.0, *[0.0] * size]]
    for letter in word:
        row = [0.0] * (size + 1)
        for begin, before in enumerate(forward[-1]):
            if before:
                for end, graphone in _graphones(letter, phones, begin):
                    row[end] += before * share(graphone)
        forward.append(row)
    total = forward[-1][-1]
    if not total:
        return
    after = [*[0.0] * size, 1.0]
    for letter, row in zip(reversed(word), reversed(forward[:-1]), strict=True):
        here = [0.0] * (size + 1)
        for begin, before in enumerate(row):
            for end, graphone in _graphones(letter, phones, begin):
                part = share(graphone) * after[end]
                here[begin] += part
                expected = before * part / total
                if expected > _LEAST_SHARE:
                    counts[graphone] += expected
        after = here
