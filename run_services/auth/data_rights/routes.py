"""HTTP of users' rights over their data: parse, call one use case, serialise."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify

from run_services.auth.data_rights.account_data import AccountData
from run_services.auth.data_rights.erasures import AccountErasures
from run_services.auth.data_rights.exports import AccountExports, ExportView
from run_services.auth.data_rights.schemas import ExportReport
from shared.domain.times import timestamp
from shared.repositories.idempotency import Answer, IdempotencyKeys
from shared.runtime import web

_POLL_AFTER_S = 2


@dataclass(frozen=True, slots=True)
class DataRights:
    """The use cases behind these routes."""

    exports: AccountExports
    erasures: AccountErasures
    data: AccountData
    keys: IdempotencyKeys


def blueprint(rights: DataRights) -> Blueprint:
    """What users may ask for."""
    exports, erasures = rights.exports, rights.erasures
    routes = Blueprint("data_rights", __name__, url_prefix="/v1/users/me")

    @routes.delete("")
    def delete_me() -> Response:
        erasure = erasures.request(web.principal())
        response = jsonify(user_id=erasure.user_id, requested_at=timestamp(erasure.requested_at))
        response.status_code = 202
        return response

    @routes.post("/exports")
    def request_export() -> Response:
        user = web.principal()

        def act() -> Answer:
            return Answer(202, _document(exports.request(user.id)))

        answer = rights.keys.once(user.id, "request export", web.idempotency_key(), {}, act)
        response = jsonify(answer.body)
        response.status_code = answer.status
        response.headers["Location"] = f"/v1/users/me/exports/{answer.body['id']}"
        return response

    @routes.get("/exports/<export_id>")
    def get_export(export_id: str) -> Response:
        view = exports.get(web.principal().id, export_id)
        response = jsonify(_document(view))
        response.headers["Cache-Control"] = "private, no-store"
        if view.export.status == "pending":
            response.headers["Retry-After"] = str(_POLL_AFTER_S)
        return response

    return routes


def internal_blueprint(rights: DataRights) -> Blueprint:
    """What the functions that carry it out call."""
    exports, erasures, data = rights.exports, rights.erasures, rights.data
    routes = Blueprint("data_rights_internal", __name__, url_prefix="/internal/v1")

    @routes.get("/users/<user_id>/data")
    def export_data(user_id: str) -> Response:
        return jsonify(data.export(user_id))

    @routes.delete("/users/<user_id>/data")
    def erase_data(user_id: str) -> Response:
        data.erase(user_id)
        return Response(status=204)

    @routes.post("/exports/<export_id>")
    def report_export(export_id: str) -> Response:
        report = web.parse(ExportReport)
        exports.report(report.user_id, export_id, report.status, report.bytes)
        return Response(status=204)

    @routes.post("/exports/sweep")
    def sweep_exports() -> Response:
        exports.sweep()
        return Response(status=204)

    @routes.post("/erasures/<user_id>/finished")
    def report_erasure(user_id: str) -> Response:
        erasures.report_finished(user_id)
        return Response(status=204)

    @routes.post("/erasures/sweep")
    def sweep_erasures() -> Response:
        erasures.sweep()
        return Response(status=204)

    return routes


def _document(view: ExportView) -> dict[str, Any]:
    export = view.export
    document: dict[str, Any] = {
        "id": export.id,
        "status": export.status,
        "requested_at": timestamp(export.requested_at),
    }
    if export.finished_at is not None:
        document["finished_at"] = timestamp(export.finished_at)
    if (download := view.download) is not None:
        document["download"] = {
            "url": download.url,
            "expires_at": timestamp(download.expires_at),
            "bytes": download.bytes,
        }
    return document
