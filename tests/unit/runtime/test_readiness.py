"""Ready is whose stores all answer, in time; and asking costs the stores little."""

import threading

from shared.runtime.readiness import Readiness


class Store:
    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None
        self.hold = threading.Event()
        self.hold.set()

    def read(self) -> None:
        self.calls += 1
        self.hold.wait()
        if self.error:
            raise self.error


def test_it_names_those_that_fail_and_remembers_it_for_a_moment() -> None:
    good, bad, now = Store(), Store(), [0.0]
    readiness = Readiness(
        {"good": good.read, "bad": bad.read}, remembered_s=3.0, monotonic=lambda: now[0]
    )
    bad.error = OSError("away")
    assert readiness.failing() == ["bad"]
    bad.error = None
    now[0] = 2.9
    assert readiness.failing() == ["bad"]
    assert (good.calls, bad.calls) == (1, 1)
    now[0] = 3.0
    assert readiness.failing() == []


def test_a_store_that_hangs_is_not_ready_and_not_asked_again_until_it_answers() -> None:
    store = Store()
    store.hold.clear()
    readiness = Readiness({"store": store.read}, within_s=0.05, remembered_s=0.0)
    assert [readiness.failing() for _ in range(3)] == [["store"]] * 3
    assert store.calls == 1
    store.hold.set()
    while readiness.failing():
        pass
    assert store.calls <= 2


def test_many_probes_at_once_ask_once() -> None:
    store = Store()
    readiness = Readiness({"store": store.read}, remembered_s=60.0)
    threads = [threading.Thread(target=readiness.failing) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.calls == 1
