"""What is loaded once, and ahead of its need."""

import threading
from collections.abc import Callable

import pytest

from shared.speech.loading import begin, once


def test_threads_that_ask_at_the_same_time_load_once() -> None:
    together = threading.Barrier(4)
    loads: list[str] = []

    @once
    def model(name: str) -> object:
        loads.append(name)
        return object()

    found: list[object] = []

    def ask() -> None:
        together.wait(timeout=10)
        found.append(model("a"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["a"]
    assert len(set(map(id, found))) == 1
    assert model("b") is not model("a")
    assert loads == ["a", "b"]


def test_a_failure_is_raised_to_everyone_who_asks_and_tried_again() -> None:
    outcomes: list[Callable[[], str]] = [lambda: "model"]

    @once
    def model() -> str:
        if outcomes[0]() == "model" and len(outcomes) == 1:
            outcomes.append(outcomes[0])
            raise OSError("away")
        return outcomes[0]()

    with pytest.raises(OSError, match="away"):
        model()
    assert model() == "model"


def test_what_is_begun_is_loaded_once_in_order_and_failures_do_not_end_it() -> None:
    done = threading.Event()
    loads: list[str] = []

    def first() -> None:
        loads.append("first")
        raise OSError("away")

    def second() -> None:
        loads.append("second")
        done.set()

    begin([first, second])
    begin([first, second])
    assert done.wait(timeout=10)
    begin([second])
    assert loads == ["first", "second"]
