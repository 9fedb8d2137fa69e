"""How well each kind of error is heard, in readings of synthetic voices."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.scorer.corpus import PLANTED
from bench.scorer.measures import Scored, area_under_curve
from bench.scorer.readings import Example
from shared.speech.heard import is_weak_word
from shared.speech.marking import FUNCTION_WORDS
from shared.speech.text import words_of

_TOP = 10.0


def kinds(
    examples: Sequence[Example],
    shares: Sequence[NDArray[np.float32]],
    scored: Mapping[str, Scored],
    threshold: float,
    strictest: float,
) -> dict[str, dict[str, float]]:
    """By networks without the voice's synthesiser: how many errors of each kind, AUC against the
    voices' right words, the share `found_at_5`, with scores below `strictest`, and the share
    `flagged`: below `threshold`, no function word, its likeliest fault no weak contrast."""
    bad: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    good: list[float] = []
    for e, of_each in zip(examples, shares, strict=True):
        if e.reading.kind != PLANTED:
            continue
        words = scored[e.reading.id].words
        good += words[(words > 0) & (e.word_scores == _TOP)].tolist()
        text = words_of(e.reading.text, "en")
        for error in e.reading.errors:
            if words[error.index] > 0 and e.word_scores[error.index] < _TOP:
                at = np.flatnonzero(e.evidence.words == error.index)
                told = text[error.index].text.casefold() not in FUNCTION_WORDS
                told = told and not is_weak_word(e.evidence.phones[at], of_each[at])
                kind = f"{error.expected}>{error.said or '-'}"
                bad[kind].append((float(words[error.index]), told))
    right = np.array(good)
    found = {}
    for kind, errors in sorted(bad.items()):
        scores, told_of = np.array([score for score, _ in errors]), [told for _, told in errors]
        found[kind] = {
            "there": len(errors),
            "auc": round(area_under_curve(-scores, -right), 3),
            "found_at_5": round(float((scores < strictest).mean()), 3),
            "flagged": round(float(((scores < threshold) & told_of).mean()), 3),
        }
    return found
