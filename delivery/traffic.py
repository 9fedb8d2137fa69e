"""Who gets a service's requests: traffic targets, as Cloud Run Admin v2 takes and shows them.

https://cloud.google.com/run/docs/reference/rest/v2/TrafficTarget
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from delivery.google import DeliveryError, Json

CANDIDATE: Final = "candidate"
PREVIOUS: Final = "previous"
ALL: Final = 100
_LATEST: Final = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
_REVISION: Final = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"


@dataclass(frozen=True, slots=True)
class Target:
    """`percent` of the requests, and all of those to the tag's own URL.

    `revision` is a revision's short name; None: whichever is the latest that is ready.
    """

    revision: str | None
    percent: int = 0
    tag: str | None = None

    @classmethod
    def parse(cls, fields: Json) -> Self:
        percent, tag, revision = (fields.get(name) for name in ("percent", "tag", "revision"))
        latest = fields.get("type") == _LATEST
        return cls(
            None if latest or revision is None else str(revision),
            int(str(percent or 0)),
            None if tag is None else str(tag),
        )

    def to_json(self) -> Json:
        fields: Json = {"type": _LATEST if self.revision is None else _REVISION}
        if self.revision is not None:
            fields["revision"] = self.revision
        if self.percent:
            fields["percent"] = self.percent
        if self.tag is not None:
            fields["tag"] = self.tag
        return fields


def pinned(targets: Iterable[Target], latest: str) -> list[Target]:
    """The same, with `latest` by name, so that a newer revision gets nothing by itself."""
    return [Target(target.revision or latest, target.percent, target.tag) for target in targets]


def serving(targets: Iterable[Target], *, but: str | None = None) -> str:
    """The one revision that gets requests, `but` left aside; raises where they are several."""
    names = {target.revision for target in targets if target.percent and target.revision != but}
    if len(names) != 1 or None in names:
        found = ", ".join(sorted(str(name) for name in names)) or "none"
        raise DeliveryError(f"One revision has to have the traffic, not: {found}.")
    return str(names.pop())


def rolled_out(targets: Iterable[Target]) -> str | None:
    """The revision that shares the requests with a candidate; None without a rollout."""
    targets = list(targets)
    candidate = tagged(targets, CANDIDATE)
    shares = {target.revision for target in targets if target.percent}
    return serving(targets, but=candidate) if candidate in shares and len(shares) > 1 else None


def tagged(targets: Iterable[Target], tag: str) -> str | None:
    """The revision with this tag."""
    return next((target.revision for target in targets if target.tag == tag), None)


def split(stable: str, candidate: str, percent: int, previous: str | None) -> list[Target]:
    """The candidate at `percent`, with its tag's URL; the one before `stable` keeps its tag."""
    first, *others = all_to(stable, previous)
    share = Target(candidate, percent, CANDIDATE)
    return [Target(first.revision, ALL - percent), share, *others]


def all_to(revision: str, previous: str | None) -> list[Target]:
    """Everything to one; the one before stays a tag away, for `make rollback`."""
    targets = [Target(revision, ALL)]
    if previous is not None and previous != revision:
        targets.append(Target(previous, 0, PREVIOUS))
    return targets
