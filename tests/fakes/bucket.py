"""A bucket in memory, that can be made to fail."""

from shared.domain.errors import NotFound, Unavailable
from shared.ports.objects import ObjectInfo


class MemoryBucket:
    """What recognition of stored sound needs of `WritableObjects`.

    `written` keeps the names of all writes. `failing` names methods that raise; a failing write
    has stored the object, as one whose answer was lost.
    """

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.written: list[str] = []
        self.failing: set[str] = set()

    def write(self, name: str, data: bytes, content_type: str) -> ObjectInfo:
        self.contents[name] = data
        self.written.append(name)
        self._fail("write")
        return ObjectInfo(name, "1", len(data), content_type)

    def stat(self, name: str) -> ObjectInfo | None:
        if name not in self.contents:
            return None
        return ObjectInfo(name, "1", len(self.contents[name]), "application/octet-stream")

    def read(self, name: str, generation: str) -> bytes:
        if name not in self.contents:
            raise NotFound("no such object")
        return self.contents[name]

    def delete(self, name: str) -> None:
        self._fail("delete")
        self.contents.pop(name, None)

    def _fail(self, method: str) -> None:
        if method in self.failing:
            raise Unavailable("scripted", code="storage_unavailable")
