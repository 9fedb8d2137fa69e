"""A heavy accent is no other language: what is English of it is found by its sounds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.speech.assess import Assessment, assess
from shared.speech.decode import decode
from shared.speech.recognition import LEAST_CLEAR_SHARE
from tests.fakes.sounds import wav

ACCENTED = Path(__file__).parents[1] / "fixtures" / "audio" / "accented.ogg"


@pytest.fixture(scope="module")
def assessed(whisper: WhisperTranscriber) -> Callable[[bytes], Assessment]:
    return lambda data: assess(
        data, kind="free_speech", language="en", reference=None, transcriber=whisper
    )


def test_an_accented_speaker_is_scored_with_a_warning(
    assessed: Callable[[bytes], Assessment],
) -> None:
    found = assessed(ACCENTED.read_bytes())
    analysis, share = found.analysis, found.features.clear_share
    assert share is not None
    assert share >= LEAST_CLEAR_SHARE
    assert analysis.not_scorable_reason is None
    assert analysis.scores.fluency is not None
    assert "hard_to_make_out" in [warning.code for warning in analysis.warnings]
    assert "after breakfast" in analysis.transcript
    assert analysis.vocabulary is None
    assert analysis.language_findings is None


def test_the_same_backwards_is_not(assessed: Callable[[bytes], Assessment]) -> None:
    found = assessed(wav(decode(ACCENTED.read_bytes()).samples[::-1]))
    assert found.features.clear_share == 0.0
    assert found.analysis.not_scorable_reason == "unintelligible"
    assert found.analysis.scores.overall is None
