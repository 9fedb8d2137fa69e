"""The search for traces finds what there is to find, on the emulators as in folders and tables."""

from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import sqlalchemy as sa

from local.emulators import programs
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from tests.emulators import official
from tests.fakes import stored

ID = "01932f00-1111-7abc-8def-0123456789ab"


@pytest.fixture
def stack(database: sa.Engine, postgres_url: str, tmp_path: Path) -> SimpleNamespace:
    return SimpleNamespace(database_url=postgres_url, data=tmp_path, addresses=dict)


def test_in_tables_and_folders(stack: SimpleNamespace, database: sa.Engine) -> None:
    PostgresDocuments(database, SystemClock()).create("attempts", "a", {"user_id": ID})
    by_name = stack.data / "objects" / "uploads" / "objects" / f"attempts%2F{ID}%2Fa"
    by_content = stack.data / "objects" / "exports" / "objects" / "b"
    half_way = stack.data / "objects" / "uploads" / "incoming"
    for folder in (by_name, by_content, half_way):
        folder.mkdir(parents=True)
    (by_name / "1.data").write_bytes(b"sound")
    (by_content / "1.data").write_text(ID)
    (half_way / "x").write_text(ID)
    assert stored.naming(stack, [ID]) == {
        "table public.documents",
        f"object uploads/attempts/{ID}/a",
        "object exports/b",
        "file uploads/incoming/x",
    }
    assert stored.naming(stack, ["somebody"]) == set()
    assert stored.objects(stack, "uploads") == {f"attempts/{ID}/a"}


def test_on_the_emulators(stack: SimpleNamespace, firestore_host: str, tmp_path: Path) -> None:
    root = f"http://{firestore_host}/v1/projects/demo-stored/databases/(default)/documents"
    owner = {"Authorization": "Bearer owner"}
    fields = {"fields": {"user_id": {"stringValue": ID}}}
    for path in ("attempts?documentId=a", f"choices?documentId={ID}"):
        httpx.post(f"{root}/{path}", json=fields, headers=owner).raise_for_status()

    with official.running(programs.cloud_storage, tmp_path / "storage") as command:
        url = f"http://127.0.0.1:{command.port}"
        httpx.post(f"{url}/storage/v1/b", json={"name": "uploads"}).raise_for_status()
        for name, data in ((f"kept/{ID}/a", b"sound"), ("b", ID.encode()), ("c", b"else")):
            upload = f"{url}/upload/storage/v1/b/uploads/o"
            query = {"uploadType": "media", "name": name}
            httpx.post(upload, params=query, content=data).raise_for_status()
        addresses = {
            "engine": "emulators",
            "project": "demo-stored",
            "firestore_host": firestore_host,
            "storage_host": url,
        }
        stack.addresses = lambda: addresses
        assert stored.naming(stack, [ID]) == {
            "document attempts/a",
            f"document choices/{ID}",
            f"object uploads/kept/{ID}/a",
            "object uploads/b",
        }
        assert stored.objects(stack, "uploads") == {f"kept/{ID}/a", "b", "c"}
