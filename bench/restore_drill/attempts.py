"""Attempts in Firestore: exported, imported elsewhere, compared, and erased again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.restore_drill.firestore_emulator import Emulator, Fields, every_type
from local.emulators.engine import PROJECT
from run_services.practice.data_rights.usecases import DataRights
from shared import wiring
from shared.adapters.embedded.objects import FolderObjects
from shared.adapters.embedded.signed_urls import UrlSigner
from shared.domain.attempt import Attempt, Prompt
from shared.domain.times import timestamp
from shared.repositories.attempts import Attempts
from shared.repositories.features import FeatureStore
from shared.repositories.idempotency import IdempotencyKeys
from shared.runtime.store_settings import DatabaseSettings

_AFTER_EXPORT = 20


@dataclass(frozen=True, slots=True)
class AttemptsDrill:
    """`rpo_s`: from the last document of the export to the last one written, all lost by design.

    `back` counts the attempts of erased learners that the import brought back, `left` those after
    the ledger was reapplied.
    """

    documents: int
    export_s: float
    rto_s: float
    rpo_s: float
    missing: list[str]
    unexpected: list[str]
    changed: list[str]
    back: int
    left: int

    @property
    def exact(self) -> bool:
        same = not (self.missing or self.unexpected or self.changed)
        return same and self.back > 0 and self.left == 0


def drill(folder: Path, documents: int, erased: set[str]) -> AttemptsDrill:
    """Write `documents` attempts, those of `erased` among them, export, write on, import.

    Raises `AbsentError` where the emulator is not installed.
    """
    source = Emulator(folder / "source")
    try:
        source.start()
        learners = [*sorted(erased), *(f"learner-{number}" for number in range(8))]
        attempts = Attempts(wiring.documents(_settings(source.host)))
        for number in range(documents):
            attempts.create(_attempt(f"attempt-{number:05}", learners[number % len(learners)]))
        source.write("types/all", every_type("attempts/attempt-00000"))
        source.write("types/all/inner/empty", {})
        before, last = dict(source.documents()), time.perf_counter()
        export = source.export(folder)
        export_s = time.perf_counter() - last
        for number in range(_AFTER_EXPORT):
            attempts.create(_attempt(f"late-{number:05}", "learner-0"))
        source.write("types/all", {})
        rpo_s = time.perf_counter() - last
    finally:
        source.stop()
    return _import(folder, export, before, erased, export_s, rpo_s)


def _import(
    folder: Path,
    export: Path,
    before: Mapping[str, Fields],
    erased: set[str],
    export_s: float,
    rpo_s: float,
) -> AttemptsDrill:
    target = Emulator(folder / "target", export)
    try:
        started = time.perf_counter()
        target.start()
        settings = _settings(target.host)
        attempts = Attempts(wiring.documents(settings))
        attempts.get("attempt-00000")
        rto_s = time.perf_counter() - started
        after = dict(target.documents())
        back = sum(1 for user in erased for _ in attempts.every_of_user(user))
        # What the practice service does when account_eraser hands it the ledger's announcement.
        keys = IdempotencyKeys(wiring.documents(settings), wiring.clock())
        rights = DataRights(
            attempts, _objects(folder, "uploads"), FeatureStore(_objects(folder, "features")), keys
        )
        for user in erased:
            rights.erase(user)
        left = sum(1 for user in erased for _ in attempts.every_of_user(user))
    finally:
        target.stop()
    return AttemptsDrill(
        documents=len(before),
        export_s=export_s,
        rto_s=rto_s,
        rpo_s=rpo_s,
        missing=sorted(before.keys() - after.keys()),
        unexpected=sorted(after.keys() - before.keys()),
        changed=sorted(k for k in before.keys() & after.keys() if before[k] != after[k]),
        back=back,
        left=left,
    )


def _settings(host: str) -> DatabaseSettings:
    return DatabaseSettings(engine="google", project=PROJECT, firestore_emulator_host=host)


def _objects(folder: Path, bucket: str) -> FolderObjects:
    signer = UrlSigner("http://127.0.0.1:9", bucket, b"of the restore drill, and nothing else")
    return FolderObjects(folder / bucket, signer, wiring.clock(), lambda _: None)


def _attempt(id: str, user_id: str) -> Attempt:
    now = timestamp(datetime.now(UTC))
    prompt = Prompt("en", title="A walk", question="Where did you walk last?")
    return Attempt(id, user_id, "awaiting_upload", "free_speech", prompt, now, now)
