"""What bad input gets: a named failure or a correct result, over the whole way."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import psutil
import pytest

from local.client import ApiError, Client
from local.deployables import ROOT
from local.stack import Stack
from shared import wiring
from shared.ports.objects import WritableObjects
from shared.runtime.store_settings import RecordingsSettings
from tests.fakes import stored

AUDIO = ROOT / "tests" / "fixtures" / "audio"
SENTENCE = "He was not an ill disposed young man."
Finish = Callable[..., dict[str, Any]]


def silence(path: Path, seconds: int) -> Path:
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=16000, layout="mono")
        block = np.zeros((1, 16000 * 60), np.int16)
        for _ in range(seconds // 60):
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = 16000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def converted(source: Path, target: Path, rate: int, layout: str) -> Path:
    buffer = io.BytesIO()
    with av.open(str(source)) as incoming, av.open(buffer, "w", format="wav") as outgoing:
        stream = outgoing.add_stream("pcm_s16le", rate=rate, layout=layout)
        resampler = av.AudioResampler("s16", layout, rate)
        for frame in [*incoming.decode(audio=0), None]:
            for resampled in resampler.resample(frame):
                outgoing.mux(stream.encode(resampled))
        outgoing.mux(stream.encode(None))
    target.write_bytes(buffer.getvalue())
    return target


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("empty.webm", "audio_unreadable"),
        ("text.wav", "audio_unreadable"),
        ("silence.webm", "no_speech"),
    ],
)
def test_unusable_files_end_in_a_named_failure(finish: Finish, file: str, code: str) -> None:
    attempt = finish(AUDIO / file, SENTENCE)
    assert (attempt["status"], attempt["failure"]["code"]) == ("failed", code)
    assert attempt["failure"]["detail"]
    assert attempt["failure"]["next_step"]
    assert "analysis" not in attempt


def test_a_truncated_recording_is_assessed_as_far_as_it_goes(finish: Finish) -> None:
    attempt = finish(AUDIO / "truncated.webm", (AUDIO / "two-cities.txt").read_text().strip())
    assert attempt["status"] == "completed", attempt.get("failure")
    results = [word["result"] for word in attempt["analysis"]["words"]]
    assert results[0] == "correct"
    assert results[-1] == "omitted"


def test_two_hours_are_too_long(finish: Finish, tmp_path: Path) -> None:
    attempt = finish(silence(tmp_path / "long.flac", 7200))
    assert attempt["failure"]["code"] == "audio_too_long"


@pytest.mark.parametrize(("rate", "layout"), [(8000, "mono"), (48000, "stereo")])
def test_other_rates_and_channels(finish: Finish, tmp_path: Path, rate: int, layout: str) -> None:
    audio = converted(AUDIO / "austen.wav", tmp_path / "a.wav", rate, layout)
    attempt = finish(audio, SENTENCE)
    assert attempt["status"] == "completed", attempt.get("failure")
    results = [word["result"] for word in attempt["analysis"]["words"]]
    assert results.count("correct") >= len(SENTENCE.split()) - 1


def test_the_content_decides_not_the_claimed_type(finish: Finish, tmp_path: Path) -> None:
    renamed = tmp_path / "really-a-wav.webm"
    renamed.write_bytes((AUDIO / "austen.wav").read_bytes())
    assert finish(renamed, SENTENCE)["status"] == "completed"


def test_a_type_that_is_not_audio_is_refused_at_once(learner: Callable[[], Client]) -> None:
    body = {"kind": "free_speech", "recording": {"content_type": "image/png"}}
    response = learner().http.post("/v1/attempts", json=body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/recording/content_type"


@pytest.fixture
def created(learner: Callable[[], Client]) -> dict[str, Any]:
    body = {"kind": "free_speech", "recording": {"content_type": "audio/wav", "bytes": 1000}}
    response = learner().http.post("/v1/attempts", json=body)
    response.raise_for_status()
    return response.json()


@pytest.fixture
def recordings(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> WritableObjects:
    """The bucket as the practice service reaches it, by that process's own settings."""
    process = psutil.Process(int((stack.data / "pids" / "practice").read_text()))
    for name, value in process.environ().items():
        monkeypatch.setenv(name, value)
    return wiring.recordings(RecordingsSettings())


