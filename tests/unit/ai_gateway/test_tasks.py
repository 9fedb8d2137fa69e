"""What goes in is bounded, and what the model is told keeps ours and theirs apart."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from run_services.ai_gateway.tasks import FeedbackCall, FeedbackInputs, feedback_request
from tests.fakes import analyses

KEY = "0197b2c4-9d1e-7c3a-8f00-2b6c1d4e5f60:feedback:1"
FINDING = {"words": [0], "rule": "age", "message": "Say it with another verb."}


@pytest.fixture
def document() -> dict[str, Any]:
    return analyses.inputs(analyses.with_poor_phone(analyses.reading(), 3))


def test_the_writer_of_the_rubric_gets_the_analysis_as_it_is(document: dict[str, Any]) -> None:
    request = feedback_request(FeedbackInputs.model_validate(document), 5.0)
    assert request.inputs["analysis"] == document["analysis"]


def test_the_learners_words_are_not_in_the_instructions(document: dict[str, Any]) -> None:
    document["prompt"]["text"] = document["analysis"]["transcript"] = "zebra crossing"
    request = feedback_request(FeedbackInputs.model_validate(document), 5.0)
    assert "zebra" not in request.instructions
    assert request.inputs["prompt"]["text"] == "zebra crossing"


def test_the_instructions_ask_for_every_field_of_the_schema(document: dict[str, Any]) -> None:
    request = feedback_request(FeedbackInputs.model_validate(document), 5.0)
    for name in ("summary", "strengths", "improvements", "point", "evidence", "exercise"):
        assert name in request.instructions


def test_the_fingerprint_is_of_what_is_understood(document: dict[str, Any]) -> None:
    first = FeedbackInputs.model_validate(document).fingerprint()
    document["analysis"]["of_a_later_version"] = {"cefr": {"low": "B1"}}
    assert FeedbackInputs.model_validate(document).fingerprint() == first
    again = FeedbackInputs.model_validate(json.loads(json.dumps(document)))
    assert again.fingerprint() == first
    document["analysis"]["transcript"] += " more"
    assert FeedbackInputs.model_validate(document).fingerprint() != first


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "karaoke"},
        {"language": "English please"},
        {"prompt": None},
        {"prompt": {"text": "x" * 4001}},
        {"analysis": {}},
        {"analysis": {"transcript": "x" * 20_001}},
        {"analysis": {"words": [{"text": "a"}] * 3001}},
        {"analysis": {"language_findings": [FINDING] * 51}},
        {"analysis": {"language_findings": [FINDING | {"message": "x" * 4001}]}},
        {"analysis": {"language_findings": [FINDING | {"suggestion": "x" * 4001}]}},
        {"analysis": {"words": [{"text": "x" * 4001}]}},
        {"analysis": {"words": [{"text": "a", "result": "sung"}]}},
        {"analysis": {"words": [{"text": "a", "start_s": float("nan")}]}},
        {"analysis": {"measures": {"snr_db": float("inf")}}},
        {"analysis": {"pauses": [{"start_s": 0, "end_s": 1, "duration_s": 1}] * 1001}},
    ],
)
def test_inputs_out_of_bounds_are_refused(document: dict[str, Any], change: dict[str, Any]) -> None:
    inner = change.get("analysis")
    if inner:
        change = {"analysis": document["analysis"] | inner}
    with pytest.raises(ValidationError):
        FeedbackInputs.model_validate(document | change)


@pytest.mark.parametrize("key", ["", "a/b", "../x", "__reserved__", "k" * 201, "a b", "a\n"])
def test_a_key_is_a_document_id(key: str, document: dict[str, Any]) -> None:
    assert FeedbackCall(idempotency_key=KEY, inputs=document)
    with pytest.raises(ValidationError):
        FeedbackCall(idempotency_key=key, inputs=document)
