"""Filled pauses that the recogniser missed: "uh" and "um" told by their sound.

A recogniser writes what it takes for likely: an "um" between two pauses becomes "Earn", "but" or
nothing. The phone posteriors of such a stretch say whether it is but a central vowel, a nasal or
one after the other (E. E. Shriberg 2001, Journal of the International Phonetic Association 31),
and whether the words written there are a better account of it. What is doubtful stays a word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice, pairwise, product
from operator import itemgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.transcription import HeardWord, Transcription
from shared.speech.fluency import MIN_PAUSE_S
from shared.speech.hearing import Hearing, hearing_of
from shared.speech.phone_evidence import FRAMES_PER_S
from shared.speech.phones import INDEX, SILENCE
from shared.speech.pronunciations import known_pronunciations
from shared.speech.sounds import Sounds
from shared.speech.voice_activity import MAX_CHUNK_S, Segment, joined

SHORTEST_S: Final = 0.1
LONGEST_S: Final = 1.2
AROUND_S: Final = 2.0
MAX_WORDS: Final = 2
MAX_PRONUNCIATIONS: Final = 24
# All in natural logarithms a frame, of our own answers with fillers and one-word answers between
# pauses: below the best phones whatever they are, and above the words written there.
_LEAST_FIT: Final = -0.6
_LEAST_FIT_UNWRITTEN: Final = -1.0
_BETTER_THAN_WORDS: Final = 0.3
_AS_GOOD_AS_WORDS: Final = -0.05
_CERTAIN: Final = 0.9
_DOUBTFUL: Final = 0.5
_DOUBTFUL_ARTICLE: Final = 0.7  # "a" before a pause sounds like "uh"
_FAINTEST: Final = np.float32(np.log(1e-6))
_LEAST_FRAMES: Final = 4
_NASAL_SHARE: Final = 0.2
_LANGUAGE: Final = "en"

_VOWELS: Final = [INDEX[phone] for phone in ("AH", "ER", "UH", "AA", "EH", "AE")]
_NASALS: Final = [INDEX[phone] for phone in ("M", "N", "NG")]
Scores = NDArray[np.float32]


def lone_stretches(segments: Sequence[Segment]) -> list[Segment]:
    """Speech of 0.1 to 1.2 s with pauses, or the ends of the recording, around it."""
    runs = joined(segments, MIN_PAUSE_S)
    return [run for run in runs if SHORTEST_S <= run[1] - run[0] <= LONGEST_S]


def stretches_to_encode(segments: Sequence[Segment], duration_s: float) -> list[Segment]:
    """The lone stretches with two seconds around each, at most 25 s together.

    The encoder tells a sound by what is around it; of what is further away it need not know.
    Where too many follow each other, they are parted in the middle between two of them.
    """
    lone = lone_stretches(segments)
    wide = [(max(0.0, start - AROUND_S), min(duration_s, end + AROUND_S)) for start, end in lone]
    found = wide[:1]
    for ((_, before), (after, _)), (start, end) in zip(pairwise(lone), wide[1:], strict=True):
        begun, until = found[-1]
        if start <= until and end - begun <= MAX_CHUNK_S:
            found[-1] = begun, end
            continue
        middle = (before + after) / 2
        found[-1] = begun, min(until, middle)
        found.append((max(start, middle), end))
    return [(round(start, 3), round(end, 3)) for start, end in found]


def with_fillers(
    transcription: Transcription, segments: Sequence[Segment], sounds: Sounds
) -> Transcription:
    """The English transcription with "uh" or "um" where a stretch by itself sounds like it.

    They have no confidence, and take the place of the words that were written there.
    """
    middles = [_middle_s(word, segments) for word in transcription.words]
    replaced: set[int] = set()
    fillers: list[HeardWord] = []
    for start, end in lone_stretches(segments):
        inside = [i for i, at in enumerate(middles) if at is not None and start <= at <= end]
        heard = hearing_of([transcription.words[i] for i in inside], segments, _LANGUAGE)
        filler = _filler((start, end), heard, sounds)
        if filler:
            fillers.append(filler)
            replaced.update(inside)
    pairs = zip(middles, transcription.words, strict=True)
    kept = [(_middle_of(word) if at is None else at, word) for at, word in pairs]
    kept = [pair for i, pair in enumerate(kept) if i not in replaced]
    ordered = sorted([*kept, *((_middle_of(word), word) for word in fillers)], key=itemgetter(0))
    return replace(transcription, words=tuple(word for _, word in ordered))


def _middle_s(word: HeardWord, segments: Sequence[Segment]) -> float | None:
    """Of the word where it was said, None where there is no speech."""
    fitted = hearing_of([word], segments, _LANGUAGE).words
    return _middle_of(fitted[0]) if fitted else None


def _middle_of(word: HeardWord) -> float:
    return (word.start_s + word.end_s) / 2


def _filler(stretch: Segment, hearing: Hearing, sounds: Sounds) -> HeardWord | None:
    start, end = stretch
    middles = sounds.starts_s + 0.5 / FRAMES_PER_S
    inside = (start <= middles) & (middles < end)
    if np.count_nonzero(inside) < _LEAST_FRAMES:
        return None
    if len(hearing.words) > MAX_WORDS or any(text.is_filler for text in hearing.texts):
        return None
    posteriors = sounds.posteriors[inside]
    likelihoods = sounds.likelihoods[inside] + np.maximum(_FAINTEST - posteriors, 0)
    vowel, nasal = (likelihoods[:, group].max(axis=1) for group in (_VOWELS, _NASALS))
    fit = _best_fit(([vowel], [vowel, nasal], [nasal]), likelihoods)
    of_phones = fit - float(likelihoods.max(axis=1).mean())
    if not _is_believed(hearing, of_phones, fit - _words_fit(hearing, likelihoods)):
        return None
    nasality = np.exp(posteriors[:, _NASALS]).sum(axis=1).mean()
    return HeardWord("um" if nasality >= _NASAL_SHARE else "uh", round(start, 3), round(end, 3))


def _is_believed(hearing: Hearing, of_phones: float, of_words: float) -> bool:
    """`of_phones`, `of_words`: how the filler fits beside the best phones, beside the words."""
    if not hearing.words:
        return of_phones >= _LEAST_FIT_UNWRITTEN
    sure = max(1.0 if word.confidence is None else word.confidence for word in hearing.words)
    if of_phones < _LEAST_FIT or sure >= _CERTAIN:
        return False
    article = [text.spoken for text in hearing.texts] == [("a",)]
    doubtful = sure < (_DOUBTFUL_ARTICLE if article else _DOUBTFUL)
    alone = len(hearing.words) == 1
    return of_words >= _BETTER_THAN_WORDS or (doubtful and alone and of_words >= _AS_GOOD_AS_WORDS)


def _words_fit(hearing: Hearing, likelihoods: Scores) -> float:
    known = [known_pronunciations(text) for text in hearing.texts]
    said = (sum(run, ()) for run in islice(product(*known), MAX_PRONUNCIATIONS))
    return _best_fit(
        ([likelihoods[:, INDEX[phone]] for phone in phones] for phones in said if phones),
        likelihoods,
    )


def _best_fit(ways: Iterable[Sequence[Scores]], likelihoods: Scores) -> float:
    """Mean score a frame of the best of the `ways`, silence before and after them or not."""
    silence = likelihoods[:, SILENCE]
    totals = [
        _total([*before, *way, *after])
        for way in ways
        for before in ((), (silence,))
        for after in ((), (silence,))
    ]
    return max(totals, default=float("-inf")) / len(likelihoods)


def _total(states: Sequence[Scores]) -> float:
    """Of the best path through all the states in order, each for a frame or more."""
    emitted = np.stack(states, axis=1).astype(np.float64)
    scores = np.full(len(states), -np.inf)
    scores[0] = emitted[0, 0]
    for row in emitted[1:]:
        scores = np.maximum(scores, np.concatenate([[-np.inf], scores[:-1]])) + row
    return float(scores[-1])
