"""HTTP of the rights of users over their data: internal, for services alone."""

from flask import Blueprint, Response, jsonify

from run_services.ai_gateway.calls import Calls


def blueprint(calls: Calls) -> Blueprint:
    routes = Blueprint("ai_gateway_data_rights", __name__, url_prefix="/internal/v1/users")

    @routes.get("/<user_id>/data")
    def export(user_id: str) -> Response:
        return jsonify(calls=[{"key": key, **record} for key, record in calls.of_user(user_id)])

    @routes.delete("/<user_id>/data")
    def erase(user_id: str) -> Response:
        calls.erase(user_id)
        return Response(status=204)

    return routes
