"""Export and erasure through the whole stack: everything is found, then nothing is left."""

import io
import json
import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import credentials
from local.client import Client
from local.deployables import ROOT
from local.processes import free_port
from local.sign_up import SignedUp, sign_up
from local.stack import AUDIENCE, ISSUER, Stack
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.domain.course import media_object
from shared.domain.identity import Principal
from tests.fakes import stored
from tests.fakes.course_contents import PNG

AUDIO = ROOT / "tests" / "fixtures" / "audio" / "austen.wav"
TEXT = "He was not an ill disposed young man."
READING = {"id": "austen", "kind": "read_aloud", "title": "Austen", "text": TEXT}
CONTENT = {
    "title": "Reading aloud",
    "language": "en",
    "units": [
        {
            "id": "unit-1",
            "title": "One",
            "lessons": [{"id": "lesson-1", "title": "One", "prompts": [READING]}],
        }
    ],
}


def eventually(check: Callable[[], bool], within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def teaching(stack: Stack, user_id: str) -> httpx.Client:
    keys = credentials.load(stack.data / "secrets").token_keys
    tokens = LocalTokens(keys, ISSUER, AUDIENCE, SystemClock())
    token = tokens.issue(Principal(user_id, "teacher"), AUDIENCE, timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": SystemClock().new_id()}
    return httpx.Client(base_url=stack.url, headers=headers, timeout=30)


def created(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 201, response.text
    document: dict[str, Any] = response.json()
    return document


def draft_with_media(stack: Stack, user: SignedUp) -> str:
    """The id of the user's own course, never published; a package is announced besides."""
    with teaching(stack, user.user_id) as client:
        course_id = str(created(client.post("/v1/courses", json=CONTENT))["id"])
        media = {"name": "a.png", "content_type": "image/png", "bytes": len(PNG)}
        terms = created(client.post(f"/v1/courses/{course_id}/media", json=media))["upload"]
        httpx.put(terms["url"], content=PNG, headers=terms["headers"]).raise_for_status()
        created(client.post("/v1/package-uploads", json={"bytes": 1000}))
    return course_id


def published_course(stack: Stack) -> str:
    with teaching(stack, SystemClock().new_id()) as client:
        course_id = str(created(client.post("/v1/courses", json=CONTENT))["id"])
        published = client.post(f"/v1/courses/{course_id}/publish", json={})
        assert published.status_code == 201, published.text
    return course_id


def practise(client: Client, prompt: dict[str, Any]) -> dict[str, Any]:
    """An attempt at that prompt, the whole way."""
    recording = {"content_type": "audio/wav"}
    body = {"prompt": prompt, "recording": recording}
    if "course_id" not in prompt:
        body["kind"] = "free_speech"
    headers = {"Idempotency-Key": SystemClock().new_id()}
    response = client.http.post("/v1/attempts", json=body, headers=headers)
    assert response.status_code == 201, response.text
    client.upload(response.json(), AUDIO.read_bytes())
    *_, attempt = client.watch(response.json()["id"], timeout_s=120)
    assert attempt["status"] == "completed"
    return attempt


def export(client: Client) -> dict[str, Any]:
    """The files of a new export, downloaded through the gateway without a token."""
    asked = client.http.post("/v1/users/me/exports")
    assert asked.status_code == 202, asked.text
    path = asked.headers["Location"]
    eventually(lambda: client.http.get(path).json()["status"] == "ready")
    download = client.http.get(path).json()["download"]
    file = httpx.get(download["url"], timeout=30)
    assert file.status_code == 200
    assert len(file.content) == download["bytes"]
    assert "attachment" in file.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    assert archive.read("README.txt")
    return {n: json.loads(archive.read(n)) for n in archive.namelist() if n.endswith(".json")}


def erase(client: Client, user: SignedUp) -> None:
    erased = client.http.delete("/v1/users/me")
    assert (erased.status_code, erased.json()["user_id"]) == (202, user.user_id)


def outside_the_ledger(places: set[str]) -> set[str]:
    """The erasure itself is on record, in its table and in the ledger."""
    ledger = ("table auth.erasures", "object ledger/", "file ledger/")
    return {place for place in places if not place.startswith(ledger)}


def recorded(attempt: dict[str, Any], user: SignedUp) -> set[str]:
    """Where its recording lies when it is kept."""
    return {f"object uploads/kept/{user.user_id}/{attempt['id']}"}


def test_everything_is_handed_out_and_then_removed(stack: Stack) -> None:
    course_id = published_course(stack)
    user = sign_up(stack.url, stack.outbox, name="Eve Adams")
    with Client(stack.url, user.access_token) as client:
        enrolment = f"/v1/courses/{course_id}/enrolment"
        assert client.http.put(enrolment).status_code == 200
        of_course = practise(client, {"course_id": course_id, "prompt_id": "austen"})
        unkept = practise(client, {"question": "What do you like to read?"})
        choice = client.http.patch("/v1/users/me", json={"keep_recordings": True})
        assert choice.json()["keep_recordings"] is True
        own = practise(client, {"question": "What did you read last?"})
        assert httpx.get(own["recording"]["url"], timeout=30).content == AUDIO.read_bytes()
        pending = client.http.post(
            "/v1/attempts",
            json={"kind": "free_speech", "recording": {"content_type": "audio/wav"}},
        ).json()
        draft_id = draft_with_media(stack, user)
        progress = f"/v1/courses/{course_id}/progress"
        eventually(lambda: "completed_at" in client.http.get(progress).json()["lessons"][0])

        files = export(client)
        assert files["account.json"]["user"]["email"] == user.email
        assert course_id in json.dumps(files["courses.json"])
        attempts = {attempt["id"]: attempt for attempt in files["practice.json"]["attempts"]}
        all_made = (of_course, unkept, own, pending)
        assert attempts.keys() == {attempt["id"] for attempt in all_made}
        assert attempts[own["id"]]["analysis"] == own["analysis"]
        recordings = [item["name"] for item in files["practice.json"]["recordings"]]
        assert recordings == [f"kept/{user.user_id}/{own['id']}"]
        measured = {f"attempts/{user.user_id}/{each['id']}" for each in (of_course, unkept, own)}
        assert {item["name"] for item in files["practice.json"]["features"]} == measured
        assert attempts[of_course["id"]]["feedback"] == of_course["feedback"]
        assert attempts[of_course["id"]]["prompt"]["course_id"] == course_id
        assert len(files["ai.json"]["calls"]) == 3

        words = [user.user_id, user.email, "Eve Adams", draft_id, *attempts]
        places = stored.naming(stack, words)
        assert {
            "table auth.users",
            "table course.enrolments",
            "table course.package_uploads",
            f"object materials/{media_object(draft_id, 'a.png')}",
            *recorded(own, user),
            *(f"object features/{name}" for name in measured),
        } <= places
        assert not {*recorded(unkept, user), *recorded(of_course, user)} & places
        assert len(places) >= 8
        erase(client, user)
        eventually(lambda: outside_the_ledger(stored.naming(stack, words)) == set())
        assert httpx.get(own["recording"]["url"], timeout=30).status_code == 404
        client.upload(pending, AUDIO.read_bytes())
        eventually(lambda: outside_the_ledger(stored.naming(stack, words)) == set())
        assert client.http.get("/v1/users/me").status_code == 401
    logs = "".join(path.read_text() for path in stack.logs.glob("*.log"))
    assert user.email not in logs
    assert "Eve Adams" not in logs


@pytest.fixture
def own_stack(tmp_path: Path, models: Path) -> Stack:
    return Stack(tmp_path / "data", models, free_port())


def test_yesterdays_backup_brings_nobody_back(own_stack: Stack, tmp_path: Path) -> None:
    with own_stack as stack:
        user = sign_up(stack.url, stack.outbox)
        with Client(stack.url, user.access_token) as client:
            attempt = client.create(AUDIO, text=TEXT)
    words = [user.user_id, attempt["id"]]
    shutil.copytree(own_stack.data / "postgres", tmp_path / "yesterday")
    with own_stack as stack:
        with Client(stack.url, user.access_token) as client:
            erase(client, user)
        eventually(lambda: outside_the_ledger(stored.naming(stack, words)) == set())
    shutil.rmtree(own_stack.data / "postgres")
    shutil.copytree(tmp_path / "yesterday", own_stack.data / "postgres")
    with own_stack as stack:
        eventually(lambda: outside_the_ledger(stored.naming(stack, words)) == set())
        login = {"email": user.email, "password": user.password}
        refused = httpx.post(f"{stack.url}/v1/auth/login", json=login, timeout=30)
        assert refused.status_code == 401
        assert "table auth.erasures" in stored.naming(stack, words)
