"""`python -m delivery.canary`: some of the requests to the candidates, then all of them, or none.

Services of one release go together: where one of them does worse than its SLO allows, all of them
go back. Nobody's word is taken for "no news is good news": a revision that too few requests have
reached is promoted or rolled back as --when-quiet says.
https://sre.google/workbook/canarying-releases/
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Final, Literal

from delivery import options, traffic
from delivery.cloud_run import CloudRun, Service
from delivery.google import ConflictError, DeliveryError, Google, connect
from delivery.monitoring import Observed, observe

Verdict = Literal["good", "bad", "quiet"]
_EVERY_S: Final = 60.0
# A minute between points and up to three more until they can be read:
# https://cloud.google.com/monitoring/api/v3/latency-n-retention
_LAG_S: Final = 240.0
_TRIES: Final = 5
_CHANCE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Objective:
    """What a candidate keeps within; judged once it has had `min_requests`.

    Before, only failures tell that would be no chance within the goal.
    """

    max_error_ratio: float
    max_latency_ms: float
    min_requests: int

    def judge(self, seen: Observed, *, at_end: bool) -> Verdict:
        """Failures count at any time, slowness `at_end`: instances begin one by one, so that the
        first requests of a candidate wait for its instances and those of the stable one do not.
        """
        if seen.requests < self.min_requests:
            return "bad" if self._chance(seen) < _CHANCE else "quiet"
        slow = seen.latency_ms is not None and seen.latency_ms > self.max_latency_ms
        failing = seen.error_ratio > self.max_error_ratio
        return "bad" if failing or (slow and at_end) else "good"

    def _chance(self, seen: Observed) -> float:
        """That so many or more fail of so many, if each does with the ratio allowed (binomial)."""
        ratio, number = self.max_error_ratio, seen.requests
        fewer = (
            comb(number, failed) * ratio**failed * (1 - ratio) ** (number - failed)
            for failed in range(seen.failed)
        )
        return 1 - sum(fewer)


@dataclass(frozen=True, slots=True)
class Rollout:
    """One service on its way from the `stable` revision to the `candidate`."""

    name: str
    stable: str
    candidate: str
    previous: str | None
    objective: Objective


def main(arguments: Sequence[str] | None = None, google: Google | None = None) -> int:
    parser = options.parser(__doc__)
    parser.add_argument("--services", required=True, type=options.names, help="comma between them")
    parser.add_argument("--percent", type=int, default=10, help="of the requests, to the candidate")
    parser.add_argument("--minutes", type=float, default=10, help="it has to show itself")
    parser.add_argument("--min-requests", type=int, default=50, help="to be judged by")
    parser.add_argument("--max-error-ratio", type=float, default=0.01, help="of 5xx answers")
    parser.add_argument("--max-latency-ms", type=float, default=2000, help="95th percentile")
    parser.add_argument(
        "--slow", type=options.names, default=[], help="services that wait for others: no bound"
    )
    parser.add_argument("--when-quiet", choices=("promote", "rollback"), default="rollback")
    given = parser.parse_args(arguments)

    def objective(name: str) -> Objective:
        latency_ms = float("inf") if name in given.slow else given.max_latency_ms
        return Objective(given.max_error_ratio, latency_ms, given.min_requests)

    def act() -> int:
        cloud = google or connect()
        run = CloudRun(cloud, given.project, given.region)
        rollouts = [
            rollout
            for name in given.services
            if (rollout := _begun(run.service(name), objective(name))) is not None
        ]
        canary = Canary(cloud, run, given.project)
        canary.run(
            rollouts,
            percent=given.percent,
            watch_s=given.minutes * 60,
            quiet_is_good=given.when_quiet == "promote",
        )
        return 0

    return options.ended(act)


class Canary:
    """The steps of a rollout; every way out but promotion leaves the stable revisions all of it."""

    def __init__(self, google: Google, run: CloudRun, project: str) -> None:
        self._google = google
        self._run = run
        self._project = project

    def run(
        self, rollouts: list[Rollout], *, percent: int, watch_s: float, quiet_is_good: bool
    ) -> None:
        """Promotes all, or rolls all back and raises `DeliveryError`."""
        try:
            for rollout in rollouts:
                stable, candidate = rollout.stable, rollout.candidate
                shares = traffic.split(stable, candidate, percent, rollout.previous)
                self._move(rollout, shares)
                print(f"{rollout.name}: {rollout.candidate} has {percent} %")
            verdicts = self._watch(rollouts, watch_s) if rollouts else {}
            bad = [name for name, verdict in verdicts.items() if verdict == "bad"]
            quiet = [name for name, verdict in verdicts.items() if verdict == "quiet"]
            if bad:
                raise DeliveryError(f"Worse than the SLO allows: {', '.join(bad)}.")
            if quiet and not quiet_is_good:
                raise DeliveryError(f"Too few requests to judge by: {', '.join(quiet)}.")
            for rollout in rollouts:
                self._move(rollout, traffic.all_to(rollout.candidate, rollout.stable))
                print(f"{rollout.name}: {rollout.candidate} has everything")
        except BaseException:
            self._roll_back(rollouts)
            raise

    def _watch(self, rollouts: list[Rollout], watch_s: float) -> dict[str, Verdict]:
        """Each service's verdict at the end, or at once when one of them is bad."""
        start = self._google.now()
        end = start + watch_s + _LAG_S
        while True:
            self._google.sleep(_EVERY_S)
            verdicts: dict[str, Verdict] = {}
            at_end = self._google.now() >= end
            for rollout in rollouts:
                seen = observe(self._google, self._project, rollout.name, rollout.candidate, start)
                verdicts[rollout.name] = rollout.objective.judge(seen, at_end=at_end)
                latency = "?" if seen.latency_ms is None else f"{seen.latency_ms:.0f}"
                print(
                    f"{rollout.name}: {seen.requests} requests, {seen.error_ratio:.2%} failed,"
                    f" 95 % within {latency} ms: {verdicts[rollout.name]}"
                )
            if "bad" in verdicts.values() or at_end:
                return verdicts

    def _move(self, rollout: Rollout, targets: list[traffic.Target]) -> None:
        service = self._run.service(rollout.name)
        if {target.revision for target in service.targets if target.percent} - {
            rollout.stable,
            rollout.candidate,
        }:
            raise ConflictError(f"{rollout.name}: its traffic was moved elsewhere.")
        self._run.move(service, targets)

    def _roll_back(self, rollouts: list[Rollout]) -> None:
        """Every service to its stable revision; another's change in between is read, not undone."""
        for rollout in rollouts:
            for attempt in range(_TRIES):
                try:
                    self._restore(rollout)
                    break
                except DeliveryError as error:
                    print(f"{rollout.name}: not rolled back: {error}", file=sys.stderr)
                    self._google.sleep(2.0**attempt)

    def _restore(self, rollout: Rollout) -> None:
        service = self._run.service(rollout.name)
        with_traffic = {target.revision for target in service.targets if target.percent}
        if rollout.candidate not in with_traffic:
            return
        targets = [
            *traffic.all_to(rollout.stable, rollout.previous),
            traffic.Target(rollout.candidate, 0, traffic.CANDIDATE),
        ]
        self._run.move(service, targets)
        print(f"{rollout.name}: back to {rollout.stable}", file=sys.stderr)


def _begun(service: Service, objective: Objective) -> Rollout | None:
    """None where the candidate already has everything: nothing of the service has changed."""
    candidate = traffic.tagged(service.targets, traffic.CANDIDATE)
    if candidate is None:
        raise DeliveryError(f"{service.name}: no revision is tagged as candidate.")
    shares = {target.revision: target.percent for target in service.targets if target.percent}
    if shares == {candidate: traffic.ALL}:
        print(f"{service.name}: unchanged")
        return None
    stable = traffic.serving(service.targets, but=candidate)
    previous = traffic.tagged(service.targets, traffic.PREVIOUS)
    return Rollout(service.name, stable, candidate, previous, objective)


if __name__ == "__main__":
    sys.exit(main())
