"""Fillers of real encodings, told where the recogniser writes none."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.analysis import Analysis
from shared.speech.assess import assess
from shared.speech.decode import decode
from tests.fakes.sounds import wav
from tests.fakes.transcribers import tidy

HOBBY = Path(__file__).parents[1] / "fixtures" / "audio" / "hobby.flac"
UM = (2.386, 2.628)


@pytest.fixture(scope="module")
def answered(whisper: WhisperTranscriber) -> Callable[..., Analysis]:
    def run(*, noise: float = 0.0, keeps: bool = True) -> Analysis:
        sound = decode(HOBBY.read_bytes()).samples
        sound = sound + np.random.default_rng(1).normal(0, noise, sound.size).astype(np.float32)
        heard = tidy(whisper, keeps=keeps)
        found = assess(
            wav(sound), kind="impromptu", language="en-GB", reference=None, transcriber=heard
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
