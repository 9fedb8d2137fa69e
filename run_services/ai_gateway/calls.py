"""The ledger of calls: each key is reserved before a model is called, and settled once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from shared.domain.errors import Conflict, Unprocessable
from shared.domain.times import moment, timestamp
from shared.ports.clock import Clock
from shared.ports.documents import Documents, Filter, Transaction

COLLECTION: Final = "ai_calls"
PAID_LEASE: Final = timedelta(seconds=120)
# Writing twice for nothing is harmless, and a killed worker should not keep a learner waiting.
UNPAID_LEASE: Final = timedelta(seconds=10)
_KEPT: Final = timedelta(days=30)
_ASK_AGAIN_S: Final = 5.0


class CallInFlight(Conflict):
    """Another worker holds the key; its answer will be there soon."""

    code = "call_in_flight"
    retryable = True


@dataclass(frozen=True, slots=True)
class Claim:
    """What to do for a key.

    `call`: the caller holds it until the lease ends. `interrupted`: a paid call may have been
    made and its answer lost, so none must be made again. `settled`: `result` is the answer.
    """

    state: Literal["call", "interrupted", "settled"]
    result: Mapping[str, Any] | None = None


class Calls:
    """Records live in the collection `ai_calls` for 30 days, under their idempotency key."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def reserve(
        self,
        key: str,
        *,
        task: str,
        fingerprint: str,
        model: str,
        paid: bool,
        user_id: str | None = None,
    ) -> Claim:
        """Claim `key` for one call of `model` on behalf of that user.

        Raises `CallInFlight` while another worker's lease runs, `Unprocessable` (code
        `idempotency_key_reused`) when the key came with other inputs.
        """
        now = self._clock.now()
        record = {
            "status": "reserved",
            "task": task,
            "fingerprint": fingerprint,
            "model": model,
            "paid": paid,
            "created_at": timestamp(now),
            "lease_until": timestamp(now + (PAID_LEASE if paid else UNPAID_LEASE)),
        }
        if user_id is not None:
            record["user_id"] = user_id
        try:
            self._documents.create(COLLECTION, key, record, now + _KEPT)
        except Conflict:
            return self._resume(key, record)
        return Claim("call")

    def settle(self, key: str, result: Mapping[str, Any], usage: Mapping[str, Any]) -> Claim:
        """Record the result, unless another one was settled first: then that one is answered.

        A record that is gone was erased, and stays so.
        """
        now = self._clock.now()

        def work(transaction: Transaction) -> Claim:
            found = transaction.get(COLLECTION, key)
            if found is None:
                return Claim("call", result)
            if found.data["status"] == "settled":
                return Claim("settled", found.data["result"])
            settled = {
                **found.data,
                **usage,
                "status": "settled",
                "settled_at": timestamp(now),
                "result": dict(result),
            }
            transaction.set(COLLECTION, key, settled, now + _KEPT)
            return Claim("call", result)

        return self._documents.transact(work)

    def of_user(self, user_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Key and record of every call made on behalf of that user."""
        mine, after = [Filter("user_id", "==", user_id)], None
        while page := self._documents.query(COLLECTION, mine, after=after):
            yield from ((record.id, record.data) for record in page)
            after = page[-1].id

    def erase(self, user_id: str) -> None:
        """Remove every record of that user. May be repeated."""
        for key, _ in self.of_user(user_id):
            self._documents.delete(COLLECTION, key)

    def _resume(self, key: str, record: Mapping[str, Any]) -> Claim:
        # Read alone first: of many callers at once all but one only need to be told to wait.
        found = self._documents.get(COLLECTION, key)
        if found is not None and (claim := self._present(found.data, record)):
            return claim

        def work(transaction: Transaction) -> Claim:
            found = transaction.get(COLLECTION, key)
            if found is not None and (claim := self._present(found.data, record)):
                return claim
            transaction.set(COLLECTION, key, record, self._clock.now() + _KEPT)
            return Claim("call")

        return self._documents.transact(work)

    def _present(self, data: Mapping[str, Any], record: Mapping[str, Any]) -> Claim | None:
        if data["fingerprint"] != record["fingerprint"]:
            raise Unprocessable(
                "This key was used for other inputs.", code="idempotency_key_reused"
            )
        if data["status"] == "settled":
            return Claim("settled", data["result"])
        left_s = (moment(data["lease_until"]) - self._clock.now()).total_seconds()
        if left_s > 0:
            raise CallInFlight(
                "This call is being made.", retry_after_s=max(1.0, min(left_s, _ASK_AGAIN_S))
            )
        return Claim("interrupted") if data["paid"] else None
