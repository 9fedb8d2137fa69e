"""All measures of one recording, rounded to what they can be told apart by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.analysis import Measures, Pause, VocabularyProfile, Word
from shared.domain.transcription import HeardWord
from shared.speech.alignment import repetitions
from shared.speech.corrections import count_self_corrections
from shared.speech.features import Features
from shared.speech.fluency import SpokenWord, measure_fluency
from shared.speech.hearing import Hearing
from shared.speech.lexis import mattr, mtld, types_per_second
from shared.speech.pausing import long_pauses_per_word, mid_clause_pause_share, very_long_pauses
from shared.speech.rhythm import vowel_npvi
from shared.speech.vocabulary import b2_plus_word_share

_LEAST_PROBABILITY = 0.001


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the flow of speech is measured on; `restarts` counts repeated runs of words."""

    hearing: Hearing
    words: Sequence[Word]
    spoken: Sequence[SpokenWord]
    pauses: Sequence[Pause]
    restarts: int
    fillers_known: bool
    vocabulary: VocabularyProfile | None = None


def measure(features: Features, delivery: Delivery) -> Measures:
    """Formula, unit and source of each stand with the function that measures it."""
    segments, melody, quality = features.segments, features.melody, features.quality
    pauses, words = delivery.pauses, lexical_words(delivery.hearing)
    said = sum(word.units for word in delivery.spoken if not word.is_filler)
    total_s = segments[-1][1] - segments[0][0]
    flow = measure_fluency(
        segments,
        pauses,
        delivery.spoken,
        repetitions=delivery.restarts,
        fillers_known=delivery.fillers_known,
    )
    corrections = count_self_corrections(delivery.hearing.texts)
    return Measures(
        speech_rate_wpm=round(flow.speech_rate_wpm, 1),
        speech_rate_syll_per_min=round(flow.speech_rate_syll_per_min, 1),
        articulation_rate_syll_per_s=round(flow.articulation_rate_syll_per_s, 2),
        average_syllable_duration_s=_rounded(flow.average_syllable_duration_s, 3),
        phonation_time_ratio=round(flow.phonation_time_ratio, 3),
        pauses_per_min=round(flow.pauses_per_min, 1),
        mean_pause_s=_rounded(flow.mean_pause_s, 2),
        long_pauses_per_word=_rounded(long_pauses_per_word(pauses, said), 3),
        very_long_pauses_count=very_long_pauses(pauses),
        mid_clause_pause_share=_rounded(mid_clause_pause_share(pauses), 3),
        mean_length_of_run_syll=round(flow.mean_length_of_run_syll, 1),
        filled_pauses_per_min=_rounded(flow.filled_pauses_per_min, 1),
        repetitions_per_100_words=round(flow.repetitions_per_100_words, 1),
        self_corrections_per_100_words=round(100 * corrections / said, 1) if said else 0.0,
        types_per_s=round(types_per_second(words, total_s), 2),
        mattr_50=_rounded(mattr(words), 3),
        mtld=_rounded(mtld(words), 1),
        b2_plus_word_share=_rounded(b2_plus_word_share(delivery.vocabulary), 3),
        recogniser_confidence=_rounded(recogniser_confidence(_without_fillers(delivery)), 3),
        vowel_npvi=_rounded(vowel_npvi(delivery.words), 1),
        pitch_range_st=_rounded(melody.pitch_range_st, 1),
        pitch_sd_st=_rounded(melody.pitch_sd_st, 1),
        loudness_variation_db=_rounded(melody.loudness_variation_db, 1),
        level_dbfs=round(quality.level_dbfs, 1),
        snr_db=round(quality.snr_db, 1),
    )


def recogniser_confidence(words: Sequence[HeardWord]) -> float | None:
    """exp of the mean log probability of the words, 0 to 1; None where none has one.

    A proxy of intelligibility, after the recogniser's scores ("hmmscore") among the features of
    Zechner et al. (2009), Speech Communication 51. It depends on the recogniser: compare it only
    between analyses by the same one.
    """
    known = [word.confidence for word in words if word.confidence is not None]
    if not known:
        return None
    logs = [math.log(max(probability, _LEAST_PROBABILITY)) for probability in known]
    return math.exp(sum(logs) / len(logs))


def lexical_words(hearing: Hearing) -> list[str]:
    """The words chosen as they are said: without fillers and the first tries of restarts."""
    first_tries = {index for run in repetitions(hearing.texts) for index in run}
    return [
        unit
        for index, word in enumerate(hearing.texts)
        if not word.is_filler and index not in first_tries
        for unit in word.spoken
    ]


def _without_fillers(delivery: Delivery) -> list[HeardWord]:
    """So that recognisers that keep fillers compare with those that do not."""
    pairs = zip(delivery.hearing.words, delivery.spoken, strict=True)
    return [heard for heard, spoken in pairs if not spoken.is_filler]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
