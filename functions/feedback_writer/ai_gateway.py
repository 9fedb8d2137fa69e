"""The AI gateway as this function uses it."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from shared.domain.errors import Unavailable
from shared.domain.feedback import Feedback

if TYPE_CHECKING:
    from shared.runtime.service_client import ServiceClient


@cache
def _feedback() -> TypeAdapter[Feedback]:
    return TypeAdapter(Feedback)


class AiGateway:
    def __init__(self, client: "ServiceClient") -> None:
        self._client = client

    def write_feedback(
        self, idempotency_key: str, user_id: str, inputs: Mapping[str, Any]
    ) -> Feedback:
        """Feedback for this user's inputs; the same key gets the same one, paid for once.

        Raises `Unavailable` when the gateway does not answer, and what it answers otherwise.
        """
        call = {"idempotency_key": idempotency_key, "user_id": user_id, "inputs": inputs}
        answer = self._client.call("POST", "/internal/v1/tasks/feedback", call)
        try:
            return _feedback().validate_python((answer or {})["feedback"])
        except (ValidationError, KeyError):
            # Not the cause itself: it would quote the answer.
            raise Unavailable(
                "The AI gateway's answer is not feedback.", code="service_unavailable"
            ) from None
