"""Learners: they make attempts by the practice service's own use case and upload recordings."""

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

import httpx

from bench.faults.workers import TEXT
from local.deployables import ROOT
from run_services.practice.tasks import Task
from run_services.practice.usecases import Practice
from shared import wiring
from shared.domain.attempt import Prompt
from shared.domain.errors import AppError
from shared.domain.times import timestamp
from shared.runtime.store_settings import FeaturesSettings

Planted = Literal["good", "unreadable", "abandoned"]
ENDS: dict[Planted, tuple[str, str | None]] = {
    "good": ("completed", None),
    "unreadable": ("failed", "audio_unreadable"),
    "abandoned": ("failed", "upload_expired"),
}
_AUDIO = ROOT / "tests" / "fixtures" / "audio"
_CLIPS = {"good": "austen.wav", "unreadable": "text.wav"}
_ATTEMPTS_OF_ONE = 10
_LONG_AGO = timedelta(hours=2)
_PATIENCE_S = 120.0


@dataclass
class Accepted:
    """Attempts whose upload was accepted, and those abandoned on purpose, by id."""

    planted: dict[str, Planted] = field(default_factory=dict)
    good: int = 0


class Learners:
    """Many threads may submit at once."""

    def __init__(self, settings: FeaturesSettings) -> None:
        self.accepted = Accepted()
        self._attempts = wiring.attempts(settings)
        recordings = wiring.recordings(settings)
        courses: Any = None  # learners' own tasks ask no course
        keys = wiring.idempotency_keys(settings)
        features = wiring.features(settings)
        self._practice = Practice(
            self._attempts, recordings, features, courses, keys, wiring.clock()
        )
        self._clips = {name: (_AUDIO / file).read_bytes() for name, file in _CLIPS.items()}
        self._http = httpx.Client(timeout=30)
        self._lock = threading.Lock()

    def submit(self, number: int, planted: Planted) -> None:
        """As a careful client: again until accepted; "already uploaded" means accepted."""
        prompt = Prompt(
            language="en",
            title=f"attempt-{number}",
            text=TEXT,
            id="prompt-1",
            version=1,
            course_id="course-1",
            lesson_id="lesson-1",
        )
        user_id = f"learner-{number // _ATTEMPTS_OF_ONE}"
        deadline = time.monotonic() + _PATIENCE_S
        view: dict[str, Any] | None = None
        while True:
            try:
                if view is None:
                    view = self._create(user_id, prompt)
                if planted == "abandoned":
                    self._abandon(view["id"])
                else:
                    self._upload(view["upload"], self._clips[planted])
            except (AppError, httpx.HTTPError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                break
        with self._lock:
            self.accepted.planted[view["id"]] = planted
            self.accepted.good += planted == "good"

    def _create(self, user_id: str, prompt: Prompt) -> dict[str, Any]:
        task = Task("read_aloud", prompt)
        return self._practice.create(
            user_id, task, content_type="audio/wav", declared_bytes=None, traceparent=""
        ).document

    def _upload(self, upload: dict[str, Any], data: bytes) -> None:
        response = self._http.put(upload["url"], headers=upload["headers"], content=data)
        if response.status_code != httpx.codes.PRECONDITION_FAILED:
            response.raise_for_status()

    def _abandon(self, attempt_id: str) -> None:
        """Let its upload window have ended long ago."""
        long_ago = timestamp(wiring.clock().now() - _LONG_AGO)
        self._attempts.update(attempt_id, lambda attempt: replace(attempt, updated_at=long_ago))
