"""The contract and the practice service take the same bodies, and refuse the same."""

from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30WriteValidator
from pydantic import BaseModel, ValidationError

from local.gateway import contract
from run_services.practice.schemas import NewAttempt, RetryBody
from shared.domain.attempt import MAX_RECORDING_BYTES

COMPONENTS = contract.load(Path("openapi/rostrum.yaml"))["components"]
WAV = {"content_type": "audio/wav"}
TEXT = {"text": "Read this."}
COURSE = {"course_id": "01932f70-0000-7c1d-9e2f-3a4b5c6d7e8f", "prompt_id": "clinic"}


def attempt(kind: str, prompt: Any = None, recording: Any = None, **other: Any) -> dict[str, Any]:
    body = {"kind": kind, "recording": WAV if recording is None else recording, **other}
    return body if prompt is None else body | {"prompt": prompt}


def in_contract(name: str, body: Any) -> bool:
    schema = COMPONENTS["schemas"][name] | {"components": COMPONENTS}
    valid: bool = OAS30WriteValidator(schema).is_valid(body)
    return valid


def in_service(model: type[BaseModel], body: Any) -> bool:
    try:
        model.model_validate(body)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        (attempt("read_aloud", TEXT), True),
        (attempt("read_aloud", TEXT | {"title": "A title", "language": "en"}), True),
        (attempt("read_aloud", {"text": "a" * 2000}), True),
        (attempt("read_aloud", TEXT, strictness="lenient"), True),
        ({"prompt": COURSE, "recording": WAV, "strictness": "strict"}, True),
        (attempt("read_aloud", TEXT, strictness="harsh"), False),
        (attempt("read_aloud", TEXT, strictness=None), False),
        (attempt("free_speech", strictness="lenient"), False),
        (attempt("free_speech"), True),
        (attempt("free_speech", {}), True),
        (attempt("interview", {"question": "q" * 1000}), True),
        (attempt("role_play", {"question": "You are the nurse."}), True),
        (attempt("free_speech", {}, {"content_type": "audio/webm;codecs=opus"}), True),
        (attempt("free_speech", {}, {"content_type": 'audio/webm; codecs="opus"'}), True),
        (attempt("free_speech", {}, WAV | {"bytes": 1}), True),
        (attempt("free_speech", {}, WAV | {"bytes": MAX_RECORDING_BYTES}), True),
        (attempt("read_aloud", {"text": " Read this.\n"}), True),
        ({"prompt": COURSE, "recording": WAV}, True),
        ({"prompt": COURSE | {"version": 3}, "recording": WAV}, True),
        ({"prompt": COURSE | {"version": 0}, "recording": WAV}, False),
        ({"prompt": COURSE | {"text": "Read this."}, "recording": WAV}, False),
        ({"prompt": {"course_id": COURSE["course_id"]}, "recording": WAV}, False),
        ({"prompt": {"prompt_id": "clinic"}, "recording": WAV}, False),
        ({"prompt": COURSE | {"prompt_id": "Clinic"}, "recording": WAV}, False),
        ({"prompt": COURSE}, False),
        (attempt("read_aloud", COURSE), False),
        ({"prompt": TEXT, "recording": WAV}, False),
        ({"recording": WAV}, False),
        (attempt("free_speech") | {"prompt": None}, False),
        (attempt("interview", {"question": None}), False),
        (attempt("free_speech", {}, WAV | {"bytes": None}), False),
        (attempt("interview", {"question": "What\0now?"}), False),
        (attempt("interview", {"question": "q" * 1000 + " "}), False),
        (attempt("free_speech", {"title": " "}), False),
        (attempt("free_speech", {"title": "\x1c"}), False),
        ({}, False),
        ([], False),
        (attempt("singing"), False),
        (attempt("read_aloud"), False),
        (attempt("read_aloud", {}), False),
        (attempt("read_aloud", {"text": ""}), False),
        (attempt("read_aloud", {"text": " \n"}), False),
        (attempt("read_aloud", {"text": "a" * 2001}), False),
        (attempt("read_aloud", TEXT | {"title": ""}), False),
        (attempt("read_aloud", TEXT | {"title": "t" * 201}), False),
        (attempt("read_aloud", TEXT | {"language": "english"}), False),
        (attempt("interview", TEXT), False),
        (attempt("interview", {"question": ""}), False),
        (attempt("interview", {"question": "q" * 1001}), False),
        (attempt("free_speech", {"other": 1}), False),
        (attempt("free_speech", other=1), False),
        (attempt("free_speech", {}, {}), False),
        (attempt("free_speech", {}, {"content_type": "video/mp4"}), False),
        (attempt("free_speech", {}, {"content_type": "audio/wav\r\nX-Header: y"}), False),
        (attempt("free_speech", {}, {"content_type": "audio/wav;" + "a=b;" * 30}), False),
        (attempt("free_speech", {}, WAV | {"bytes": 0}), False),
        (attempt("free_speech", {}, WAV | {"bytes": MAX_RECORDING_BYTES + 1}), False),
        (attempt("free_speech", {}, WAV | {"other": 1}), False),
    ],
)
def test_an_attempt(body: Any, accepted: bool) -> None:
    assert in_contract("AttemptRequest", body) is accepted
    assert in_service(NewAttempt, body) is accepted


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        ({}, True),
        ({"recording": WAV}, True),
        ({"recording": None}, False),
        ({"recording": {}}, False),
        ({"recording": {"content_type": "text/plain"}}, False),
        ({"kind": "read_aloud"}, False),
    ],
)
def test_a_retry(body: Any, accepted: bool) -> None:
    assert in_contract("RetryRequest", body) is accepted
    assert in_service(RetryBody, body) is accepted
