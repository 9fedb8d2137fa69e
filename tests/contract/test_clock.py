"""What every clock owes its callers."""

from datetime import timedelta
from uuid import UUID

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.ports.clock import Clock


@pytest.fixture(params=[SystemClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    return request.param()


def test_now_is_in_utc_and_goes_on(clock: Clock) -> None:
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second


def test_ids_are_fresh_and_sort_by_creation(clock: Clock) -> None:
    ids = [clock.new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {UUID(text).version for text in ids} == {7}
