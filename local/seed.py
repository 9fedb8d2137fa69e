"""Puts the shipped courses into a running stack, published, as the user `rostrum`.

A course is known again by its title. It is sent anew, as a new version, only when its folder has
changed since; one that was archived stays so.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx

from local import credentials
from local.client import ApiError
from local.deployables import ROOT
from local.packages import canonical_files, read_folder
from local.stack import AUDIENCE, ISSUER, Stack
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.domain.identity import Principal
from shared.repositories.course_packages.archive import pack

COURSES = ROOT / "courses"
OWNER = "rostrum"
_TOKEN_LIFETIME = timedelta(minutes=5)
_TIMEOUT_S = 60.0


def seed(stack: Stack) -> list[str]:
    """Publish what is new; the titles of that. Raises `ApiError` or `httpx.HTTPError`."""
    with httpx.Client(base_url=stack.url, timeout=_TIMEOUT_S) as http:
        http.headers["Authorization"] = f"Bearer {_token(stack)}"
        present = {course["title"]: course for course in _own(http)}
        published = []
        for folder in sorted(path for path in COURSES.iterdir() if path.is_dir()):
            package = read_folder(folder)
            title = package.content.title
            data = pack(canonical_files(package))
            if _send(http, present.get(title), data):
                published.append(title)
        return published


def _send(http: httpx.Client, present: dict[str, Any] | None, data: bytes) -> bool:
    """Whether the package had to be sent."""
    query = {}
    if present is not None:
        path = f"/v1/courses/{present['id']}/package"
        version = present.get("version")
        if present["status"] == "archived":
            return False
        if version and _checked(http.get(path, params={"version": version})).content == data:
            return False
        query = {"course_id": present["id"]}
    headers = {"Content-Type": "application/zip"}
    imported = http.post("/v1/courses/import", params=query, content=data, headers=headers)
    course_id = _checked(imported).json()["id"]
    _checked(http.post(f"/v1/courses/{course_id}/publish"))
    return True


def _own(http: httpx.Client) -> Iterator[dict[str, Any]]:
    query = {"mine": "true", "limit": "100"}
    while True:
        page = _checked(http.get("/v1/courses", params=query)).json()
        yield from page["items"]
        if "next_cursor" not in page:
            return
        query["cursor"] = page["next_cursor"]


def _token(stack: Stack) -> str:
    keys = credentials.load(stack.data / "secrets").token_keys
    tokens = LocalTokens(keys, ISSUER, AUDIENCE, SystemClock())
    return tokens.issue(Principal(OWNER, "teacher"), AUDIENCE, _TOKEN_LIFETIME)


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise ApiError(response)
    return response
