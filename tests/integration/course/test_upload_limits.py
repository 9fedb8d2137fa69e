"""How many media and packages may be brought, and what counts."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from run_services.course.main import create_app

UPLOAD = {"bytes": 1000}


@pytest.fixture
def narrow(course: Any) -> Any:
    """Two uploads a user and three an address."""
    changes = {"uploads_per_user": 2, "uploads_per_address": 3}
    course.app = create_app(course.settings.model_copy(update=changes))
    return course


def announce(course: Any, user: str, **options: Any) -> TestResponse:
    answer: TestResponse = course.call(
        "POST", "/v1/package-uploads", user=user, json=UPLOAD, **options
    )
    return answer


def test_media_and_packages_count_together(narrow, problem) -> None:
    course_id = narrow.created()
    media = {"name": "a.png", "content_type": "image/png", "bytes": 10}
    path = f"/v1/courses/{course_id}/media"
    assert narrow.call("POST", path, user="tom", json=media).status_code == 201
    assert announce(narrow, "tom").status_code == 201
    refused = announce(narrow, "tom")
    assert problem(refused) == (429, "rate_limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    archive = {"data": b"PK", "content_type": "application/zip"}
    imported = narrow.call("POST", "/v1/courses/import", user="tom", **archive)
    assert problem(imported) == (429, "rate_limited")


def test_an_address_has_a_limit_of_its_own(narrow, problem) -> None:
    here = {"headers": {"X-Forwarded-For": "192.0.2.1"}}
    elsewhere = {"headers": {"X-Forwarded-For": "192.0.2.2"}}
    given = [announce(narrow, user, **here).status_code for user in ("tom", "tom", "tina")]
    assert given == [201, 201, 201]
    assert problem(announce(narrow, "tina", **here)) == (429, "rate_limited")
    assert announce(narrow, "tina", **elsewhere).status_code == 201


def test_a_replayed_answer_does_not_count(narrow) -> None:
    key = {"headers": {"Idempotency-Key": "once"}}
    made = [announce(narrow, "tom", **key).json["id"] for _ in range(5)]
    assert len(set(made)) == 1
    assert announce(narrow, "tom").status_code == 201
