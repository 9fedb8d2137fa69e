"""The folder of objects after kills and over time."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.adapters.embedded.objects import FolderObjects
from shared.adapters.embedded.signed_urls import UrlSigner
from shared.domain.errors import Unavailable
from shared.ports.objects import ObjectInfo
from tests.fakes.object_store import HeldClock, Store, served


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with served(tmp_path) as store:
        yield store


def test_an_announcement_that_failed_is_made_up_for(tmp_path: Path) -> None:
    """As after a kill between storing and announcing, or with the queue away."""
    clock = HeldClock()
    signer = UrlSigner("http://127.0.0.1/storage", "uploads", b"s" * 32)

    def unreachable(_: ObjectInfo) -> None:
        raise Unavailable("away")

    broken = FolderObjects(tmp_path, signer, clock, unreachable)
    signed = broken.signed_upload(
        "a", content_type="audio/webm", max_bytes=9, expires_at=clock.at + timedelta(minutes=1)
    )
    query = dict(p.split("=") for p in urlsplit(signed.url).query.split("&"))
    headers = {k.lower(): v for k, v in signed.headers.items()}
    with pytest.raises(Unavailable):
        broken.receive("a", query, headers, io.BytesIO(b"x"))
    announced: list[ObjectInfo] = []
    restarted = FolderObjects(tmp_path, signer, clock, announced.append)
    assert restarted.recover() == 1
    assert announced == [restarted.stat("a")]
    assert restarted.recover() == 0


def test_old_recordings_are_purged(store: Store) -> None:
    store.put("old", b"x")
    store.clock.at += timedelta(hours=25)
    store.put("new", b"x")
    store.objects.purge(timedelta(days=1))
    assert store.objects.names() == ["new"]


def test_only_what_bears_the_prefix_is_purged(store: Store) -> None:
    store.put("attempts/u/a", b"x")
    store.put("kept/u/a", b"x")
    store.clock.at += timedelta(hours=25)
    store.objects.purge(timedelta(days=1), "attempts/")
    assert store.objects.names() == ["kept/u/a"]


def test_what_a_kill_left_without_its_record_is_purged(store: Store, tmp_path: Path) -> None:
    store.put("a", b"voice")
    (record,) = tmp_path.glob("objects/a/*.json")
    record.unlink()
    store.clock.at = datetime.now(UTC) + timedelta(hours=25)
    store.objects.purge(timedelta(days=1))
    assert list(tmp_path.glob("objects/*")) == []
