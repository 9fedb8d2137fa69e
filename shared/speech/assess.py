"""The measurement engine's one entry: bytes of a recording to its analysis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.analysis import Analysis, AnalysisWarning, Measures, Scores, Word
from shared.domain.errors import AttemptFailed
from shared.domain.transcription import Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.alignment import align, is_different_text
from shared.speech.decode import DecodedAudio, decode
from shared.speech.estimates import estimate, why_no_estimates
from shared.speech.fluency import SpokenWord, find_pauses
from shared.speech.hearing import (
    Hearing,
    count_restarts,
    free_words,
    hearing_of,
    read_words,
    spoken_words,
)
from shared.speech.marking import accuracy_of, delivery_of, is_of_the_text, mark_words
from shared.speech.measuring import Delivery, measure
from shared.speech.pronunciation import SpokenText, measure_text
from shared.speech.quality import Quality, measure_quality, quality_warnings, warning
from shared.speech.recognition import heard_again, is_unintelligible
from shared.speech.scoring import MIN_SPEECH_S, MIN_WORDS, score_reading, score_speech
from shared.speech.text import TextWord, words_of
from shared.speech.version import scorer_version
from shared.speech.voice_activity import (
    REFINE_ABOVE_SNR_DB,
    Segment,
    cut_chunks,
    find_speech,
    refine_edges,
    total_s,
)

READ_ALOUD: Final = "read_aloud"
OTHER_LANGUAGE_CONFIDENCE: Final = 0.8
ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Assessment:
    """`codec` and `duration_s` as decoded, whatever the file declares."""

    analysis: Analysis
    codec: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class _Recording:
    """What is known before a word is recognised."""

    audio: DecodedAudio
    segments: list[Segment]
    quality: Quality


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the words say: with a text, how it was read; without, only what was said."""

    words: tuple[Word, ...]
    spoken: list[SpokenWord]
    restarts: int
    different_text: bool = False
    sounds: SpokenText | None = None

    @property
    def said(self) -> int:
        """Words said, fillers aside."""
        return sum(not word.is_filler for word in self.spoken)


def assess(
    data: bytes, *, kind: str, language: str, reference: str | None, transcriber: Transcribes
) -> Assessment:
    """Decode, find speech, recognise, align, measure, score; the same bytes, the same answer.

    `kind` is an attempt's; `reference` counts for `read_aloud` only, `language` is BCP 47.
    Raises `AttemptFailed` (`audio_unreadable`, `audio_too_short`, `audio_too_long`, `no_speech`,
    `wrong_language`), and `Unavailable` when the recogniser does not answer.
    """
    recording = _recording(data)
    primary = language.split("-", maxsplit=1)[0].lower()
    text = words_of(reference or "", primary) if kind == READ_ALOUD else []
    samples, segments = recording.audio.samples, recording.segments
    chunks = cut_chunks(samples, segments)
    transcription = transcriber.transcribe(
        samples,
        chunks,
        language=primary,
        keep_fillers=not text,
        with_frames=bool(text) and primary == ENGLISH,
    )
    transcription = heard_again(
        transcription, transcriber, samples, chunks, segments, language=primary
    )
    hearing = hearing_of(transcription.words, segments, primary)
    if not hearing.words:
        raise AttemptFailed("no_speech")
    reading = _reading(hearing, text, transcription)
    if (not text or reading.different_text) and _is_other_language(
        transcription, primary, segments
    ):
        raise AttemptFailed("wrong_language")
    pauses = find_pauses(segments, reading.spoken)
    fillers_known = transcription.keeps_fillers
    measures = measure(
        samples,
        segments,
        recording.quality,
        Delivery(hearing, reading.words, reading.spoken, pauses, reading.restarts, fillers_known),
    )
    unintelligible = not text and is_unintelligible(
        transcription, chunks, segments, language=primary
    )
    enough = total_s(segments) >= MIN_SPEECH_S and reading.said >= MIN_WORDS
    warnings = quality_warnings(recording.quality, damaged=recording.audio.damaged)
    warnings += [
        warning(code)
        for code, is_so in (
            ("short", not enough),
            ("different_text", reading.different_text),
            ("unintelligible", unintelligible),
            ("fillers_unknown", not text and not fillers_known),
            ("phones_unknown", bool(text) and not reading.different_text and not reading.sounds),
            ("word_not_in_dictionary", bool(reading.sounds and reading.sounds.unknown)),
        )
        if is_so
    ]
    not_scorable_reason = _not_scorable_reason(
        reading, has_text=bool(text), enough=enough, unintelligible=unintelligible
    )
    no_estimates_reason = why_no_estimates(
        spontaneous=kind != READ_ALOUD,
        scorable=not_scorable_reason is None,
        language=primary,
        speech_s=total_s(segments),
        warnings=[item.code for item in warnings],
        measures=measures,
    )
    analysis = Analysis(
        scorer_version=scorer_version(),
        transcriber=transcription.transcriber,
        language=primary,
        transcript=hearing.transcript,
        words=reading.words,
        pauses=tuple(pauses),
        measures=measures,
        scores=Scores()
        if not_scorable_reason
        else _scores(reading, measures, warnings, has_text=bool(text), enough=enough),
        warnings=tuple(warnings),
        not_scorable_reason=not_scorable_reason,
        estimates=None if no_estimates_reason else estimate(measures),
        no_estimates_reason=no_estimates_reason,
    )
    return Assessment(analysis, recording.audio.codec, recording.audio.duration_s)


