"""Is the recording good enough to trust the numbers: level, noise, clipping."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from shared.domain.analysis import AnalysisWarning
from shared.speech.frames import SAMPLE_RATE, Samples, levels_dbfs, to_dbfs

QUIET_DBFS: Final = -40.0
NOISY_DB: Final = 12.0
CLIPPED_SHARE: Final = 0.001
MAX_SNR_DB: Final = 60.0  # a muted pause has no noise to compare with
_CLIPPING_LEVEL: Final = 0.99
_FRAME_S: Final = 0.03

_DETAILS: Final = {
    "quiet": "Your voice is very quiet; speak closer to the microphone next time.",
    "clipped": "The recording is distorted because it was too loud; move back from the microphone.",
    "noisy": "There is a lot of background noise; a quieter place gives more certain results.",
    "damaged": "Part of the file is missing or damaged; only the rest was assessed.",
    "phones_unknown": "The sounds of the words were not measured.",
    "word_not_in_dictionary": "Words that are not in the dictionary have no score of their own.",
    "short": "There is too little speech to measure its flow and melody; say a little more.",
    "different_text": "What we heard is mostly not the text of this exercise.",
    "unintelligible": "Hardly any words could be made out; speak slowly, close to the microphone.",
    "hard_to_make_out": "Many words were hard to make out, so these results are less certain.",
    "fillers_unknown": "This recogniser leaves out sounds such as 'um', so they were not counted.",
}


@dataclass(frozen=True, slots=True)
class Quality:
    """`level_dbfs` is the RMS level of the speech; `clipped_share` 0 to 1 of all samples."""

    level_dbfs: float
    snr_db: float
    clipped_share: float


def measure_quality(samples: Samples, segments: Sequence[tuple[float, float]]) -> Quality:
    """Level, signal-to-noise ratio and clipping of a recording with speech in `segments` (s)."""
    speech = np.concatenate(
        [samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] for start, end in segments]
    )
    power = np.mean(np.square(speech, dtype=np.float64), keepdims=True)
    return Quality(
        level_dbfs=float(to_dbfs(power)[0]),
        snr_db=_snr_db(samples, speech),
        clipped_share=float(np.mean(np.abs(samples) >= _CLIPPING_LEVEL)),
    )


def quality_warnings(quality: Quality, *, damaged: bool) -> list[AnalysisWarning]:
    found = {
        "quiet": quality.level_dbfs < QUIET_DBFS,
        "clipped": quality.clipped_share > CLIPPED_SHARE,
        "noisy": quality.snr_db < NOISY_DB,
        "damaged": damaged,
    }
    return [warning(code) for code, is_so in found.items() if is_so]


def warning(code: str) -> AnalysisWarning:
    """The warning with its sentence for the learner; `KeyError` for an unknown code."""
    return AnalysisWarning(code, _DETAILS[code])


def _snr_db(samples: Samples, speech: Samples) -> float:
    """90th percentile of the speech's frame levels over the 10th of the whole recording's."""
    noise = np.percentile(levels_dbfs(samples, _FRAME_S), 10)
    loud = np.percentile(levels_dbfs(speech, _FRAME_S), 90)
    return float(np.clip(loud - noise, 0.0, MAX_SNR_DB))
