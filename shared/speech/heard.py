"""What each phone was said as: shares of all phones in its place, and of none."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech import networks
from shared.speech.calibration import calibration
from shared.speech.phone_evidence import PhoneEvidence
from shared.speech.phones import PHONES
from shared.speech.variants import LEFT_OUT, is_accepted
from shared.speech.weak_contrasts import is_weak

HEARD: Final = "heard.onnx"
DOUBTS: Final = 4
SIGNS: Final = 5
_LEAST: Final = 1e-6
_NAMES: Final = (*PHONES, LEFT_OUT)
# Rows: the phone expected; True where the other one would be as right, in some accent.
_RIGHT: Final = np.array([[is_accepted(phone, other) for other in _NAMES] for phone in PHONES])
_WEAK: Final[NDArray[np.bool_]] = np.array(
    [[is_weak(phone, other) for other in _NAMES] for phone in PHONES]
)


def log_shares(evidence: PhoneEvidence) -> NDArray[np.float32]:
    """Natural logarithms (n, VARIANTS), the last for a phone left out.

    Raises `Unavailable` (`scorer_unavailable`) when the network is not the one pinned.
    """
    (found,) = networks.run(HEARD, {"phones": evidence.phones, "values": evidence.values})
    return found


def doubts(phones: NDArray[np.int64], shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logarithms (n, DOUBTS) of the shares of the phone itself, of all that is right for it, of its
    likeliest error, and of all errors."""
    right = _RIGHT[phones]
    of_each = np.exp(shares.astype(np.float64))
    wrong = np.where(right, 0.0, of_each)
    own = of_each[np.arange(len(phones)), phones]
    found = [own, (of_each - wrong).sum(axis=1), wrong.max(axis=1), wrong.sum(axis=1)]
    return np.log(np.column_stack(found) + _LEAST).astype(np.float32)


def wrong_shares(phones: NDArray[np.int64], shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """Shares (n, VARIANTS) of what would be wrong for each phone, 0 for what is right."""
    return np.where(_RIGHT[phones], 0.0, np.exp(shares.astype(np.float64)))


def weak_phones(phones: NDArray[np.int64], shares: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where (n,) the likeliest error, or the likeliest sound but the phone itself, is a weak
    contrast."""
    error = wrong_shares(phones, shares).argmax(axis=1)
    other = _other_shares(phones, shares).argmax(axis=1)
    found: NDArray[np.bool_] = _WEAK[phones, error] | _WEAK[phones, other]
    return found


def is_weak_word(phones: NDArray[np.int64], shares: NDArray[np.float32]) -> bool:
    """Whether the likeliest sound but the phones themselves, in all of a word, is a weak contrast.

    An accent's sounds count here: a T for a D hides that it may have been one.
    """
    others = _other_shares(phones, shares)
    position, other = np.unravel_index(others.argmax(), others.shape)
    return bool(_WEAK[phones[position], other])


def _other_shares(phones: NDArray[np.int64], shares: NDArray[np.float32]) -> NDArray[np.float64]:
    others = np.exp(shares.astype(np.float64))
    others[np.arange(len(phones)), phones] = 0.0
    return others


def signs(
    phones: NDArray[np.int64],
    shares: NDArray[np.float32],
    phone_scores: NDArray[np.float64],
    word_score: float,
) -> NDArray[np.float64]:
    """For each phone of a word (n, SIGNS): how likely its likeliest error is, how likely against
    its other errors, how likely this phone's errors are against the other phones', and how low
    the phone and the word are scored (0 to 1). What its error's name is trusted by."""
    wrong = wrong_shares(phones, shares) + _LEAST
    of_phone = wrong.sum(axis=1)
    most = wrong.max(axis=1)
    return np.column_stack(
        [
            np.log(most),
            np.log(most / of_phone),
            np.log(of_phone / of_phone.sum()),
            1 - phone_scores,
            np.full(len(phones), 1 - word_score),
        ]
    )


def errors(
    phones: NDArray[np.int64],
    shares: NDArray[np.float32],
    phone_scores: NDArray[np.float64],
    word_score: float,
) -> list[tuple[str, float]]:
    """The likeliest error of each phone of a word and how likely it is that it was made."""
    found = signs(phones, shares, phone_scores, word_score)
    *weights, constant = calibration().naming
    probabilities = 1 / (1 + np.exp(-(found * weights).sum(axis=1) - constant))
    at = wrong_shares(phones, shares).argmax(axis=1)
    return [(_NAMES[i], p) for i, p in zip(at.tolist(), probabilities.tolist(), strict=True)]
