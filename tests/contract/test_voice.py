"""What every voice owes its callers.

Text-to-Speech is a local server that answers the real client with one recording, whatever the text.
"""

from collections.abc import Iterator

import pytest

from shared.adapters.gcp.texttospeech import TextToSpeech, build_client
from shared.domain.errors import Invalid, TooLarge
from shared.ports.voice import MAX_TEXT_BYTES, Voice
from shared.speech.decode import decode
from tests.fakes.grpc_server import client_of
from tests.fakes.text_to_speech import FakeTextToSpeech


@pytest.fixture(scope="module")
def text_to_speech() -> Iterator[Voice]:
    with FakeTextToSpeech() as server, client_of(server, build_client, "global") as client:
        yield TextToSpeech(client, {"en": "en-US-Chirp3-HD-Kore"})


@pytest.fixture(scope="module", params=["text_to_speech"])
def voice(request: pytest.FixtureRequest) -> Voice:
    spoken: Voice = request.getfixturevalue(request.param)
    return spoken


@pytest.mark.parametrize("language", ["en", "en-US", "en-GB"])
def test_a_text_becomes_a_sound_file_of_its_type(voice: Voice, language: str) -> None:
    speech = voice.speak("Tell me about your last job.", language=language)
    assert speech.content_type == "audio/mpeg"
    assert decode(speech.data).codec.startswith("mp3")


def test_marks_are_text_like_any_other(voice: Voice) -> None:
    assert voice.speak('Say <break time="9s"/> & </speak> aloud.', language="en").data


@pytest.mark.parametrize("text", ["", " ", "…!", "\ud800 no Unicode"])
def test_nothing_to_say_is_invalid(voice: Voice, text: str) -> None:
    with pytest.raises(Invalid):
        voice.speak(text, language="en")


@pytest.mark.parametrize("letter", ["a", "ä", "語"])
def test_the_limit_counts_bytes(voice: Voice, letter: str) -> None:
    most = MAX_TEXT_BYTES // len(letter.encode())
    assert voice.speak(letter * most, language="en").data
    with pytest.raises(TooLarge):
        voice.speak(letter * (most + 1), language="en")


def test_a_language_without_a_voice_is_invalid(voice: Voice) -> None:
    with pytest.raises(Invalid) as failure:
        voice.speak("Bonjour", language="fr-FR")
    assert failure.value.code == "language_not_spoken"
