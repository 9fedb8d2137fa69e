"""Course packages over the whole way: through storage, and the shipped courses of `make up`."""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import credentials, seed
from local.client import Client
from local.packages import canonical_files, read_folder
from local.stack import AUDIENCE, ISSUER, Stack
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.domain.identity import Principal
from shared.repositories.course_packages.archive import pack
from tests.fakes import stored

COURSE = seed.COURSES / "english-read-aloud"


@pytest.fixture
def teacher(stack: Stack) -> Iterator[httpx.Client]:
    keys = credentials.load(stack.data / "secrets").token_keys
    tokens = LocalTokens(keys, ISSUER, AUDIENCE, SystemClock())
    principal = Principal(SystemClock().new_id(), "teacher")
    token = tokens.issue(principal, AUDIENCE, timedelta(minutes=5))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=stack.url, headers=headers, timeout=60) as http:
        yield http


def upload(teacher: httpx.Client, data: bytes) -> dict[str, Any]:
    """Announce it, PUT it where the answer says, and wait until it has ended."""
    made = teacher.post("/v1/package-uploads", json={"bytes": len(data)}).raise_for_status().json()
    terms = made["upload"]
    httpx.put(terms["url"], content=data, headers=terms["headers"]).raise_for_status()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        now: dict[str, Any] = teacher.get(f"/v1/package-uploads/{made['id']}").json()
        if now["status"] != "awaiting_upload":
            return now
        time.sleep(0.1)
    raise AssertionError("the upload has not ended")


def test_a_package_put_into_storage_becomes_a_course(stack: Stack, teacher: httpx.Client) -> None:
    data = pack(canonical_files(read_folder(COURSE)))
    done = upload(teacher, data)
    assert done["status"] == "imported", done
    package = teacher.get(f"/v1/courses/{done['course_id']}/package")
    assert package.content == data
    media = teacher.get(f"/v1/courses/{done['course_id']}/media/think-or-sink.ogg").json()
    sound = httpx.get(media["url"])
    assert (sound.content, sound.headers["Content-Type"]) == (
        (COURSE / "media" / "think-or-sink.ogg").read_bytes(),
        "audio/ogg",
    )
    stored.wait_until_gone(stack, "materials", done["id"])


def test_a_faulty_package_put_into_storage_is_refused(teacher: httpx.Client) -> None:
    done = upload(teacher, pack({"course.yaml": b"format: 1\ntitle: yes\nunits: []\n"}))
    assert done["status"] == "refused"
    assert [(fault["file"], fault["line"], fault["pointer"]) for fault in done["errors"]] == [
        ("course.yaml", 1, "/language"),
        ("course.yaml", 2, "/title"),
    ]


def test_a_large_package_is_refused_at_the_end_of_it(teacher: httpx.Client) -> None:
    headers = {"Content-Type": "application/zip"}
    data = bytes(21 * 1024 * 1024)
    for _ in range(3):
        answer = teacher.post("/v1/courses/import", content=data, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_the_shipped_courses_are_published_once(
    stack: Stack, learner: Callable[[], Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = seed.seed(stack)
    assert len(titles) == 3
    assert seed.seed(stack) == []
    found = learner().http.get("/v1/courses", params={"search": "interview"}).json()["items"]
    course = next(item for item in found if item["owner_id"] == seed.OWNER)
    assert (course["title"], course["version"], course["prompts"]) == (
        "Job interview basics",
        1,
        16,
    )
    changed = tmp_path / "courses"
    shutil.copytree(seed.COURSES / "job-interview-basics", changed / "job-interview-basics")
    file = changed / "job-interview-basics" / "course.yaml"
    file.write_text(file.read_text().replace("level: B2", "level: C1"))
    monkeypatch.setattr(seed, "COURSES", changed)
    assert seed.seed(stack) == ["Job interview basics"]
    now = learner().http.get(f"/v1/courses/{course['id']}").json()
    assert (now["version"], now["content"]["level"]) == (2, "C1")
