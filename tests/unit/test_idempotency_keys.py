"""Idempotency keys where two requests meet."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any, TypeVar

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.domain.errors import Conflict, NotFound, Unavailable
from shared.ports.documents import Transaction
from shared.repositories.idempotency import Answer, IdempotencyKeys
from tests.fakes.clock import StillClock
from tests.fakes.documents import MemoryDocuments

T = TypeVar("T")


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


class Away(MemoryDocuments):
    """Which cannot be reached once something is claimed."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        raise Unavailable("The documents could not be reached.")


def test_what_was_done_is_answered_even_if_it_cannot_be_kept() -> None:
    keys = IdempotencyKeys(Away(SystemClock()), SystemClock())
    assert keys.once("eve", "create", "key", {}, lambda: Answer(201, {"id": "one"})).status == 201
    with pytest.raises(Conflict):
        keys.once("eve", "create", "key", {}, lambda: Answer(201, {"id": "two"}))


def test_an_error_is_told_even_if_the_key_cannot_be_freed() -> None:
    keys = IdempotencyKeys(Away(SystemClock()), SystemClock())

    def act() -> Answer:
        raise NotFound("There is no such course.", code="course_not_found")

    with pytest.raises(NotFound):
        keys.once("eve", "create", "key", {}, act)


@pytest.mark.parametrize("fails", [False, True])
def test_who_took_too_long_leaves_the_next_ones_claim_alone(*, fails: bool) -> None:
    clock = StillClock()
    keys = IdempotencyKeys(MemoryDocuments(clock), clock)

    def once(act: Callable[[], Answer]) -> Answer:
        return keys.once("eve", "create", "key", {}, act)

    def slow() -> Answer:
        clock.advance(61)
        assert once(next_one).body == {"id": "next"}
        if fails:
            raise NotFound("There is no such course.", code="course_not_found")
        return Answer(201, {"id": "slow"})

    def next_one() -> Answer:
        return Answer(201, {"id": "next"})

    with pytest.raises(NotFound) if fails else nullcontext():
        once(slow)
    assert once(slow).body == {"id": "next"}


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
