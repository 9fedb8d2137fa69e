"""From the bytes of a recording to its features: everything that needs the sound itself."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from shared.domain.errors import AttemptFailed
from shared.domain.transcription import Transcription
from shared.ports.transcriber import Transcribes
from shared.speech import lexicon, loading, networks, voice_activity
from shared.speech.alignment import AlignedWord, align, is_different_text
from shared.speech.cepstra import at_times, cepstra
from shared.speech.decode import decode
from shared.speech.edges import refined
from shared.speech.features import ENGLISH, READ_ALOUD, Features, Melody, Task
from shared.speech.fillers import stretches_to_encode, with_fillers
from shared.speech.frames import SAMPLE_RATE, Samples
from shared.speech.heard import HEARD
from shared.speech.hearing import Hearing, hearing_of
from shared.speech.loudness import loudness_variation_db
from shared.speech.marking import is_of_the_text
from shared.speech.miscues import reconsider
from shared.speech.pitch import only_within, pitch_range_st, pitch_sd_st, track_pitch
from shared.speech.pronunciation import HEAD
from shared.speech.quality import Quality, measure_quality
from shared.speech.recognition import heard_again, heard_closely, is_other_language
from shared.speech.sounds import POSTERIORS, Sounds, listen
from shared.speech.stored_evidence import storable
from shared.speech.text_evidence import TextEvidence, gather
from shared.speech.voice_activity import (
    REFINE_ABOVE_SNR_DB,
    Segment,
    cut_chunks,
    refine_edges,
    speech_of,
    speech_probabilities,
)

_BEFORE_SPEECH: Final = (voice_activity.load, lexicon.load)
_OF_SOUNDS: Final = tuple(partial(networks.load, name) for name in (POSTERIORS, HEARD, HEAD))


def extract(data: bytes, task: Task, transcriber: Transcribes) -> Features:
    """Decode, find speech, recognise, align, measure; the same bytes, the same features.

    Raises `AttemptFailed` (`audio_unreadable`, `audio_too_short`, `audio_too_long`, `no_speech`,
    `wrong_language`), and `Unavailable` when the recogniser does not answer.
    """
    transcriber.warm()
    loading.begin(_BEFORE_SPEECH)
    loading.begin(_OF_SOUNDS if task.kind == READ_ALOUD and task.primary == ENGLISH else ())
    audio = decode(data)
    samples = audio.samples
    segments, chunks, quality = _speech(samples)
    transcription = transcriber.transcribe(
        samples,
        chunks,
        language=task.primary,
        keep_fillers=not task.text,
        frames_of=_to_encode(task, chunks, segments, samples.size / SAMPLE_RATE),
    )
    transcription = heard_again(
        transcription, transcriber, samples, chunks, segments, language=task.primary
    )
    clear_share = None
    if task.primary == ENGLISH and not task.text:
        transcription, clear_share = heard_closely(
            transcription, transcriber, samples, chunks, segments, language=ENGLISH
        )
    sounds = _sounds(transcription, task)
    transcription = replace(transcription, frames=())  # 2 MB for each 20 s
    if sounds and transcription.keeps_fillers:
        transcription = with_fillers(transcription, segments, sounds)
    hearing = hearing_of(transcription.words, segments, task.primary)
    if not hearing.words:
        raise AttemptFailed("no_speech")
    hearing, aligned, evidence = _read(samples, hearing, sounds, task)
    is_of_text = task.text and not is_another_text(aligned, task, evidence)
    if not is_of_text and is_other_language(
        transcription, segments, language=task.primary, clear_share=clear_share
    ):
        raise AttemptFailed("wrong_language")
    return Features(
        codec=audio.codec,
        duration_s=audio.duration_s,
        damaged=audio.damaged,
        segments=tuple(segments),
        chunks=tuple(chunks),
        quality=quality,
        melody=_melody(samples, segments),
        transcription=replace(transcription, words=hearing.words),
        aligned=tuple(aligned),
        sounds=evidence,
        clear_share=clear_share,
    )


def is_another_text(
    aligned: Sequence[AlignedWord], task: Task, sounds: TextEvidence | None
) -> bool:
    """By the words that were recognised, unless the sounds are those of the text."""
    by_words = is_different_text(aligned, len(task.text))
    return by_words and not (sounds and is_of_the_text(sounds))


def _speech(samples: Samples) -> tuple[list[Segment], list[Segment], Quality]:
    """Where speech is, the chunks to recognise, and how good the recording is."""
    probabilities = speech_probabilities(samples)
    found = speech_of(probabilities, samples.size / SAMPLE_RATE)
    quality = measure_quality(samples, found)
    clear = quality.snr_db > REFINE_ABOVE_SNR_DB
    chunks = cut_chunks(samples, refine_edges(samples, found) if clear else found)
    return refined(samples, probabilities, found, quality.snr_db), chunks, quality


def _to_encode(
    task: Task, chunks: Sequence[Segment], segments: Sequence[Segment], duration_s: float
) -> Sequence[Segment]:
    """All of a reading; of free speech what fillers may have been missed in."""
    if task.primary != ENGLISH:
        return ()
    return chunks if task.text else stretches_to_encode(segments, duration_s)


def _sounds(transcription: Transcription, task: Task) -> Sounds | None:
    """None without frames, or where no filler could be put."""
    is_used = bool(task.text) or transcription.keeps_fillers
    return listen(transcription.frames) if transcription.frames and is_used else None


def _read(
    samples: Samples, hearing: Hearing, sounds: Sounds | None, task: Task
) -> tuple[Hearing, list[AlignedWord], TextEvidence | None]:
    """How the text was read: by its sounds, or by the words alone where there are no frames.

    What another text seems to have added or left out is of no use to find this one's sounds.
    """
    aligned = align(task.text, hearing.texts) if task.text else []
    if not task.text or sounds is None:
        return hearing, aligned, None
    details = at_times(cepstra(samples), sounds.starts_s)
    if is_different_text(aligned, len(task.text)):
        evidence = gather(sounds, details, task.text, [])
        if not is_of_the_text(evidence):
            return hearing, aligned, storable(evidence)
    heard, placed = reconsider(aligned, task.text, hearing, sounds)
    evidence = gather(sounds, details, task.text, placed)
    if is_another_text(placed, task, evidence):
        return hearing, aligned, storable(evidence)
    return heard, placed, storable(evidence)


def _melody(samples: Samples, segments: Sequence[Segment]) -> Melody:
    track = only_within(track_pitch(samples), segments)
    return Melody(pitch_range_st(track), pitch_sd_st(track), loudness_variation_db(samples, track))
