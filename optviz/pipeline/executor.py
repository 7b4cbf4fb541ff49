"""Runs jobs in other processes. Whatever runs them is an Executor, so that a cluster can take this machine's place."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Protocol

from optviz.parallel import cores, limit_cores
from optviz.signals import leave_on_signals, leave_with_parent

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

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
        """Yield what happens until each job has ended or is lost."""

    def close(self) -> None:
        """End the jobs that still run, by an exception in each, and return when they are gone."""


@dataclass(frozen=True)
class _Worker:
    key: str
    process: BaseProcess
    receiver: Connection


class ProcessExecutor:
    """Runs each job in a process of its own, so that none can harm another; each has its share of the cores.

    preload: modules that the processes begin with, where the system can fork one that has imported them.
    """

    def __init__(self, at_once: int, preload: Sequence[str] = ()) -> None:
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        self._context.set_forkserver_preload(list(preload))
        self._at_once = at_once
        self._waiting: deque[tuple[str, Job]] = deque()
        self._working: list[_Worker] = []

    def submit(self, key: str, job: Job) -> None:
        """Take a job; its process starts in ``events``."""
        self._waiting.append((key, job))

    def events(self) -> Iterator[Event]:
        """Yield what happens until each job has ended or is lost."""
        while self._waiting or self._working:
            while self._waiting and len(self._working) < self._at_once:
                key, job = self._waiting.popleft()
                yield Began(key)
                self._start(key, job)
            wait([worker.receiver for worker in self._working])
            for worker in list(self._working):
                yield from self._received(worker)

    def close(self) -> None:
        """End the processes that still run, in good order."""
        for worker in self._working:
            worker.process.terminate()
        for worker in self._working:
            worker.process.join()
        self._working.clear()

    def _start(self, key: str, job: Job) -> None:
        receiver, sender = self._context.Pipe(duplex=False)
        sharing = min(self._at_once, len(self._waiting) + len(self._working) + 1)
        process = self._context.Process(target=_work, args=(job, sender, cores() // sharing), daemon=True)
        with _ignoring_sigint():
            process.start()
        sender.close()
        self._working.append(_Worker(key, process, receiver))

    def _received(self, worker: _Worker) -> Iterator[Event]:
        """Yield all that has arrived from a worker; forget it when it has ended."""
        try:
            while worker.receiver.poll():
                has_ended, content = worker.receiver.recv()
                if has_ended:
                    self._forget(worker)
                    yield Ended(worker.key, content)
                    return
                yield Sent(worker.key, content)
        except EOFError:
            self._forget(worker)
            code = worker.process.exitcode or 0
            said = f"signal {-code}; out of memory?" if code < 0 else f"exit code {code}"
            yield Lost(worker.key, f"its process ended with {said}")

    def _forget(self, worker: _Worker) -> None:
        worker.process.join()
        self._working.remove(worker)
        worker.receiver.close()


@contextmanager
def _ignoring_sigint() -> Iterator[None]:
    """Let processes started in the block ignore Ctrl-C: it reaches this process, which ends them in good order."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _work(job: Job, sender: Connection, share: int) -> None:
    """Run a job in its own process with its share of the cores; each message says whether it is the result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leave_on_signals(silently=True)
    leave_with_parent()
    limit_cores(share)
    result = job(lambda message: sender.send((False, message)))
    sender.send((True, result))
