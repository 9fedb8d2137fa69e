"""One bucket as files in a folder, with generations and announcements that survive a kill.

An object `a/b` is the folder `a%2Fb` holding `<generation>.data` and, as its commit point,
`<generation>.json`. Before the commit an entry is put into the outbox; after a kill, `recover`
announces every committed entry still there and drops the others.
"""

import fcntl
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote

from shared.adapters.embedded.files import translated, write_durably
from shared.adapters.embedded.signed_urls import UrlSigner, already_uploaded, too_large
from shared.domain.errors import Invalid, NotFound, PreconditionFailed
from shared.ports.clock import Clock
from shared.ports.objects import ObjectInfo, SignedUpload

Announce = Callable[[ObjectInfo], None]
_CHUNK_BYTES = 64 * 1024
_GENERATIONS_PER_S = 1_000_000


@dataclass(frozen=True, slots=True)
class _Paths:
    objects: Path
    outbox: Path
    incoming: Path
    lock: Path


class FolderObjects:
    """The objects port over a folder; `announce` publishes a finished object durably."""

    def __init__(
        self, directory: Path, signer: UrlSigner, clock: Clock, announce: Announce
    ) -> None:
        self._paths = _Paths(
            directory / "objects", directory / "outbox", directory / "incoming", directory / "lock"
        )
        for path in (self._paths.objects, self._paths.outbox, self._paths.incoming):
            path.mkdir(parents=True, exist_ok=True)
        self._signer = signer
        self._clock = clock
        self._announce = announce

    def signed_upload(
        self, name: str, *, content_type: str, max_bytes: int, expires_at: datetime
    ) -> SignedUpload:
        return self._signer.sign(
            name, content_type=content_type, max_bytes=max_bytes, expires_at=expires_at
        )

    def stat(self, name: str) -> ObjectInfo | None:
        with translated():
            records = sorted(self._folder(name).glob("*.json"))
            return ObjectInfo(**json.loads(records[-1].read_text())) if records else None

    def read(self, name: str, generation: str) -> bytes:
        info = self.stat(name)
        if info is None or info.generation != generation:
            raise NotFound("The object is gone.", code="object_not_found")
        with translated():
            return self._data(info).read_bytes()

    def copy(self, source: str, target: str) -> ObjectInfo:
        info = self.stat(source)
        if info is None:
            raise NotFound("The object is gone.", code="object_not_found")
        try:
            with self._data(info).open("rb") as data:
                return self._store(target, data, info.content_type, info.size, info.size)
        except FileNotFoundError as error:
            raise NotFound("The object is gone.", code="object_not_found") from error
        except PreconditionFailed:
            existing = self.stat(target)
            if existing is None:
                raise
            return existing

    def delete(self, name: str) -> None:
        folder = self._folder(name)
        with translated(), self._locked():
            for record in folder.glob("*.json"):
                record.unlink(missing_ok=True)
            if folder.exists():
                shutil.rmtree(folder)

    def write(self, name: str, data: bytes, content_type: str) -> ObjectInfo:
        return self._store(name, io.BytesIO(data), content_type, len(data), len(data), replace=True)

    def under(self, prefix: str) -> list[ObjectInfo]:
        live = (self.stat(name) for name in self.names() if name.startswith(prefix))
        return [info for info in live if info is not None]

    def signed_download(
        self, name: str, *, expires_at: datetime, filename: str | None = None
    ) -> str:
        return self._signer.sign_download(name, expires_at=expires_at, filename=filename)

    def opened(self, name: str, query: Mapping[str, str]) -> tuple[ObjectInfo, IO[bytes]]:
        """What a GET of a signed URL answers; raises `Forbidden` or `NotFound`."""
        self._signer.verify_download(name, query, self._clock.now())
        info = self.stat(name)
        try:
            if info is None:
                raise FileNotFoundError
            return info, self._data(info).open("rb")
        except FileNotFoundError as error:
            raise NotFound("The object is gone.", code="object_not_found") from error

    def receive(
        self, name: str, query: Mapping[str, str], headers: Mapping[str, str], data: IO[bytes]
    ) -> ObjectInfo:
        """Take the body of a PUT to a signed URL; `headers` by lower-case name.

        Raises `Forbidden` when the URL does not allow it, `TooLarge` (reading no further),
        `Invalid` when fewer bytes come than announced, `PreconditionFailed` when it exists.
        """
        grant = self._signer.verify(name, query, headers, self._clock.now())
        length = headers.get("content-length")
        declared_bytes = int(length) if length and length.isdigit() else None
        if declared_bytes is not None and declared_bytes > grant.max_bytes:
            raise too_large(grant.max_bytes)
        return self._store(name, data, grant.content_type, grant.max_bytes, declared_bytes)

    def recover(self) -> int:
        """Announce what is committed but not announced; returns how many.

        Such objects are left by a killed process or an event queue that was away.
        """
        announced = 0
        with translated(), self._locked():
            for entry in sorted(self._paths.outbox.glob("*.json")):
                info = ObjectInfo(**json.loads(entry.read_text()))
                if self.stat(info.name) == info:
                    self._announce(info)
                    announced += 1
                entry.unlink(missing_ok=True)
        return announced

    def purge(self, older_than: timedelta, prefix: str = "") -> None:
        """Remove what is older: objects whose names begin with `prefix`, broken-off uploads.

        A bucket's lifecycle, the backstop of retention.
        """
        limit = (self._clock.now() - older_than).timestamp()
        with translated():
            for name in self.names():
                info = self.stat(name) if name.startswith(prefix) else None
                if info and int(info.generation) / _GENERATIONS_PER_S < limit:
                    self.delete(name)
            for remains in self._paths.incoming.iterdir():
                if remains.stat().st_mtime < limit:
                    remains.unlink(missing_ok=True)
            with self._locked():
                for folder in self._paths.objects.iterdir():
                    without_record = not any(folder.glob("*.json"))
                    if without_record and folder.stat().st_mtime < limit:
                        shutil.rmtree(folder)

    def names(self) -> list[str]:
        """Every live object."""
        with translated():
            folders = (p for p in self._paths.objects.iterdir() if any(p.glob("*.json")))
            return sorted(unquote(p.name) for p in folders)

    def _store(
        self,
        name: str,
        data: IO[bytes],
        content_type: str,
        max_bytes: int,
        declared_bytes: int | None,
        *,
        replace: bool = False,
    ) -> ObjectInfo:
        if not replace and self.stat(name) is not None:
            raise already_uploaded()
        with translated(), tempfile.NamedTemporaryFile(dir=self._paths.incoming) as incoming:
            size = 0
            while chunk := data.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > max_bytes:
                    raise too_large(max_bytes)
                incoming.write(chunk)
            if declared_bytes is not None and size != declared_bytes:
                raise Invalid("The upload broke off; send it again.", code="upload_incomplete")
            incoming.flush()
            os.fsync(incoming.fileno())
            info = self._commit(name, Path(incoming.name), size, content_type, replace)
        self._announce(info)
        self._outbox_entry(info).unlink(missing_ok=True)
        return info

    def _commit(
        self, name: str, incoming: Path, size: int, content_type: str, replace: bool
    ) -> ObjectInfo:
        with self._locked():
            old = self.stat(name)
            if old is not None and not replace:
                raise already_uploaded()
            generation = str(int(self._clock.now().timestamp() * _GENERATIONS_PER_S))
            info = ObjectInfo(name, generation, size, content_type)
            folder = self._folder(name)
            folder.mkdir(exist_ok=True)
            os.link(incoming, self._data(info))
            record = json.dumps(asdict(info))
            write_durably(self._outbox_entry(info), record)
            write_durably(folder / f"{generation}.json", record)
            if old is not None:
                (folder / f"{old.generation}.json").unlink(missing_ok=True)
                self._data(old).unlink(missing_ok=True)
            return info

    def _folder(self, name: str) -> Path:
        return self._paths.objects / quote(name, safe="")

    def _data(self, info: ObjectInfo) -> Path:
        return self._folder(info.name) / f"{info.generation}.data"

    def _outbox_entry(self, info: ObjectInfo) -> Path:
        return self._paths.outbox / f"{info.generation}-{quote(info.name, safe='')}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._paths.lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