def put(terms: dict[str, Any], data: bytes, **headers: str) -> str:
    """The code of the refusal, or an empty one."""
    response = httpx.put(terms["url"], content=data, headers={**terms["headers"], **headers})
    return ApiError(response).problem["code"] if response.is_error else ""


def test_an_upload_larger_than_declared(created: dict[str, Any]) -> None:
    assert put(created["upload"], b"x" * 1001) == "upload_too_large"


def test_an_upload_larger_than_any_attempt_allows(created: dict[str, Any]) -> None:
    for _ in range(5):
        assert put(created["upload"], b"x" * (26 * 1024 * 1024)) == "upload_too_large"


def test_an_upload_of_another_type(created: dict[str, Any]) -> None:
    changed = {"Content-Type": "text/html"}
    assert put(created["upload"], b"x", **changed) == "url_signature_invalid"


def test_an_upload_to_another_learners_place(
    created: dict[str, Any], learner: Callable[[], Client]
) -> None:
    victim = learner().create(Path("a.wav"), text=None)
    own = f"attempts/{created['user_id']}/{created['id']}"
    theirs = f"attempts/{victim['user_id']}/{victim['id']}"
    terms = {**created["upload"], "url": created["upload"]["url"].replace(own, theirs)}
    assert put(terms, b"x") == "url_signature_invalid"


def test_an_upload_after_expiry(recordings: WritableObjects, created: dict[str, Any]) -> None:
    signed = recordings.signed_upload(
        f"attempts/{created['user_id']}/{created['id']}",
        content_type="audio/wav",
        max_bytes=1000,
        expires_at=datetime.now(UTC) - timedelta(seconds=2),
    )
    terms = {"url": signed.url, "headers": dict(signed.headers)}
    assert put(terms, b"x") == "url_expired"


def test_a_second_upload(learner: Callable[[], Client], stack: Stack) -> None:
    client = learner()
    created = client.create(AUDIO / "austen.wav", text=SENTENCE)
    sound = (AUDIO / "austen.wav").read_bytes()
    assert put(created["upload"], sound) == ""
    assert put(created["upload"], b"y") == "already_uploaded"
    *_, done = client.watch(created["id"], 60)
    # The recording is deleted by now, so the store takes the bytes, as Cloud Storage would.
    put(created["upload"], b"y")
    *_, other = client.watch(_upload_another(client), 60)
    assert client.get(created["id"]) == done
    stored.wait_until_gone(stack, "uploads", created["id"])
    assert other["status"] == "completed"


def _upload_another(client: Client) -> str:
    created = client.create(AUDIO / "austen.wav", text=SENTENCE)
    client.upload(created, (AUDIO / "austen.wav").read_bytes())
    return str(created["id"])


def test_retry_after_a_failure(finish: Finish, learner: Callable[[], Client]) -> None:
    client = learner()
    failed = finish(AUDIO / "silence.webm", SENTENCE, client)
    again = client.retry(failed["id"])
    assert again["retry_of"] == failed["id"]
    with pytest.raises(ApiError) as caught:
        client.retry(again["id"])
    assert caught.value.problem["code"] == "attempt_unfinished"


def test_a_request_as_long_as_the_gateway_takes_is_answered_by_the_service(
    learner: Callable[[], Client],
) -> None:
    for arguments in ({"params": {"cursor": "x" * 50_000}}, {"headers": {"X-Long": "x" * 50_000}}):
        response = learner().http.get("/v1/attempts", **arguments)
        assert response.status_code == (400 if "params" in arguments else 200), response.text
        assert response.headers["Content-Type"].endswith("json")
