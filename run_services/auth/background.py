"""Work an answer does not wait for, so that its time tells nothing about the account."""

import contextvars
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import BoundedSemaphore

_log = logging.getLogger(__name__)


class Background:
    """A few threads and a bounded queue before them; what waits is done before the process ends.

    What such work submits in its turn while the process ends is done at once. A killed process
    loses what waited: only work that can be asked for again belongs here.
    """

    def __init__(self, threads: int = 4, waiting: int = 1000) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="background")
        self._room = BoundedSemaphore(waiting)
        self._pending: set[Future[None]] = set()

    def submit(self, act: Callable[[], None]) -> None:
        """Do it soon. Never waits, never raises: where the queue is full it is dropped, logged."""
        if not self._room.acquire(blocking=False):
            _log.error("background work dropped: the queue is full")
            return
        context = contextvars.copy_context()
        try:
            future = self._threads.submit(context.run, act)
        except RuntimeError:
            # The process is ending, and the threads take nothing any more.
            future = _done_now(context, act)
        self._pending.add(future)
        future.add_done_callback(self._done)

    def join(self) -> None:
        """Return once everything submitted so far is done."""
        wait(list(self._pending))

    def _done(self, future: "Future[None]") -> None:
        self._pending.discard(future)
        self._room.release()
        if error := future.exception():
            _log.error("background work failed", exc_info=error)


def _done_now(context: contextvars.Context, act: Callable[[], None]) -> "Future[None]":
    future: Future[None] = Future()
    try:
        context.copy().run(act)
    except Exception as error:  # noqa: BLE001
        future.set_exception(error)
    else:
        future.set_result(None)
    return future
