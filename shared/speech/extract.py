"""From the bytes of a recording to its features: everything that needs the sound itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.domain.errors import AttemptFailed
from shared.domain.transcription import Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.alignment import AlignedWord, align, is_different_text
from shared.speech.decode import decode
from shared.speech.features import ENGLISH, Features, Melody, Task
from shared.speech.frames import Samples
from shared.speech.hearing import hearing_of
from shared.speech.loudness import loudness_variation_db
from shared.speech.marking import is_of_the_text
from shared.speech.pitch import only_within, pitch_range_st, pitch_sd_st, track_pitch
from shared.speech.quality import Quality, measure_quality
from shared.speech.recognition import heard_again
from shared.speech.scoring import MIN_SPEECH_S
from shared.speech.sounds import listen
from shared.speech.text_evidence import TextEvidence, gather
from shared.speech.voice_activity import (
    REFINE_ABOVE_SNR_DB,
    Segment,
    cut_chunks,
    find_speech,
    refine_edges,
    total_s,
)

OTHER_LANGUAGE_CONFIDENCE: Final = 0.8


def extract(data: bytes, task: Task, transcriber: Transcribes) -> Features:
    """Decode, find speech, recognise, align, measure; the same bytes, the same features.

    Raises `AttemptFailed` (`audio_unreadable`, `audio_too_short`, `audio_too_long`, `no_speech`,
    `wrong_language`), and `Unavailable` when the recogniser does not answer.
    """
    audio = decode(data)
    samples = audio.samples
    segments, quality = _speech(samples)
    chunks = cut_chunks(samples, segments)
    transcription = transcriber.transcribe(
        samples,
        chunks,
        language=task.primary,
        keep_fillers=not task.text,
        with_frames=bool(task.text) and task.primary == ENGLISH,
    )
    transcription = heard_again(
        transcription, transcriber, samples, chunks, segments, language=task.primary
    )
    hearing = hearing_of(transcription.words, segments, task.primary)
    if not hearing.words:
        raise AttemptFailed("no_speech")
    aligned = align(task.text, hearing.texts) if task.text else []
    sounds = _sounds(transcription, task, aligned)
    is_of_text = task.text and not is_another_text(aligned, task, sounds)
    if not is_of_text and _is_other_language(transcription, task.primary, segments):
        raise AttemptFailed("wrong_language")
    return Features(
        codec=audio.codec,
        duration_s=audio.duration_s,
        damaged=audio.damaged,
        segments=tuple(segments),
        chunks=tuple(chunks),
        quality=quality,
        melody=_melody(samples, segments),
        transcription=replace(transcription, frames=()),
        aligned=tuple(aligned),
        sounds=sounds,
    )


def is_another_text(
    aligned: Sequence[AlignedWord], task: Task, sounds: TextEvidence | None
) -> bool:
    """By the words that were recognised, unless the sounds are those of the text."""
    by_words = is_different_text(aligned, len(task.text))
    return by_words and not (sounds and is_of_the_text(sounds))


def _speech(samples: Samples) -> tuple[list[Segment], Quality]:
    segments = find_speech(samples)
    quality = measure_quality(samples, segments)
    if quality.snr_db > REFINE_ABOVE_SNR_DB:
        segments = refine_edges(samples, segments)
    return segments, quality


def _sounds(
    transcription: Transcription, task: Task, aligned: Sequence[AlignedWord]
) -> TextEvidence | None:
    """None where there are no frames to tell of them.

    What another text seems to have added or left out is of no use to find this one's sounds.
    """
    if not task.text or not transcription.frames:
        return None
    different = is_different_text(aligned, len(task.text))
    return gather(listen(transcription.frames), task.text, [] if different else aligned)


def _melody(samples: Samples, segments: Sequence[Segment]) -> Melody:
    track = only_within(track_pitch(samples), segments)
    return Melody(pitch_range_st(track), pitch_sd_st(track), loudness_variation_db(samples, track))


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
