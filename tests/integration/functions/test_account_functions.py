"""account_eraser, account_exporter and account_sweeper against the services' internal routes."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from shared import wiring
from tests.fakes.data_owners import SERVICES, DataOwners

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

EXPORT = {"export_id": "e1", "user_id": "eve"}
REPORT = "/auth/internal/v1/exports/e1"
DATA = "internal/v1/users/eve/data"


@pytest.fixture
def owners(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> Iterator[DataOwners]:
    with DataOwners() as owners:
        for service in SERVICES:
            monkeypatch.setenv(f"ROSTRUM_{service.upper()}_URL", owners.url(service))
        yield owners


@pytest.fixture
def files(bench: "Bench") -> Callable[[], dict[str, bytes]]:
    """The exports bucket as it is now."""
    bucket = wiring.embedded_objects(bench.settings, "exports")
    return lambda: {o.name: bucket.read(o.name, o.generation) for o in bucket.under("")}


def test_an_erasure_empties_every_store_then_reports(
    bench: "Bench", owners: DataOwners, start: Callable[[str, str], None]
) -> None:
    start("account_eraser", "on_account_erased")
    for _ in range(2):
        owners.calls.clear()
        assert bench.send_message("account_eraser", {"user_id": "eve"}) == 200
        *deletes, report = owners.calls
        assert sorted(deletes) == sorted(("DELETE", f"/{s}/{DATA}", None) for s in SERVICES)
        assert report == ("POST", "/auth/internal/v1/erasures/eve/finished", None)


def test_one_service_away_holds_up_no_other_but_the_report(
    bench: "Bench", owners: DataOwners, start: Callable[[str, str], None]
) -> None:
    start("account_eraser", "on_account_erased")
    for service in SERVICES:
        owners.calls.clear()
        owners.away = {service}
        assert bench.send_message("account_eraser", {"user_id": "eve"}) == 500
        assert {path for _, path, _ in owners.calls} == {f"/{s}/{DATA}" for s in SERVICES}
    owners.away = set()
    assert bench.send_message("account_eraser", {"user_id": "eve"}) == 200
    assert owners.calls[-1][0] == "POST"


def test_a_users_id_stays_one_path_segment(
    bench: "Bench", owners: DataOwners, start: Callable[[str, str], None]
) -> None:
    start("account_eraser", "on_account_erased")
    bench.send_message("account_eraser", {"user_id": "../x"})
    assert all("/users/../x/data" in path for method, path, _ in owners.calls if method != "POST")


def test_an_export_holds_a_file_of_every_service(
    bench: "Bench",
    owners: DataOwners,
    start: Callable[[str, str], None],
    files: Callable[[], dict[str, bytes]],
) -> None:
    start("account_exporter", "on_export_requested")
    for _ in range(2):
        assert bench.send_message("account_exporter", EXPORT) == 200
        [(name, data)] = files().items()
        assert name == "eve/e1.zip"
        archive = zipfile.ZipFile(io.BytesIO(data))
        assert archive.testzip() is None
        read = {n: archive.read(n).decode() for n in archive.namelist()}
        readme = read.pop("README.txt")
        assert all(name in readme for name in read)
        assert {name: json.loads(text)["held_by"] for name, text in read.items()} == {
            "account.json": "auth",
            "courses.json": "course",
            "practice.json": "practice",
            "ai.json": "ai_gateway",
        }
        report = {"user_id": "eve", "status": "ready", "bytes": len(data)}
        assert owners.calls[-1] == ("POST", REPORT, report)


@pytest.mark.parametrize("service", SERVICES)
def test_an_export_waits_for_a_service_that_is_away(
    bench: "Bench",
    owners: DataOwners,
    start: Callable[[str, str], None],
    files: Callable[[], dict[str, bytes]],
    service: str,
) -> None:
    start("account_exporter", "on_export_requested")
    owners.away = {service}
    assert bench.send_message("account_exporter", EXPORT) == 500
    assert files() == {}
    assert not any(method == "POST" for method, _, _ in owners.calls)


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [
        (f"GET /auth/{DATA}", "user_not_found", 200),
        (f"POST {REPORT}", "export_not_found", 200),
        (f"GET /practice/{DATA}", "not_found", 500),
    ],
)
def test_of_a_user_erased_meanwhile_nothing_is_left(
    bench: "Bench",
    owners: DataOwners,
    start: Callable[[str, str], None],
    files: Callable[[], dict[str, bytes]],
    call: str,
    code: str,
    status: int,
) -> None:
    start("account_exporter", "on_export_requested")
    owners.problems = {call: code}
    assert bench.send_message("account_exporter", EXPORT) == status
    assert files() == {}


def test_the_sweeper_asks_auth(
    bench: "Bench", owners: DataOwners, start: Callable[[str, str], None]
) -> None:
    start("account_sweeper", "on_sweep_due")
    assert bench.send_message("account_sweeper", {}) == 200
    assert owners.calls == [
        ("POST", "/auth/internal/v1/erasures/sweep", None),
        ("POST", "/auth/internal/v1/exports/sweep", None),
    ]
    owners.away = {"auth"}
    assert bench.send_message("account_sweeper", {}) == 500
