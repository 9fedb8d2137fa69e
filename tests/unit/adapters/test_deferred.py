"""What is deferred is built once, when it is first used."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.adapters.deferred import deferred


class Counter:
    built = 0

    def __init__(self) -> None:
        Counter.built += 1

    def built_so_far(self) -> int:
        return Counter.built


@pytest.fixture(autouse=True)
def nothing_built() -> None:
    Counter.built = 0


def test_it_is_built_when_it_is_first_used() -> None:
    counter = deferred(Counter)
    assert Counter.built == 0
    assert [counter.built_so_far() for _ in range(3)] == [1, 1, 1]


def test_callers_at_once_share_one() -> None:
    together = threading.Barrier(8)

    def build() -> Counter:
        assert not building.locked()
        with building:
            return Counter()

    def use(_: int) -> int:
        together.wait(10)
        return counter.built_so_far()

    building = threading.Lock()
    counter = deferred(build)
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(use, range(8))) == {1}


def test_a_failure_is_not_for_ever() -> None:
    failures = [ConnectionError("away")]

    def build() -> Counter:
        if failures:
            raise failures.pop()
        return Counter()

    counter = deferred(build)
    with pytest.raises(ConnectionError):
        counter.built_so_far()
    assert counter.built_so_far() == 1


def test_what_it_does_not_have_is_told() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        deferred(Counter).nothing  # noqa: B018
