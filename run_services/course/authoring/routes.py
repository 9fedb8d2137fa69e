"""HTTP of making courses."""

from flask import Blueprint, Response, jsonify

from run_services.course.authoring.schemas import ContentBody, PublishBody, RollbackBody
from run_services.course.authoring.usecases import Authoring
from run_services.course.views import CREATED_ETAG, version_document
from shared.repositories.courses.content import content_document, parse_content
from shared.repositories.idempotency import Answer, IdempotencyKeys
from shared.runtime import web


def blueprint(authoring: Authoring, keys: IdempotencyKeys) -> Blueprint:
    routes = Blueprint("authoring", __name__, url_prefix="/v1/courses")

    @routes.post("")
    def create() -> Response:
        user = web.principal("teacher", "admin")
        content = parse_content(web.parse(ContentBody).root)

        def act() -> Answer:
            return Answer(201, authoring.create(user, content).document)

        key = web.idempotency_key()
        answer = keys.once(user.id, "create course", key, content_document(content), act)
        response = web.versioned(answer.body, CREATED_ETAG, answer.status)
        response.headers["Location"] = f"/v1/courses/{answer.body['id']}"
        return response

    @routes.delete("/<course_id>")
    def archive(course_id: str) -> Response:
        authoring.archive(web.principal(), course_id)
        return Response(status=204)

    @routes.get("/<course_id>/draft")
    def draft(course_id: str) -> Response:
        view = authoring.draft(web.principal(), course_id)
        return web.versioned(view.document, view.etag)

    @routes.put("/<course_id>/draft")
    def replace_draft(course_id: str) -> Response:
        user = web.principal()
        etag = web.if_match()
        content = parse_content(web.parse(ContentBody).root)
        view = authoring.replace_draft(user, course_id, content, etag)
        return web.versioned(view.document, view.etag)

    @routes.post("/<course_id>/publish")
    def publish(course_id: str) -> Response:
        user = web.principal()
        body = web.parse(PublishBody)

        def act() -> Answer:
            return Answer(201, version_document(authoring.publish(user, course_id, body.note)))

        key = web.idempotency_key()
        return _created(keys.once(user.id, f"publish {course_id}", key, body.model_dump(), act))

    @routes.post("/<course_id>/rollback")
    def rollback(course_id: str) -> Response:
        user = web.principal()
        body = web.parse(RollbackBody)

        def act() -> Answer:
            version = authoring.rollback(user, course_id, body.version, body.note)
            return Answer(201, version_document(version))

        key = web.idempotency_key()
        return _created(keys.once(user.id, f"roll back {course_id}", key, body.model_dump(), act))

    return routes


def _created(answer: Answer) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status
    return response