def _recording(data: bytes) -> _Recording:
    audio = decode(data)
    segments = find_speech(audio.samples)
    quality = measure_quality(audio.samples, segments)
    if quality.snr_db > REFINE_ABOVE_SNR_DB:
        segments = refine_edges(audio.samples, segments)
    return _Recording(audio, segments, quality)


def _reading(hearing: Hearing, text: Sequence[TextWord], transcription: Transcription) -> _Reading:
    """Aligned with the text, its sounds measured where there are frames to tell of them.

    A different text is told as free speech, without faults.
    """
    aligned = align(text, hearing.texts) if text else []
    different = bool(text) and is_different_text(aligned, len(text))
    sounds = None
    if text and transcription.frames:
        sounds = measure_text(transcription.frames, text, [] if different else aligned)
        different = different and not is_of_the_text(sounds)
    if not text or different:
        return _Reading(
            free_words(hearing),
            spoken_words(hearing),
            count_restarts(hearing),
            different_text=different,
        )
    words = read_words(aligned, text, hearing)
    return _Reading(
        mark_words(words, text, sounds) if sounds else words,
        spoken_words(hearing, aligned, text),
        count_restarts(hearing, aligned),
        sounds=sounds,
    )


def _is_other_language(
    transcription: Transcription, expected: str, segments: Sequence[Segment]
) -> bool:
    """Only when the recogniser is sure, and heard enough: accents mislead it in short clips."""
    return (
        transcription.language is not None
        and transcription.language.split("-")[0].lower() != expected
        and (transcription.language_confidence or 0.0) >= OTHER_LANGUAGE_CONFIDENCE
        and total_s(segments) >= MIN_SPEECH_S
    )


def _scores(
    reading: _Reading,
    measures: Measures,
    warnings: Sequence[AnalysisWarning],
    *,
    has_text: bool,
    enough: bool,
) -> Scores:
    codes = [item.code for item in warnings]
    if has_text:
        return score_reading(
            reading.words,
            measures,
            codes,
            enough_speech=enough,
            pronunciation=accuracy_of(reading.sounds) if reading.sounds else None,
            judged=delivery_of(reading.sounds) if reading.sounds else None,
        )
    return score_speech(measures, codes, enough_speech=enough)


def _not_scorable_reason(
    reading: _Reading, *, has_text: bool, enough: bool, unintelligible: bool
) -> str | None:
    """What else was read is not what was asked; what nobody understands has no flow to judge."""
    if reading.different_text:
        return "different_text"
    if has_text:
        return None
    return "short" if not enough else "unintelligible" if unintelligible else None
