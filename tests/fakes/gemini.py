"""A local Gemini: speaks generateContent over HTTP, answers from a script, keeps what it was sent.

https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/projects.locations.publishers.models/generateContent
"""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.local_http import LocalHttp

PROJECT = "rostrum-test"
LOCATION = "global"
_PATH = re.compile(
    rf"/v1/projects/{PROJECT}/locations/{LOCATION}/publishers/google/models/([\w.-]+):generateContent"
)
# What the API reference lists for `responseJsonSchema`; the rest is refused here.
_SCHEMA_KEYWORDS = frozenset(
    [
        "$id",
        "$defs",
        "$ref",
        "$anchor",
        "type",
        "format",
        "title",
        "description",
        "enum",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "anyOf",
        "oneOf",
        "properties",
        "additionalProperties",
        "required",
    ]
)


@dataclass(frozen=True)
class Reply:
    """One answer; `hangs` sends nothing until the server closes, `drops` closes the connection."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def instructions(self) -> str:
        return "".join(part["text"] for part in self.body["systemInstruction"]["parts"])

    @property
    def contents(self) -> str:
        return "".join(part["text"] for c in self.body["contents"] for part in c["parts"])


def success(answer: Any, *, finish_reason: str = "STOP") -> Reply:
    """A candidate whose text is `answer`, as JSON unless it is text already."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Reply(
        body={
            "candidates": [
                {
                    "content": {"role": "model", "parts": [{"text": text}]},
                    "finishReason": finish_reason,
                }
            ],
            "usageMetadata": {
                "promptTokenCount": 1200,
                "candidatesTokenCount": 250,
                "thoughtsTokenCount": 50,
                "totalTokenCount": 1500,
            },
            "modelVersion": "gemini-3.5-flash-lite",
        }
    )


def no_text(finish_reason: str) -> Reply:
    """A candidate that was stopped before its first word."""
    return Reply(body={"candidates": [{"finishReason": finish_reason}]})


def blocked(reason: str = "SAFETY") -> Reply:
    """The prompt itself was refused: no candidate at all."""
    return Reply(body={"promptFeedback": {"blockReason": reason}})


def error(status: int, name: str, headers: dict[str, str] | None = None, **extra: Any) -> Reply:
    """An error as Google's APIs send it (google.rpc.Status)."""
    body = {"error": {"code": status, "message": f"scripted {status}", "status": name, **extra}}
    return Reply(status, body, headers or {})


class FakeGemini(LocalHttp):
    """Answers each call with the next reply of the script, the last one for ever after."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Received] = []
        self._script: list[Reply] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def script(self, *replies: Reply) -> None:
        with self._lock:
            self._script = list(replies)

    def reply(self, received: Received) -> Reply:
        """The answer to a request the API would take."""
        with self._lock:
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def __exit__(self, *args: object) -> None:
        self._closing.set()
        super().__exit__(*args)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        body = json.loads(handler.rfile.read(length))
        received = Received(handler.path, dict(handler.headers.items()), body)
        with self._lock:
            self.requests.append(received)
        fault = _fault(received)
        reply = error(fault[0], fault[1]) if fault else self.reply(received)
        if reply.hangs:
            self._closing.wait()
        if reply.hangs or reply.drops:
            handler.close_connection = True
            return
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        payload = text.encode()
        handler.send_response(reply.status)
        for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)


def _fault(received: Received) -> tuple[int, str] | None:
    """What the real API would refuse about this request."""
    if not _PATH.fullmatch(received.path):
        return 404, "NOT_FOUND"
    if not received.headers.get("Authorization", "").startswith("Bearer "):
        return 401, "UNAUTHENTICATED"
    config = received.body.get("generationConfig", {})
    if "responseJsonSchema" in config and config.get("responseMimeType") != "application/json":
        return 400, "INVALID_ARGUMENT"
    if set(_keywords(config.get("responseJsonSchema", {}))) - _SCHEMA_KEYWORDS:
        return 400, "INVALID_ARGUMENT"
    return None


def _keywords(schema: Any) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    for name, value in schema.items():
        yield name
        if name in ("properties", "$defs"):
            for inner in value.values():
                yield from _keywords(inner)
        elif name in ("items", "additionalProperties"):
            yield from _keywords(value)
        elif name in ("anyOf", "oneOf", "prefixItems"):
            for inner in value:
                yield from _keywords(inner)
