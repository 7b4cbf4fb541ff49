"""Share the cores that this process may use: one pool of threads, one budget, results in the order of the work.

Threads are enough: the work is NumPy's or a codec's, which release the interpreter's lock. A budget of n cores is the
calling thread and n - 1 threads of the pool. A thread that waits for work which nobody has begun does that work itself,
so the calling thread is never idle while work waits, and work that starts other work cannot block itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

MMAP_THRESHOLD_BYTES = 31 << 20  # to which glibc is made to raise it; it never raises it beyond 32 MB
PER_CORE = 2  # results held ahead of their use for each core: one in the making, one ready


class _Budget:
    """What this process may use, and the threads that it has."""

    limit: int | None = None  # cores; None for all
    threads: ThreadPoolExecutor | None = None
    lock = Lock()


def cores() -> int:
    """Count the cores that this process may use: its share, if it was given one, or all that the system allows."""
    if _Budget.limit is not None:
        return _Budget.limit
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def limit_cores(count: int | None) -> None:
    """Set this process's share of the cores, at least 1; None allots all. Call it while no work is under way."""
    with _Budget.lock:
        if _Budget.threads is not None:
            _Budget.threads.shutdown()
        _Budget.limit, _Budget.threads = None if count is None else max(1, count), None


def _threads() -> ThreadPoolExecutor:
    """Return the pool, made when it is first needed."""
    from concurrent.futures import ThreadPoolExecutor

    with _Budget.lock:
        if _Budget.threads is None:
            _Budget.threads = ThreadPoolExecutor(cores() - 1, thread_name_prefix="optviz")
        return _Budget.threads


class Task(Generic[R]):
    """Work done once, by a thread of the pool or by the first thread that waits for it.

    after: a task that must have ended before this one begins.
    """

    def __init__(self, work: Callable[[], R], after: Task[R] | None = None) -> None:
        from concurrent.futures import Future

        self._work = work
        self._after = after
        self._claim = Lock()  # taken for good by the thread that does the work
        self._future: Future[R] = Future()
        if cores() == 1:
            return
        if after is None:
            self._submit()
        else:
            after._future.add_done_callback(self._submit)

    def _submit(self, _: object = None) -> None:
        _threads().submit(self.do)

    def do(self) -> bool:
        """Do the work in this thread, unless it has begun or must not begin yet; return whether it was done here."""
        if (self._after is not None and not self._after.done) or not self._claim.acquire(blocking=False):
            return False
        self._after = None
        try:
            self._future.set_result(self._work())
        except BaseException as error:  # raised where the result is asked for
            self._future.set_exception(error)
        return True

    @property
    def done(self) -> bool:
        """Whether ``result`` returns, or raises, without waiting."""
        return self._future.done()

    def result(self) -> R:
        """Wait for the result; raise the error of the work."""
        return self._future.result()

    def drop(self) -> None:
        """Leave the work undone, or wait until the thread that has begun it has finished."""
        from concurrent.futures import wait

        if not self._claim.acquire(blocking=False):
            wait([self._future])


def _next_result(tasks: deque[Task[R]]) -> R:
    """Take the first task's result; until there is one, do in this thread what no other has begun."""
    while not tasks[0].done and any(task.do() for task in tasks):
        pass
    return tasks.popleft().result()


def _drop(tasks: deque[Task[R]]) -> None:
    """Drop all tasks, the last first: none begins because the one before it ended."""
    while tasks:
        tasks.pop().drop()


def ordered(work: Callable[[T], R], items: Iterable[T], ahead: int | None = None) -> Iterator[R]:
    """Yield ``work(item)`` for every item in order, at most ``ahead`` results held at a time (default: two a core).

    An error is raised where its result was due. Closing the iterator drops what has not begun.
    """
    most = ahead or (PER_CORE * cores() if cores() > 1 else 1)
    tasks: deque[Task[R]] = deque()
    try:
        for item in items:
            tasks.append(Task(partial(work, item)))
            if len(tasks) >= most:
                yield _next_result(tasks)
        while tasks:
            yield _next_result(tasks)
    finally:
        _drop(tasks)


class Background(Generic[R]):
    """Does work in threads while the caller goes on, and hands the results to ``take`` in order.

    ``take`` is called in the caller's thread. An error in the work is raised by the next ``do`` or by ``finish``.
    one_by_one: each piece of work begins after the one before has ended, for work that shares a state.
    """

    MOST = 5  # pieces of work held at a time, so that memory does not grow with their number

    def __init__(self, take: Callable[[R], object] = lambda _: None, *, one_by_one: bool = False) -> None:
        self._take = take
        self._one_by_one = one_by_one
        self._pending: deque[Task[R]] = deque()

    def do(self, work: Callable[[], R]) -> None:
        """Have ``work`` done as soon as a core is free; while too much is waiting, do some of it here."""
        while self._pending and (self._pending[0].done or len(self._pending) >= self.MOST):
            self._take(_next_result(self._pending))
        last = self._pending[-1] if self._pending and self._one_by_one else None
        self._pending.append(Task(work, after=last))
        if cores() == 1:
            self.finish()

    def finish(self) -> None:
        """Have all work done."""
        while self._pending:
            self._take(_next_result(self._pending))

    def close(self) -> None:
        """Drop the work that has not begun and wait for the rest."""
        _drop(self._pending)


@cache
def raise_mmap_threshold() -> None:
    """Let the C library keep the memory of freed arrays, so that it need not be cleared for the next.

    glibc serves a block above its mmap threshold by a mapping of its own, which the kernel fills with zeros each
    time; when such a block is freed, the threshold rises to its size. So one is allocated and freed.
    """
    bytes(MMAP_THRESHOLD_BYTES)
