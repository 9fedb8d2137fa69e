"""Idempotency keys: a repeated POST gets the first answer, for 24 hours.

After the IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key).
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.domain.errors import Conflict, Unavailable, Unprocessable
from shared.ports.clock import Clock
from shared.ports.documents import Document, Documents, Filter, Transaction

_log = logging.getLogger(__name__)
_COLLECTION = "idempotency"
_KEPT = timedelta(hours=24)
_IN_FLIGHT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request answered."""

    status: int
    body: Mapping[str, Any]


class IdempotencyKeys:
    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def once(
        self,
        user_id: str,
        operation: str,
        key: str | None,
        request: Mapping[str, Any],
        act: Callable[[], Answer],
    ) -> Answer:
        """Act once for this user, operation and key, or replay the answer.

        Raises `Unprocessable` when the key came with another request, `Conflict` while the first
        is still being answered. An error from `act` frees the key: nothing was done. What was done
        is answered even if the answer could not be kept.
        """
        if key is None:
            return act()
        record_id = _digest([user_id, operation, key])
        fingerprint = _digest(request)
        claim = {"user_id": user_id, "fingerprint": fingerprint, "claim": self._clock.new_id()}
        if (answer := self._claim(record_id, claim)) is not None:
            return answer
        try:
            answer = act()
        except BaseException:
            self._settle(record_id, claim, None)
            raise
        self._settle(record_id, claim, answer)
        return answer

    def forget(self, user_id: str) -> None:
        """Remove every answer kept for this user."""
        for record in self._of_user(user_id):
            self._documents.delete(_COLLECTION, record.id)

    def forget_answer(self, user_id: str, resource_id: str) -> None:
        """Remove what was answered to this user of the resource with that `id`, now deleted."""
        for record in self._of_user(user_id):
            if record.data.get("body", {}).get("id") == resource_id:
                self._documents.delete(_COLLECTION, record.id)

    def _of_user(self, user_id: str) -> Iterator[Document]:
        mine, after = [Filter("user_id", "==", user_id)], None
        while page := self._documents.query(_COLLECTION, mine, after=after):
            yield from page
            after = page[-1].id

    def _settle(self, record_id: str, claim: Mapping[str, Any], answer: Answer | None) -> None:
        """Keep the answer, or free the key when there is none."""
        expires_at = self._clock.now() + _KEPT

        def work(transaction: Transaction) -> None:
            found = transaction.get(_COLLECTION, record_id)
            # A claim that is gone was forgotten with its user's data; the answer is so as well.
            # Another's came after this one's time was over.
            if found is None or found.data.get("claim") != claim["claim"]:
                return
            if answer is None:
                transaction.delete(_COLLECTION, record_id)
            else:
                kept = {**claim, "status": answer.status, "body": dict(answer.body)}
                transaction.set(_COLLECTION, record_id, kept, expires_at)

        try:
            self._documents.transact(work)
        except Unavailable:
            _log.warning("an idempotency key was not settled; its claim ends by itself")

    def _claim(self, record_id: str, claim: Mapping[str, Any]) -> Answer | None:
        fingerprint = claim["fingerprint"]
        try:
            self._documents.create(_COLLECTION, record_id, claim, self._clock.now() + _IN_FLIGHT)
        except Conflict:
            found = self._documents.get(_COLLECTION, record_id)
            if found is not None and found.data["fingerprint"] != fingerprint:
                raise Unprocessable(
                    "This Idempotency-Key was used for another request.",
                    code="idempotency_key_reused",
                ) from None
            # Gone again: the first request has just failed.
            if found is None or "status" not in found.data:
                raise Conflict(
                    "The first request with this Idempotency-Key is still being answered.",
                    code="request_in_flight",
                    retry_after_s=1,
                ) from None
            return Answer(found.data["status"], found.data["body"])
        return None


def _digest(value: Any) -> str:  # noqa: ANN401
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
