"""The requests to Cloud Storage: their conditions, which fake-gcs-server does not all check, what
is tried again, and what every failure becomes.
"""

import gc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.gcp.iam_blobs import IamBlobs
from shared.adapters.gcp.iam_session import build_session
from shared.adapters.gcp.storage import StorageObjects, build_client
from shared.domain.errors import NotFound, Unavailable
from shared.ports.objects import ObjectInfo
from tests.fakes.scripted_http import ScriptedHttp

OBJECT = {"name": "b", "generation": "7", "size": "5", "contentType": "audio/webm"}
INFO = ObjectInfo("b", "7", 5, "audio/webm")
COPIED = {"done": True, "totalBytesRewritten": "5", "objectSize": "5", "resource": OBJECT}
UNFINISHED = {"done": False, "totalBytesRewritten": "2", "objectSize": "5", "rewriteToken": "t"}
ABSENT = (404, {"error": {"code": 404, "message": "No such object"}})
CONDITION = (412, {"error": {"code": 412, "message": "conditionNotMet"}})
BUSY = (503, {"error": {"code": 503}})


@pytest.fixture
def server() -> Iterator[ScriptedHttp]:
    with ScriptedHttp() as server:
        yield server


# google-cloud-storage leaves the answer to a refused download open until it is collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def objects(server: ScriptedHttp) -> StorageObjects:
    client = build_client("demo", emulator_host=server.url)
    signer = IamBlobs("a@demo", build_session(emulated=True), server.url, attempts=1)
    return StorageObjects(client, "uploads", signer, public_url=server.url, deadline_s=0.6)


def test_a_copy_is_made_only_where_there_is_no_target(
    server: ScriptedHttp, objects: StorageObjects
) -> None:
    server.answers = [ABSENT, (200, COPIED)]
    assert objects.copy("a", "b") == INFO
    assert len(server.asked) == 2
    copy = server.asked[-1]
    assert copy.path == "/storage/v1/b/uploads/o/a/rewriteTo/b/uploads/o/b"
    assert copy.query["ifGenerationMatch"] == "0"


def test_a_copy_keeps_its_type(server: ScriptedHttp, objects: StorageObjects) -> None:
    """Where a rewrite describes its target, Cloud Storage takes no metadata over by itself."""
    server.answers = [ABSENT, (200, COPIED)]
    objects.copy("a", "b")
    assert server.asked[-1].body == b""


@pytest.mark.parametrize("call", ["write", "under"])
def test_a_bucket_that_is_absent_is_no_absent_object(
    server: ScriptedHttp, objects: StorageObjects, call: str
) -> None:
    server.answers = [ABSENT]
    with pytest.raises(Unavailable):
        CALLS[call](objects)


def test_a_failure_is_logged_without_the_objects_name(
    server: ScriptedHttp, objects: StorageObjects, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = [(403, {"error": {"code": 403, "message": "no access to secret-name"}})]
    with pytest.raises(Unavailable):
        objects.stat("secret-name")
    assert "Forbidden" in caplog.text
    assert "secret-name" not in caplog.text


def test_a_copy_in_parts_is_continued_under_the_same_condition(
    server: ScriptedHttp, objects: StorageObjects
) -> None:
    server.answers = [ABSENT, (200, UNFINISHED), (200, COPIED)]
    assert objects.copy("a", "b") == INFO
    assert server.asked[-1].query["rewriteToken"] == "t"
    assert server.asked[-1].query["ifGenerationMatch"] == "0"


def test_a_target_that_another_made_meanwhile_is_answered(
    server: ScriptedHttp, objects: StorageObjects
) -> None:
    """As after an answer of our own that was lost."""
    server.answers = [ABSENT, BUSY, CONDITION, (200, OBJECT)]
    assert objects.copy("a", "b") == INFO


def test_a_target_that_comes_and_goes_may_be_copied_later(
    server: ScriptedHttp, objects: StorageObjects
) -> None:
    server.answers = [ABSENT, CONDITION, ABSENT]
    with pytest.raises(Unavailable):
        objects.copy("a", "b")


def test_only_the_live_generation_is_read(server: ScriptedHttp, objects: StorageObjects) -> None:
    """In a bucket with versions the old one would be there, under its generation."""
    server.answers = [(200, b"sound")]
    assert objects.read("b", "7") == b"sound"
    assert server.asked[0].query["generation"] == "7"
    assert server.asked[0].query["ifGenerationMatch"] == "7"
    server.answers = [CONDITION]
    with pytest.raises(NotFound) as caught:
        objects.read("b", "7")
    assert caught.value.code == "object_not_found"


def test_a_list_is_read_to_its_end(server: ScriptedHttp, objects: StorageObjects) -> None:
    first = {"items": [OBJECT], "nextPageToken": "more"}
    server.answers = [(200, first), (200, {"items": [OBJECT | {"name": "c"}]})]
    assert [info.name for info in objects.under("")] == ["b", "c"]
    assert server.asked[1].query["pageToken"] == "more"


CALLS: dict[str, Callable[[StorageObjects], object]] = {
    "stat": lambda objects: objects.stat("b"),
    "read": lambda objects: objects.read("b", "7"),
    "copy": lambda objects: objects.copy("a", "b"),
    "delete": lambda objects: objects.delete("b"),
    "write": lambda objects: objects.write("b", b"sound", "audio/webm"),
    "write_in_parts": lambda objects: objects.write("b", bytes(9 << 20), "audio/webm"),
    "under": lambda objects: objects.under("b"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "answer",
    [
        BUSY,
        (0, None),
        (429, {"error": {"code": 429}}),
        (500, b"not even JSON"),
        (400, {"error": {"code": 400}}),
        (403, {"error": {"code": 403}}),
    ],
    ids=["busy", "dropped", "quota", "broken", "refused", "forbidden"],
)
def test_every_failure_is_unavailable(
    server: ScriptedHttp,
    objects: StorageObjects,
    call: Callable[[StorageObjects], object],
    answer: tuple[int, Any],
) -> None:
    server.answers = [answer]
    with pytest.raises(Unavailable) as caught:
        call(objects)
    assert caught.value.code == "storage_unavailable"
    assert (len(server.asked) > 1) == (answer[0] not in (400, 403))


@pytest.mark.parametrize("call", ["stat", "delete", "write", "under"])
def test_what_fails_in_passing_succeeds(
    server: ScriptedHttp, objects: StorageObjects, call: str
) -> None:
    server.answers = [BUSY, (0, None), (200, OBJECT)]
    CALLS[call](objects)
    assert len(server.asked) == 3


def test_a_signer_away_is_unavailable(server: ScriptedHttp, objects: StorageObjects) -> None:
    server.answers = [(0, None)]
    with pytest.raises(Unavailable) as caught:
        objects.signed_download("b", expires_at=datetime.now(UTC) + timedelta(minutes=1))
    assert caught.value.code == "signer_unavailable"
