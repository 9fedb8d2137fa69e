"""A local HTTP server that gives prepared answers in order and keeps what it was asked."""

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.local_http import LocalHttp


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class ScriptedHttp(LocalHttp):
    """`answers` are (status, JSON or bytes); status 0 drops the connection, the last one stays."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[Asked] = []

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        query = dict(parse_qsl(parts.query))
        self.asked.append(
            Asked(handler.command, parts.path, query, dict(handler.headers.items()), body)
        )
        status, answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 0:
            handler.close_connection = True
            return
        is_bytes = isinstance(answer, bytes)
        data = answer if is_bytes else json.dumps(answer).encode()
        handler.send_response(status)
        kind = "application/octet-stream" if is_bytes else "application/json"
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
