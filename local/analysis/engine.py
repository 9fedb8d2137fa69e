"""The engine on one file: an answer for whatever the file holds."""

import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from local.analysis.cases import Case
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from shared.domain.attempt import MAX_RECORDING_BYTES
from shared.domain.documents import to_document
from shared.domain.errors import AppError, AttemptFailed
from shared.domain.failure import FAILURES
from shared.speech.assess import assess
from shared.speech.features import READ_ALOUD

Line = dict[str, Any]


class Engine:
    """Models are loaded at the first recording with speech, and kept."""

    def __init__(self, models: Path) -> None:
        self._transcriber = WhisperTranscriber(partial(assemble, models))

    def analyze(self, case: Case) -> Line:
        """One line of the report; a fault of the file or of the engine becomes its `failure`."""
        started = time.monotonic()
        recording: Line = {"file": case.audio.name}
        try:
            recording["bytes"] = case.audio.stat().st_size
            if recording["bytes"] > MAX_RECORDING_BYTES:
                raise AttemptFailed("audio_too_large")
            result = assess(
                case.audio.read_bytes(),
                kind="free_speech" if case.reference is None else READ_ALOUD,
                language="en",
                reference=case.reference,
                transcriber=self._transcriber,
                strictness=case.strictness,
            )
        except OSError as error:
            return line(case, started, recording, failure=failure("file_unreadable", str(error)))
        except AppError as error:
            return line(case, started, recording, failure=failure(error.code, error.detail))
        # A bug must not cost the other files their analysis; its kind and words are told.
        except Exception as error:  # noqa: BLE001
            named = failure("internal_error", f"{type(error).__name__}: {error}")
            return line(case, started, recording, failure=named)
        recording |= {"codec": result.codec, "duration_s": result.duration_s}
        return line(case, started, recording, analysis=to_document(result.analysis))


def line(
    case: Case,
    started: float,
    recording: Line,
    *,
    analysis: Line | None = None,
    failure: Line | None = None,
) -> Line:
    """One case's line, `started` being `time.monotonic()` then."""
    return {
        "id": case.id,
        "analysis": analysis,
        "failure": failure,
        "recording": recording,
        "seconds": round(time.monotonic() - started, 3),
    }


def failure(code: str, detail: str) -> Line:
    """An attempt's failure where there is one of this code; otherwise `detail` alone."""
    known = FAILURES.get(code)
    return asdict(known) if known else {"code": code, "detail": detail, "retryable": False}
