"""Variety of the words used, whatever they mean.

Words are compared by their spelling in lower case. Fillers and first tries of restarts are left
out by whoever counts: they are no choice of a word.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

MATTR_WINDOW: Final = 50
MTLD_MIN_WORDS: Final = 50
MTLD_FACTOR: Final = 0.72


def types_per_second(words: Sequence[str], total_s: float) -> float:
    """Different words / T, per second ("tpsec" of Zechner et al. 2009, Speech Communication 51)."""
    return len(set(words)) / total_s


def mattr(words: Sequence[str], window: int = MATTR_WINDOW) -> float | None:
    """Mean of types / tokens over every window of 50 words, 0 to 1; None below 50 words.

    M. Covington & J. McFall (2010), Journal of Quantitative Linguistics 17.
    """
    if len(words) < window:
        return None
    counts = Counter(words[:window])
    types = total = len(counts)
    for leaving, coming in zip(words, words[window:], strict=False):
        counts[leaving] -= 1
        types -= counts[leaving] == 0
        types += counts[coming] == 0
        counts[coming] += 1
        total += types
    return total / (window * (len(words) - window + 1))


def mtld(words: Sequence[str]) -> float | None:
    """Mean length in words of the stretches whose types / tokens stay above 0.72, both ways.

    P. McCarthy & S. Jarvis (2010), Behavior Research Methods 42: the rest that has not come down
    to 0.72 counts as the part of a stretch that it has come down. None below 50 words, and when
    no word is said twice.
    """
    if len(words) < MTLD_MIN_WORDS:
        return None
    factors = [_factors(words), _factors(words[::-1])]
    if not all(factors):
        return None
    return sum(len(words) / count for count in factors) / len(factors)


def _factors(words: Sequence[str]) -> float:
    count, types, tokens = 0.0, set[str](), 0
    for word in words:
        types.add(word)
        tokens += 1
        if len(types) / tokens <= MTLD_FACTOR:
            count, types, tokens = count + 1, set(), 0
    return count + (1 - len(types) / tokens) / (1 - MTLD_FACTOR) if tokens else count
