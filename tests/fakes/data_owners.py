"""All services that hold data of users, as the data rights' functions call them, on one port."""

import json
import threading
from collections.abc import Iterable
from typing import Any, Self

from werkzeug import Request, Response
from werkzeug.serving import make_server

SERVICES = ("auth", "course", "practice", "ai_gateway")


class DataOwners:
    """Each service below its own path. `away` ones answer 500; `problems` are codes of a 404."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.away: set[str] = set()
        self.problems: dict[str, str] = {}
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{service}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        assert request.headers["Authorization"].startswith("Bearer ey")
        body = json.loads(request.get_data() or b"null")
        self.calls.append((request.method, request.path, body))
        return self._response(request)(environ, start_response)

    def _response(self, request: Request) -> Response:
        service = request.path.split("/")[1]
        if service in self.away:
            return Response("oops", 500)
        if (code := self.problems.get(f"{request.method} {request.path}")) is not None:
            problem = json.dumps({"status": 404, "detail": "Gone.", "code": code})
            return Response(problem, 404, content_type="application/problem+json")
        if request.method == "GET":
            data = {"held_by": service, "about": request.path.split("/")[-2]}
            return Response(json.dumps(data), content_type="application/json")
        return Response(status=204)
