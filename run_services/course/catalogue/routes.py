"""HTTP of finding and reading courses."""

from flask import Blueprint, Response, jsonify

from run_services.course.catalogue.schemas import CatalogueQuery, VersionQuery
from run_services.course.catalogue.usecases import Catalogue, Filters
from run_services.course.integers import version_number
from run_services.course.views import prompt_document
from shared.runtime import web
from shared.runtime.bodies import PageQuery


def blueprint(catalogue: Catalogue) -> Blueprint:
    routes = Blueprint("catalogue", __name__, url_prefix="/v1/courses")

    @routes.get("")
    def listing() -> Response:
        user = web.principal()
        query = web.parse_query(CatalogueQuery)
        filters = Filters(query.search, query.language, query.level, query.mine)
        return jsonify(catalogue.list(user, filters, query.cursor, query.limit).document)

    @routes.get("/<course_id>")
    def read(course_id: str) -> Response:
        view = catalogue.get(course_id)
        return web.versioned(view.document, view.etag)

    @routes.get("/<course_id>/versions")
    def versions(course_id: str) -> Response:
        user = web.principal()
        query = web.parse_query(PageQuery)
        return jsonify(catalogue.versions(user, course_id, query.cursor, query.limit).document)

    @routes.get("/<course_id>/versions/<version>")
    def version(course_id: str, version: str) -> Response:
        return jsonify(catalogue.version(course_id, version_number(version)).document)

    @routes.get("/<course_id>/prompts/<prompt_id>")
    def prompt(course_id: str, prompt_id: str) -> Response:
        query = web.parse_query(VersionQuery)
        return jsonify(prompt_document(catalogue.prompt(course_id, prompt_id, query.version)))

    return routes
