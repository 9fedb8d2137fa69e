"""How many attempts may be begun, and what counts."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from run_services.practice.main import create_app
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from shared.domain.errors import RateLimited
from shared.repositories.rate_limits import Rate, RateLimits

if TYPE_CHECKING:
    from tests.integration.practice.conftest import Practice

Problem = Callable[[TestResponse], tuple[int, str]]
BODY = {"kind": "free_speech", "recording": {"content_type": "audio/webm"}}
MINUTE = timedelta(minutes=1)


class SetClock(SystemClock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Iterator[SetClock]:
    return SetClock()


@pytest.fixture
def limits(database: sa.Engine, clock: SetClock) -> RateLimits:
    return RateLimits(PostgresDocuments(database, clock), clock)


def taken(limits: RateLimits, key: str = "eve") -> float:
    """0 when the call fitted, else how long it should have waited."""
    try:
        limits.take(Rate(key, 6, MINUTE))
    except RateLimited as error:
        return error.retry_after_s or -1
    return 0


def test_a_burst_fits_then_one_each_interval(limits: RateLimits, clock: SetClock) -> None:
    assert [taken(limits) for _ in range(7)] == [0] * 6 + [pytest.approx(10)]
    clock.at += timedelta(seconds=4)
    assert taken(limits) == pytest.approx(6)
    clock.at += timedelta(seconds=6)
    assert [taken(limits), taken(limits)] == [0, pytest.approx(10)]
    assert taken(limits, "ann") == 0
    clock.at += timedelta(hours=1)
    assert [taken(limits) for _ in range(7)] == [0] * 6 + [pytest.approx(10)]


def test_a_call_over_one_rate_counts_against_none(limits: RateLimits) -> None:
    narrow, wide = Rate("user", 1, MINUTE), Rate("address", 3, MINUTE)
    limits.take(narrow, wide)
    with pytest.raises(RateLimited):
        limits.take(narrow, wide)
    limits.take(wide)
    limits.take(wide)
    with pytest.raises(RateLimited):
        limits.take(wide)


def test_neither_who_nor_where_is_kept(
    limits: RateLimits, database: sa.Engine, clock: SetClock
) -> None:
    taken(limits, "user eve")
    [kept] = PostgresDocuments(database, clock).query("rate_limits")
    assert "eve" not in str(kept)
    clock.at += MINUTE
    assert PostgresDocuments(database, clock).purge_expired() == 1


def test_fifty_at_once_never_get_more_than_the_limit(limits: RateLimits) -> None:
    with ThreadPoolExecutor(50) as pool:
        waits = list(pool.map(lambda _: taken(limits), range(50)))
    assert 1 <= waits.count(0) <= 6
    assert all(wait > 0 for wait in waits if wait != 0)
    while taken(limits) == 0:
        waits.append(0)
    assert waits.count(0) == 6


@pytest.fixture
def narrow(practice: "Practice") -> "Practice":
    changes = {"attempts_per_user": 2, "attempts_per_address": 3}
    practice.client = create_app(practice.settings.model_copy(update=changes)).test_client()
    return practice


def test_a_learner_who_is_too_fast_is_told_when(narrow: "Practice", problem: Problem) -> None:
    first = narrow.create()
    narrow.end(first["id"], "no_speech")
    retry = f"/v1/attempts/{first['id']}/retry"
    assert narrow.call("POST", retry).status_code == 201
    for path, body in (("/v1/attempts", BODY), (retry, {})):
        refused = narrow.call("POST", path, json=body)
        assert problem(refused) == (429, "rate_limited")
        assert 25 <= int(refused.headers["Retry-After"]) <= 30
    assert len(narrow.call("GET", "/v1/attempts").json["items"]) == 2
    assert narrow.call("POST", "/v1/attempts", json=BODY, user="ann").status_code == 201
    by_address = narrow.call("POST", "/v1/attempts", json=BODY, user="bob")
    assert problem(by_address) == (429, "rate_limited")
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    other = narrow.call("POST", "/v1/attempts", json=BODY, user="bob", headers=elsewhere)
    assert other.status_code == 201


def test_a_replayed_answer_does_not_count(narrow: "Practice") -> None:
    headers = {"Idempotency-Key": "k"}
    answers = [
        narrow.call("POST", "/v1/attempts", json=BODY, headers=headers).status_code
        for _ in range(5)
    ]
    assert answers == [201] * 5
