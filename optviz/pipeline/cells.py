"""Computes the cells of a comparison: here, in other processes or on a cluster, and keeps those that are finished.

A cell is pure: what it gives depends on nothing but what its key was made of. So it does not matter where cells are
computed, in which order, or whether one is computed twice; they are merged by key, to the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Self, TypeAlias
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from optviz._version import __version__
from optviz.errors import Issue, OptvizError, OutputError, legible
from optviz.formula.codegen.lanes import is_available
from optviz.optimizers import BoundRule
from optviz.output.atomic import atomic_write
from optviz.parallel import cores
from optviz.pipeline.executor import Ended, Executor, Lost, ProcessExecutor, Send, Sent

Columns: TypeAlias = dict[str, NDArray[Any]]
Progress: TypeAlias = Callable[[int, int], None]

TASK_POINT_STEPS = 40_000_000  # that are sent together: half a second of compiled stages, three of NumPy's calls
BETWEEN_S = 0.1  # two messages of a task, each of which interrupts two processes
LEAST_TASK_POINT_STEPS = 2_000_000  # some hundredths of a second: less is not worth a message
TASKS_A_CORE = 16  # on this machine, so that no core waits long for the last
PROCESSES_FROM = 16_000_000  # below that starting processes does not repay
PROTOCOL = "protocol.json"
COMPILER = "llvmlite.binding"  # which takes longer to import than many cells to compute


@dataclass(frozen=True)
class Cell:
    """One part of a comparison, which can be computed anywhere."""

    name: str  # what it is called where it fails
    content: Mapping[str, object]  # all that its numbers depend on, in plain values
    point_steps: int  # how much work it is: runs times steps
    work: partial[Columns]  # can be pickled
    ground: str = ""  # what cells of one ground need is made once by those who compute them one after the other

    @property
    def module(self) -> str:
        """The module of its work."""
        return str(self.work.func.__module__)

    @property
    def key(self) -> str:
        """The hash of its content, of optviz's version, and of whether stages are compiled: the last bit may differ."""
        return digest({"optviz": __version__, "compiled": is_available(), **self.content})


Take: TypeAlias = Callable[[str, Columns], Iterable[Cell] | None]


def rule_content(rule: BoundRule) -> dict[str, object]:
    """Return what a rule's numbers depend on, in plain values."""
    return {"rule": {rule.name: rule.hyperparameters}, "gradient": rule.gradient_written, "steps": rule.steps}


