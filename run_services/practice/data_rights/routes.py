"""HTTP of the rights of users over their data: internal, for services alone."""

from flask import Blueprint, Response, jsonify

from run_services.practice.data_rights.usecases import DataRights


def blueprint(rights: DataRights) -> Blueprint:
    routes = Blueprint("practice_data_rights", __name__, url_prefix="/internal/v1/users")

    @routes.get("/<user_id>/data")
    def export(user_id: str) -> Response:
        return jsonify(rights.export(user_id))

    @routes.delete("/<user_id>/data")
    def erase(user_id: str) -> Response:
        rights.erase(user_id)
        return Response(status=204)

    return routes
