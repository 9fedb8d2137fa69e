"""Recordings assessed from Speech-to-Text's words, wired as a deployable is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import wiring
from shared.runtime.speech_settings import VoiceSettings
from shared.speech.assess import Assessment, assess
from tests.fakes.speech_to_text import PROJECT, FakeSpeechToText, asking, running
from tests.fakes.text_to_speech import FakeTextToSpeech

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
KENNEDY = (
    "And so, my fellow Americans: ask not what your country can do for you; "
    "ask what you can do for your country."
)


@pytest.fixture
def server() -> Iterator[FakeSpeechToText]:
    with running() as server:
        yield server


def assessed(
    server: FakeSpeechToText, name: str, text: str | None = None, *, model: str = "long"
) -> Assessment:
    return assess(
        (AUDIO / name).read_bytes(),
        kind="read_aloud" if text else "free_speech",
        language="en-US",
        reference=text,
        transcriber=asking(server, speech_model=model),
    )


@pytest.mark.parametrize("model", ["long", "chirp_2"])
def test_a_reading_is_scored(server: FakeSpeechToText, model: str) -> None:
    analysis = assessed(server, "kennedy.flac", KENNEDY, model=model).analysis
    assert analysis.scores.accuracy.value == 100
    assert analysis.scores.completeness.value == 100
    assert analysis.transcriber.name == model
    assert {word.result for word in analysis.words} == {"correct"}
    assert all(word.confidence is None for word in analysis.words) == (model == "chirp_2")
    assert "fillers_unknown" not in [warning.code for warning in analysis.warnings]


def test_free_speech_says_that_fillers_were_not_counted(server: FakeSpeechToText) -> None:
    analysis = assessed(server, "hobby.flac").analysis
    assert "fillers_unknown" in [warning.code for warning in analysis.warnings]
    assert analysis.measures.filled_pauses_per_min is None
    assert analysis.scores.fluency is not None
    assert any(pause.within_clause is False for pause in analysis.pauses)


def test_an_unsure_language_ends_no_attempt(server: FakeSpeechToText) -> None:
    assert assessed(server, "german.ogg").analysis.language == "en"


def test_a_voice_is_wired_where_one_is_set() -> None:
    assert wiring.voice(VoiceSettings()) is None
    with FakeTextToSpeech() as server:
        voice = wiring.voice(
            VoiceSettings(voice="google", project=PROJECT, voice_url=server.address)
        )
        assert voice.speak("Good morning.", language="en-US").data
        assert len(server.received) == 1
