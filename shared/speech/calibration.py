"""What the pronunciation scorer was calibrated to: see `models/calibration.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.analysis import Strictness
from shared.speech import networks

FILE: Final = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """`log_priors` (phones + silence,) of the network's training data.

    Scores 0 to 1: below `worth_checking_below` (by strictness) a word is worth checking, from
    `clear_from` on it is clear, however strict. An error that was heard is right with the
    probability that a logistic regression with the weights `naming` gives, of its signs and of 1;
    it is told from `named_from` on.
    """

    log_priors: NDArray[np.float32]
    worth_checking_below: Mapping[Strictness, float]
    clear_from: float
    naming: NDArray[np.float64]
    named_from: float


@cache
def calibration() -> Calibration:
    stored = json.loads(networks.verified(FILE))
    clear_from = stored["clear_from"]
    below = {name: min(limit, clear_from) for name, limit in stored["worth_checking_below"].items()}
    return Calibration(
        np.array(stored["log_priors"], dtype=np.float32),
        below,
        clear_from,
        np.array(stored["naming"]),
        stored["named_from"],
    )
