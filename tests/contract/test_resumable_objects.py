"""What a bucket with resumable uploads owes its callers, over the wire protocol.

Only Google's engine offers them. Sessions are kept by the storage door here, because
fake-gcs-server ends a session that is asked how far it is.
https://cloud.google.com/storage/docs/performing-resumable-uploads#xml-api
"""

import io
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import requests
from google.cloud.storage._media.requests import ResumableUpload

from local.client import ApiError
from shared.ports.objects import ResumableObjects, SignedUpload
from tests.fakes import cloud_storage
from tests.fakes.cloud_storage import CloudStorage
from tests.fakes.object_store import Store

PART = 256 * 1024
SOUND = bytes(range(256)) * 4096  # 1 MiB, four parts


@pytest.fixture
def store(storage_emulator: CloudStorage, tmp_path: Path) -> Iterator[Store]:
    with cloud_storage.served(storage_emulator, tmp_path) as store:
        yield store


def terms(store: Store, max_bytes: int = len(SOUND), minutes: int = 15) -> SignedUpload:
    objects: ResumableObjects = store.objects
    expires_at = store.clock.at + timedelta(minutes=minutes)
    return objects.resumable_upload(
        "a/b c", content_type="audio/webm", max_bytes=max_bytes, expires_at=expires_at
    )


def started(store: Store, **options: int) -> str:
    signed = terms(store, **options)
    response = httpx.post(signed.url, headers=dict(signed.headers))
    assert response.status_code == 201
    return response.headers["Location"]


def part(session: str, first: int, last: int, total: int | str = len(SOUND)) -> httpx.Response:
    headers = {"Content-Range": f"bytes {first}-{last}/{total}"}
    return httpx.put(session, headers=headers, content=SOUND[first : last + 1])


def asked(session: str, total: int | str = len(SOUND)) -> httpx.Response:
    return httpx.put(session, headers={"Content-Range": f"bytes */{total}"})


def code(response: httpx.Response) -> str:
    return ApiError(response).problem["code"]


def stored(store: Store) -> bytes:
    info = store.objects.stat("a/b c")
    assert info is not None
    assert info.content_type == "audio/webm"
    return store.objects.read("a/b c", info.generation)


def test_googles_own_client_uploads_in_parts(store: Store) -> None:
    signed = terms(store)
    # The checksum is compared with an answer of the JSON API; this one has no body.
    upload = ResumableUpload(signed.url, PART, headers=dict(signed.headers), checksum=None)
    with requests.Session() as session:
        upload.initiate(session, io.BytesIO(SOUND), {}, "audio/webm", total_bytes=len(SOUND))
        answers = []
        while not upload.finished:
            answers.append(upload.transmit_next_chunk(session).status_code)
    assert answers == [308, 308, 308, 200]
    assert stored(store) == SOUND
    assert [info.size for info in store.announced] == [len(SOUND)]


def test_an_upload_goes_on_where_it_broke_off(store: Store) -> None:
    session = started(store)
    assert part(session, 0, PART - 1).headers["Range"] == f"bytes=0-{PART - 1}"
    parts = urlsplit(session)
    lines = [
        f"PUT {parts.path}?{parts.query} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Content-Range: bytes {PART}-{len(SOUND) - 1}/{len(SOUND)}",
        f"Content-Length: {len(SOUND) - PART}",
    ]
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + SOUND[PART : 2 * PART])
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1000)
    assert store.objects.stat("a/b c") is None
    answer = asked(session)
    assert answer.status_code == 308
    received = int(answer.headers["Range"].partition("-")[2]) + 1
    assert PART <= received <= 2 * PART
    assert part(session, received, len(SOUND) - 1).status_code == 200
    assert stored(store) == SOUND


def test_a_part_sent_again_counts_once(store: Store) -> None:
    session = started(store)
    assert "Range" not in asked(session).headers
    for first, last in ((0, PART - 1), (0, PART - 1), (100, 2 * PART - 1)):
        assert part(session, first, last).status_code == 308
    assert asked(session).headers["Range"] == f"bytes=0-{2 * PART - 1}"
    assert part(session, 2 * PART, len(SOUND) - 1).status_code == 200
    assert stored(store) == SOUND


def test_a_finished_upload_says_so_to_whoever_missed_it(store: Store) -> None:
    session = started(store)
    first = httpx.put(session, content=SOUND)
    assert first.status_code == 200
    again = [asked(session), asked(session, "*"), part(session, 3 * PART, len(SOUND) - 1)]
    generations = {answer.headers["x-goog-generation"] for answer in (first, *again)}
    assert generations == {store.objects.stat("a/b c").generation}
    assert len(store.announced) == 1


def test_the_length_may_be_said_last(store: Store) -> None:
    session = started(store)
    assert part(session, 0, PART - 1, "*").status_code == 308
    assert part(session, PART, len(SOUND) - 1, "*").status_code == 308
    assert store.objects.stat("a/b c") is None
    assert asked(session).status_code == 200
    assert stored(store) == SOUND


def test_a_part_that_leaves_a_gap_is_refused(store: Store) -> None:
    session = started(store)
    assert part(session, PART, 2 * PART - 1).status_code == 400
    assert "Range" not in asked(session).headers


@pytest.mark.parametrize("total", [len(SOUND), "*"])
def test_more_than_agreed_ends_the_session(store: Store, total: int | str) -> None:
    session = started(store, max_bytes=100)
    assert code(part(session, 0, 100, total)) == "upload_too_large"
    assert asked(session).status_code == 404
    assert store.objects.stat("a/b c") is None


def test_what_was_uploaded_meanwhile_stays(store: Store) -> None:
    session = started(store)
    store.objects.write("a/b c", b"first", "audio/webm")
    assert code(httpx.put(session, content=SOUND)) == "already_uploaded"
    assert stored(store) == b"first"


def test_a_session_is_started_only_as_signed(store: Store) -> None:
    signed = terms(store)
    headers = dict(signed.headers)
    for name in headers:
        changed = httpx.post(signed.url, headers={**headers, name: "other"})
        assert code(changed) == "url_signature_invalid"
    assert code(httpx.put(signed.url, headers=headers)) == "url_signature_invalid"
    late = terms(store, minutes=1)
    store.clock.at += timedelta(minutes=2)
    assert code(httpx.post(late.url, headers=headers)) == "url_expired"


def test_a_session_belongs_to_one_object_and_ends_when_cancelled(store: Store) -> None:
    session = started(store)
    assert asked(session.replace("b%20c", "other")).status_code == 404
    assert asked(session).status_code == 308
    assert httpx.delete(session).status_code == 204
    assert asked(session).status_code == 404
