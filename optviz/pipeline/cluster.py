"""Runs jobs on a Dask cluster that is running already, through the seam that processes of this machine use."""

from __future__ import annotations

import asyncio
import logging
import queue
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from optviz._version import __version__
from optviz.errors import Issue, OptvizError, OutputError
from optviz.pipeline.executor import Ended, Event, Job, Lost, Sent

DECIDING = ("numpy", "llvmlite", "matplotlib", "pillow", "av")  # by whose versions numbers or pictures may differ
LOG = logging.getLogger("distributed")
ANSWER_S = 10.0  # that the scheduler has to answer
LOOK_S = 2.0  # between two looks whether it is still there
PATIENCE_S = 60.0  # without any worker, of which others may start, or any answer: it may be busy
MOST_DEATHS = 5  # of workers under one job: then it is the job that kills them
REMEDY = "start one with: dask scheduler, then: dask worker ADDRESS"
KEPT = "cells that are finished are kept where --resume names a folder"


@dataclass(frozen=True)
class _Done:
    """What a worker gives back: all that the job sent, its result, and the version that ran it."""

    version: str
    sent: list[object]
    result: object


def _do(job: Job) -> _Done:
    """Run a job on a worker; what it sends travels with its result."""
    sent: list[object] = []
    return _Done(__version__, sent, job(sent.append))


def _versions() -> dict[str, str]:
    """Return the version of all that decides a cell's bytes."""
    found = {"optviz": __version__, "Python": ".".join(map(str, sys.version_info[:2]))}
    for name in DECIDING:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


async def _shake_hands(address: str) -> None:
    """Connect to a scheduler and leave again. Raises OSError or TimeoutError where none answers."""
    from distributed import Security
    from distributed.comm import connect

    made = await connect(address, timeout=ANSWER_S, **Security().get_connection_args("client"))
    await made.close()


class DaskExecutor:
    """Runs each job as a task of a cluster. A worker that dies takes nothing along: its jobs run on another."""

    def __init__(self, address: str) -> None:
        """Connect to the scheduler. Raises OptvizError where it does not answer or its workers run another version."""
        self._where = f"--scheduler {address}"
        self._jobs: dict[str, Job] = {}
        self._deaths: dict[str, int] = {}
        self._futures: dict[str, Any] = {}
        self._ready: queue.Queue[str] = queue.Queue()
        self._peopled = time.monotonic()  # when it was last known to have workers
        try:
            from distributed import Client
        except ImportError:
            hint = "install it: pip install 'optviz[dask]'"
            raise OptvizError(Issue("needs Dask's distributed", hint=hint, where=self._where)) from None

        self._level, LOG.level = LOG.level, logging.CRITICAL  # what goes wrong is told here, once
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other versions: they are compared below
                asyncio.run(asyncio.wait_for(_shake_hands(address), ANSWER_S))  # a Client would wait for ever
                self._client: Any = Client(address, timeout=ANSWER_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            LOG.level = self._level
            said = "does not answer" if not isinstance(error, ValueError) else f"is no address: {error}"
            raise OutputError(Issue(f"the scheduler {said}", hint=REMEDY, where=self._where)) from None
        try:
            self._refuse_other_versions()
        except BaseException:
            self.close()
            raise

    def submit(self, key: str, job: Job) -> None:
        """Take a job; it is sent at once."""
        self._jobs[key] = job
        self._send(key)

    def events(self) -> Iterator[Event]:
        """Yield what happens until each job has ended or is lost.

        Raises OptvizError where the scheduler is gone, or has no workers or no answer for longer than PATIENCE_S.
        """
        while self._jobs:
            try:
                key = self._ready.get(timeout=LOOK_S)
            except queue.Empty:
                self._refuse_to_wait()
                continue
            self._peopled = time.monotonic()
            yield from self._ended(key)

    def close(self) -> None:
        """Cancel the jobs that still run and leave the cluster as it was."""
        with suppress(Exception):  # a scheduler that is gone has nothing to cancel
            self._client.cancel(list(self._futures.values()), force=True)
        with suppress(Exception):
            self._client.close(timeout=ANSWER_S)
        LOG.level = self._level

    def _send(self, key: str) -> None:
        # a key of its own each time: a task that was lost with its workers must not be taken for the one before
        name = f"optviz-{key}-{self._deaths.get(key, 0)}"
        future = self._client.submit(_do, self._jobs[key], key=name, pure=False)
        self._futures[key] = future
        future.add_done_callback(lambda _, key=key: self._ready.put(key))

    def _ended(self, key: str) -> Iterator[Event]:
        """Yield what became of a job; one whose worker died is sent once more."""
        from distributed.scheduler import KilledWorker

        future = self._futures.pop(key)
        if future.status == "finished":
            done = future.result()
            del self._jobs[key]
            if done.version != __version__:
                yield Lost(key, f"a worker runs optviz {done.version}, this is {__version__}")
                return
            yield from (Sent(key, message) for message in done.sent)
            yield Ended(key, done.result)
            return
        error = future.exception() if future.status == "error" else None
        if error is not None and not isinstance(error, KilledWorker):
            del self._jobs[key]
            yield Lost(key, f"{type(error).__name__}: {error}")
            return
        self._refuse_to_wait()  # cancelled: the scheduler is gone, or a worker was
        self._deaths[key] = self._deaths.get(key, 0) + 1
        if self._deaths[key] > MOST_DEATHS:
            del self._jobs[key]
            yield Lost(key, f"its workers died, {MOST_DEATHS + 1} times")
        else:
            self._send(key)

    def _refuse_to_wait(self) -> None:
        """Raise OptvizError if the scheduler is gone, or for long has not answered or has had no workers."""
        missing = "had no workers"
        try:
            known = self._client.sync(self._client.scheduler.identity, callback_timeout=ANSWER_S)
        except TimeoutError:  # it may be busy
            known, missing = {"workers": {}}, "not answered"
        except (OSError, AttributeError):
            raise OutputError(Issue("the scheduler is gone", hint=KEPT, where=self._where)) from None
        now = time.monotonic()
        self._peopled = now if known["workers"] else self._peopled
        if now - self._peopled > PATIENCE_S:
            said = f"the scheduler has {missing} for {PATIENCE_S:g} s"
            raise OutputError(Issue(said, hint=KEPT, where=self._where))

    def _refuse_other_versions(self) -> None:
        """Raise OptvizError for a cluster without workers, or whose workers run other versions."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise OptvizError(Issue("the scheduler has no workers", hint=REMEDY, where=self._where))
        try:
            held: dict[str, dict[str, str]] = self._client.run(_versions)
        except ImportError:
            hint = f"install optviz {__version__} where workers run"
            raise OptvizError(Issue("the workers have no optviz", hint=hint, where=self._where)) from None
        own = _versions()
        for address, versions in held.items():
            for name in [*own, *(name for name in versions if name not in own)]:
                if versions.get(name) != own.get(name):
                    there, here = (f"{name} {one[name]}" if name in one else f"no {name}" for one in (versions, own))
                    said = f"the worker {address} runs {there}, this is {here}"
                    raise OptvizError(Issue(said, hint="start workers of this version", where=self._where))
