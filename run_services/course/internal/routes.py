"""HTTP that other deployables call."""

from flask import Blueprint, Response, jsonify

from run_services.course.catalogue.schemas import VersionQuery
from run_services.course.catalogue.usecases import Catalogue
from run_services.course.enrolments.usecases import Enrolments
from run_services.course.internal.personal_data import PersonalData
from run_services.course.internal.schemas import CompletionBody
from run_services.course.views import prompt_document
from shared.runtime import web


def blueprint(
    catalogue: Catalogue, enrolments: Enrolments, personal_data: PersonalData
) -> Blueprint:
    routes = Blueprint("internal", __name__, url_prefix="/internal/v1")

    @routes.get("/courses/<course_id>/prompts/<prompt_id>")
    def prompt(course_id: str, prompt_id: str) -> Response:
        query = web.parse_query(VersionQuery)
        return jsonify(prompt_document(catalogue.prompt(course_id, prompt_id, query.version)))

    @routes.post("/completions")
    def complete() -> Response:
        enrolments.complete(web.parse(CompletionBody).completion())
        return Response(status=204)

    @routes.get("/users/<user_id>/data")
    def read_data(user_id: str) -> Response:
        return jsonify(personal_data.collect(user_id))

    @routes.delete("/users/<user_id>/data")
    def erase_data(user_id: str) -> Response:
        personal_data.erase(user_id)
        return Response(status=204)

    return routes
