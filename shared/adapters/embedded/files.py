"""Files that are whole on disk or not there, and their errors as the objects port's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.domain.errors import Unavailable


def write_durably(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable("The objects' folder failed.", code="storage_unavailable") from error
