"""Real recordings go the whole way, from the request for an upload to the feedback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from local.client import ApiError, Client
from local.deployables import ROOT
from local.stack import Stack
from tests.fakes import stored

AUDIO = ROOT / "tests" / "fixtures" / "audio"
TEXT = (AUDIO / "two-cities.txt").read_text().strip()
CONTRACT = OpenAPI.from_file_path(
    ROOT / "openapi" / "rostrum.yaml",
    config=Config(extra_media_type_deserializers={"application/problem+json": json.loads}),
)
Finish = Callable[..., dict[str, Any]]


def assert_follows_contract(stack: Stack, attempt: dict[str, Any]) -> None:
    """As read once more: the answer whole, with its headers."""
    path = f"/v1/attempts/{attempt['id']}"
    token = stack.learner_token(attempt["user_id"])
    answer = httpx.get(f"{stack.url}{path}", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == attempt
    response = MockResponse(answer.content, answer.status_code, dict(answer.headers))
    CONTRACT.validate_response(MockRequest(stack.url, "get", path), response)


def assert_evidence_points_at_something(attempt: dict[str, Any]) -> None:
    analysis, feedback = attempt["analysis"], attempt["feedback"]
    count = len(analysis["words"])
    for score in analysis["scores"].values():
        assert 0 <= score["value"] <= 100
        assert score["evidence"]
        assert all(item.get("word", 0) < count for item in score["evidence"])
    points = feedback["strengths"] + feedback["improvements"]
    assert points
    for point in points:
        for item in point["evidence"]:
            assert all(0 <= index < count for index in item.get("words", []))


@pytest.mark.parametrize("file", ["two-cities.webm", "two-cities.m4a"])
def test_a_reading_is_measured_against_its_text(stack: Stack, finish: Finish, file: str) -> None:
    attempt = finish(AUDIO / file, TEXT)
    assert attempt["status"] == "completed", attempt.get("failure")
    assert_follows_contract(stack, attempt)
    assert_evidence_points_at_something(attempt)
    words = [w for w in attempt["analysis"]["words"] if "reference_index" in w]
    assert [w["reference_index"] for w in words] == list(range(len(TEXT.split())))
    correct = [w for w in words if w["result"] == "correct"]
    assert len(correct) >= 0.95 * len(words)
    assert all(0 <= w["start_s"] < w["end_s"] <= 22 for w in correct)
    assert attempt["recording"]["duration_s"] == pytest.approx(21, abs=1)
    assert {"overall", "accuracy", "fluency", "completeness"} <= attempt["analysis"][
        "scores"
    ].keys()
    assert attempt["feedback"]["written_by"] == "rubric"
    assert "fallback_reason" not in attempt["feedback"]
    assert not {"upload", "lease_until", "traceparent"} & attempt.keys()
    judged = [word for word in words if "phones" in word]
    assert len(judged) >= 0.95 * len(words)
    for word in judged:
        assert 0 <= word["score"] <= 100
        assert word["level"] in ("clear", "worth_checking", "not_sure")
        for phone in word["phones"]:
            assert 0 <= phone["score"] <= 100
            assert 0 <= phone["start_s"] < phone["end_s"] <= 22


def test_a_free_answer_is_measured_without_a_text(stack: Stack, finish: Finish) -> None:
    attempt = finish(AUDIO / "hobby.flac")
    assert attempt["status"] == "completed", attempt.get("failure")
    assert_follows_contract(stack, attempt)
    assert_evidence_points_at_something(attempt)
    scores = attempt["analysis"]["scores"]
    assert "accuracy" not in scores
    assert "completeness" not in scores
    assert attempt["analysis"]["measures"]["articulation_rate_syll_per_s"] > 0


def test_the_same_file_twice_gives_the_identical_analysis(finish: Finish) -> None:
    one, two = (finish(AUDIO / "austen.wav", "He was not an ill disposed young man.") for _ in "12")
    assert json.dumps(one["analysis"]) == json.dumps(two["analysis"])
    assert one["feedback"] == two["feedback"]
    assert one["id"] != two["id"]


def test_the_recording_is_gone_after_the_analysis(stack: Stack, finish: Finish) -> None:
    attempt = finish(AUDIO / "austen.wav")
    assert attempt["recording"]["kept_until"] is None
    stored.wait_until_gone(stack, "uploads", attempt["id"])


def test_one_trace_goes_from_the_request_to_the_feedback(
    stack: Stack, learner: Callable[[], Client]
) -> None:
    trace_id = "ab" * 16
    client = learner()
    client.http.headers["traceparent"] = f"00-{trace_id}-{'cd' * 8}-01"
    created = client.create(AUDIO / "austen.wav", text=None)
    client.upload(created, (AUDIO / "austen.wav").read_bytes())
    list(client.watch(created["id"], 60))
    for service in ("feedback_writer", "ai_gateway"):
        log = (stack.logs / f"{service}.log").read_text()
        assert f"traces/{trace_id}" in log, service


def test_nothing_secret_is_logged(stack: Stack, finish: Finish) -> None:
    attempt = finish(AUDIO / "austen.wav", "He was not an ill disposed young man.")
    logs = "".join(path.read_text() for path in stack.logs.glob("*.log"))
    assert attempt["analysis"]["transcript"] not in logs
    assert "ill disposed" not in logs
    assert "eyJ" not in logs
    assert "signature=" not in logs


def test_an_unfinished_attempt_says_when_to_ask_again(learner: Callable[[], Client]) -> None:
    client = learner()
    created = client.create(Path("x.webm"), text=TEXT)
    response = client.http.get(f"/v1/attempts/{created['id']}")
    assert response.headers["Retry-After"] == "1"
    etag = {"If-None-Match": response.headers["ETag"]}
    assert client.http.get(f"/v1/attempts/{created['id']}", headers=etag).status_code == 304


def test_a_deleted_attempt_stays_deleted_though_its_recording_comes(
    stack: Stack, learner: Callable[[], Client]
) -> None:
    client = learner()
    created = client.create(AUDIO / "austen.wav", text=None)
    client.http.delete(f"/v1/attempts/{created['id']}").raise_for_status()
    client.upload(created, (AUDIO / "austen.wav").read_bytes())
    other = client.create(AUDIO / "austen.wav", text=None)
    client.upload(other, (AUDIO / "austen.wav").read_bytes())
    list(client.watch(other["id"], 60))
    with pytest.raises(ApiError) as caught:
        client.get(created["id"])
    assert caught.value.status == 404
    stored.wait_until_gone(stack, "uploads", created["id"])


def test_the_door_is_shut_to_strangers(stack: Stack) -> None:
    for path in ("/v1/attempts", "/v1/attempts/x", "/internal/v1/tasks/feedback", "/nothing"):
        response = httpx.get(stack.url + path)
        assert response.status_code in (401, 404, 405)
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["code"]
