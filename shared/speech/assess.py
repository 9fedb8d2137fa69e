"""The measurement engine's one entry: bytes of a recording to its analysis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.analysis import Analysis, AnalysisWarning, Measures, Pause, Scores, Word
from shared.domain.errors import AttemptFailed
from shared.domain.transcription import Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.alignment import align, is_different_text
from shared.speech.decode import DecodedAudio, decode
from shared.speech.fluency import SpokenWord, find_pauses, measure_fluency
from shared.speech.hearing import (
    Hearing,
    count_restarts,
    free_words,
    hearing_of,
    read_words,
    spoken_words,
)
from shared.speech.loudness import loudness_variation_db
from shared.speech.pitch import only_within, pitch_range_st, track_pitch
from shared.speech.quality import Quality, measure_quality, quality_warnings, warning
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
    transcription = transcriber.transcribe(
        recording.audio.samples,
        cut_chunks(recording.audio.samples, recording.segments),
        language=primary,
        keep_fillers=not text,
    )
    hearing = hearing_of(transcription.words, recording.segments, primary)
    if not hearing.words:
        raise AttemptFailed("no_speech")
    reading = _reading(hearing, text)
    if (not text or reading.different_text) and _is_other_language(
        transcription, primary, recording.segments
    ):
        raise AttemptFailed("wrong_language")
    pauses = find_pauses(recording.segments, reading.spoken)
    fillers_known = transcription.keeps_fillers
    measures = _measures(recording, reading, pauses, fillers_known=fillers_known)
    enough = total_s(recording.segments) >= MIN_SPEECH_S and reading.said >= MIN_WORDS
    warnings = quality_warnings(recording.quality, damaged=recording.audio.damaged)
    warnings += [
        warning(code)
        for code, is_so in (
            ("short", not enough),
            ("different_text", reading.different_text),
            ("fillers_unknown", not text and not fillers_known),
        )
        if is_so
    ]
    analysis = Analysis(
        scorer_version=scorer_version(),
        transcriber=transcription.transcriber,
        language=primary,
        transcript=hearing.transcript,
        words=reading.words,
        pauses=tuple(pauses),
        measures=measures,
        scores=_scores(reading, measures, warnings, has_text=bool(text), enough=enough),
        warnings=tuple(warnings),
        not_scorable_reason=_not_scorable_reason(reading, has_text=bool(text), enough=enough),
    )
    return Assessment(analysis, recording.audio.codec, recording.audio.duration_s)


def _recording(data: bytes) -> _Recording:
    audio = decode(data)
    segments = find_speech(audio.samples)
    quality = measure_quality(audio.samples, segments)
    if quality.snr_db > REFINE_ABOVE_SNR_DB:
        segments = refine_edges(audio.samples, segments)
    return _Recording(audio, segments, quality)


def _reading(hearing: Hearing, text: Sequence[TextWord]) -> _Reading:
    """Aligned with the text; a different text is told as free speech, without faults."""
    aligned = align(text, hearing.texts) if text else []
    different = bool(text) and is_different_text(aligned, len(text))
    if not text or different:
        return _Reading(
            free_words(hearing), spoken_words(hearing), count_restarts(hearing), different
        )
    return _Reading(
        read_words(aligned, text, hearing),
        spoken_words(hearing, aligned, text),
        count_restarts(hearing, aligned),
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


def _measures(
    recording: _Recording, reading: _Reading, pauses: Sequence[Pause], *, fillers_known: bool
) -> Measures:
    samples, quality = recording.audio.samples, recording.quality
    flow = measure_fluency(
        recording.segments,
        pauses,
        reading.spoken,
        repetitions=reading.restarts,
        fillers_known=fillers_known,
    )
    track = only_within(track_pitch(samples), recording.segments)
    return Measures(
        speech_rate_wpm=round(flow.speech_rate_wpm, 1),
        speech_rate_syll_per_min=round(flow.speech_rate_syll_per_min, 1),
        articulation_rate_syll_per_s=round(flow.articulation_rate_syll_per_s, 2),
        phonation_time_ratio=round(flow.phonation_time_ratio, 3),
        pauses_per_min=round(flow.pauses_per_min, 1),
        mean_pause_s=_rounded(flow.mean_pause_s, 2),
        mean_length_of_run_syll=round(flow.mean_length_of_run_syll, 1),
        filled_pauses_per_min=_rounded(flow.filled_pauses_per_min, 1),
        repetitions_per_100_words=round(flow.repetitions_per_100_words, 1),
        pitch_range_st=_rounded(pitch_range_st(track), 1),
        loudness_variation_db=_rounded(loudness_variation_db(samples, track), 1),
        level_dbfs=round(quality.level_dbfs, 1),
        snr_db=round(quality.snr_db, 1),
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _scores(
    reading: _Reading,
    measures: Measures,
    warnings: Sequence[AnalysisWarning],
    *,
    has_text: bool,
    enough: bool,
) -> Scores:
    """None for a different text: how well something else was read is not what was asked."""
    if reading.different_text:
        return Scores()
    codes = [item.code for item in warnings]
    if has_text:
        return score_reading(reading.words, measures, codes, enough_speech=enough)
    return score_speech(measures, codes, enough_speech=enough)


def _not_scorable_reason(reading: _Reading, *, has_text: bool, enough: bool) -> str | None:
    if reading.different_text:
        return "different_text"
    return None if has_text or enough else "short"
