"""What every objects adapter owes its callers; uploads go over real HTTP to the signed URL.

Google's is tested on fake-gcs-server, with the storage door checking signed URLs in place of Cloud
Storage. That a copy is made on the condition that there is no target, which fake-gcs-server does
not check, is tested on the request in tests/unit/adapters/test_storage_requests.py.
"""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from local.client import ApiError
from shared.domain.errors import NotFound
from tests.fakes.object_store import Store


def code(store: Store, response: httpx.Response) -> str:
    """The code of a refusal, once its status has been seen to belong to it."""
    code = ApiError(response).problem["code"]
    assert response.status_code in store.refusals[code]
    return code


def test_an_upload_is_stored_read_and_announced(store: Store) -> None:
    assert store.put("attempts/u/a", b"sound").status_code == 200
    info = store.objects.stat("attempts/u/a")
    assert info is not None
    assert (info.name, info.size, info.content_type) == ("attempts/u/a", 5, "audio/webm")
    assert store.objects.read("attempts/u/a", info.generation) == b"sound"
    assert store.announced == [info]


def test_the_largest_and_the_smallest_upload(store: Store) -> None:
    assert store.put("full", b"x" * 100).status_code == 200
    assert store.put("empty", b"").status_code == 200
    assert store.objects.stat("empty").size == 0


def test_a_larger_upload_is_refused(store: Store) -> None:
    assert code(store, store.put("a", b"x" * 101)) == "upload_too_large"
    assert store.objects.stat("a") is None
    assert store.put("a", b"x").status_code == 200


def test_a_larger_upload_without_a_length_is_refused(store: Store) -> None:
    terms = store.terms("a")
    response = httpx.put(terms["url"], headers=terms["headers"], content=iter([b"x" * 60] * 2))
    assert response.status_code in (400, 411, 413)
    assert store.objects.stat("a") is None


def test_a_second_upload_is_refused_and_the_first_stays(store: Store) -> None:
    terms = store.terms("a")
    assert httpx.put(**terms, content=b"one").status_code == 200
    assert code(store, httpx.put(**terms, content=b"two")) == "already_uploaded"
    info = store.objects.stat("a")
    assert store.objects.read("a", info.generation) == b"one"
    assert len(store.announced) == 1


def test_of_many_uploads_at_once_one_wins(store: Store) -> None:
    terms = store.terms("a")
    with ThreadPoolExecutor(8) as pool:
        bodies = [bytes([n]) * 50 for n in range(8)]
        answers = list(pool.map(lambda b: httpx.put(**terms, content=b).status_code, bodies))
    assert sorted(answers) == [200] + [412] * 7
    info = store.objects.stat("a")
    assert store.objects.read("a", info.generation) == bodies[answers.index(200)]
    assert store.announced == [info]


def test_an_upload_after_expiry_is_refused(store: Store) -> None:
    terms = store.terms("a", minutes=15)
    store.clock.at += timedelta(minutes=16)
    assert code(store, httpx.put(**terms, content=b"x")) == "url_expired"


def test_a_url_asked_for_after_its_expiry_is_refused_as_expired(store: Store) -> None:
    assert code(store, store.put("a", b"x", minutes=-1)) == "url_expired"


@pytest.mark.parametrize(
    "change",
    [
        {"Content-Type": "text/html"},
        {"x-goog-content-length-range": "0,1000000"},
        {"x-goog-if-generation-match": "1"},
    ],
)
def test_changed_headers_are_refused(store: Store, change: dict[str, str]) -> None:
    terms = store.terms("a")
    terms["headers"] |= change
    assert code(store, httpx.put(**terms, content=b"x")) == "url_signature_invalid"


def test_missing_headers_are_refused(store: Store) -> None:
    response = httpx.put(store.terms("a")["url"], content=b"x")
    assert code(store, response) == "url_signature_invalid"


def test_a_url_opens_no_other_name(store: Store) -> None:
    terms = store.terms("attempts/eve/a")
    other = terms["url"].replace("attempts/eve/a", "attempts/ann/a")
    response = httpx.put(other, headers=terms["headers"], content=b"x")
    assert code(store, response) == "url_signature_invalid"
    assert store.objects.stat("attempts/ann/a") is None


def test_a_signature_of_other_letters_is_refused(store: Store) -> None:
    url = re.sub("(?i)(signature=).*", r"\1%C3%BC", store.terms("a")["url"])
    headers = store.terms("a")["headers"]
    assert code(store, httpx.put(url, headers=headers)) == "url_signature_invalid"


def test_a_later_expiry_cannot_be_claimed(store: Store) -> None:
    terms = store.terms("a")
    later = re.sub("(?i)(expires=)", r"\g<1>9", terms["url"])
    assert code(store, httpx.put(later, headers=terms["headers"])) == "url_signature_invalid"


def test_an_upload_that_breaks_off_leaves_nothing(store: Store) -> None:
    parts = urlsplit(store.terms("a")["url"])
    headers = {**store.terms("a")["headers"], "Host": parts.netloc, "Content-Length": "50"}
    lines = [f"PUT {parts.path}?{parts.query} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall("\r\n".join([*lines, "", "half"]).encode())
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 400") or answer == b""
    assert store.objects.stat("a") is None
    assert store.announced == []


def test_a_name_cannot_leave_the_folder(store: Store, tmp_path: Path) -> None:
    name = "../../escape"
    terms = store.terms(name)
    with httpx.Client() as client:
        request = client.build_request("PUT", terms["url"], headers=terms["headers"], content=b"x")
        client.send(request)
    assert not (tmp_path.parent / "escape").exists()
    assert all(tmp_path in p.parents for p in tmp_path.rglob("*"))


def test_a_copy_is_a_new_object_and_announced(store: Store) -> None:
    store.put("a", b"sound")
    copied = store.objects.copy("a", "b")
    assert store.objects.read("b", copied.generation) == b"sound"
    assert copied.content_type == "audio/webm"
    assert [info.name for info in store.announced] == ["a", "b"]
    assert store.objects.copy("a", "b") == copied
    assert len(store.announced) == 2


def test_copying_nothing_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.objects.copy("nothing", "b")


def test_only_the_live_generation_is_read(store: Store) -> None:
    store.put("a", b"one")
    old = store.objects.stat("a").generation
    store.objects.delete("a")
    store.objects.delete("a")
    with pytest.raises(NotFound):
        store.objects.read("a", old)
    store.put("a", b"two")
    new = store.objects.stat("a").generation
    assert new != old
    with pytest.raises(NotFound):
        store.objects.read("a", old)
    assert store.objects.read("a", new) == b"two"
