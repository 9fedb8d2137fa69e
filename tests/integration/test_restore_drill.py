"""Short restore drills: what comes back is what was written, and whom one erased stays erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.restore_drill import accounts, attempts
from bench.restore_drill.sequence import Writer, compare
from local import deployables
from local.emulators.programs import AbsentError
from shared.adapters.postgresql.migrations import upgrade
from tests.emulators import official


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> accounts.AccountsDrill:
    return accounts.drill(tmp_path_factory.mktemp("drill"), seconds=0.5)


@pytest.fixture
def writer(database: sa.Engine) -> Iterator[Writer]:
    """A sequence of three in an auth schema without accounts."""
    scripts = dict(deployables.migrations())["auth"]
    upgrade(database, scripts, "auth")
    clear = "DROP TABLE IF EXISTS restore_drill; DELETE FROM auth.users"
    _execute(database, clear)
    sequence = Writer(database, per_s=1)
    for _ in range(3):
        sequence.write()
    yield sequence
    _execute(database, clear)


def test_the_chosen_second_parts_what_is_there_from_what_is_not(
    restored: accounts.AccountsDrill,
) -> None:
    found = restored.to_second.differences
    assert found.none
    assert found.compared > 100
    assert restored.to_second.rpo_s >= 0


def test_a_lost_server_comes_back_as_far_as_the_archive_goes(
    restored: accounts.AccountsDrill,
) -> None:
    after_crash = restored.after_crash
    assert after_crash.differences.none
    assert after_crash.differences.compared > restored.to_second.differences.compared
    assert after_crash.lost >= 0


def test_an_account_erased_after_the_chosen_second_does_not_stay(
    restored: accounts.AccountsDrill,
) -> None:
    assert len(restored.back) == 1, "the backup knows nothing of its erasure"
    assert restored.left == set()
    assert restored.back <= restored.announced
    assert restored.exact


def test_documents_of_every_type_come_back_and_the_erased_go_again(tmp_path: Path) -> None:
    try:
        drill = attempts.drill(tmp_path, documents=60, erased={"someone"})
    except AbsentError as absent:
        official.absent(str(absent))
    assert (drill.missing, drill.unexpected, drill.changed) == ([], [], [])
    assert drill.documents == 62
    assert drill.back > 0
    assert drill.left == 0


def test_the_comparison_finds_nothing_in_equal_rows(writer: Writer, database: sa.Engine) -> None:
    assert compare(database, writer.written, set()).none


@pytest.mark.parametrize(
    ("statement", "missing", "changed"),
    [
        ("DELETE FROM restore_drill WHERE number = 2", [2], []),
        ("DELETE FROM auth.users WHERE email LIKE 'learner-2@%'", [2], []),
        ("UPDATE restore_drill SET digest = 'other' WHERE number = 2", [], [2]),
        ("UPDATE auth.users SET name = 'other' WHERE email LIKE 'learner-2@%'", [], [2]),
    ],
)
def test_the_comparison_finds_what_is_lost_or_changed(
    writer: Writer, database: sa.Engine, statement: str, missing: list[int], changed: list[int]
) -> None:
    _execute(database, statement)
    found = compare(database, writer.written, set())
    assert (found.missing, found.unexpected, found.changed) == (missing, [], changed)


def test_the_comparison_finds_what_should_not_be_there_yet(
    writer: Writer, database: sa.Engine
) -> None:
    found = compare(database, writer.written[:2], set())
    assert set(found.unexpected) == {3}


def _execute(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
