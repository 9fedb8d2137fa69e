"""HTTP of the AI gateway: internal, for services alone."""

from flask import Blueprint, Response, jsonify

from run_services.ai_gateway.consultation.inputs import ConsultationCall
from run_services.ai_gateway.consultation.task import CONSULTATION_FEEDBACK
from run_services.ai_gateway.tasks import FEEDBACK, FeedbackCall
from run_services.ai_gateway.usecases import Gateway
from shared.domain.documents import to_document
from shared.domain.errors import NotFound
from shared.runtime import web


def blueprint(gateway: Gateway) -> Blueprint:
    routes = Blueprint("ai_gateway", __name__, url_prefix="/internal/v1/tasks")

    @routes.post(f"/{CONSULTATION_FEEDBACK}")
    def run_consultation_feedback() -> Response:
        call = web.parse(ConsultationCall)
        done = gateway.write_consultation_feedback(call.idempotency_key, call.inputs, call.user_id)
        return jsonify(
            feedback=done.written.feedback,
            figures=done.consultation.figures(),
            indicators=to_document(done.consultation.indicators),
            replayed=done.written.replayed,
        )

    @routes.post("/<task>")
    def run_task(task: str) -> Response:
        if task != FEEDBACK:
            raise NotFound("There is no such task.", code="task_not_found")
        call = web.parse(FeedbackCall)
        written = gateway.write_feedback(call.idempotency_key, call.inputs, call.user_id)
        return jsonify(feedback=written.feedback, replayed=written.replayed)

    return routes
