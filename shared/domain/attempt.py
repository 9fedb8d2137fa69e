"""An attempt: one recording from the request for an upload to its feedback.

awaiting_upload → processing → analyzed → completed, and from any of the first three → failed.
The functions below are the only transitions; each refuses a status it does not start from, so a
late, duplicate or reordered event changes nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.analysis import Analysis, Strictness
from shared.domain.errors import Conflict
from shared.domain.failure import FAILURES, Failure
from shared.domain.feedback import Feedback
from shared.domain.times import timestamp

Status = Literal["awaiting_upload", "processing", "analyzed", "completed", "failed"]
Kind = Literal["read_aloud", "free_speech", "interview", "role_play"]

MAX_RECORDING_BYTES = 25 * 1024 * 1024
MAX_RECORDING_S = 180.0
LANGUAGES = ("en",)
UPLOAD_WINDOW = timedelta(minutes=15)
FINAL: frozenset[str] = frozenset({"completed", "failed"})


class StaleTransition(Conflict):
    """The attempt is past (or not yet at) the status this step starts from."""

    code = "stale_transition"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was asked. `text` is the reference of a read_aloud; `question` the task otherwise.

    A course's prompt also says which: `id` within that published `version` of the course.
    """

    language: str
    title: str | None = None
    text: str | None = None
    question: str | None = None
    id: str | None = None
    version: int | None = None
    course_id: str | None = None
    lesson_id: str | None = None


@dataclass(frozen=True, slots=True)
class UploadTerms:
    """What the signed URL is bound to."""

    content_type: str
    max_bytes: int
    expires_at: str


@dataclass(frozen=True, slots=True)
class Recording:
    """The uploaded object; `generation` pins which bytes were assessed."""

    content_type: str
    bytes: int
    generation: str
    codec: str | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Times RFC 3339 UTC. `upload` is absent when a retry reuses the recording it has.

    `strictness` is a read_aloud's: how far from right a word must sound to be worth checking.
    `kept_until` is set while a copy of the recording is kept by the learner's choice.
    `lease_until`, `last_error` and `traceparent` are for the workers, never shown.
    """

    id: str
    user_id: str
    status: Status
    kind: Kind
    prompt: Prompt
    created_at: str
    updated_at: str
    strictness: Strictness | None = None
    upload: UploadTerms | None = None
    retry_of: str | None = field(default=None, metadata={"null": True})
    recording: Recording | None = None
    kept_until: str | None = None
    failure: Failure | None = None
    analysis: Analysis | None = None
    feedback: Feedback | None = None
    lease_until: str | None = None
    last_error: str | None = None
    traceparent: str | None = None


def object_name(user_id: str, attempt_id: str) -> str:
    """Where the recording of an attempt lies in the uploads bucket."""
    return f"attempts/{user_id}/{attempt_id}"


def kept_name(user_id: str, attempt_id: str) -> str:
    """Where its copy lies, in the same bucket, when the learner keeps recordings."""
    return f"kept/{user_id}/{attempt_id}"


def start_processing(
    attempt: Attempt, recording: Recording, now: datetime, lease: timedelta
) -> Attempt:
    """Claim the recording for one worker until the lease ends.

    Raises `StaleTransition` when it is already past this step, or another worker's lease runs.
    """
    if attempt.status == "processing":
        if attempt.lease_until is not None and attempt.lease_until > timestamp(now):
            raise StaleTransition("Another worker holds this attempt.", code="lease_held")
    elif attempt.status != "awaiting_upload":
        raise StaleTransition(f"The attempt is {attempt.status}.")
    return replace(
        attempt,
        status="processing",
        recording=recording,
        lease_until=timestamp(now + lease),
        updated_at=timestamp(now),
    )


def release(attempt: Attempt, lease_until: str | None, error_code: str, now: datetime) -> Attempt:
    """Give the claim with that lease back after an error that may pass; remember which it was."""
    if attempt.status != "processing" or attempt.lease_until != lease_until:
        raise StaleTransition(f"The attempt is {attempt.status}, or claimed by another worker.")
    return replace(attempt, lease_until=None, last_error=error_code, updated_at=timestamp(now))


def record_analysis(
    attempt: Attempt,
    recording: Recording,
    analysis: Analysis,
    now: datetime,
    kept_until: datetime | None = None,
) -> Attempt:
    """`processing` → `analyzed`, for the very bytes that were claimed.

    `kept_until` says that a copy of them is kept, and how long.
    """
    if attempt.status != "processing" or not _same_bytes(attempt.recording, recording):
        raise StaleTransition(f"The attempt is {attempt.status}.")
    return replace(
        attempt,
        status="analyzed",
        recording=recording,
        kept_until=timestamp(kept_until) if kept_until else None,
        analysis=analysis,
        lease_until=None,
        last_error=None,
        updated_at=timestamp(now),
    )


def complete(attempt: Attempt, feedback: Feedback, now: datetime) -> Attempt:
    """`analyzed` → `completed`."""
    if attempt.status != "analyzed":
        raise StaleTransition(f"The attempt is {attempt.status}.")
    return replace(attempt, status="completed", feedback=feedback, updated_at=timestamp(now))


def fail_recording(attempt: Attempt, generation: str, code: str, now: datetime) -> Attempt:
    """`processing` those very bytes → `failed`; a worker that comes late changes nothing."""
    same = attempt.recording is not None and attempt.recording.generation == generation
    if attempt.status != "processing" or not same:
        raise StaleTransition(f"The attempt is {attempt.status}.")
    return fail(attempt, code, now)


def fail(attempt: Attempt, code: str, now: datetime) -> Attempt:
    """Any unfinished status → `failed` with the named failure; a final one is refused."""
    if attempt.status in FINAL:
        raise StaleTransition(f"The attempt is {attempt.status}.")
    return replace(
        attempt,
        status="failed",
        failure=FAILURES[code],
        lease_until=None,
        updated_at=timestamp(now),
    )


def keep_no_longer(attempt: Attempt, now: datetime) -> Attempt:
    """The copy of the recording is gone; refused when none was kept."""
    if attempt.kept_until is None:
        raise StaleTransition("No recording is kept.")
    return replace(attempt, kept_until=None, updated_at=timestamp(now))


def rescore(attempt: Attempt, before: Attempt, analysis: Analysis, now: datetime) -> Attempt:
    """Another `analysis` of the same features for a finished attempt; status and feedback stay.

    Refused unless analysis and feedback still are those of `before`.
    """
    same = (attempt.analysis, attempt.feedback) == (before.analysis, before.feedback)
    if attempt.status not in FINAL or attempt.analysis is None or not same:
        raise StaleTransition("The attempt has moved on.")
    analysis = replace(analysis, rescored_from=attempt.analysis.scorer_version)
    return replace(attempt, analysis=analysis, updated_at=timestamp(now))


def _same_bytes(one: Recording | None, other: Recording) -> bool:
    return one is not None and one.generation == other.generation
