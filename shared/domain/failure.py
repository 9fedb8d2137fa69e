"""Why an attempt failed, told to the learner: one stable code, one sentence, one next step."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """`retryable` tells whether the same recording can succeed without being made again."""

    code: str
    detail: str
    next_step: str
    retryable: bool


def _failure(code: str, detail: str, next_step: str, *, retryable: bool = False) -> Failure:
    return Failure(code, detail, next_step, retryable)


_TABLE = (
    _failure(
        "audio_unreadable",
        "We could not read any sound in this file.",
        "Record again in the app, or upload a WebM, M4A, MP3, Ogg, FLAC or WAV recording.",
    ),
    _failure(
        "audio_too_short",
        "The recording is shorter than half a second.",
        "Record again and stop only when you have finished speaking.",
    ),
    _failure(
        "audio_too_long",
        "The recording is longer than three minutes.",
        "Record again in at most three minutes, or split the text into parts.",
    ),
    _failure(
        "audio_too_large",
        "The file is larger than this attempt allows.",
        "Record again in the app, or save the file in a compressed format such as M4A.",
    ),
    _failure(
        "no_speech",
        "We found no speech in the recording.",
        "Check that the right microphone is chosen and not muted, then record again.",
    ),
    _failure(
        "wrong_language",
        "The recording does not seem to be in the language of this exercise.",
        "Record again in the language of the exercise.",
    ),
    _failure(
        "recognizer_unavailable",
        "The speech recogniser did not answer, so this recording was not assessed.",
        "Choose 'try again': your recording is still here and need not be made again.",
        retryable=True,
    ),
    _failure(
        "recording_lost",
        "The recording was removed before it could be assessed.",
        "Record again.",
    ),
    _failure(
        "upload_expired",
        "No recording arrived in time.",
        "Choose 'try again' and upload the recording within fifteen minutes.",
    ),
    _failure(
        "processing_timeout",
        "The assessment took too long and was stopped.",
        "Choose 'try again': your recording is still here and need not be made again.",
        retryable=True,
    ),
    _failure(
        "feedback_unavailable",
        "Your recording was measured, but the written feedback could not be made.",
        "Look at the measurements; choose 'try again' to get written feedback as well.",
    ),
)

FAILURES: dict[str, Failure] = {failure.code: failure for failure in _TABLE}
