"""Practice estimates of whole recordings, with the embedded recogniser."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.analysis import Analysis
from shared.speech.assess import assess
from shared.speech.decode import decode
from tests.fakes.sounds import wav

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
CLIPS = ("hobby.flac", "application.flac", "kennedy.flac", "two-cities.ogg")


@pytest.fixture(scope="module")
def analysed(whisper: WhisperTranscriber) -> Callable[..., Analysis]:
    def run(*names: str, backwards: bool = False) -> Analysis:
        sound = np.concatenate([decode((AUDIO / name).read_bytes()).samples for name in names])
        data = wav(sound[::-1] if backwards else sound)
        return assess(
            data, kind="interview", language="en", reference=None, transcriber=whisper
        ).analysis

    return run


def test_half_a_minute_of_fluent_speech_has_an_estimate(analysed: Callable[..., Analysis]) -> None:
    analysis = analysed(*CLIPS)
    assert analysis.no_estimates_reason is None
    assert analysis.estimates is not None
    assert analysis.estimates.cefr.low in ("B1", "B2")
    assert analysis.estimates.cefr.high == "C1"
    assert analysis.estimates.ielts.high - analysis.estimates.ielts.low >= 0.5
    assert {"mtld", "mean_length_of_run_syll"} <= set(analysis.estimates.cefr.basis)
    assert analysis.measures.mattr_50 is not None


def test_a_short_answer_has_none_and_says_so(analysed: Callable[..., Analysis]) -> None:
    analysis = analysed("hobby.flac")
    assert analysis.estimates is None
    assert analysis.no_estimates_reason == "too_little_speech"
    assert analysis.scores.overall is not None


def test_speech_played_backwards_is_neither_scored_nor_estimated(
    analysed: Callable[..., Analysis],
) -> None:
    analysis = analysed("kennedy.flac", "application.flac", backwards=True)
    assert analysis.not_scorable_reason == "unintelligible"
    assert "unintelligible" in [warning.code for warning in analysis.warnings]
    assert analysis.scores.overall is None
    assert analysis.no_estimates_reason == "not_scorable"
