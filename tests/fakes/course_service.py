"""The course service's internal routes as other deployables call them, on a real port."""

import json
import threading
from collections.abc import Iterable
from typing import Any, Self

from werkzeug import Request, Response
from werkzeug.serving import make_server


class FakeCourses:
    """Answers `prompts` by (course, prompt) and version, and remembers every call."""

    def __init__(self) -> None:
        self.prompts: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
        self.calls: list[tuple[str, str, dict[str, Any] | None, str]] = []
        self.fails_with: int | None = None
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def publish(self, course_id: str, prompt: dict[str, Any], version: int = 1) -> None:
        self.prompts.setdefault((course_id, prompt["id"]), {})[version] = prompt

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        body = json.loads(request.get_data() or b"null")
        authorization = request.headers.get("Authorization", "")
        self.calls.append((request.method, request.full_path.rstrip("?"), body, authorization))
        return self._response(request)(environ, start_response)

    def _response(self, request: Request) -> Response:
        if self.fails_with is not None:
            return Response("oops", self.fails_with)
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["internal", "v1", "completions"]:
                return Response(status=204)
            case "GET", ["internal", "v1", "courses", course_id, "prompts", prompt_id]:
                versions = self.prompts.get((course_id, prompt_id), {})
                version = int(request.args.get("version", max(versions, default=0)))
                if version in versions:
                    found = {
                        "course_id": course_id,
                        "version": version,
                        "lesson_id": "lesson-1",
                        "prompt": versions[version],
                    }
                    return Response(json.dumps(found), 200, content_type="application/json")
        problem = {"status": 404, "detail": "There is no such prompt.", "code": "prompt_not_found"}
        return Response(json.dumps(problem), 404, content_type="application/problem+json")
