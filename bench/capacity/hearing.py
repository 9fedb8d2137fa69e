"""What hearing a recording costs inside the function: the recogniser, or the encoder alone."""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from shared.domain.transcription import AcousticFrames, Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.accompanied import Accompanied
from shared.speech.assess import assess


class _Timed:
    """`Transcribes` by another; `seconds` are the processor time of the whole process meanwhile."""

    def __init__(self, transcriber: Transcribes) -> None:
        self._transcriber = transcriber
        self.heard: list[Transcription] = []
        self.seconds = 0.0
        self.prompted = transcriber.prompted
        self.encode = transcriber.encode

    def warm(self) -> None:
        self._transcriber.warm()

    def transcribe(self, *arguments: Any, **options: Any) -> Transcription:  # noqa: ANN401
        started = time.process_time()
        self.heard.append(self._transcriber.transcribe(*arguments, **options))
        self.seconds += time.process_time() - started
        return self.heard[-1]


class _Elsewhere:
    """A recogniser on another machine: the words cost nothing here, and come without frames."""

    prompted = False

    def __init__(self, heard: Transcription) -> None:
        self._heard = replace(heard, frames=(), keeps_fillers=False)

    def warm(self) -> None:
        pass

    def transcribe(self, *_: object, **__: object) -> Transcription:
        return self._heard

    def encode(self, *_: object) -> tuple[AcousticFrames, ...]:
        return ()


def hearing(models: Path, recording: bytes, warm_up: bytes, whole_s: float) -> dict[str, float]:
    """Seconds of processor of one recording, of the `whole_s` that the function takes for it.

    `cpu_s_recognition` of free speech with the recogniser here, `cpu_s_encoder` of what runs here
    beside a recogniser elsewhere; were it a reading, that is `cpu_s_encoder_of_reading`. They are
    measured in this process as shares of the whole, for a processor's pace changes by a fifth.
    """
    here = WhisperTranscriber(partial(assemble, models))
    _of(here, warm_up)
    started = time.process_time()
    local = _of(here, recording)
    pace = whole_s / (time.process_time() - started)
    beside = Accompanied(_Elsewhere(local.heard[0]), here)
    text = " ".join(word.text for word in local.heard[0].words)
    return {
        "cpu_s_recognition": round(pace * local.seconds, 3),
        "cpu_s_encoder": round(pace * _of(beside, recording).seconds, 3),
        "cpu_s_encoder_of_reading": round(pace * _of(beside, recording, text).seconds, 3),
    }


def _of(transcriber: Transcribes, recording: bytes, text: str | None = None) -> _Timed:
    timed, kind = _Timed(transcriber), "read_aloud" if text else "free_speech"
    assess(recording, kind=kind, language="en", reference=text, transcriber=timed)
    return timed
