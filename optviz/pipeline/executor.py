"""Runs jobs in other processes. Whatever runs them is an Executor, so that a cluster can take this machine's place."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Protocol

from optviz.parallel import cores, limit_cores
from optviz.signals import leave_on_signals, leave_with_parent

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

CAN_FORK = "forkserver" in multiprocessing.get_all_start_methods()
Send = Callable[[object], None]
Job = Callable[[Send], object]  # called as job(send) elsewhere; it, all it sends and what it returns can be pickled


@dataclass(frozen=True)
class Began:
    """The job called ``key`` has begun."""

    key: str


@dataclass(frozen=True)
class Sent:
    """The job called ``key`` has sent a message."""

    key: str
    message: Any


@dataclass(frozen=True)
class Ended:
    """The job called ``key`` has returned ``result``."""

    key: str
    result: Any


@dataclass(frozen=True)
class Lost:
    """The job called ``key`` will return nothing, for this reason."""

    key: str
    reason: str


Event = Began | Sent | Ended | Lost


class Executor(Protocol):
    """Runs jobs elsewhere, several at a time. Jobs know nothing of one another; their messages arrive in order."""

    def submit(self, key: str, job: Job) -> None:
        """Take a job to be run under a key of its own."""

    def events(self) -> Iterator[Event]:
        """Yield what happens until each job has ended or is lost; then more may be submitted."""

    def close(self) -> None:
        """End the jobs that still run, by an exception in each, and return when they are gone."""


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    key: str | None = None  # of the job that it does; None while it waits for one


class ProcessExecutor:
    """Runs jobs in processes of their own, one at a time in each; a job that ends its process harms no other.

    A process takes one job after the other, so that what they have in common is imported and compiled once; each job
    has its share of the cores. preload: modules that the processes begin with, where the system can fork one that has
    imported them.
    """

    def __init__(self, at_once: int, preload: Sequence[str] = ()) -> None:
        self._context: Any = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
        self._context.set_forkserver_preload(list(preload))
        self._at_once = at_once
        self._waiting: deque[tuple[str, Job]] = deque()
        self._workers: list[_Worker] = []

    def submit(self, key: str, job: Job) -> None:
        """Take a job; it begins in ``events``."""
        self._waiting.append((key, job))

    def events(self) -> Iterator[Event]:
        """Yield what happens until each job has ended or is lost; then more may be submitted."""
        while self._waiting or self._working:
            while self._waiting and len(self._working) < self._at_once:
                key, job = self._waiting.popleft()
                yield Began(key)
                self._begin(key, job)
            wait([worker.connection for worker in self._working])
            for worker in self._working:
                yield from self._received(worker)

    def close(self) -> None:
        """End the processes, in good order, and the jobs that still run in them."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in list(self._workers):
            self._forget(worker)

    @property
    def _working(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.key is not None]

    def _begin(self, key: str, job: Job) -> None:
        """Hand a job to a process that waits for one, else to a new one."""
        share = cores() // min(self._at_once, len(self._waiting) + len(self._working) + 1)
        idle = [one for one in self._workers if one.key is None and one.process.is_alive()]
        worker = idle[0] if idle else self._started()
        worker.key = key
        with suppress(OSError):  # of a process that has just died, which is told where its messages are awaited
            worker.connection.send((job, share))

    def _started(self) -> _Worker:
        here, there = self._context.Pipe()
        process = self._context.Process(target=_work, args=(there,), daemon=True)
        with _without_sigint():
            process.start()
        there.close()
        self._workers.append(_Worker(process, here))
        return self._workers[-1]

    def _received(self, worker: _Worker) -> Iterator[Event]:
        """Yield all that has arrived from a worker; forget it when its process has ended."""
        key = worker.key or ""
        try:
            while worker.connection.poll():
                has_ended, content = worker.connection.recv()
                if has_ended:
                    worker.key = None
                    yield Ended(key, content)
                    return
                yield Sent(key, content)
        except (EOFError, ConnectionResetError):
            self._forget(worker)
            code = worker.process.exitcode or 0
            said = f"signal {-code}; out of memory?" if code < 0 else f"exit code {code}"
            yield Lost(key, f"its process ended with {said}")

    def _forget(self, worker: _Worker) -> None:
        worker.process.join()
        self._workers.remove(worker)
        worker.connection.close()


def begin_imports(preload: Sequence[str]) -> None:
    """Have the process from which others are forked import these modules while this one has other work to do."""
    if CAN_FORK and cores() > 1:
        from multiprocessing import forkserver  # which not every system has

        forkserver.set_forkserver_preload(list(preload))
        with _without_sigint():
            forkserver.ensure_running()


@contextmanager
def _without_sigint() -> Iterator[None]:
    """Keep Ctrl-C from processes started in the block: it reaches this one, which ends them in good order.

    They inherit that this thread does not receive it; if it is pressed in the meantime, it is not lost.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # which would let this thread receive it again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: Connection) -> None:
    """Do the jobs that arrive, each with its share of the cores; every message says whether it is a job's result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leave_on_signals(silently=True)
    leave_with_parent()
    while True:
        try:
            job, share = connection.recv()
        except EOFError:  # the process that sends them is gone
            return
        limit_cores(share)
        result = job(lambda message: connection.send((False, message)))
        connection.send((True, result))
