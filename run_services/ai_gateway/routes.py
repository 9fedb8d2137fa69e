"""HTTP of the AI gateway: internal, for services alone."""

from flask import Blueprint, Response, jsonify

from run_services.ai_gateway.tasks import FEEDBACK, FeedbackCall
from run_services.ai_gateway.usecases import Gateway
from shared.domain.errors import NotFound
from shared.runtime import web


def blueprint(gateway: Gateway) -> Blueprint:
    routes = Blueprint("ai_gateway", __name__, url_prefix="/internal/v1/tasks")

    @routes.post("/<task>")
    def run_task(task: str) -> Response:
        if task != FEEDBACK:
            raise NotFound("There is no such task.", code="task_not_found")
        call = web.parse(FeedbackCall)
        written = gateway.write_feedback(call.idempotency_key, call.inputs, call.user_id)
        return jsonify(feedback=written.feedback, replayed=written.replayed)

    return routes
