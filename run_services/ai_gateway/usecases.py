"""Feedback that is written once, paid for at most once, and never missing."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from run_services.ai_gateway.answer import Answer, parse
from run_services.ai_gateway.calls import Calls
from run_services.ai_gateway.consultation.inputs import ConsultationInputs
from run_services.ai_gateway.consultation.task import consultation_writing, observed
from run_services.ai_gateway.limits import CallLimits
from run_services.ai_gateway.model_calls import Prices, generate
from run_services.ai_gateway.tasks import FeedbackInputs, Writing, feedback_writing
from shared.domain.consultation import Consultation
from shared.domain.documents import to_document
from shared.domain.errors import AppError, Invalid, RateLimited, Unavailable
from shared.domain.feedback import Feedback
from shared.ports.language_model import LanguageModel, ModelAnswer

_log = logging.getLogger(__name__)
_OWN_REASONS: Final = frozenset({"model_timeout", "model_refused", "model_answer_invalid"})


@dataclass(frozen=True, slots=True)
class Written:
    """A Feedback document; `replayed` when it had been settled before."""

    feedback: Mapping[str, Any]
    replayed: bool


@dataclass(frozen=True, slots=True)
class WrittenConsultation:
    """The indicators, counted anew for a repeat, and the feedback as it was settled."""

    consultation: Consultation
    written: Written


class Gateway:
    """`models` are asked in order until one answers; the last is the rubric writer."""

    def __init__(
        self,
        calls: Calls,
        models: Sequence[LanguageModel],
        limits: CallLimits | None = None,
        *,
        timeout_s: float = 20.0,
        prices: Prices | None = None,
    ) -> None:
        self._calls = calls
        self._models = models
        self._limits = limits
        self._timeout_s = timeout_s
        self._prices = prices or {}

    def write_feedback(
        self, idempotency_key: str, inputs: FeedbackInputs, user_id: str | None = None
    ) -> Written:
        """Feedback for an analysis; the same key always gets the same feedback.

        Raises `CallInFlight` while another worker writes it, and `Unprocessable` when the key
        came with other inputs, and `RateLimited` when too much is written for one user. Whatever
        happens to a model, the answer is feedback.
        """
        return self._once(idempotency_key, feedback_writing(inputs, self._timeout_s), user_id)

    def write_consultation_feedback(
        self, idempotency_key: str, inputs: ConsultationInputs, user_id: str | None = None
    ) -> WrittenConsultation:
        """What was counted in a consultation of two, and feedback by the same rules."""
        consultation = observed(inputs)
        writing = consultation_writing(inputs, consultation, self._timeout_s)
        return WrittenConsultation(consultation, self._once(idempotency_key, writing, user_id))

    def _once(self, idempotency_key: str, writing: Writing, user_id: str | None) -> Written:
        if self._limits is not None and user_id is not None:
            self._limits.take(user_id)
        claim = self._calls.reserve(
            idempotency_key,
            task=writing.task,
            fingerprint=writing.fingerprint,
            model=self._models[0].name,
            paid=any(model.paid for model in self._models),
            user_id=user_id,
        )
        if claim.state == "settled":
            return Written(claim.result or {}, replayed=True)
        interrupted = "model_call_interrupted" if claim.state == "interrupted" else None
        feedback, answers = self._write(writing, interrupted)
        usage = {
            "model": feedback.written_by,
            "input_tokens": sum(answer.input_tokens for answer in answers),
            "output_tokens": sum(answer.output_tokens for answer in answers),
            "task_version": feedback.task_version,
        }
        settled = self._calls.settle(idempotency_key, to_document(feedback), usage)
        _log.info(
            "feedback written",
            extra={
                "idempotency_key": idempotency_key,
                "fallback_reason": feedback.fallback_reason,
                **usage,
            },
        )
        return Written(settled.result or {}, replayed=settled.state == "settled")

    def _write(self, writing: Writing, reason: str | None) -> tuple[Feedback, list[ModelAnswer]]:
        """The feedback, and every answer that was given for it, usable or not."""
        request, facts = writing.request, writing.facts
        may_pay = reason is None
        answers: list[ModelAnswer] = []
        for model in self._models[:-1]:
            if model.paid and not may_pay:
                continue
            try:
                answers.append(generate(model, request, self._prices))
                parsed = parse(answers[-1].text, facts, needs_points=writing.needs_points)
            except (RateLimited, Unavailable, Invalid) as error:
                reason = reason or _reason(error)
                may_pay = may_pay and not (model.paid and _may_have_cost(error))
                _log.warning(
                    "language model failed", extra={"model": model.name, "code": error.code}
                )
            else:
                return _feedback(writing, parsed, model, reason), answers
        rubric = self._models[-1]
        answers.append(generate(rubric, request, self._prices))
        # A text whose every point quotes a link still gets its summary.
        parsed = parse(answers[-1].text, facts, needs_points=False)
        return _feedback(writing, parsed, rubric, reason), answers


def _feedback(
    writing: Writing, answer: Answer, model: LanguageModel, reason: str | None
) -> Feedback:
    return Feedback(
        task=writing.task,
        task_version=writing.version,
        written_by=model.name,
        summary=answer.summary,
        strengths=answer.strengths,
        improvements=answer.improvements,
        fallback_reason=reason,
    )


def _reason(error: AppError) -> str:
    if error.code in _OWN_REASONS:
        return error.code
    if isinstance(error, RateLimited):
        return "model_rate_limited"
    return "model_answer_invalid" if isinstance(error, Invalid) else "model_unavailable"


def _may_have_cost(error: AppError) -> bool:
    return isinstance(error, Invalid) or error.code == "model_timeout"
