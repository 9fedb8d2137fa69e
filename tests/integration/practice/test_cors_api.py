"""What a web page of another origin reads of the practice service: answers and every refusal."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from run_services.practice.main import create_app

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

ORIGIN = "https://app.example"
PAGE = {"Origin": ORIGIN}
BODY = {"kind": "free_speech", "recording": {"content_type": "audio/webm"}}


@pytest.fixture
def open_to_pages(practice: "Practice") -> "Practice":
    changes = {"web_origins": (ORIGIN,), "attempts_per_user": 1}
    practice.settings = practice.settings.model_copy(update=changes)
    practice.client = create_app(practice.settings).test_client()
    return practice


def readable(answer: TestResponse) -> set[str]:
    """The headers a page of our origin may read of it."""
    assert answer.headers.getlist("Access-Control-Allow-Origin") == [ORIGIN]
    assert "Origin" in answer.headers.getlist("Vary")
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    return exposed & {name.lower() for name, _ in answer.headers}


def test_a_page_asks_then_creates_then_is_limited(
    open_to_pages: "Practice", problem: Callable[[TestResponse], tuple[int, str]]
) -> None:
    asked = open_to_pages.client.options(
        "/v1/attempts", headers=PAGE | {"Access-Control-Request-Method": "POST"}
    )
    assert (asked.status_code, asked.headers["Access-Control-Allow-Methods"]) == (204, "GET, POST")

    created = open_to_pages.call("POST", "/v1/attempts", json=BODY, headers=PAGE)
    assert created.status_code == 201
    assert "location" in readable(created)

    limited = open_to_pages.call("POST", "/v1/attempts", json=BODY, headers=PAGE)
    assert problem(limited)[0] == 429
    assert "retry-after" in readable(limited)


def test_a_page_reads_the_version_and_what_is_refused(
    open_to_pages: "Practice", problem: Callable[[TestResponse], tuple[int, str]]
) -> None:
    path = f"/v1/attempts/{open_to_pages.create()['id']}"
    read = open_to_pages.call("GET", path, headers=PAGE)
    assert (read.status_code, "etag" in readable(read)) == (200, True)
    known = PAGE | {"If-None-Match": read.headers["ETag"]}
    unchanged = open_to_pages.call("GET", path, headers=known)
    assert (unchanged.status_code, "etag" in readable(unchanged)) == (304, True)

    unknown = open_to_pages.call("GET", path, user=None, headers=PAGE)
    assert problem(unknown) == (401, "unauthenticated")
    assert "www-authenticate" in readable(unknown)

    anothers = open_to_pages.call("GET", path, user="mallory", headers=PAGE)
    assert problem(anothers) == (404, "attempt_not_found")
    readable(anothers)
