"""Recordings too long for a synchronous call go through the bucket, and leave nothing there."""

import logging
import time

import grpc
import numpy as np
import pytest

from shared.domain.errors import Unavailable
from tests.fakes.grpc_server import Fault
from tests.fakes.speech_to_text import BUCKET

RATE = 16_000
DOWN = Fault(grpc.StatusCode.UNAVAILABLE)


@pytest.fixture
def minute(kennedy):
    """66 seconds."""
    return np.tile(kennedy, 6)


@pytest.fixture
def failed(recognition, minute):
    def hear(**options):
        with pytest.raises(Unavailable) as failure:
            recognition.hear(minute, **options)
        assert failure.value.code == "recognizer_unavailable"
        assert recognition.bucket.contents == {}

    return hear


def methods(recognition):
    return [call.method for call in recognition.server.received]


@pytest.mark.parametrize(
    ("seconds", "method"), [(55.0, "Recognize"), (55.0 + 1 / RATE, "BatchRecognize")]
)
def test_55_seconds_are_the_most_for_one_call(recognition, seconds, method):
    recognition.hear(np.zeros(round(seconds * RATE), np.float32))
    assert methods(recognition)[0] == method


def test_a_long_recording_is_heard_to_its_end_and_deleted(recognition, minute):
    recognition.server.polls = 3
    found = recognition.hear(minute)
    assert sum(word.text == "fellow" for word in found.words) == 6
    assert found.words[-1].text == "country."
    assert found.words[-1].end_s == pytest.approx(65.3, abs=0.1)
    assert methods(recognition) == ["BatchRecognize"] + ["GetOperation"] * 3
    assert recognition.bucket.contents == {}


def test_the_request_names_one_object_under_speech_and_asks_for_an_inline_answer(
    recognition, minute
):
    recognition.hear(minute, model="chirp_2")
    request = recognition.server.calls("BatchRecognize")[0].request
    (name,) = recognition.bucket.written
    assert name.startswith("speech/")
    assert [file.uri for file in request.files] == [f"gs://{BUCKET}/{name}"]
    assert "inline_response_config" in request.recognition_output_config
    assert request.config.features.enable_word_time_offsets
    assert not request.config.features.enable_word_confidence


def test_every_recording_has_a_name_of_its_own(recognition, minute):
    recognition.hear(minute)
    recognition.hear(minute)
    assert len(set(recognition.bucket.written)) == 2


def test_the_waits_between_questions_grow_to_five_seconds(recognition, minute):
    recognition.server.polls = 8
    recognition.hear(minute)
    assert recognition.waits == [1.0, 1.5, 2.25, 3.375, 5.0, 5.0, 5.0, 5.0]


@pytest.mark.parametrize("method", ["BatchRecognize", "GetOperation"])
def test_passing_trouble_is_waited_out(recognition, minute, method):
    recognition.server.faults[method] = [DOWN]
    assert recognition.hear(minute).words
    assert methods(recognition).count(method) == 2


def test_a_start_that_fails_is_unavailable(recognition, failed):
    recognition.server.faults["BatchRecognize"] = [DOWN] * 5
    failed()


def test_a_question_that_fails_ends_the_operation(recognition, failed):
    recognition.server.faults["GetOperation"] = [Fault(grpc.StatusCode.PERMISSION_DENIED)]
    failed()
    assert len(recognition.server.cancelled) == 1


@pytest.mark.parametrize("level", ["file_status", "operation_status"])
@pytest.mark.parametrize(
    ("status", "severity"),
    [
        (grpc.StatusCode.INTERNAL, logging.WARNING),
        (grpc.StatusCode.PERMISSION_DENIED, logging.ERROR),
    ],
)
def test_an_error_inside_the_answer_is_an_error(
    recognition, failed, caplog, level, status, severity
):
    setattr(recognition.server, level, status.value[0])
    failed()
    (record,) = caplog.records
    assert (record.levelno, record.status) == (severity, status.name)
    assert "speech/" not in caplog.text


def test_an_operation_that_takes_too_long_is_cancelled(recognition, failed):
    recognition.server.polls = 1_000
    failed(timeout_s=1.5, sleep=time.sleep)
    begun = recognition.server.calls("GetOperation")[0].request.name
    assert recognition.server.cancelled == [begun]


def test_an_operation_that_cannot_be_cancelled_is_left(recognition, failed):
    recognition.server.faults["GetOperation"] = [Fault(grpc.StatusCode.UNKNOWN)]
    recognition.server.faults["CancelOperation"] = [Fault(grpc.StatusCode.UNIMPLEMENTED)]
    failed()


def test_a_bucket_that_does_not_take_it_is_unavailable(recognition, failed):
    recognition.bucket.failing.add("write")
    failed()
    assert recognition.server.received == []


def test_a_deletion_that_fails_costs_no_result(recognition, minute, caplog):
    recognition.bucket.failing.add("delete")
    assert recognition.hear(minute).words
    (record,) = caplog.records
    assert (record.levelno, record.code) == (logging.WARNING, "storage_unavailable")
