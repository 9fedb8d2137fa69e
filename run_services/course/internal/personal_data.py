"""Everything the course service holds about a user: to be read, and to be removed."""

from typing import Any

from shared.domain.course import media_folder, package_folder
from shared.ports.database import Database
from shared.ports.objects import WritableObjects
from shared.repositories.courses import personal_data
from shared.repositories.idempotency import IdempotencyKeys


class PersonalData:
    def __init__(
        self, database: Database, materials: WritableObjects, keys: IdempotencyKeys
    ) -> None:
        self._database = database
        self._materials = materials
        self._keys = keys

    def collect(self, user_id: str) -> dict[str, Any]:
        with self._database.transaction() as connection:
            return personal_data.collect(connection, user_id)

    def erase(self, user_id: str) -> None:
        """Published courses and their media stay, as nobody's: others learn from them.

        Files go before the rows that name them, so that a repeat after a failure finds them.
        """
        with self._database.transaction() as connection:
            published = personal_data.published_media_of(connection, user_id)
            self._empty(package_folder(user_id))
            for course_id, names in published.items():
                self._empty(media_folder(course_id), keep=names)
            personal_data.erase(connection, user_id)
        self._keys.forget(user_id)

    def _empty(self, folder: str, keep: frozenset[str] = frozenset()) -> None:
        for info in self._materials.under(folder):
            if info.name.removeprefix(folder) not in keep:
                self._materials.delete(info.name)
