"""HTTP of enrolments and progress."""

from flask import Blueprint, Response, jsonify

from run_services.course.enrolments.usecases import Enrolments
from shared.runtime import web
from shared.runtime.bodies import PageQuery


def blueprint(enrolments: Enrolments) -> Blueprint:
    routes = Blueprint("enrolments", __name__, url_prefix="/v1")

    @routes.put("/courses/<course_id>/enrolment")
    def enrol(course_id: str) -> Response:
        return jsonify(enrolments.enrol(web.principal(), course_id))

    @routes.delete("/courses/<course_id>/enrolment")
    def leave(course_id: str) -> Response:
        enrolments.leave(web.principal(), course_id)
        return Response(status=204)

    @routes.get("/enrolments")
    def listing() -> Response:
        user = web.principal()
        query = web.parse_query(PageQuery)
        return jsonify(enrolments.list(user, query.cursor, query.limit).document)

    @routes.get("/courses/<course_id>/progress")
    def progress(course_id: str) -> Response:
        return jsonify(enrolments.progress(web.principal(), course_id))

    return routes
