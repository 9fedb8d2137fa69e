"""A restore drill: lose data on purpose, bring it back, and say what it took.

`python -m bench.restore_drill` prints RPO (how much was lost) and RTO (from the order to restore
to the first answered query) of PostgreSQL, restored to a chosen second and after the loss of its
machine, and of Firestore, exported and imported. Exit code 1 when a restored row or document is
not the one written, or when somebody erased since came back to stay.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from bench.restore_drill import accounts, attempts
from bench.restore_drill.accounts import AccountsDrill, Restored
from bench.restore_drill.attempts import AttemptsDrill
from local.emulators.programs import AbsentError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="writing, before and after")
    parser.add_argument("--documents", type=int, default=2000)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = accounts.drill(folder / "postgresql", options.seconds)
        _print_accounts(tables)
        try:
            # Every service is told of these; of documents alone, practice holds some here.
            documents = attempts.drill(
                folder / "firestore", options.documents, erased=tables.announced
            )
        except AbsentError as absent:
            print(f"Firestore    not drilled: {absent}")
            return 1
    _print_attempts(documents)
    passed = tables.exact and documents.exact
    print("PASS" if passed else "FAIL")
    return 0 if passed else 1


def _print_accounts(drill: AccountsDrill) -> None:
    print(
        f"PostgreSQL   base backup in {drill.base_backup_s:.1f} s; it and the WAL take "
        f"{drill.archive_mb:.0f} MB; WAL archived at least every {drill.archive_every_s} s"
    )
    print(f"  to {drill.chosen:%H:%M:%S} sharp, beside the running server, into a new one")
    _print_restored(drill.to_second, "to the last transaction before it")
    print("  after the server and its disk are lost, from backup and archive")
    _print_restored(drill.after_crash, f"{drill.after_crash.lost} acknowledged transactions")
    print(
        f"  erased since: {len(drill.back)} came back with the restore, "
        f"{len(drill.left)} left once the ledger was reapplied"
    )


def _print_restored(restored: Restored, lost: str) -> None:
    found = restored.differences
    print(f"    RTO {restored.rto_s:6.2f} s   RPO {restored.rpo_s:6.3f} s ({lost})")
    print(
        f"    {found.compared} rows compared: {len(found.missing)} missing, "
        f"{len(found.unexpected)} from after it, {len(found.changed)} changed"
    )


def _print_attempts(drill: AttemptsDrill) -> None:
    print(f"Firestore    {drill.documents} documents exported in {drill.export_s:.1f} s")
    print("  imported into a new emulator")
    print(f"    RTO {drill.rto_s:6.2f} s   RPO {drill.rpo_s:6.3f} s (all written since the export)")
    print(
        f"    {drill.documents} documents compared, every type: {len(drill.missing)} missing, "
        f"{len(drill.unexpected)} from after it, {len(drill.changed)} changed"
    )
    print(
        f"  attempts of the erased: {drill.back} came back with the import, "
        f"{drill.left} left once the ledger was reapplied"
    )


if __name__ == "__main__":
    sys.exit(main())
