"""What every adapter of a bucket that is written and handed out owes its callers."""

import re
from datetime import timedelta

import httpx
import pytest
from werkzeug.http import parse_options_header

from local.client import ApiError
from shared.domain.errors import NotFound
from tests.fakes.object_store import Store

MANY_BYTES = b"0123456789abcdef" * 640 * 1024


def download(store: Store, name: str, minutes: int = 5, filename: str | None = None) -> str:
    expires_at = store.clock.at + timedelta(minutes=minutes)
    return store.objects.signed_download(name, expires_at=expires_at, filename=filename)


def code(store: Store, response: httpx.Response) -> str:
    code = ApiError(response).problem["code"]
    assert response.status_code in store.refusals[code]
    return code


def test_a_write_creates_and_replaces_and_is_announced(store: Store) -> None:
    first = store.objects.write("a", b"one", "text/plain")
    second = store.objects.write("a", b"second", "application/json")
    assert (first.size, first.content_type) == (3, "text/plain")
    assert (second.name, second.size, second.content_type) == ("a", 6, "application/json")
    assert store.objects.stat("a") == second
    assert store.objects.read("a", second.generation) == b"second"
    with pytest.raises(NotFound):
        store.objects.read("a", first.generation)
    assert store.announced == [first, second]


def test_a_write_of_ten_megabytes(store: Store) -> None:
    """On Google a resumable session, in more than one part."""
    info = store.objects.write("large", MANY_BYTES, "application/zip")
    assert info.size == len(MANY_BYTES)
    assert info.content_type == "application/zip"
    assert store.objects.read("large", info.generation) == MANY_BYTES
    assert store.objects.stat("large") == info


def test_what_is_written_cannot_be_uploaded(store: Store) -> None:
    store.objects.write("a", b"one", "audio/webm")
    assert code(store, store.put("a", b"two")) == "already_uploaded"


def test_under_a_prefix_lies_what_begins_with_it(store: Store) -> None:
    for name in ("u/ann/b", "u/anna/c", "u/ann/a", "v/ann/d"):
        store.objects.write(name, b"x", "text/plain")
    store.objects.write("u/ann/gone", b"x", "text/plain")
    store.objects.delete("u/ann/gone")
    found = store.objects.under("u/ann/")
    assert found == [store.objects.stat("u/ann/a"), store.objects.stat("u/ann/b")]
    assert store.objects.under("w/") == []


@pytest.mark.parametrize("name", ["a b+c&d=e.webm", "übung/日本.webm", "100%25/~x'(1).webm"])
def test_any_name_comes_back(store: Store, name: str) -> None:
    assert store.put(name, b"sound").status_code == 200
    info = store.objects.stat(name)
    assert info is not None
    assert info.name == name
    assert store.objects.under(name) == [info]
    assert httpx.get(download(store, name)).content == b"sound"


def test_a_download_needs_only_its_url(store: Store) -> None:
    store.objects.write("a.mp3", b"sound", "audio/mpeg")
    response = httpx.get(download(store, "a.mp3"))
    assert response.status_code == 200
    assert response.content == b"sound"
    assert response.headers["Content-Type"] == "audio/mpeg"
    assert not response.headers.get("Content-Disposition", "").startswith("attachment")


@pytest.mark.parametrize("filename", ["export.zip", "Übung 日本.zip", 'a "quoted"; name.zip'])
def test_a_download_is_saved_under_its_filename(store: Store, filename: str) -> None:
    store.objects.write("a", b"zip", "application/zip")
    response = httpx.get(download(store, "a", filename=filename))
    kind, options = parse_options_header(response.headers["Content-Disposition"])
    assert (kind, options["filename"]) == ("attachment", filename)


def test_a_download_of_nothing(store: Store) -> None:
    assert code(store, httpx.get(download(store, "nothing"))) == "object_not_found"


def test_a_download_after_expiry_is_refused(store: Store) -> None:
    store.objects.write("a", b"x", "text/plain")
    url = download(store, "a", minutes=5)
    store.clock.at += timedelta(minutes=6)
    assert code(store, httpx.get(url)) == "url_expired"


def test_a_download_url_opens_nothing_else(store: Store) -> None:
    for name in ("ann", "eve"):
        store.objects.write(name, b"x", "text/plain")
    url = download(store, "eve", filename="eve.txt")
    for changed in (url.replace("/eve?", "/ann?"), re.sub(r"eve\.txt", "ann.txt", url)):
        assert changed != url
        assert code(store, httpx.get(changed)) == "url_signature_invalid"
    assert ApiError(httpx.put(url, content=b"y")).status in (400, 403)
