"""HTTP of a course's media."""

from flask import Blueprint, Response, jsonify

from run_services.course.media.schemas import MediaBody
from run_services.course.media.usecases import Media
from shared.repositories.idempotency import Answer, IdempotencyKeys
from shared.repositories.rate_limits import CallerLimits
from shared.runtime import web


def blueprint(media: Media, keys: IdempotencyKeys, limits: CallerLimits, hops: int) -> Blueprint:
    """`hops` is how many of our proxies a request has come through."""
    routes = Blueprint("media", __name__, url_prefix="/v1/courses/<course_id>/media")

    @routes.post("")
    def create(course_id: str) -> Response:
        user = web.principal()
        body = web.parse(MediaBody)

        def act() -> Answer:
            limits.take(user.id, web.client_address(hops))
            return Answer(
                201, media.create(user, course_id, body.name, body.content_type, body.bytes)
            )

        key, request = web.idempotency_key(), body.model_dump()
        answer = keys.once(user.id, f"create media {course_id}", key, request, act)
        response = jsonify(answer.body)
        response.status_code = answer.status
        return response

    @routes.get("")
    def listing(course_id: str) -> Response:
        return jsonify(items=media.of_course(web.principal(), course_id))

    @routes.get("/<media_name>")
    def read(course_id: str, media_name: str) -> Response:
        return jsonify(media.get(web.principal(), course_id, media_name))

    @routes.delete("/<media_name>")
    def delete(course_id: str, media_name: str) -> Response:
        media.delete(web.principal(), course_id, media_name)
        return Response(status=204)

    return routes
