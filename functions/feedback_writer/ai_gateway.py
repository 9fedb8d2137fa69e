"""The AI gateway, called over HTTP with a service token."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

from shared.domain.errors import Unavailable
from shared.domain.feedback import Feedback
from shared.ports.identity import TokenIssuer
from shared.runtime import problems, tracing

_AUDIENCE = "ai_gateway"
_TOKEN_LIFETIME = timedelta(minutes=5)
_feedback = TypeAdapter(Feedback)


class AiGateway:
    def __init__(self, url: str, tokens: TokenIssuer, timeout_s: float) -> None:
        self._client = httpx.Client(base_url=url, timeout=timeout_s)
        self._tokens = tokens

    def write_feedback(self, idempotency_key: str, inputs: Mapping[str, Any]) -> Feedback:
        """Feedback for these inputs; the same key gets the same feedback, paid for once.

        Raises `Unavailable` when the gateway does not answer, and what it answers otherwise.
        """
        token = self._tokens.issue("feedback_writer", "service", _AUDIENCE, _TOKEN_LIFETIME)
        try:
            response = self._client.post(
                "/internal/v1/tasks/feedback",
                json={"idempotency_key": idempotency_key, "inputs": inputs},
                headers={"Authorization": f"Bearer {token}", "traceparent": tracing.traceparent()},
            )
        except httpx.HTTPError as error:
            raise Unavailable("The AI gateway did not answer.", code="ai_gateway_down") from error
        if response.is_error:
            is_problem = response.headers.get("Content-Type", "").startswith(problems.MEDIA_TYPE)
            body = response.json() if is_problem else {}
            retry_after = response.headers.get("Retry-After")
            raise problems.error_from(response.status_code, body, retry_after)
        try:
            return _feedback.validate_python(response.json()["feedback"])
        except (ValidationError, ValueError, KeyError):
            # Not the cause itself: it would quote the answer.
            raise Unavailable(
                "The AI gateway's answer is not feedback.", code="ai_gateway_down"
            ) from None
