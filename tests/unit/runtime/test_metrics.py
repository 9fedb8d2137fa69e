"""A measurement goes to the collector's meter, or into the log: the same facts."""

import logging

import pytest

from shared.domain.errors import Unavailable
from shared.runtime import metrics
from shared.runtime.stages import stage
from tests.fakes import telemetry

LABELS = {"rostrum.outcome": "no_speech"}


def test_without_a_collector_it_is_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "shared.runtime.metrics"):
        metrics.ATTEMPTS_FINISHED.record(1, LABELS)
    [line] = caplog.records
    assert line.getMessage() == "metric"
    assert vars(line)["metric"] == "rostrum.attempts.finished"
    assert (vars(line)["value"], vars(line)["unit"]) == (1, "{attempt}")
    assert vars(line)["attributes"] == LABELS


def test_what_the_platforms_request_log_says_is_not_said_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "shared.runtime.metrics"):
        metrics.REQUEST_DURATION.record(0.1)
    assert caplog.records == []


def test_with_a_meter_each_kind_adds_up_as_it_should(caplog: pytest.LogCaptureFixture) -> None:
    with telemetry.recorded() as kept, caplog.at_level(logging.INFO, "shared.runtime.metrics"):
        for value in (1, 2):
            metrics.ATTEMPTS_FINISHED.record(value, LABELS)
            metrics.ATTEMPTS_UNFINISHED.record(value)
            metrics.UPLOAD_TO_ANALYZED.record(value)
        assert kept.points("rostrum.attempts.finished") == {frozenset(LABELS.items()): 3}
        assert kept.points("rostrum.attempts.unfinished") == {frozenset(): 2}
        assert kept.points("rostrum.attempts.time_to_analyzed") == {frozenset(): 3}
    assert caplog.records == []


def test_a_stage_that_fails_is_measured_with_the_errors_code() -> None:
    with telemetry.recorded() as kept:
        with stage("read"):
            pass
        with pytest.raises(Unavailable), stage("recognise"):
            raise Unavailable("away", code="recognizer_unavailable")
        assert kept.points("rostrum.stage.duration").keys() == {
            frozenset({("rostrum.stage", "read")}),
            frozenset({("rostrum.stage", "recognise"), ("error.type", "recognizer_unavailable")}),
        }
    assert [span.name for span in kept.spans] == ["read", "recognise"]
