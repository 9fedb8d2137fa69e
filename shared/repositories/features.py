"""What was measured of recordings, as objects: one for each attempt that was analysed."""

from shared.domain.errors import NotFound
from shared.ports.objects import ObjectInfo, WritableObjects


class FeatureStore:
    """Raises what the objects port raises. What the bytes mean is the speech engine's matter."""

    def __init__(self, objects: WritableObjects) -> None:
        self._objects = objects

    def save(self, user_id: str, attempt_id: str, data: bytes, content_type: str) -> None:
        self._objects.write(_name(user_id, attempt_id), data, content_type)

    def has(self, user_id: str, attempt_id: str) -> bool:
        return self._objects.stat(_name(user_id, attempt_id)) is not None

    def read(self, user_id: str, attempt_id: str) -> bytes | None:
        """None where there are none."""
        info = self._objects.stat(_name(user_id, attempt_id))
        try:
            return self._objects.read(info.name, info.generation) if info else None
        except NotFound:
            return None

    def delete(self, user_id: str, attempt_id: str) -> None:
        """Deleting what is absent is no error."""
        self._objects.delete(_name(user_id, attempt_id))

    def of_user(self, user_id: str) -> list[ObjectInfo]:
        """The objects of all the learner's attempts, by name."""
        return self._objects.under(_name(user_id, ""))

    def delete_of_user(self, user_id: str) -> None:
        """Remove all of them. May be repeated."""
        for info in self.of_user(user_id):
            self._objects.delete(info.name)


def _name(user_id: str, attempt_id: str) -> str:
    return f"attempts/{user_id}/{attempt_id}"
