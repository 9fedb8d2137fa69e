"""What is sent to Text-to-Speech, and what becomes of a call that fails."""

import json
import logging
from collections.abc import Iterator

import grpc
import pytest
from google.cloud.texttospeech_v1.types import cloud_tts as api

from shared.adapters.gcp.texttospeech import TextToSpeech, build_client
from shared.domain.errors import Unavailable
from tests.fakes.grpc_server import Fault, client_of
from tests.fakes.text_to_speech import FakeTextToSpeech

TEXT = "Where does it <b>hurt</b>?"
VOICES = {
    "en": "en-US-Chirp3-HD-Kore",
    "en-GB": "en-GB-Neural2-A",
    "zh": "cmn-CN-Chirp3-HD-Kore",
    "xx": "xx-XX-Nobody",
}


@pytest.fixture
def server() -> Iterator[FakeTextToSpeech]:
    with FakeTextToSpeech() as server, client_of(server, build_client, "global"):
        yield server


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def voice(server: FakeTextToSpeech, waits: list[float]) -> TextToSpeech:
    client = build_client("global", url=server.address)
    return TextToSpeech(client, VOICES, timeout_s=10.0, sleep=waits.append)


def failed(voice: TextToSpeech, language: str = "en") -> Unavailable:
    with pytest.raises(Unavailable) as failure:
        voice.speak(TEXT, language=language)
    assert failure.value.code == "voice_unavailable"
    return failure.value


@pytest.mark.parametrize(
    ("language", "name", "code"),
    [
        ("en", "en-US-Chirp3-HD-Kore", "en-US"),
        ("en-AU", "en-US-Chirp3-HD-Kore", "en-US"),
        ("en-GB", "en-GB-Neural2-A", "en-GB"),
        ("zh-Hans", "cmn-CN-Chirp3-HD-Kore", "cmn-CN"),
    ],
)
def test_the_text_goes_out_as_text_in_the_languages_voice(
    voice: TextToSpeech, server: FakeTextToSpeech, language: str, name: str, code: str
) -> None:
    voice.speak(TEXT, language=language)
    (received,) = server.received
    assert received.request == api.SynthesizeSpeechRequest(
        input=api.SynthesisInput(text=TEXT),
        voice=api.VoiceSelectionParams(language_code=code, name=name),
        audio_config=api.AudioConfig(audio_encoding="MP3"),
    )
    assert 5 < received.time_left_s < 11


def test_passing_trouble_is_waited_out(
    voice: TextToSpeech, server: FakeTextToSpeech, waits: list[float]
) -> None:
    busy = Fault(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_delay_s=1.25)
    server.faults["SynthesizeSpeech"] = [Fault(), busy]
    assert voice.speak(TEXT, language="en").data
    assert len(server.received) == 3
    assert waits[1] == 1.25


@pytest.mark.parametrize(
    ("status", "calls", "severity"),
    [
        (grpc.StatusCode.UNAVAILABLE, 3, logging.WARNING),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 3, logging.WARNING),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 1, logging.WARNING),
        (grpc.StatusCode.PERMISSION_DENIED, 1, logging.ERROR),
        (grpc.StatusCode.INVALID_ARGUMENT, 1, logging.ERROR),
    ],
)
def test_every_failure_is_unavailable_and_nothing_quotes_the_request(
    voice: TextToSpeech,
    server: FakeTextToSpeech,
    caplog: pytest.LogCaptureFixture,
    status: grpc.StatusCode,
    calls: int,
    severity: int,
) -> None:
    server.faults["SynthesizeSpeech"] = [Fault(status)] * 5
    error = failed(voice)
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert len(server.received) == calls
    (record,) = caplog.records
    assert (record.levelno, record.__dict__["status"]) == (severity, status.name)
    assert "hurt" not in str(record.__dict__)


def test_a_voice_that_google_does_not_have_is_an_error_for_the_operator(
    voice: TextToSpeech, caplog: pytest.LogCaptureFixture
) -> None:
    failed(voice, "xx")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_an_answer_without_sound_is_unavailable(
    voice: TextToSpeech, server: FakeTextToSpeech
) -> None:
    server.silent = True
    failed(voice)


def test_a_call_that_hangs_ends_with_its_time(server: FakeTextToSpeech) -> None:
    server.faults["SynthesizeSpeech"] = [Fault(hangs=True)] * 3
    client = build_client("global", url=server.address)
    failed(TextToSpeech(client, VOICES, timeout_s=0.4))
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("region", "host"),
    [("global", "texttospeech.googleapis.com"), ("eu", "eu-texttospeech.googleapis.com")],
)
def test_each_region_has_its_endpoint_and_one_client(
    monkeypatch: pytest.MonkeyPatch, tmp_path, region: str, host: str
) -> None:
    key = {"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(key))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    client = build_client(region)
    assert client.transport.host == f"{host}:443"
    assert build_client(region) is client
    client.transport.close()
    build_client.cache_clear()
