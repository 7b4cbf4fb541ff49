"""Several scenarios at once, each in a process of its own, so that none can harm another."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from optviz.cli.progress import Task
from optviz.errors import CANNOT_WRITE, Issue
from optviz.pipeline.render import Rendered, Terms, attempt, render

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

    from optviz.scenario import Scenario

_HEAVY = [
    "optviz.picture.film",
    "optviz.picture.views.map",
    "optviz.picture.panels.loss",
    "optviz.picture.panels.ranking",
    "optviz.output.gif",
    "optviz.pipeline.run",
]
_LOOK = 0.1  # seconds between two looks at the clock while nothing happens


@dataclass(frozen=True)
class _Worker:
    """A process at work, and the end of the pipe on which it tells how far it is."""

    process: BaseProcess
    told: Connection
    task: Task


def render_all(
    scenarios: Sequence[Scenario],
    tasks: Sequence[Task],
    at_once: int,
    look: Callable[[], None],
    terms: Terms | None = None,
) -> list[Rendered]:
    """Render every scenario, ``at_once`` at a time; one that fails says so in its place.

    tasks: one for each, kept up to date; look: called whenever one has changed; terms: how all are written. Whatever
    ends this early, Ctrl-C included, ends all workers, and their unfinished files go with them.
    """
    waiting = list(reversed(list(zip(scenarios, tasks, strict=True))))
    context = _context()
    working: list[_Worker] = []
    results: dict[int, Rendered] = {}
    try:
        while waiting or working:
            while waiting and len(working) < at_once:
                working.append(_start(context, *waiting.pop(), terms or Terms()))
            wait([worker.told for worker in working], _LOOK)
            for worker in list(working):
                finished = _heard(worker)
                if finished is not None:
                    results[id(worker.task)] = finished
                    working.remove(worker)
            look()
    finally:
        _end(working)
    return [results[id(task)] for task in tasks]


def _context() -> BaseContext:
    """Workers begin with the heavy imports made, where the system can fork a process that has them."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    context.set_forkserver_preload(_HEAVY)
    return context


def _start(context: Any, scenario: Scenario, task: Task, terms: Terms) -> _Worker:
    told, telling = context.Pipe(duplex=False)
    task.doing = "starting"
    process = context.Process(target=_work, args=(scenario, task.name, telling, terms), daemon=True)
    with _deaf_to_ctrl_c():
        process.start()
    telling.close()
    return _Worker(process, told, task)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started here ignore Ctrl-C: it reaches this one, which ends them in good order."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _heard(worker: _Worker) -> Rendered | None:
    """Read all that the worker told; its result, if that was it."""
    try:
        while worker.told.poll():
            news = worker.told.recv()
            if isinstance(news, Rendered):
                return _ended(worker, news)
            if isinstance(news, str):
                worker.task.doing = news
            else:
                worker.task.count(*news)
    except EOFError:
        worker.process.join()
        said = f"its process ended with {_reason(worker.process.exitcode)}"
        issue = Issue(said, where=worker.task.name)
        return _ended(worker, Rendered(worker.task.name, issues=(issue,), exit_code=CANNOT_WRITE))
    return None


def _reason(exitcode: int | None) -> str:
    return f"signal {-exitcode}; out of memory?" if exitcode and exitcode < 0 else f"exit code {exitcode}"


def _ended(worker: _Worker, result: Rendered) -> Rendered:
    worker.process.join()
    worker.told.close()
    worker.task.doing = ""
    return result


def _end(workers: Sequence[_Worker]) -> None:
    for worker in workers:
        worker.process.terminate()
    for worker in workers:
        worker.process.join()


# --- in the worker --------------------------------------------------------------------------------


def _work(scenario: Scenario, name: str, telling: Connection, terms: Terms) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)

    def counting(done: int, total: int) -> None:
        telling.send((done, total))

    telling.send(attempt(name, lambda: render(scenario, telling.send, counting, name, terms)))


def _leave(number: int, frame: object) -> None:
    """Asked to end: as an exception, so that unfinished files are removed on the way out."""
    raise SystemExit(128 + number)
