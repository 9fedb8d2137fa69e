"""A language model that answers from a script and counts its calls."""

import json
import threading
import time
from typing import Any

from shared.ports.language_model import ModelAnswer, ModelRequest


class ScriptedModel:
    """Each call takes the next of `script`, the last for ever; an exception in it is raised."""

    def __init__(
        self, *script: Any, name: str = "scripted", paid: bool = True, takes_s: float = 0.0
    ) -> None:
        self.name = name
        self.paid = paid
        self.requests: list[ModelRequest] = []
        self._script = list(script)
        self._takes_s = takes_s
        self._lock = threading.Lock()

    def generate(self, request: ModelRequest) -> ModelAnswer:
        with self._lock:
            self.requests.append(request)
            reply = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        time.sleep(self._takes_s)
        if isinstance(reply, BaseException):
            raise reply
        text = reply if isinstance(reply, str) else json.dumps(reply)
        return ModelAnswer(text, self.name, 1200, 300)
