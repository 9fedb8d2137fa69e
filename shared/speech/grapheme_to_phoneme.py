"""Spelling to sound by a joint n-gram of letters and phones, for words no dictionary has.

Graphones, letters with the phones they stand for, follow each other as in the words of the
dictionary: M. Bisani & H. Ney, Speech Communication 50 (2008). Made by `make train-spelling`.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from string import ascii_lowercase
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.loading import once
from shared.speech.networks import verified
from shared.speech.phones import PHONES

GRAPHONES: Final = "graphones.npz"
LONGEST_WORD: Final = 30
BEST: Final = 4
END: Final = len(ascii_lowercase)  # the "letter" after the last one
START: Final = END + 1
NO_PHONE: Final = -1
_BEAM: Final = 24

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


@lru_cache(maxsize=1024)
def spelt(word: str) -> tuple[tuple[str, ...], ...]:
    """The likeliest ways to say a word of letters a to z, at most `BEST`, as ARPAbet phones.

    () for other letters and for more than `LONGEST_WORD`. Raises `Unavailable`
    (`scorer_unavailable`) when the model is not the one pinned.
    """
    if not 0 < len(word) <= LONGEST_WORD or not set(word) <= set(ascii_lowercase):
        return ()
    return model().ways(word)


@once
def model() -> "Graphones":
    """The pinned model; raises as `spelt`."""
    return Graphones.of(verified(GRAPHONES))


@dataclass(frozen=True, slots=True, eq=False)
class Graphones:
    """A trie of n-grams, shorter ones first, each node's children by their graphone.

    By graphone: `letters` (n,), `phones` (n, 2). Node 0 is the empty history, every other one an
    n-gram. By node but the first: `keys`, its parent and last graphone as one number, ascending,
    and `scores`, its log probability. By node: `shorter`, the one without its first graphone. By
    node of a history: `backoffs`, the log weight of that one's scores for what did not follow.
    """

    letters: Whole
    phones: Whole
    keys: Whole
    scores: Real
    shorter: Whole
    backoffs: Real
    longest: int

    @classmethod
    def of(cls, content: bytes) -> "Graphones":
        """From the bytes of NumPy's .npz."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            children = arrays["children"].astype(np.int64)
            units = arrays["units"].astype(np.int64)
            letters = arrays["letters"].astype(np.int64)
            phones = arrays["phones"].astype(np.int64)
            scores = arrays["scores"].astype(np.float64)
            backoffs = arrays["backoffs"].astype(np.float64)
        keys = np.repeat(np.arange(len(children)), children) * len(letters) + units
        shorter, longest = _shorter(children, keys, len(letters))
        return cls(letters, phones, keys, scores, shorter, backoffs, longest)

    def ways(self, word: str) -> tuple[tuple[str, ...], ...]:
        """The phones of the best `BEST` of a beam of graphones; `word` has letters a to z only."""
        totals = np.zeros(1)
        units = np.flatnonzero(self.letters == START)
        states, paths = 1 + np.searchsorted(self.keys, units), np.empty((1, 0), dtype=np.int64)
        for letter in (*(ascii_lowercase.index(each) for each in word), END):
            units = np.flatnonzero(self.letters == letter)
            scores, following = self._after(states, units)
            found = (totals[:, None] + scores).ravel()
            best = np.argsort(-found, kind="stable")[:_BEAM]
            before, last = np.divmod(best, len(units))
            totals, states = found[best], following.ravel()[best]
            paths = np.column_stack([paths[before], units[last]])
        said = (self.phones[path].ravel() for path in paths)
        ways = (tuple(PHONES[phone] for phone in each if phone != NO_PHONE) for each in said)
        return tuple(islice(dict.fromkeys(way for way in ways if way), BEST))

    def _after(self, states: Whole, units: Whole) -> tuple[Real, Whole]:
        """Log probability of each of `units` after each of `states`, and the states they lead to;
        (states, units) both."""
        size = (len(states), len(units))
        nodes = np.broadcast_to(states[:, None], size)
        scores, following, is_open = np.zeros(size), np.zeros(size, np.int64), np.ones(size, bool)
        for _ in range(self.longest):
            keys = nodes * len(self.letters) + units
            at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            found = is_open & (self.keys[at] == keys)
            weights = np.where(found, self.scores[at], self.backoffs[nodes])
            scores += np.where(is_open, weights, 0.0)
            following = np.where(found, at + 1, following)
            is_open &= ~found
            nodes = self.shorter[nodes]
        is_history = following < len(self.backoffs)
        return scores, np.where(is_history, following, self.shorter[following])


def _shorter(children: Whole, keys: Whole, size: int) -> tuple[Whole, int]:
    """Each node's history without its first graphone, and the most graphones of one."""
    shorter = np.zeros(len(keys) + 1, dtype=np.int64)
    first, end, longest = 1, 1 + int(children[0]), 1
    while end <= len(keys):
        begin, first = first, end
        end += int(children[begin:first].sum())
        parents, units = np.divmod(keys[first - 1 : end - 1], size)
        wanted = shorter[parents] * size + units
        shorter[first:end] = 1 + np.searchsorted(keys, wanted)
        longest += 1
    return shorter, longest
