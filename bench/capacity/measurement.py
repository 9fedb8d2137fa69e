"""What one request and one attempt cost in processor time, on the stack of the Google adapters.

Processor time rather than time on the wall: other work on the machine does not change it much.
"""

import json
import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.capacity.hearing import hearing
from bench.capacity.processor import ProcessorTime, used
from bench.capacity.recording import one_minute
from local.client import Client
from local.deployables import ROOT
from local.seed import seed
from local.sign_up import SignedUp, sign_up
from local.stack import Stack
from run_services.ai_gateway.tasks import FeedbackInputs, feedback_request

FIXTURES = ROOT / "tests" / "fixtures" / "audio"
UNLIMITED = {
    "ROSTRUM_ATTEMPTS_PER_USER": "1000000",
    "ROSTRUM_ATTEMPTS_PER_ADDRESS": "1000000",
    "ROSTRUM_REQUESTS_PER_MINUTE": "1000000",
}
STAGES = ("audio_processing", "feedback_writer", "lesson_completion", "ai_gateway", "course")
_CALLERS = 4
_WARM_UP = 20
_IDLE_S = 10.0
# Gemini's tokenizer, as Gemma's (https://arxiv.org/abs/2403.08295), takes digits one by one; a
# word takes a token for about each six letters, a run of punctuation one.
_TOKEN = re.compile(r"\d|[^\W\d_]{1,6}|_|[^\w\s]+")
_NEW = {"kind": "free_speech", "recording": {"content_type": "audio/webm"}}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Effort:
    """How often each thing is done."""

    reads: int = 400
    writes: int = 200
    logins: int = 60
    attempts: int = 2


@dataclass(frozen=True, slots=True)
class _Operation:
    name: str
    service: str
    times: int
    call: Callable[[httpx.Client], httpx.Response]


def measure(stack: Stack, effort: Effort) -> Json:
    """Seconds of processor time a request, an attempt and a recognition; MB of memory."""
    assert stack.processes is not None
    seed(stack)
    learner = sign_up(stack.url, stack.outbox)
    processor = ProcessorTime(stack.data / "pids")
    recording = one_minute(FIXTURES)
    with Client(stack.url, learner.access_token) as client:
        finished, stages = _attempts(client, processor, recording, effort.attempts)
        operations = _operations(client, learner, finished["id"], effort)
        requests = {each.name: _requests(stack, processor, learner, each) for each in operations}
    return {
        "measured_at": f"{datetime.now(UTC):%Y-%m-%d}",
        "engine": stack.engine,
        "machine": {"cores": os.cpu_count(), "processor": processor_model()},
        "python": platform.python_version(),
        "recording_bytes": len(recording),
        "cpu_s_per_request": requests,
        "cpu_s_per_attempt": stages,
        **hearing(
            stack.models,
            recording,
            warm_up=(FIXTURES / "two-cities.webm").read_bytes(),
            whole_s=stages["audio_processing"],
        ),
        "prompt_tokens": prompt_tokens(finished),
        "peak_mb": {name: round(mb) for name, mb in processor.peak_mb().items()},
    }


def _attempts(
    client: Client, processor: ProcessorTime, recording: bytes, times: int
) -> tuple[Json, dict[str, float]]:
    """The last attempt, and what one costs in each deployable behind the upload."""
    prompt = _course_prompt(client)
    _assess(client, prompt, (FIXTURES / "two-cities.webm").read_bytes())
    _settle(processor)
    idle = _idle(processor)
    before, started = processor.seconds(), time.monotonic()
    for _ in range(times):
        finished = _assess(client, prompt, recording)
    _settle(processor)
    spent, each_s = used(before, processor.seconds(), times), (time.monotonic() - started) / times
    own = {name: spent.get(name, 0.0) - idle[name] * each_s for name in (*STAGES, "postgres")}
    return finished, {name: round(max(seconds, 0.0), 4) for name, seconds in own.items()}


def _idle(processor: ProcessorTime) -> dict[str, float]:
    """Seconds a second that each process uses while nobody asks for anything."""
    before = processor.seconds()
    time.sleep(_IDLE_S)
    after = processor.seconds()
    return {name: (after[name] - before[name]) / _IDLE_S for name in before}


