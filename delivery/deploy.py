"""`python -m delivery.deploy`: a new revision of each service, reached by its tag alone.

The revisions that have the traffic keep it: pinned by name, so that neither this nor a later change
by Terraform lets requests into what nobody has looked at.
https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration#tags
"""

import sys
from collections.abc import Sequence

from delivery import options, traffic
from delivery.cloud_run import CloudRun, Service
from delivery.google import ConflictError, DeliveryError, Google, connect


def main(arguments: Sequence[str] | None = None, google: Google | None = None) -> int:
    parser = options.parser(__doc__)
    parser.add_argument("--services", required=True, type=options.names, help="comma between them")
    parser.add_argument("--image", required=True, help="by digest: HOST/PATH@sha256:…")
    given = parser.parse_args(arguments)

    def act() -> int:
        if "@sha256:" not in given.image:
            raise DeliveryError("The image is named by its digest, HOST/PATH@sha256:….")
        run = CloudRun(google or connect(), given.project, given.region)
        for name in given.services:
            service = deploy(run, name, given.image)
            print(f"{name}: {service.latest_ready} at {service.urls[traffic.CANDIDATE]}")
        return 0

    return options.ended(act)


def deploy(run: CloudRun, name: str, image: str) -> Service:
    """The service with the revision of `image` tagged `candidate` and without requests of others.

    Twice the same changes nothing: Cloud Run makes no revision of an unchanged template. Raises
    `DeliveryError` where a broken-off rollout has left the traffic with two revisions, and where
    the revision does not become ready: then the service has the image back that it had, for with
    one that does not start no change by Terraform to the service would succeed.
    """
    before = run.service(name)
    targets = traffic.pinned(before.targets, before.latest_ready)
    kept = traffic.all_to(traffic.serving(targets), traffic.tagged(targets, traffic.PREVIOUS))
    try:
        after = run.replace(before, image, [*kept, traffic.Target(None, 0, traffic.CANDIDATE)])
        if after.latest_ready != after.latest_created:
            raise DeliveryError(f"{name}: {after.latest_created} does not become ready.")
    except ConflictError:
        raise
    except DeliveryError:
        _take_back(run, name, image, before.image, kept)
        raise
    # From here on by name, so that no revision made meanwhile takes its place.
    candidate = traffic.Target(after.latest_ready, 0, traffic.CANDIDATE)
    return run.move(after, [*kept, candidate])


def _take_back(
    run: CloudRun, name: str, image: str, former: str, kept: list[traffic.Target]
) -> None:
    try:
        service = run.service(name)
        if service.image == image:
            run.replace(service, former, kept)
    except DeliveryError as error:
        print(f"{name}: still has the image that does not start: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
