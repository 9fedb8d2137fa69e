"""A paid model that fails for a while, and counts what it was paid for."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from tests.fakes.gemini import FakeGemini, Received, Reply, error, success

Mood = Literal["well", "away", "refusing", "slow"]
_TITLE = re.compile(r'"title":"(attempt-\d+)"')
_ANSWER = {
    "summary": "You read almost every word as written.",
    "strengths": [{"point": "A steady pace.", "evidence": [{"measure": "speech_rate_wpm"}]}],
    "improvements": [
        {
            "point": "Give the last word more time.",
            "evidence": [{"words": [0]}],
            "exercise": "Read it twice.",
        }
    ],
}


class UnsteadyGemini(FakeGemini):
    """`paid` counts the answers by attempt, heard or not: a slow one is paid for all the same."""

    def __init__(self, slow_s: float) -> None:
        super().__init__()
        self.paid: Counter[str] = Counter()
        self.failed = 0
        self._slow_s = slow_s
        self._mood: Mood = "well"
        self._counting = threading.Lock()
        self._server.handle_error = _hung_up  # type: ignore[method-assign]

    @contextmanager
    def being(self, mood: Mood) -> Iterator[None]:
        self._mood = mood
        try:
            yield
        finally:
            self._mood = "well"

    def reply(self, received: Received) -> Reply:
        mood = self._mood
        if mood in ("away", "refusing"):
            with self._counting:
                self.failed += 1
            if mood == "away":
                return error(503, "UNAVAILABLE")
            return error(429, "RESOURCE_EXHAUSTED", {"Retry-After": "1"})
        if mood == "slow":
            time.sleep(self._slow_s)
        title = _TITLE.search(received.contents)
        with self._counting:
            self.paid[title[1] if title else "unknown"] += 1
        return success(_ANSWER)


def _hung_up(request: object, client_address: object) -> None:
    """A gateway that was killed over its request, or before its answer."""