def _assess(client: Client, prompt: Json, recording: bytes) -> Json:
    body = {"prompt": prompt, "recording": {"content_type": "audio/webm"}}
    created = client.http.post("/v1/attempts", json=body).raise_for_status().json()
    client.upload(created, recording)
    deadline = time.monotonic() + 300
    while (attempt := client.get(created["id"]))["status"] not in ("completed", "failed"):
        if time.monotonic() > deadline:
            raise TimeoutError("the attempt did not end")
        time.sleep(1.0)
    if attempt["status"] != "completed":
        raise RuntimeError(f"the attempt failed: {attempt['failure']}")
    return attempt


def _settle(processor: ProcessorTime) -> None:
    """Return when the functions behind the last attempt have nothing to do any more."""
    deadline, last = time.monotonic() + 60, processor.seconds()
    while time.monotonic() < deadline:
        time.sleep(1.5)
        now = processor.seconds()
        if all(now[name] - last[name] < 0.03 for name in STAGES):  # noqa: PLR2004
            return
        last = now


def _operations(
    client: Client, learner: SignedUp, finished: str, effort: Effort
) -> Sequence[_Operation]:
    waiting = client.http.post("/v1/attempts", json=_NEW).raise_for_status().json()["id"]
    course = client.http.get("/v1/courses").raise_for_status().json()["items"][0]["id"]
    login = {"email": learner.email, "password": learner.password}

    def reading(name: str, service: str, path: str) -> _Operation:
        return _Operation(name, service, effort.reads, lambda http: http.get(path))

    def writing(name: str, service: str, path: str, body: Json, times: int) -> _Operation:
        return _Operation(name, service, times, lambda http: http.post(path, json=body))

    return (
        writing("create_attempt", "practice", "/v1/attempts", _NEW, effort.writes),
        reading("poll_attempt", "practice", f"/v1/attempts/{waiting}"),
        reading("read_finished_attempt", "practice", f"/v1/attempts/{finished}"),
        writing("login", "auth", "/v1/auth/login", login, effort.logins),
        reading("read_oneself", "auth", "/v1/users/me"),
        reading("list_courses", "course", "/v1/courses"),
        reading("search_courses", "course", "/v1/courses?search=interview"),
        reading("read_course", "course", f"/v1/courses/{course}"),
    )


def _requests(
    stack: Stack, processor: ProcessorTime, learner: SignedUp, operation: _Operation
) -> dict[str, float]:
    assert stack.processes is not None
    url = f"http://127.0.0.1:{stack.processes.port(operation.service)}"
    headers = {"Authorization": f"Bearer {learner.access_token}"}

    def repeat(times: int) -> None:
        with httpx.Client(base_url=url, headers=headers, timeout=60) as http:
            for _ in range(times):
                operation.call(http).raise_for_status()

    repeat(_WARM_UP)
    before = processor.seconds()
    with ThreadPoolExecutor(_CALLERS) as callers:
        list(callers.map(repeat, [operation.times // _CALLERS] * _CALLERS))
    spent = used(before, processor.seconds(), operation.times)
    kept = (operation.service, "postgres")
    return {name: round(spent[name], 5) for name in kept if name in spent}


def _course_prompt(client: Client) -> Json:
    """A prompt of a shipped course, so that the lesson's completion is part of the attempt."""
    for listed in client.http.get("/v1/courses").raise_for_status().json()["items"]:
        course = client.http.get(f"/v1/courses/{listed['id']}").raise_for_status().json()
        for unit in course["content"]["units"]:
            for lesson in unit["lessons"]:
                for prompt in lesson["prompts"]:
                    if prompt["kind"] == "free_speech":
                        client.http.put(f"/v1/courses/{listed['id']}/enrolment").raise_for_status()
                        return {"course_id": listed["id"], "prompt_id": prompt["id"]}
    raise RuntimeError("no shipped course asks for free speech")


def prompt_tokens(attempt: Json) -> int:
    """About how many tokens a model is sent to write this attempt's feedback."""
    inputs = FeedbackInputs.model_validate({"language": attempt["prompt"]["language"], **attempt})
    request = feedback_request(inputs, 20.0)
    sent = json.dumps(request.brief, ensure_ascii=False, separators=(",", ":"))
    texts = (request.instructions, sent, json.dumps(request.schema))
    return sum(len(_TOKEN.findall(text)) for text in texts)


def processor_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
