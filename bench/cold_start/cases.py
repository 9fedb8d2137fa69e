"""Every deployable, what it is asked first, and the bare script that does the same."""

import base64
import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.cold_start.ground import ATTEMPTS, SQL_USER, Ground, long_ago
from local import deployables
from local.emulators.engine import PROJECT
from local.processes import Command, free_port
from shared.adapters.embedded.clock import SystemClock
from shared.domain.attempt import object_name
from tests.fakes.cloud_sql import INSTANCE

WITHIN_S = 60.0
# Also what gunicorn, functions-framework and httpx load only when they are put to use.
_GUNICORN = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread")
_SERVER = (*_GUNICORN, "flask", "pydantic_settings", "jwt")
_FRAMEWORK = (
    *_GUNICORN,
    "functions_framework",
    "functions_framework._http.gunicorn",
    "pydantic_settings",
)
_CALLS = ("jwt", "httpx", "httpcore")
_PUBSUB = "google.cloud.pubsub.topic.v1.messagePublished"
_STORAGE = "google.cloud.storage.object.v1.finalized"


@dataclass(frozen=True, slots=True)
class Case:
    """`ready` is the path of the first answer; `act` asks for the real one and says when it came.

    `bare` are the arguments of the bare script.
    """

    name: str
    command: Callable[[], Command]
    ready: str
    act: Callable[[int], float]
    bare: Sequence[str]


def cases(ground: Ground) -> list[Case]:
    attempt = ground.attempt("completed")
    sink = ground.sink.url
    completed = ground.attempt(
        "completed",
        prompt={**ground.finished["prompt"], "course_id": "c", "lesson_id": "l", "version": 1},
    )
    learner, unknown = ground.learner_token, SystemClock().new_id()
    data = f"/internal/v1/users/{ground.learner_id}/data"
    get = ("firestore_get", ATTEMPTS, attempt)
    put = ("firestore_set", "bench", "cold_start")
    sql = ("cloud_sql_select", INSTANCE, SQL_USER, ground.admin_url)
    post = ("post", sink)
    functions = {spec.name: spec for spec in deployables.FUNCTIONS}

    def service(name: str, path: str, token: str, *bare: str) -> Case:
        act = partial(_read, path=path, token=token)
        command = partial(_service, ground, name)
        return Case(name, command, "/v1/health", act, [*bare, "--", *_SERVER])

    def function(
        name: str, act: Callable[[int], float], *bare: str, libraries: Sequence[str] = ()
    ) -> Case:
        command = partial(_function, ground, functions[name])
        return Case(name, command, "/", act, [*bare, "--", *_FRAMEWORK, *libraries])

    def calling(type: str, content: Mapping[str, str]) -> Callable[[int], float]:
        return partial(_until_called, ground, type=type, content=content)

    erased, export = {"user_id": unknown}, {"user_id": unknown, "export_id": unknown}
    changed = {"attempt_id": completed, "user_id": ground.learner_id}
    package = _object(f"packages/{unknown}/{unknown}.zip", "application/zip")
    return [
        service("auth", "/v1/users/me", learner, *sql, "SELECT * FROM auth.users LIMIT 1"),
        service("course", "/v1/courses", learner, *sql, "SELECT * FROM course.courses LIMIT 20"),
        service("practice", f"/v1/attempts/{attempt}", learner, *get),
        service("ai_gateway", data, ground.service_token("ai_gateway"), *get),
        function("audio_processing", partial(_until_claimed, ground), *put),
        function("feedback_writer", partial(_until_asked, ground), *get, libraries=_CALLS),
        function(
            "attempt_sweeper",
            partial(_until_swept, ground),
            *put,
            libraries=("google.cloud.storage",),
        ),
        function("lesson_completion", calling(_PUBSUB, changed), *get, libraries=_CALLS),
        function(
            "account_exporter",
            calling(_PUBSUB, export),
            "storage_write",
            "exports",
            "bare",
            libraries=_CALLS,
        ),
        function("account_eraser", calling(_PUBSUB, erased), *post, libraries=_CALLS),
        function("account_sweeper", calling(_PUBSUB, {}), *post, libraries=_CALLS),
        function("package_importer", calling(_STORAGE, package), *post, libraries=_CALLS),
    ]


def _service(ground: Ground, name: str) -> Command:
    module = f"run_services.{name}"
    return deployables.service(name, module, ground.environment, free_port())


def _function(ground: Ground, spec: deployables.Function) -> Command:
    return deployables.function(spec, ground.environment, ground.folder / "run")


def _read(port: int, path: str, token: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    at, body = time.monotonic(), answer.read()
    connection.close()
    if answer.status != http.client.OK:
        raise RuntimeError(f"GET {path} answered {answer.status}: {body[:300]!r}")
    return at


def _until_called(ground: Ground, port: int, type: str, content: Mapping[str, str]) -> float:
    ground.sink.forget()
    _deliver(port, type, content)
    return ground.sink.first_write(WITHIN_S)


def _until_claimed(ground: Ground, port: int) -> float:
    attempt = ground.attempt("awaiting_upload", recording=None, analysis=None, feedback=None)
    _deliver(port, _STORAGE, _object(object_name(ground.learner_id, attempt), "audio/webm"))
    return _until_changed(ground, attempt, "awaiting_upload")


def _until_asked(ground: Ground, port: int) -> float:
    """Its first write is the gateway's: the request for feedback, which is paid for."""
    attempt = ground.attempt("analyzed", feedback=None)
    content = {"attempt_id": attempt, "user_id": ground.learner_id}
    return _until_called(ground, port, _PUBSUB, content)


def _until_swept(ground: Ground, port: int) -> float:
    stale = {"updated_at": long_ago(), "feedback": None, "last_error": None}
    attempt = ground.attempt("processing", **stale)
    _deliver(port, _PUBSUB, {})
    return _until_changed(ground, attempt, "processing")


def _until_changed(ground: Ground, attempt_id: str, status: str) -> float:
    deadline = time.monotonic() + WITHIN_S
    while ground.status(attempt_id) == status:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the attempt stayed {status}")
        time.sleep(0.005)
    return time.monotonic()


def _object(name: str, content_type: str) -> dict[str, str]:
    return {
        "bucket": "uploads",
        "name": name,
        "generation": "1",
        "size": "1000",
        "contentType": content_type,
    }


def _deliver(port: int, type: str, content: Mapping[str, str]) -> None:
    """As Eventarc does, without waiting for the answer."""
    body: Mapping[str, object] = content
    source = f"//storage.googleapis.com/projects/_/buckets/{content.get('bucket')}"
    if type == _PUBSUB:
        message = base64.b64encode(json.dumps(content).encode()).decode()
        body = {"message": {"data": message, "messageId": "1", "attributes": {}}}
        source = f"//pubsub.googleapis.com/projects/{PROJECT}/topics/bench"
    headers = {
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": uuid.uuid4().hex,
        "ce-type": type,
        "ce-source": source,
        "ce-time": "2026-01-01T00:00:00Z",
    }

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
        try:
            connection.request("POST", "/", json.dumps(body), headers)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            pass  # it was stopped once it had written
        finally:
            connection.close()

    threading.Thread(target=send, daemon=True).start()
