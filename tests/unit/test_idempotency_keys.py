"""Idempotency keys where two requests meet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.domain.errors import Conflict
from shared.repositories.idempotency import Answer, IdempotencyKeys
from tests.fakes.documents import MemoryDocuments


class Failing(MemoryDocuments):
    """Whose first request fails, and frees its key, just after the second one met it."""

    def create(
        self, collection: str, id: str, data: Mapping[str, Any], expires_at: datetime | None = None
    ) -> None:
        try:
            super().create(collection, id, data, expires_at)
        except Conflict:
            self.delete(collection, id)
            raise


def test_a_key_freed_meanwhile_is_to_be_tried_again() -> None:
    keys = IdempotencyKeys(Failing(SystemClock()), SystemClock())
    answers = []

    def act() -> Answer:
        with pytest.raises(Conflict) as refused:
            keys.once("eve", "create", "key", {}, lambda: Answer(201, {}))
        answers.append((refused.value.code, refused.value.retry_after_s))
        return Answer(201, {"id": "one"})

    keys.once("eve", "create", "key", {}, act)
    assert answers == [("request_in_flight", 1)]
