"""What a phone was heard as: a word's frames scored against the word with that phone changed.

An extended recognition network (Harrison et al., SLaTE 2009) over the phone posteriors: every
other phone in its place, and none.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.phones import INDEX, PHONES, SILENCE

DROPPED: Final = ""
# Both are right in some accent or style of English, so neither is heard as an error for the other.
ACCEPTED: Final = tuple(
    frozenset(pair)
    for pair in (
        ("AA", "AO"),
        ("AA", "AH"),
        ("AA", "AE"),
        ("AO", "OW"),
        ("AH", "IH"),
        ("AH", "UH"),
        ("AH", "ER"),
        ("AH", "EH"),
        ("UH", "UW"),
        ("T", "D"),
        ("ER", "R"),
    )
)


def is_accepted(expected: str, heard: str) -> bool:
    return heard == expected or frozenset((expected, heard)) in ACCEPTED


def variant_scores(
    likelihoods: NDArray[np.float32], phones: Sequence[str], position: int
) -> dict[str, float]:
    """Log likelihood of the best path for each phone in place of `phones[position]`.

    `likelihoods` (frames of the word, phones + silence); the key `DROPPED` leaves the phone out,
    which is also what its neighbours in its place would mean. The expected phone is among the
    keys. Natural logarithms, over the whole word.
    """
    classes = np.array([INDEX[phone] for phone in phones], dtype=np.intp)
    swapped = np.tile(classes, (SILENCE, 1))
    swapped[:, position] = np.arange(SILENCE)
    scores = dict(zip(PHONES, _path_scores(likelihoods, swapped).tolist(), strict=True))
    if len(phones) > 1:
        rest = np.delete(classes, position)[None]
        scores[DROPPED] = float(_path_scores(likelihoods, rest)[0])
        for neighbour in {*phones[max(0, position - 1) : position + 2]} - {phones[position]}:
            del scores[neighbour]
    return scores


def _path_scores(likelihoods: NDArray[np.float32], words: NDArray[np.intp]) -> NDArray[np.float64]:
    """The best left-to-right path through each row of `words`, from its first to its last phone."""
    scores = np.full(words.shape, -np.inf)
    scores[:, 0] = likelihoods[0, words[:, 0]]
    for frame in likelihoods[1:]:
        entered = np.concatenate([np.full((len(words), 1), -np.inf), scores[:, :-1]], axis=1)
        scores = np.maximum(scores, entered) + frame[words]
    return scores[:, -1]
