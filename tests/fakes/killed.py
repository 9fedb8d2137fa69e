"""A process that ends at one call of a port."""

from typing import Any


class Killed:
    """Stands before a port; the process ends just before or after `method` has had its effect."""

    def __init__(self, port: Any, method: str, *, after: bool) -> None:
        self._port = port
        self._method = method
        self._after = after
        self.happened = False

    def __getattr__(self, name: str) -> Any:
        if name != self._method or self.happened:
            return getattr(self._port, name)

        def once(*args: Any, **named: Any) -> None:
            self.happened = True
            if self._after:
                getattr(self._port, name)(*args, **named)
            raise RuntimeError("killed")

        return once
