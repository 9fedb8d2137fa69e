"""A kept recording: heard by its owner alone, for as long as it is kept, and gone on demand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Never
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from shared import wiring
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.objects import FolderObjects
from shared.domain.attempt import Recording, kept_name, object_name
from shared.domain.errors import Unavailable
from shared.domain.times import moment, timestamp
from shared.repositories.attempts import Attempts

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
CLOCK = SystemClock()
DATA = "/internal/v1/users/eve/data"


@pytest.fixture
def kept(practice: "Practice") -> Callable[..., dict[str, Any]]:
    """An assessed attempt whose recording is kept for that time."""

    def kept(user: str = "eve", lasting: timedelta = timedelta(days=90)) -> dict[str, Any]:
        made = practice.create(user)
        practice.objects.write(kept_name(user, made["id"]), b"sound", "audio/webm")
        practice.attempts.update(
            made["id"],
            lambda attempt: replace(
                attempt,
                status="completed",
                recording=Recording("audio/webm", 5, "1"),
                kept_until=timestamp(CLOCK.now() + lasting),
            ),
        )
        return made

    return kept


def read(practice: "Practice", attempt: dict[str, Any], **options: Any) -> TestResponse:
    return practice.call("GET", f"/v1/attempts/{attempt['id']}", **options)


def test_its_owner_hears_it(practice: "Practice", kept: Callable[..., dict[str, Any]]) -> None:
    shown = read(practice, kept()).json
    assert "kept_until" not in shown
    recording = shown["recording"]
    ahead = moment(recording["url_expires_at"]) - CLOCK.now()
    assert timedelta(minutes=14) < ahead <= timedelta(minutes=30)
    assert moment(recording["kept_until"]) > moment(recording["url_expires_at"])
    url = urlsplit(recording["url"])
    name = url.path.removeprefix("/storage/uploads/")
    info, sound = practice.objects.opened(name, dict(parse_qsl(url.query)))
    with sound:
        assert (sound.read(), info.content_type) == (b"sound", "audio/webm")


def test_others_and_lists_get_no_link(
    practice: "Practice", kept: Callable[..., dict[str, Any]], problem: Problem
) -> None:
    attempt = kept()
    assert problem(read(practice, attempt, user="ann")) == (404, "attempt_not_found")
    assert problem(read(practice, attempt, role="admin", user="ann"))[0] == 404
    [listed] = practice.call("GET", "/v1/attempts").json["items"]
    assert "url" not in listed["recording"]
    assert listed["recording"]["kept_until"]


def test_the_link_is_part_of_the_version(
    practice: "Practice", kept: Callable[..., dict[str, Any]]
) -> None:
    attempt = kept()
    first = read(practice, attempt)
    again = read(practice, attempt, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    end = int(moment(first.json["recording"]["url_expires_at"]).timestamp())
    assert first.headers["ETag"].strip('"').endswith(f".{end}")


def test_a_link_ends_with_the_recording(
    practice: "Practice", kept: Callable[..., dict[str, Any]]
) -> None:
    recording = read(practice, kept(lasting=timedelta(minutes=1))).json["recording"]
    assert recording["url_expires_at"] == recording["kept_until"]
    over = read(practice, kept(lasting=timedelta(seconds=-1))).json["recording"]
    assert over["kept_until"]
    assert not {"url", "url_expires_at"} & over.keys()


def test_the_result_is_shown_while_nobody_can_sign_the_link(
    practice: "Practice", kept: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> Never:
        raise Unavailable("The signer is away.", code="signer_unavailable")

    attempt = kept()
    monkeypatch.setattr(FolderObjects, "signed_download", away)
    answer = read(practice, attempt)
    assert answer.status_code == 200
    assert answer.json["recording"]["kept_until"]
    assert "url" not in answer.json["recording"]


def test_a_recording_that_is_not_kept_has_no_link(practice: "Practice") -> None:
    made = practice.create()
    practice.attempts.update(
        made["id"],
        lambda a: replace(a, status="completed", recording=Recording("audio/webm", 5, "1")),
    )
    assert read(practice, made).json["recording"] == {
        "content_type": "audio/webm",
        "bytes": 5,
        "kept_until": None,
    }


def test_attempts_stored_with_an_empty_mention_are_read(practice: "Practice") -> None:
    """`recording.kept_until` has been written as null inside the recording, too."""
    made = practice.create()
    documents = wiring.documents(practice.settings)
    stored = documents.get("attempts", made["id"])
    recording = {"content_type": "audio/webm", "bytes": 5, "generation": "1", "kept_until": None}
    documents.transact(
        lambda t: t.set("attempts", made["id"], {**stored.data, "recording": recording})
    )
    assert read(practice, made).json["recording"]["kept_until"] is None


def test_deleting_the_attempt_removes_it(
    practice: "Practice", kept: Callable[..., dict[str, Any]]
) -> None:
    attempt, other = kept(), kept()
    practice.call("DELETE", f"/v1/attempts/{attempt['id']}")
    assert practice.objects.names() == [kept_name("eve", other["id"])]


def test_a_deletion_that_the_store_cut_short_may_be_sent_again(
    practice: "Practice", kept: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = kept()
    path = f"/v1/attempts/{attempt['id']}"

    def away(*_: object) -> Never:
        raise Unavailable("The store did not answer.", code="objects_unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(FolderObjects, "delete", away)
        assert practice.call("DELETE", path).status_code == 503
    assert practice.call("DELETE", path).status_code == 204
    assert practice.objects.names() == []
    assert read(practice, attempt).status_code == 404


def test_a_copy_made_while_the_attempt_is_deleted_goes_too(
    practice: "Practice", kept: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = kept()
    remove = Attempts.delete

    def after_a_worker(attempts: Attempts, attempt_id: str) -> None:
        practice.objects.write(kept_name("eve", attempt_id), b"sound", "audio/webm")
        remove(attempts, attempt_id)

    monkeypatch.setattr(Attempts, "delete", after_a_worker)
    assert practice.call("DELETE", f"/v1/attempts/{attempt['id']}").status_code == 204
    assert practice.objects.names() == []


def test_it_is_exported_and_erased(
    practice: "Practice", kept: Callable[..., dict[str, Any]]
) -> None:
    attempt, others = kept(), kept("ann")
    waiting = practice.create()
    practice.upload(waiting)
    names = [item["name"] for item in practice.internal("GET", DATA).json["recordings"]]
    assert names == [object_name("eve", waiting["id"]), kept_name("eve", attempt["id"])]
    assert practice.internal("DELETE", DATA).status_code == 204
    assert practice.objects.names() == [kept_name("ann", others["id"])]
