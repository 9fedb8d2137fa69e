"""`python -m delivery.migrate`: the migration jobs with the release's image, before any traffic.

Migrations only expand: a column or table is added in one release, filled and read in the next, and
what nobody reads any more is dropped in a release after that. So the revision that has the traffic
runs on the schema before and after, and so does the one a rollback puts back.
"""

import sys
from collections.abc import Sequence

from delivery import options
from delivery.cloud_run import CloudRun
from delivery.google import Google, connect


def main(arguments: Sequence[str] | None = None, google: Google | None = None) -> int:
    parser = options.parser(__doc__)
    parser.add_argument("--jobs", required=True, type=options.names, help="in this order")
    parser.add_argument("--image", required=True, help="by digest")
    given = parser.parse_args(arguments)

    def act() -> int:
        cloud = google or connect()
        run = CloudRun(cloud, given.project, given.region)
        for job in given.jobs:
            run.run_job(job, given.image)
            print(f"{job}: done")
        return 0

    return options.ended(act)


if __name__ == "__main__":
    sys.exit(main())
