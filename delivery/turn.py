"""`python -m delivery.turn`: one release at a time, and none that is older than what is there.

Waits for the releases that began before this one. Stops where a release that was asked for later
has succeeded meanwhile: what waited for approval, or was slow, would take that one back. To go back
knowingly, start the trigger anew for the older commit.
https://cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.builds
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, cast

from delivery import options
from delivery.google import ConflictError, DeliveryError, Google, Json, connect

TAG: Final = "release"
_EVERY_S: Final = 20.0
_LIMIT_S: Final = 3600.0
_PAGE: Final = 100


def main(arguments: Sequence[str] | None = None, google: Google | None = None) -> int:
    parser = options.parser(__doc__)
    parser.add_argument("--build", required=True, help="id of this build")
    given = parser.parse_args(arguments)

    def act() -> int:
        cloud = google or connect()
        parent = f"projects/{given.project}/locations/{given.region}"
        wait(cloud, parent, given.build)
        return 0

    return options.ended(act)


def wait(google: Google, parent: str, build: str) -> None:
    """Until no release that began before `build` is at work.

    Raises `ConflictError` where `build` is out of date, `DeliveryError` after an hour.
    """
    url = f"{google.build_url}/v1/{parent}/builds"
    own = google.call("GET", f"{url}/{build}")
    start = google.now()
    while True:
        others = [other for other in _releases(google, url) if other["id"] != build]
        for other in others:
            if other["status"] == "SUCCESS" and _asked(other) > _asked(own):
                raise ConflictError(f"{other['id']} was asked for later and is released.")
        before = [
            str(other["id"])
            for other in others
            if other["status"] == "WORKING" and _begun(other) < _begun(own)
        ]
        if not before:
            return
        if google.now() - start >= _LIMIT_S:
            raise DeliveryError(f"Still at work: {', '.join(before)}.")
        print(f"waits for {', '.join(before)}")
        google.sleep(_EVERY_S)


def _releases(google: Google, url: str) -> Iterator[Json]:
    """Of this environment, which has its project for itself."""
    query: dict[str, str | list[str]] = {"filter": f'tags="{TAG}"', "pageSize": str(_PAGE)}
    while True:
        answer = google.call("GET", url, query=query)
        yield from cast(list[Json], answer.get("builds", []))
        if not answer.get("nextPageToken"):
            return
        query["pageToken"] = str(answer["nextPageToken"])


def _asked(build: Json) -> datetime:
    return datetime.fromisoformat(str(build["createTime"]))


def _begun(build: Json) -> tuple[datetime, str]:
    """When it began to work, after an approval; not yet: after all others."""
    begun = build.get("startTime")
    at = datetime.max.replace(tzinfo=UTC) if begun is None else datetime.fromisoformat(str(begun))
    return at, str(build["id"])


if __name__ == "__main__":
    sys.exit(main())
