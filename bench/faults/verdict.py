"""What a run came to, and what of it must not be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.faults.ground import Ground
from bench.faults.kill_points import Journal, count
from bench.faults.learners import ENDS, Accepted
from bench.faults.unsteady_ports import digest
from shared import wiring
from shared.domain.attempt import object_name
from shared.domain.errors import NotFound

_EFFECTS = {
    "audio_processing": (
        "attempts-processing",
        "attempts-released",
        "attempts-analyzed",
        "attempts-failed",
        "attempt-analyzed-published",
        "attempt-failed-published",
        "object-written",
        "object-deleted",
    ),
    "feedback_writer": (
        "ai_gateway-called",
        "attempts-completed",
        "attempt-completed-published",
    ),
    "ai_gateway": (
        "rate_limits-written",
        "ai_calls-reserved",
        "model-called",
        "ai_calls-settled",
    ),
    "lesson_completion": ("course-called",),
    "attempt_sweeper": ("attempts-failed", "attempt-failed-published", "object-deleted"),
}
POINTS = tuple(
    f"{worker} {effect} {when}"
    for worker, effects in _EFFECTS.items()
    for effect in effects
    for when in ("before", "after")
)
_REPEATED_SHARE = 0.2


@dataclass
class Report:
    """Figures of a run; `violations` says in sentences what must not have happened."""

    wanted_events: int
    events: Counter[str]
    repeated: int
    deliveries: int
    kills: Counter[str]
    ends: Counter[str]
    paid_calls: int
    written_by: Counter[str]
    replayed: int
    outages: Counter[str]
    late: int
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[str]:
        """The points nobody was killed at, as happens in runs of few events."""
        return [point for point in POINTS if not self.kills[point]]

    @property
    def repeated_share(self) -> float:
        return self.repeated / max(1, self.events.total())


def judge(
    ground: Ground,
    accepted: Accepted,
    *,
    wanted_events: int,
    replayed: int,
    outages: Counter[str],
    late: int,
    versions: Mapping[str, str],
) -> Report:
    """Look into every store and every journal. `versions` are those before the late repeats."""
    deliverer = ground.deliverer
    found = {
        key: event for key, event in deliverer.events.items() if key[0] not in deliverer.unending
    }
    report = Report(
        wanted_events=wanted_events,
        events=Counter(worker for worker, _ in found),
        repeated=sum(event.deliveries > 1 for event in found.values()),
        deliveries=sum(event.deliveries for event in found.values()),
        kills=count(ground.kills),
        ends=Counter(),
        paid_calls=ground.model.paid.total(),
        written_by=Counter(),
        replayed=replayed,
        outages=outages,
        late=late,
    )
    finals = _ends(ground, accepted, report, versions)
    _feedback(ground, finals, report)
    _paid(ground, report)
    _course(ground, finals, report)
    _conditions(ground, report)
    return report


def _ends(
    ground: Ground, accepted: Accepted, report: Report, versions: Mapping[str, str]
) -> dict[str, str]:
    """The digest of every completed attempt."""
    attempts, recordings = wiring.attempts(ground.settings), wiring.recordings(ground.settings)
    features = wiring.features(ground.settings)
    finals = {}
    for attempt_id, planted in accepted.planted.items():
        try:
            stored = attempts.get(attempt_id)
        except NotFound:
            report.violations.append(f"lost: {attempt_id} is gone")
            continue
        attempt = stored.attempt
        code = attempt.failure.code if attempt.failure else None
        report.ends[code or attempt.status] += 1
        if (attempt.status, code) != ENDS[planted]:
            report.violations.append(
                f"lost: {attempt_id} ({planted}) is {attempt.status}, failure {code}, "
                f"last error {attempt.last_error}"
            )
        if stored.version != versions.get(attempt_id):
            report.violations.append(
                f"changed by a late event: {attempt_id}, {code or attempt.status}"
            )
        if recordings.stat(object_name(attempt.user_id, attempt_id)) is not None:
            report.violations.append(f"recording left behind: {attempt_id}")
        if features.has(attempt.user_id, attempt_id) != (attempt.analysis is not None):
            report.violations.append(f"features lost or left behind: {attempt_id}")
        if attempt.feedback is not None:
            report.written_by[attempt.feedback.written_by] += 1
            finals[attempt_id] = digest(stored.document)
    return finals


def _feedback(ground: Ground, finals: Mapping[str, str], report: Report) -> None:
    """Each attempt was completed once, and whoever read it read the same."""
    written: Counter[str] = Counter()
    for line in Journal(ground.journal).lines():
        attempt_id = line["attempt"]
        written[attempt_id] += line["what"] == "written"
        if attempt_id in finals and line["digest"] != finals[attempt_id]:
            report.violations.append(f"double feedback: {attempt_id} was {line['what']} otherwise")
    doubled = [attempt_id for attempt_id, times in written.items() if times > 1]
    report.violations += [f"ended more than once: {attempt_id}" for attempt_id in doubled]


def _paid(ground: Ground, report: Report) -> None:
    paid = ground.model.paid
    report.violations += [
        f"paid {times} times: {title}" for title, times in paid.items() if times > 1
    ]
    if "unknown" in paid:
        report.violations.append("a paid call that belongs to no attempt")


def _course(ground: Ground, finals: Mapping[str, str], report: Report) -> None:
    """The consumer of completed attempts heard of each, and of each the same."""
    told: dict[str, set[str]] = {}
    for _, _, body, _ in list(ground.courses.calls):
        if body is not None:
            told.setdefault(body["attempt_id"], set()).add(digest(body))
    for attempt_id in finals.keys() - told.keys():
        report.violations.append(f"completion not told: {attempt_id}")
    for attempt_id, bodies in told.items():
        if len(bodies) > 1 or attempt_id not in finals:
            report.violations.append(f"completion told wrongly: {attempt_id}")


def _conditions(ground: Ground, report: Report) -> None:
    """The run was as hard as it had to be."""
    if report.events.total() < report.wanted_events:
        report.violations.append(f"only {report.events.total()} events")
    if report.repeated_share < _REPEATED_SHARE:
        report.violations.append(f"only {report.repeated_share:.0%} of the events repeated")
    report.violations += [f"unknown kill point: {p}" for p in report.kills.keys() - set(POINTS)]
    if not report.replayed:
        report.violations.append("no event became a dead letter")
    if left := ground.dead_letters():
        report.violations.append(f"{left} dead letters left")
