"""Fillers of real encodings, told where the recogniser writes none."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from shared.domain.analysis import Analysis
from shared.domain.transcription import Transcription
from shared.speech.assess import assess
from shared.speech.decode import decode
from shared.speech.frames import Samples
from shared.speech.text import FILLERS
from tests.fakes.sounds import wav

HOBBY = Path(__file__).parents[1] / "fixtures" / "audio" / "hobby.flac"
UM = (2.386, 2.628)


class Tidy:
    """The recogniser here without the fillers it wrote; `keeps` is what it says of them."""

    def __init__(self, transcriber: WhisperTranscriber, *, keeps: bool) -> None:
        self._transcriber = transcriber
        self._keeps = keeps

    def warm(self) -> None: ...

    def transcribe(
        self,
        samples: Samples,
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        with_frames: bool = False,
    ) -> Transcription:
        heard = self._transcriber.transcribe(
            samples, chunks, language=language, keep_fillers=keep_fillers, with_frames=with_frames
        )
        words = [word for word in heard.words if word.text.strip(".,").lower() not in FILLERS]
        return replace(heard, words=tuple(words), keeps_fillers=self._keeps)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Analysis]:
    weights = assemble(tmp_path_factory.mktemp("models"))
    transcriber = WhisperTranscriber(lambda: weights)

    def run(*, noise: float = 0.0, keeps: bool = True) -> Analysis:
        sound = decode(HOBBY.read_bytes()).samples
        sound = sound + np.random.default_rng(1).normal(0, noise, sound.size).astype(np.float32)
        tidy = Tidy(transcriber, keeps=keeps)
        found = assess(
            wav(sound), kind="impromptu", language="en-GB", reference=None, transcriber=tidy
        )
        return found.analysis

    return run


def fillers(analysis: Analysis) -> list[tuple[str, float | None, float | None]]:
    return [(w.text, w.start_s, w.end_s) for w in analysis.words if w.result == "filler"]


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_a_filler_that_was_not_written_is_told_with_its_place(answered, noise):
    analysis = answered(noise=noise)
    ((text, start, end),) = fillers(analysis)
    assert text in {"uh", "um"}
    assert start == pytest.approx(UM[0], abs=0.05)
    assert end == pytest.approx(UM[1], abs=0.05)
    assert analysis.measures.filled_pauses_per_min == pytest.approx(60 / 8.7, abs=0.3)


def test_where_the_recogniser_keeps_no_fillers_their_number_stays_unknown(answered):
    analysis = answered(keeps=False)
    assert fillers(analysis) == []
    assert analysis.measures.filled_pauses_per_min is None
    assert "fillers_unknown" in [warning.code for warning in analysis.warnings]
