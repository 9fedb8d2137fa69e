"""`make rollback SERVICE= REVISION=`: all of a service's requests to a revision it had before.

Without REVISION, to the one that had them before the present one, or before the rollout that was
broken off between its first share and the last. The database stays as it is:
migrations only expand what is there, and contract it a release after the last reader is gone, so
the revision before always runs on the present schema.

A function is a Cloud Run service too: SERVICE=audio-processing with a REVISION puts that one back
until the next apply. For good, and for the gateway's config, an apply of the commit they came from
does it, without migrations or services: archives and configs are named by their content, so that
`git checkout COMMIT && make archives values plan apply` makes the same ones again. The release that
follows comes from a commit that takes the change back (`git revert`) and keeps its migrations: an
older commit's migrations do not know the present schema, and its release stops there.
"""

import sys
from collections.abc import Sequence
from typing import Final

from delivery import options, traffic
from delivery.cloud_run import CloudRun
from delivery.google import ConflictError, DeliveryError, Google, connect

_TRIES: Final = 5


def main(arguments: Sequence[str] | None = None, google: Google | None = None) -> int:
    parser = options.parser(__doc__)
    parser.add_argument("--service", required=True)
    parser.add_argument("--revision", default="", help="default: the one before")
    given = parser.parse_args(arguments)

    def act() -> int:
        cloud = google or connect()
        run = CloudRun(cloud, given.project, given.region)
        revision = _insist(cloud, run, given.service, given.revision)
        print(f"{given.service}: {revision} has everything")
        return 0

    return options.ended(act)


def roll_back(run: CloudRun, name: str, revision: str) -> str:
    """The revision that has everything now; what it took over from is tagged `previous`.

    Out of a rollout that is the candidate, which never had everything: the tag stays where it is.
    """
    service = run.service(name)
    targets = traffic.pinned(service.targets, service.latest_ready)
    previous = traffic.tagged(targets, traffic.PREVIOUS)
    rolled_out = traffic.rolled_out(targets)
    wanted = revision or rolled_out or previous
    if wanted is None:
        raise DeliveryError(f"{name}: no revision is tagged as previous; name one (REVISION=).")
    before = max(targets, key=lambda target: target.percent).revision
    run.move(service, traffic.all_to(wanted, previous if wanted == rolled_out else before))
    return wanted


def _insist(google: Google, run: CloudRun, name: str, revision: str) -> str:
    """An operator's rollback wins over whatever else changes the service."""
    for attempt in range(_TRIES):
        try:
            return roll_back(run, name, revision)
        except ConflictError:
            google.sleep(2.0**attempt)
    return roll_back(run, name, revision)


if __name__ == "__main__":
    sys.exit(main())
