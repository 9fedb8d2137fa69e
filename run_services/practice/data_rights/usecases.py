"""Everything the practice service holds about a user: handed out, or removed."""

from typing import Any

from shared.domain.attempt import kept_name, object_name
from shared.domain.documents import to_document
from shared.ports.objects import ObjectInfo, WritableObjects
from shared.repositories.attempts import Attempts
from shared.repositories.features import FeatureStore
from shared.repositories.idempotency import IdempotencyKeys


class DataRights:
    def __init__(
        self,
        attempts: Attempts,
        recordings: WritableObjects,
        features: FeatureStore,
        keys: IdempotencyKeys,
    ) -> None:
        self._attempts = attempts
        self._recordings = recordings
        self._features = features
        self._keys = keys

    def export(self, user_id: str) -> dict[str, Any]:
        """Every attempt with its analysis and feedback, and which recordings are still kept.

        Of what the analyses were judged from, the names: numbers of which only the engine of that
        time makes sense, while the analysis tells what was made of them.
        """
        return {
            "attempts": [to_document(a) for a in self._attempts.every_of_user(user_id)],
            "recordings": [
                {"name": info.name, "content_type": info.content_type, "bytes": info.size}
                for info in self._recordings_of(user_id)
            ],
            "features": [
                {"name": info.name, "content_type": info.content_type, "bytes": info.size}
                for info in self._features.of_user(user_id)
            ],
        }

    def erase(self, user_id: str) -> None:
        """Remove all of it. May be repeated.

        Attempts go first: a worker that is at one finds it gone and drops what it has, and so
        does the one that gets a recording uploaded hereafter.
        """
        self._attempts.delete_of_user(user_id)
        for info in self._recordings_of(user_id):
            self._recordings.delete(info.name)
        self._features.delete_of_user(user_id)
        self._keys.forget(user_id)

    def _recordings_of(self, user_id: str) -> list[ObjectInfo]:
        uploaded = self._recordings.under(object_name(user_id, ""))
        return uploaded + self._recordings.under(kept_name(user_id, ""))
