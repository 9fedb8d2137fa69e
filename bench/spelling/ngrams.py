"""How graphones follow each other: n-grams by interpolated Kneser-Ney smoothing.

S. F. Chen & J. Goodman, Computer Speech & Language 13 (1999), §2.7.
"""

import io
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from string import ascii_lowercase
from typing import Final

import numpy as np

from bench.spelling.graphones import MOST_PHONES, Graphone
from shared.speech.grapheme_to_phoneme import END, NO_PHONE, START
from shared.speech.phones import INDEX

ORDER: Final = 3
RAREST: Final = 5  # graphone
DISCOUNT: Final = 0.9
_LETTERS: Final = {letter: number for number, letter in enumerate(ascii_lowercase)}
_ENDS: Final[tuple[Graphone, Graphone]] = (("<", ()), (">", ()))

Gram = tuple[int, ...]


def learn(words: Iterable[Sequence[Graphone]]) -> bytes:
    """The model of `shared.speech.grapheme_to_phoneme`: the same words, the same bytes.

    Words with a graphone that is rare among all are left out.
    """
    words = list(words)
    seen = Counter(graphone for word in words for graphone in word)
    graphones = [*sorted(each for each, count in seen.items() if count >= RAREST), *_ENDS]
    number = {graphone: at for at, graphone in enumerate(graphones)}
    start, end = number[_ENDS[0]], number[_ENDS[1]]
    rows = [
        (start, *(number[each] for each in word), end)
        for word in words
        if all(each in number for each in word)
    ]
    return _written(graphones, *_trie(rows, len(graphones)))


def _trie(
    rows: Sequence[Gram], graphones: int
) -> tuple[list[Gram], dict[Gram, float], dict[Gram, float]]:
    """The n-grams in the order of the file, their probabilities and their histories' backoffs."""
    raw = [Counter(gram for row in rows for gram in _grams(row, n + 1)) for n in range(ORDER)]
    grams: list[Gram] = []
    probability: dict[Gram, float] = {}
    backoff: dict[Gram, float] = {}
    for level, seen in enumerate(raw):
        counts = _continuations(seen, raw[level + 1]) if level + 1 < ORDER else seen
        if level == 0:
            counts = Counter({(unit,): counts.get((unit,), 0) for unit in range(graphones)})
        ordered = sorted(counts)
        for history, group in groupby(ordered, key=lambda gram: gram[:-1]):
            followed = list(group)
            total = sum(counts[gram] for gram in followed)
            backoff[history] = DISCOUNT * sum(counts[gram] > 0 for gram in followed) / total
            for gram in followed:
                lower = probability[gram[1:]] if level else 1 / graphones
                own = max(counts[gram] - DISCOUNT, 0) / total
                probability[gram] = own + backoff[history] * lower
        grams += ordered
    return grams, probability, backoff


def _grams(row: Gram, length: int) -> Iterable[Gram]:
    return (row[at : at + length] for at in range(len(row) - length + 1))


def _continuations(own: Counter[Gram], longer: Counter[Gram]) -> Counter[Gram]:
    """After how many different graphones each was seen; those of a word's start, how often."""
    found = Counter(gram[1:] for gram in longer)
    return Counter({gram: found[gram] if gram in found else own[gram] for gram in own})


def _written(
    graphones: Sequence[Graphone],
    grams: Sequence[Gram],
    probability: dict[Gram, float],
    backoff: dict[Gram, float],
) -> bytes:
    histories: list[Gram] = [(), *(gram for gram in grams if len(gram) < ORDER)]
    children = Counter(gram[:-1] for gram in grams)
    letters = [_LETTERS.get(letter, START if letter == "<" else END) for letter, _ in graphones]
    phones = [
        [*(INDEX[phone] for phone in each), *[NO_PHONE] * (MOST_PHONES - len(each))]
        for _, each in graphones
    ]
    file = io.BytesIO()
    np.savez(
        file,
        letters=np.array(letters, dtype=np.uint8),
        phones=np.array(phones, dtype=np.int8),
        children=np.array([children[history] for history in histories], dtype=np.uint16),
        units=np.array([gram[-1] for gram in grams], dtype=np.uint16),
        scores=np.array([math.log(probability[gram]) for gram in grams], dtype=np.float16),
        backoffs=np.array([math.log(backoff.get(h, 1.0)) for h in histories], dtype=np.float16),
    )
    return file.getvalue()
