"""Everything a running stack has stored, on either engine, for tests that look for traces.

Of the emulators' messages only what their stores hold: Pub/Sub shows nobody what is in flight.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import httpx
import sqlalchemy as sa

from local.stack import Stack

_OWNER = {"Authorization": "Bearer owner"}
_PAGE = 300


def everything(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Where it lies, and what: rows of tables, documents, objects and what else lies by them.

    Places are `table SCHEMA.NAME` (the whole table), `document COLLECTION/ID`,
    `object BUCKET/NAME` and `file PATH`.
    """
    addresses = stack.addresses()
    yield from _tables(stack.database_url)
    if addresses.get("engine", "embedded") == "embedded":
        yield from _folder(stack.data / "objects")
        return
    with httpx.Client(timeout=30) as client:
        yield from _documents(client, addresses["firestore_host"], addresses["project"])
        yield from _buckets(client, addresses["storage_host"])


def naming(stack: Stack, words: list[str]) -> set[str]:
    """The places that hold one of the words, or have it in their names."""
    return {
        place
        for place, content in everything(stack)
        if any(word in place or word.encode() in content for word in words)
    }


def objects(stack: Stack, bucket: str) -> set[str]:
    """The names of all objects in that bucket."""
    beginning = f"object {bucket}/"
    places = (place for place, _ in everything(stack))
    return {place.removeprefix(beginning) for place in places if place.startswith(beginning)}


def wait_until_gone(stack: Stack, bucket: str, part: str, within_s: float = 30) -> None:
    """Until no object of the bucket has that in its name: what is done with may go last."""
    deadline = time.monotonic() + within_s
    while names := [name for name in objects(stack, bucket) if part in name]:
        assert time.monotonic() < deadline, f"still there: {names}"
        time.sleep(0.1)


def _tables(url: str) -> Iterator[tuple[str, bytes]]:
    engine = sa.create_engine(url)
    try:
        inspector = sa.inspect(engine)
        with engine.connect() as connection:
            for schema in inspector.get_schema_names():
                if schema == "information_schema":
                    continue
                for table in inspector.get_table_names(schema):
                    whole = sa.text(f'SELECT t::text FROM "{schema}"."{table}" t')
                    rows = connection.execute(whole).scalars()
                    yield f"table {schema}.{table}", "\n".join(rows).encode()
    finally:
        engine.dispose()


def _folder(directory: Path) -> Iterator[tuple[str, bytes]]:
    """Of the embedded engine: an object is a folder by its quoted name, see its adapter."""
    for path in directory.rglob("*"):
        match path.relative_to(directory).parts:
            case [bucket, "objects", name, *_]:
                place = f"object {bucket}/{unquote(name)}"
            case parts:
                place = f"file {unquote('/'.join(parts))}"
        content = b""
        # What is deleted meanwhile is not there.
        with suppress(FileNotFoundError):
            content = path.read_bytes() if path.is_file() else b""
        yield place, content


def _documents(client: httpx.Client, host: str, project: str) -> Iterator[tuple[str, bytes]]:
    root = f"http://{host}/v1/projects/{project}/databases/(default)/documents"
    for collection in _collections(client, root):
        for page in _pages(client, f"{root}/{collection}", {"pageSize": _PAGE}):
            for document in page.get("documents", []):
                name = document["name"].removeprefix(f"{root.partition('/v1/')[2]}/")
                yield f"document {name}", str(document).encode()


def _collections(client: httpx.Client, root: str) -> list[str]:
    body: dict[str, Any] = {"pageSize": _PAGE}
    found: list[str] = []
    while True:
        answer = client.post(f"{root}:listCollectionIds", json=body, headers=_OWNER)
        page = answer.raise_for_status().json()
        found += page.get("collectionIds", [])
        if not page.get("nextPageToken"):
            return found
        body["pageToken"] = page["nextPageToken"]


def _buckets(client: httpx.Client, url: str) -> Iterator[tuple[str, bytes]]:
    root = f"{url}/storage/v1/b"
    for bucket in client.get(root).raise_for_status().json().get("items", []):
        within = f"{root}/{bucket['name']}/o"
        for page in _pages(client, within, {"maxResults": _PAGE}):
            for item in page.get("items", []):
                content = client.get(f"{within}/{quote(item['name'], safe='')}?alt=media")
                held = b"" if content.status_code == httpx.codes.NOT_FOUND else content.content
                yield f"object {bucket['name']}/{item['name']}", str(item).encode() + held


def _pages(client: httpx.Client, url: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    while True:
        page = client.get(url, params=query, headers=_OWNER).raise_for_status().json()
        yield page
        if not page.get("nextPageToken"):
            return
        query = {**query, "pageToken": page["nextPageToken"]}
