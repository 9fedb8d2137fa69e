"""How much of free speech was surely heard: words with confidence whose phones are in the sound.

A recogniser gives likely words to anything with a voice in it. In heavily accented speech some
stretches are understood and others are not. What is no English has none: its words are doubtful,
written down by their sounds, or likely ones that nobody said.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from shared.domain.transcription import HeardWord
from shared.speech.calibration import calibration
from shared.speech.hearing import Hearing
from shared.speech.measuring import recogniser_confidence
from shared.speech.phone_alignment import ExpectedWord, align_phones
from shared.speech.phones import INDEX
from shared.speech.pronunciations import known_pronunciations
from shared.speech.sounds import Sounds
from shared.speech.voice_activity import Segment

RUN_WORDS: Final = 5
LEAST_CONFIDENCE: Final = 0.6
# Mean log posterior of a run's phones: about -1 in clear speech, below -3 where nobody said it.
LEAST_FIT: Final = -1.8
_NO_ROOM: Final = -8.0  # of words for which the recording is too short


def clear_share(hearing: Hearing, sounds: Sounds, chunks: Sequence[Segment]) -> float:
    """Share of all runs of five words that were surely heard, 0 to 1.

    Each chunk's words are aligned with its sounds. Words without a confidence are passed over.
    """
    words = [
        (word, fits) for word, fits in _fits(hearing, sounds, chunks) if word.confidence is not None
    ]
    starts = range(max(1, len(words) - RUN_WORDS + 1))
    runs = [words[start : start + RUN_WORDS] for start in starts]
    clear = 0
    for run in runs:
        confidence = recogniser_confidence([word for word, _ in run])
        fits = [fit for _, of_word in run for fit in of_word]
        is_sure = confidence is not None and confidence >= LEAST_CONFIDENCE
        clear += is_sure and bool(fits) and float(np.mean(fits)) >= LEAST_FIT
    return clear / len(runs)


def _fits(
    hearing: Hearing, sounds: Sounds, chunks: Sequence[Segment]
) -> Iterator[tuple[HeardWord, list[float]]]:
    """Each heard word with the mean log posterior of each of its phones; [] for unknown words."""
    for start, end in chunks:
        at = (start <= sounds.starts_s) & (sounds.starts_s < end)
        inside = [
            (word, ExpectedWord(known_pronunciations(text)))
            for word, text in zip(hearing.words, hearing.texts, strict=True)
            if start <= (word.start_s + word.end_s) / 2 < end
        ]
        posteriors = sounds.posteriors[at]
        expected = [each for _, each in inside]
        spans = align_phones(posteriors, calibration().log_priors, expected) if inside else []
        fits: list[list[float]] = [[] for _ in inside]
        for span in spans:
            mean = posteriors[span.start : span.end, INDEX[span.phone]].mean()
            fits[span.word].append(float(mean))
        if not spans:
            fits = [[_NO_ROOM] * min(map(len, each.pronunciations), default=0) for each in expected]
        for (word, _), fit in zip(inside, fits, strict=True):
            yield word, fit
