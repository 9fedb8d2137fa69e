"""What the pronunciation scorer was calibrated to: see `models/calibration.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from shared.speech import networks

Strictness = Literal["lenient", "standard", "strict"]

FILE: Final = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """`log_priors` (phones + silence,) of the network's training data.

    Scores 0 to 1: below `worth_checking_below` (by strictness) a word is worth checking, from
    `clear_from` on it is clear; below `phone_below` it is told what a phone was heard as.
    """

    log_priors: NDArray[np.float32]
    worth_checking_below: Mapping[Strictness, float]
    clear_from: float
    phone_below: float


@cache
def calibration() -> Calibration:
    stored = json.loads(networks.verified(FILE))
    return Calibration(
        np.array(stored["log_priors"], dtype=np.float32),
        stored["worth_checking_below"],
        stored["clear_from"],
        stored["phone_below"],
    )
