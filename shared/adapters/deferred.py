"""An adapter that is imported and built only when it is first used."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


def deferred(build: Callable[[], T]) -> T:
    """In place of what `build` returns, whose import and construction cost a cold start.

    It is built once, whoever comes first; when that fails, the next who comes tries again.
    """
    return cast("T", _Deferred(build))


class _Deferred:
    def __init__(self, build: Callable[[], object]) -> None:
        self._build = build
        self._building = threading.Lock()
        self._built: object = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        with self._building:
            if self._built is None:
                self._built = self._build()
        found = getattr(self._built, name)
        if callable(found):
            setattr(self, name, found)  # and is found there from here on
        return found
