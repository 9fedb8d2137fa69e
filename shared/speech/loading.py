"""What is loaded once in a process: when it is first needed, or in the background before that."""

import threading
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from functools import wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Load = Callable[[], object]
_begun: Final[set[Load]] = set()


def once(load: Callable[P, T]) -> Callable[P, T]:
    """As `functools.cache`, but threads that ask at the same time do not load a thing twice.

    Takes positional arguments only. A failure is raised, and the next who asks tries again.
    """
    loaded: dict[tuple[Hashable, ...], T] = {}
    loading = threading.Lock()

    @wraps(load)
    def get(*arguments: P.args, **options: P.kwargs) -> T:
        if arguments not in loaded:
            with loading:
                if arguments not in loaded:
                    loaded[arguments] = load(*arguments, **options)
        return loaded[arguments]

    return get


def begin(loads: Iterable[Load]) -> None:
    """Run each of `loads` once in the life of the process, in order, in the background.

    A failure is told where the thing is needed, which tries once more.
    """
    new = [load for load in loads if load not in _begun]
    _begun.update(new)
    if new:
        threading.Thread(target=_run, args=(new,), name="load-speech", daemon=True).start()


def _run(loads: Iterable[Load]) -> None:
    for load in loads:
        with suppress(Exception):
            load()
