"""What is sent to Speech-to-Text, and what becomes of a call that fails."""

import json
import logging

import grpc
import numpy as np
import pytest
from google.cloud.speech_v2.types import cloud_speech as api

from shared.adapters.gcp.speech import build_client
from shared.domain.errors import Unavailable
from tests.fakes.grpc_server import Fault
from tests.fakes.speech_to_text import PROJECT, REGION

RECOGNIZER = f"projects/{PROJECT}/locations/{REGION}/recognizers/_"
BUSY = Fault(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_delay_s=0.7)
DOWN = Fault(grpc.StatusCode.UNAVAILABLE)


def failed(recognition, samples, **options):
    with pytest.raises(Unavailable) as failure:
        recognition.hear(samples, **options)
    assert failure.value.code == "recognizer_unavailable"


def test_the_request_says_how_the_samples_are_coded_and_asks_for_times(recognition, kennedy):
    recognition.hear(kennedy, timeout_s=30)
    (received,) = recognition.server.received
    assert received.method == "Recognize"
    assert received.request.recognizer == RECOGNIZER
    assert received.metadata["x-goog-request-params"] == f"recognizer={RECOGNIZER}"
    assert 25 < received.time_left_s < 31
    assert received.request.config == api.RecognitionConfig(
        explicit_decoding_config=api.ExplicitDecodingConfig(
            encoding="LINEAR16", sample_rate_hertz=16_000, audio_channel_count=1
        ),
        model="long",
        language_codes=["en-US"],
        features=api.RecognitionFeatures(
            enable_word_time_offsets=True,
            enable_word_confidence=True,
            enable_automatic_punctuation=True,
            max_alternatives=1,
        ),
    )


def test_samples_become_16_bit_and_stay_in_range(recognition):
    recognition.hear(np.array([0.0, 0.5, -1.0, 1.0, 1.7, -2.0], np.float32))
    (received,) = recognition.server.received
    levels = np.frombuffer(received.request.content, "<i2").tolist()
    assert levels == [0, 16384, -32768, 32767, 32767, -32768]


def test_numbers_that_are_no_confidence_are_not_asked_for(recognition, kennedy):
    found = recognition.hear(kennedy, model="chirp_2")
    (received,) = recognition.server.received
    assert not received.request.config.features.enable_word_confidence
    assert {word.confidence for word in found.words} == {None}
    assert found.transcriber.name == "chirp_2"
    assert "google" in found.transcriber.version


def test_words_keep_case_and_marks_as_the_local_recogniser_gives_them(recognition, kennedy):
    found = recognition.hear(kennedy)
    assert [word.text for word in found.words][:5] == ["And", "so", "my", "fellow", "Americans,"]
    assert not found.keeps_fillers


def test_silence_has_no_words_and_no_language(recognition):
    found = recognition.hear(np.zeros(16_000, np.float32))
    assert found.words == ()
    assert found.language is None


def test_a_language_with_a_code_of_its_own_is_told_by_the_name_it_was_asked_by(recognition):
    recognition.server.results = [api.SpeechRecognitionResult(language_code="EN-us")]
    found = recognition.hear(np.zeros(16_000, np.float32), language="xx", languages={"xx": "en-US"})
    assert found.language == "xx"


@pytest.mark.parametrize("fault", [DOWN, BUSY, Fault(grpc.StatusCode.INTERNAL)])
def test_passing_trouble_is_waited_out(recognition, kennedy, fault):
    recognition.server.faults["Recognize"] = [fault, fault]
    assert recognition.hear(kennedy).words
    assert len(recognition.server.received) == 3
    assert len(recognition.waits) == 2
    assert fault is not BUSY or recognition.waits == [0.7, 0.7]


@pytest.mark.parametrize(
    ("fault", "calls", "severity"),
    [
        (DOWN, 3, logging.WARNING),
        (BUSY, 3, logging.WARNING),
        (Fault(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_delay_s=600), 1, logging.WARNING),
        (Fault(grpc.StatusCode.DEADLINE_EXCEEDED), 1, logging.WARNING),
        (Fault(grpc.StatusCode.CANCELLED), 1, logging.WARNING),
        (Fault(grpc.StatusCode.PERMISSION_DENIED, reason="API_OFF"), 1, logging.ERROR),
        (Fault(grpc.StatusCode.UNAUTHENTICATED), 1, logging.ERROR),
        (Fault(grpc.StatusCode.NOT_FOUND), 1, logging.ERROR),
        (Fault(grpc.StatusCode.INVALID_ARGUMENT), 1, logging.ERROR),
        (Fault(grpc.StatusCode.FAILED_PRECONDITION), 1, logging.ERROR),
    ],
)
def test_every_failure_is_unavailable_and_what_must_be_mended_is_an_error(
    recognition, kennedy, caplog, fault, calls, severity
):
    recognition.server.faults["Recognize"] = [fault] * 5
    failed(recognition, kennedy)
    assert len(recognition.server.received) == calls
    (record,) = caplog.records
    assert record.levelno == severity
    assert record.status == fault.status.name
    assert record.reason == (fault.reason or record.reason)
    assert (record.model, record.region) == ("long", REGION)
    assert "gs://" not in caplog.text + str(record.__dict__)


def test_a_call_that_hangs_ends_with_its_time_and_is_not_made_again(recognition, kennedy):
    recognition.server.faults["Recognize"] = [Fault(hangs=True)] * 3
    failed(recognition, kennedy, timeout_s=0.4)
    assert len(recognition.server.received) == 1


def test_a_server_that_is_not_there_is_unavailable(recognition, kennedy):
    recognition.server.__exit__()
    failed(recognition, kennedy)
    assert len(recognition.waits) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"model": "chirp_3"}, {"model": "no-such"}, {"project": "other"}, {"languages": {"en": "xx"}}],
    ids=str,
)
def test_what_the_api_does_not_know_is_an_error_for_the_operator(
    recognition, kennedy, caplog, wrong
):
    failed(recognition, kennedy, **wrong)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_language_without_a_code_is_an_error_for_the_operator(recognition, kennedy, caplog):
    failed(recognition, kennedy, language="fr")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert recognition.server.received == []


@pytest.mark.parametrize(
    ("region", "host"),
    [("global", "speech.googleapis.com"), ("europe-west4", "europe-west4-speech.googleapis.com")],
)
def test_each_region_has_its_endpoint_and_one_client(monkeypatch, tmp_path, region, host):
    key = {"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(key))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    client = build_client(region)
    assert client.transport.host == f"{host}:443"
    assert build_client(region) is client
    client.transport.close()
    build_client.cache_clear()
