"""HTTP of the practice service: parse, call one use case, serialise."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from run_services.practice.schemas import NewAttempt, RetryBody
from run_services.practice.tasks import CourseTask, Task
from run_services.practice.usecases import AttemptView, Practice
from shared.domain.attempt import Prompt
from shared.repositories.idempotency import Answer, IdempotencyKeys
from shared.repositories.rate_limits import CallerLimits
from shared.runtime import tracing, web
from shared.runtime.bodies import PageQuery

_POLL_AFTER_S = 1


def blueprint(
    practice: Practice, keys: IdempotencyKeys, limits: CallerLimits, hops: int
) -> Blueprint:
    """`hops` is how many of our proxies a request has come through."""
    routes = Blueprint("practice", __name__, url_prefix="/v1/attempts")

    @routes.post("")
    def create() -> Response:
        user = web.principal()
        body = web.parse(NewAttempt)

        def act() -> Answer:
            limits.take(user.id, web.client_address(hops))
            view = practice.create(
                user.id,
                _task(body),
                content_type=body.recording.content_type,
                declared_bytes=body.recording.bytes,
                traceparent=tracing.traceparent(),
            )
            return Answer(201, view.document)

        key = web.idempotency_key()
        return _created(keys.once(user.id, "create attempt", key, body.fingerprinted(), act))

    @routes.get("")
    def listing() -> Response:
        user = web.principal()
        query = web.parse_query(PageQuery)
        page = practice.list(user.id, query.cursor, query.limit)
        body: dict[str, Any] = {"items": [view.document for view in page.items]}
        if page.next_cursor:
            body["next_cursor"] = page.next_cursor
        return jsonify(body)

    @routes.get("/<attempt_id>")
    def read(attempt_id: str) -> Response:
        user = web.principal()
        return _current(practice.get(user.id, attempt_id))

    @routes.delete("/<attempt_id>")
    def delete(attempt_id: str) -> Response:
        user = web.principal()
        practice.delete(user.id, attempt_id)
        return Response(status=204)

    @routes.post("/<attempt_id>/retry")
    def retry(attempt_id: str) -> Response:
        user = web.principal()
        recording = web.parse(RetryBody).recording

        def act() -> Answer:
            limits.take(user.id, web.client_address(hops))
            view = practice.retry(
                user.id,
                attempt_id,
                content_type=recording.content_type if recording else None,
                declared_bytes=recording.bytes if recording else None,
                traceparent=tracing.traceparent(),
            )
            return Answer(201, view.document)

        body = recording.model_dump() if recording else {}
        key = web.idempotency_key()
        return _created(keys.once(user.id, f"retry {attempt_id}", key, body, act))

    return routes


def _task(body: NewAttempt) -> Task | CourseTask:
    if body.kind is None:
        named = body.prompt.model_dump(include={"course_id", "prompt_id", "version"})
        return CourseTask(**named, strictness=body.strictness)
    own = body.prompt.model_dump(include={"language", "title", "text", "question"})
    return Task(body.kind, Prompt(**own), body.strictness)


def _created(answer: Answer) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status
    response.headers["Location"] = f"/v1/attempts/{answer.body['id']}"
    return response


def _current(view: AttemptView) -> Response:
    response = jsonify(view.document)
    if view.version:
        response.set_etag(view.version)
    response.headers["Cache-Control"] = "private, no-cache"
    if not view.finished:
        response.headers["Retry-After"] = str(_POLL_AFTER_S)
    response.make_conditional(request)
    return response
