"""Work done beside the drawing: C code that lets go of Python's lock keeps a second core busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar

from optviz.parallel import cores

P = ParamSpec("P")
R = TypeVar("R")

AHEAD = 4  # pieces of work that may wait, so that memory does not grow with the film
MOST_HELPERS = 4  # one drawing does not keep more busy


class Aside(Generic[R]):
    """Does one piece of work after another in threads; what they give is taken in the order they were asked for.

    ``take`` is called in the caller's own thread. An error in the work is raised by the next call or by ``finish``.
    """

    def __init__(self, take: Callable[[R], object] = lambda _: None, workers: int = 1) -> None:
        self._take = take
        self._workers = workers
        self._pending: deque[Future[R]] = deque()
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="optviz")

    def do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> None:
        """Begin ``work`` as soon as a worker is free; waits when too much is waiting."""
        while self._pending and (len(self._pending) >= AHEAD + self._workers or self._pending[0].done()):
            self._take(self._pending.popleft().result())
        self._pending.append(self._pool.submit(work, *args, **kwargs))

    def finish(self) -> None:
        """Wait for all."""
        while self._pending:
            self._take(self._pending.popleft().result())
        self._pool.shutdown()

    def close(self) -> None:
        """Leave undone what has not begun."""
        self._pool.shutdown(cancel_futures=True)


def helpers() -> int:
    """How many threads shall code pieces that do not depend on one another."""
    return min(cores(), MOST_HELPERS)