def digest(content: Mapping[str, object]) -> str:
    """Return a hash of plain values: equal for equal ones, on every machine."""
    text = json.dumps(content, sort_keys=True, allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Workshop:
    """Where cells are computed, and where finished ones are kept."""

    scheduler: str | None = None  # address of a Dask cluster's; None for this machine
    resume: Path | None = None  # folder of finished cells
    executor: Callable[[], Executor] | None = None  # makes one instead

    def open(self, preload: Sequence[str] = ()) -> Executor:
        """Return what runs tasks. Raises OptvizError for a scheduler that does not answer.

        preload: modules that processes of this machine begin with.
        """
        if self.executor is not None:
            return self.executor()
        if self.scheduler is not None:
            from optviz.pipeline.cluster import DaskExecutor

            return DaskExecutor(self.scheduler)
        return ProcessExecutor(cores(), preload)

    @property
    def is_here(self) -> bool:
        """Whether tasks run on this machine's cores."""
        return self.executor is None and self.scheduler is None


HERE = Workshop()


@dataclass(frozen=True)
class Computed:
    """What cells gave, by name, and why others gave nothing."""

    columns: dict[str, Columns] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many cells have been computed, or have failed."""
        return len(self.columns) + len(self.failed)


class Crew:
    """Computes cells: in this process, or in others, which start when there is work enough for them and then stay.

    protocol: what all cells have in common, in plain values. processes_from: how much work other processes of this
    machine repay. Used as a context manager, it ends the others with the block. Raises OptvizError for a folder of
    another protocol and, where it computes, for a scheduler that does not answer.
    """

    def __init__(
        self, workshop: Workshop, protocol: Mapping[str, object], processes_from: float = PROCESSES_FROM
    ) -> None:
        self._workshop, self._processes_from = workshop, processes_from
        self._store = None if workshop.resume is None else Store(workshop.resume, protocol)
        self._executor: Executor | None = None
        self._numbers = count()  # of tasks

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.close()

    def compute(
        self,
        cells: Sequence[Cell],
        progress: Progress | None = None,
        take: Take = lambda name, columns: None,
    ) -> Computed:
        """Compute cells, those aside that the folder has; each is kept as soon as it is finished.

        take: called with each cell's name and columns as soon as they are there; it may return more cells to compute.
        A cell that fails is told in the result.
        """
        computed, left, todo = Computed(), dict[str, Cell](), deque[Cell]()

        def begin(cells: Iterable[Cell]) -> None:
            for cell in cells:
                left[cell.name] = cell
                held = None if self._store is None else self._store.get(cell.key)
                if held is None:
                    todo.append(cell)
                else:
                    end(cell.name, held)

        def end(name: str, columns: Columns) -> None:
            computed.columns[name] = columns
            begin(take(name, columns) or ())

        begin(cells)
        if progress is not None:
            progress(computed.count, len(left))
        for name, outcome in self._results(todo):
            if isinstance(outcome, str):
                computed.failed[name] = outcome
            else:
                if self._store is not None:
                    self._store.put(left[name].key, outcome)
                end(name, outcome)
            if progress is not None:
                progress(computed.count, len(left))
        return computed

    def _results(self, todo: deque[Cell]) -> Iterator[tuple[str, Columns | str]]:
        """Yield the name of each cell and its columns, or why there are none; more may be added in between."""
        if self._executor is None and todo and self._repays(todo):
            modules = {cell.module for cell in todo}
            self._executor = self._workshop.open([*sorted(modules), *[COMPILER] * is_available()])
        if self._executor is None:
            while todo:
                cell = todo.popleft()
                yield cell.name, _outcome(cell)
            return
        waiting: dict[str, list[str]] = {}
        while todo or waiting:
            self._submit(self._executor, todo, waiting)
            for event in self._executor.events():
                if isinstance(event, Sent):
                    for name, outcome in event.message:
                        waiting[event.key].remove(name)
                        yield name, outcome
                elif isinstance(event, Lost):
                    for name in waiting.pop(event.key):
                        yield name, event.reason
                elif isinstance(event, Ended):
                    assert not waiting.pop(event.key)
                self._submit(self._executor, todo, waiting)

    def _submit(self, executor: Executor, todo: deque[Cell], waiting: dict[str, list[str]]) -> None:
        """Hand the cells to be computed over, and note by task which ones are awaited."""
        for task in _tasks(todo, TASKS_A_CORE * cores() if self._workshop.is_here else 1):
            key = f"{next(self._numbers)}-{task[0].key}"
            waiting[key] = [cell.name for cell in task]
            executor.submit(key, partial(_do, task))
        todo.clear()

    def _repays(self, cells: Iterable[Cell]) -> bool:
        """Tell whether others than this process repay."""
        if not self._workshop.is_here:
            return True
        return cores() > 1 and sum(cell.point_steps for cell in cells) >= self._processes_from


def compute(
    cells: Sequence[Cell],
    protocol: Mapping[str, object],
    workshop: Workshop = HERE,
    progress: Progress | None = None,
    processes_from: float = PROCESSES_FROM,
    take: Take = lambda name, columns: None,
) -> Computed:
    """Compute cells by a crew of their own, as ``Crew`` says."""
    with Crew(workshop, protocol, processes_from) as crew:
        return crew.compute(cells, progress, take)


def _tasks(cells: Iterable[Cell], least: int) -> list[list[Cell]]:
    """Group cells, in their order, into tasks that are worth sending; into ``least`` if they are much work.

    A task that is half full ends where the ground does.
    """
    most = min(TASK_POINT_STEPS, max(LEAST_TASK_POINT_STEPS, sum(cell.point_steps for cell in cells) // least))
    tasks: list[list[Cell]] = []
    filled = most
    for cell in cells:
        if filled >= most or (2 * filled >= most and cell.ground != tasks[-1][-1].ground):
            tasks.append([])
            filled = 0
        tasks[-1].append(cell)
        filled += cell.point_steps
    return tasks


def _do(task: Sequence[Cell], send: Send) -> None:
    """Compute the cells of a task and send those that are finished: those that are quick several at a time."""
    finished: list[tuple[str, Columns | str]] = []
    sent = time.monotonic()
    for cell in task:
        finished.append((cell.name, _outcome(cell)))
        if time.monotonic() - sent >= BETWEEN_S:
            send(finished)
            finished, sent = [], time.monotonic()
    send(finished)


def _outcome(cell: Cell) -> Columns | str:
    try:
        return cell.work()
    except OptvizError as error:
        return str(error)
    except Exception as error:  # of whatever kind: it is told under the cell's name, and the others go on
        return f"{type(error).__name__}: {error}"


class Store:
    """A folder of finished cells of one protocol, a file each, written whole or not at all."""

    def __init__(self, folder: Path, protocol: Mapping[str, object], named: str = "--resume") -> None:
        """Open the folder, or make it; ``named`` is what asked for it.

        Raises OptvizError for one of another protocol, or that is something else.
        """
        self.folder = folder
        content = {"optviz": __version__, **protocol}
        file = folder / PROTOCOL
        where = f"{named} {folder}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if file.exists():
                refuse_other(content, json.loads(file.read_text(encoding="utf-8")), where)
            elif any(folder.iterdir()):
                raise OptvizError(Issue("holds other files", hint="name an empty or a new folder", where=where))
            else:
                with atomic_write(file) as temporary:
                    temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")
        except FileExistsError:
            raise OptvizError(Issue("is a file", hint="name an empty or a new folder", where=where)) from None
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise OutputError(Issue(f"cannot be used: {said}", where=where)) from None

    def get(self, key: str) -> Columns | None:
        """Return a cell's columns; None where it is not finished, or where something has damaged its file."""
        try:
            with (self.folder / f"{key}.npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
                return {name: held[name] for name in held.files}
        except FileNotFoundError:
            return None
        except (ValueError, EOFError, BadZipFile):  # computed once more, to the same bytes
            return None

    def put(self, key: str, columns: Columns) -> None:
        """Keep a cell's columns."""
        with atomic_write(self.folder / f"{key}.npz") as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **columns)


def refuse_other(own: Mapping[str, object], held: Mapping[str, object], where: str) -> None:
    """Raise OptvizError if the folder's protocol is another, and say in what."""
    plain = json.loads(json.dumps(own))
    differing = [name for name in {**plain, **held} if plain.get(name) != held.get(name)]
    if differing:
        name = differing[0]
        there, here = (_told(protocol.get(name)) for protocol in (held, plain))
        said = f"holds cells of another protocol: {name} is {there} there and {here} here"
        raise OptvizError(Issue(said, hint="name another folder", where=where))


def _told(value: object) -> str:
    """Return a value of a protocol for use in a message."""
    return legible(json.dumps(value)) if isinstance(value, dict | list) else legible(value)
