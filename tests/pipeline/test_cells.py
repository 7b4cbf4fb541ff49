"""Cells: the same bytes however they are computed, finished ones kept, failed ones named."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.output.atomic import atomic_write
from optviz.parallel import limit_cores
from optviz.pipeline.cells import TASK_POINT_STEPS, Cell, Columns, Crew, Workshop, _do, _tasks, compute
from optviz.pipeline.executor import Ended, Event, Job, ProcessExecutor, Sent

PROTOCOL = {"command": "test", "steps": 3}


def squares(number: int, folder: Path | None = None) -> Columns:
    if folder is not None:
        with (folder / f"{number}.log").open("a") as file:
            file.write("x")
    return {"squares": np.arange(number) ** 2.0, "one": np.array([number])}


def failing(number: int) -> Columns:
    raise ValueError(f"no {number}")


def dying(number: int) -> Columns:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def cells(count: int, work: Callable[..., Columns] = squares, **given: object) -> list[Cell]:
    return [Cell(f"cell {n}", {"n": n}, TASK_POINT_STEPS, partial(work, n, **given)) for n in range(count)]


def in_processes(at_once: int) -> Workshop:
    return Workshop(executor=lambda: ProcessExecutor(at_once))


class Inline:
    """Runs tasks one after the other in this process."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.is_closed = False

    def submit(self, key: str, job: Job) -> None:
        self.jobs[key] = job

    def events(self) -> Iterator[Event]:
        jobs, self.jobs = self.jobs, {}
        for key, job in jobs.items():
            sent: list[object] = []
            result = job(sent.append)
            yield from (Sent(key, message) for message in sent)
            yield Ended(key, result)

    def close(self) -> None:
        self.is_closed = True


def bytes_of(columns: dict[str, Columns]) -> dict[str, bytes]:
    return {f"{name}/{key}": array.tobytes() for name, own in sorted(columns.items()) for key, array in own.items()}


@pytest.mark.parametrize("workshop", [Workshop(), in_processes(2), Workshop(executor=Inline)])
def test_cells_may_lead_to_more(workshop: Workshop, tmp_path: Path) -> None:
    def take(name: str, columns: Columns) -> list[Cell]:
        (number,) = columns["one"].tolist()
        return [replace(cell, name=f"after {name}") for cell in cells(11 + number)[-1:]] if number < 10 else []

    workshop, told = replace(workshop, resume=tmp_path), list[tuple[int, int]]()
    for _ in range(2):  # the second time from the folder
        told.clear()
        found = compute(
            cells(3), PROTOCOL, workshop, lambda *done: told.append(done), processes_from=math.inf, take=take
        )
        assert found.columns.keys() == {f"{of}cell {n}" for n in range(3) for of in ("", "after ")}
        assert found.columns["after cell 2"]["one"].tolist() == [12]
        assert told[-1] == (6, 6)


@pytest.mark.parametrize(("between_s", "sizes"), [(0.0, [1, 1, 1, 0]), (60.0, [3])])
def test_quick_cells_are_sent_several_at_a_time(
    between_s: float, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr("optviz.pipeline.cells.BETWEEN_S", between_s)
    _do(cells(3), sent.append)
    assert [len(message) for message in sent] == sizes
    assert [name for message in sent for name, _ in message] == ["cell 0", "cell 1", "cell 2"]


def test_one_process_and_several_give_the_same_bytes() -> None:
    here = compute(cells(5), PROTOCOL, Workshop(executor=lambda: ProcessExecutor(1)))
    assert bytes_of(here.columns) == bytes_of(compute(cells(5), PROTOCOL, in_processes(3)).columns)
    limit_cores(1)
    try:
        assert bytes_of(here.columns) == bytes_of(compute(cells(5), PROTOCOL).columns)
    finally:
        limit_cores(None)


def test_finished_cells_are_not_computed_again(tmp_path: Path) -> None:
    log, folder = tmp_path / "log", tmp_path / "kept"
    log.mkdir()
    workshop = Workshop(resume=folder, executor=Inline)
    compute(cells(2, folder=log), PROTOCOL, workshop)
    told: list[tuple[int, int]] = []
    again = compute(cells(4, folder=log), PROTOCOL, workshop, lambda *done: told.append(done))
    assert {path.name: path.read_text() for path in log.iterdir()} == {f"{n}.log": "x" for n in range(4)}
    assert told == [(2, 4), (3, 4), (4, 4)]
    assert again.columns["cell 3"]["squares"].tolist() == [0, 1, 4]


def test_a_damaged_cell_is_computed_again_to_the_same_bytes(tmp_path: Path) -> None:
    compute(cells(1), PROTOCOL, Workshop(resume=tmp_path))
    (file,) = tmp_path.glob("*.npz")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    compute(cells(1), PROTOCOL, Workshop(resume=tmp_path))
    assert file.read_bytes() == whole


def test_a_cell_that_fails_is_named_and_the_others_are_whole(tmp_path: Path) -> None:
    some = [*cells(3), Cell("bad", {"bad": 1}, TASK_POINT_STEPS, partial(failing, 7))]
    found = compute(some, PROTOCOL, Workshop(resume=tmp_path, executor=Inline))
    assert found.failed == {"bad": "ValueError: no 7"}
    assert sorted(found.columns) == ["cell 0", "cell 1", "cell 2"]
    assert len(list(tmp_path.glob("*.npz"))) == 3


def test_a_process_that_dies_loses_its_own_cells_alone() -> None:
    some = [*cells(2), Cell("bad", {"bad": 1}, TASK_POINT_STEPS, partial(dying, 7))]
    found = compute(some, PROTOCOL, in_processes(2))
    assert found.failed == {"bad": "its process ended with signal 9; out of memory?"}
    assert sorted(found.columns) == ["cell 0", "cell 1"]


def test_a_crew_stays_until_its_block_ends() -> None:
    opened: list[Inline] = []

    def opening() -> Inline:
        opened.append(Inline())
        return opened[-1]

    with Crew(Workshop(executor=opening), PROTOCOL) as crew:
        first, second = crew.compute(cells(2)), crew.compute(cells(3))
        assert not opened[0].is_closed
    assert [one.is_closed for one in opened] == [True]
    assert (sorted(first.columns), len(second.columns)) == (["cell 0", "cell 1"], 3)


def test_an_interruption_keeps_what_is_finished(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    workshop = Workshop(resume=tmp_path, executor=Inline)
    with pytest.raises(KeyboardInterrupt):
        compute(cells(4), PROTOCOL, workshop, interrupt)
    assert len(list(tmp_path.glob("*.npz"))) == 2


REFUSED = [
    ({"command": "test", "steps": 4}, "holds cells of another protocol: steps is 3 there and 4 here"),
    ({"command": "other", "steps": 3}, "holds cells of another protocol: command is test there and other here"),
]


@pytest.mark.parametrize(("protocol", "said"), REFUSED)
def test_a_folder_of_another_protocol_is_refused(protocol: dict[str, object], said: str, tmp_path: Path) -> None:
    compute(cells(1), PROTOCOL, Workshop(resume=tmp_path))
    with pytest.raises(OptvizError, match=said):
        compute(cells(1), protocol, Workshop(resume=tmp_path))


def test_a_folder_of_something_else_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(OptvizError, match="holds other files; name an empty or a new folder"):
        compute(cells(1), PROTOCOL, Workshop(resume=tmp_path))
    with pytest.raises(OptvizError, match=r"--resume .*thesis.tex: is a file; name an empty or a new folder"):
        compute(cells(1), PROTOCOL, Workshop(resume=tmp_path / "thesis.tex"))
    with atomic_write(tmp_path / "protocol.json") as temporary:
        temporary.write_text("not json")
    with pytest.raises(OptvizError, match="cannot be used"):
        compute(cells(1), PROTOCOL, Workshop(resume=tmp_path))


def test_small_cells_travel_together_in_order() -> None:
    small = [Cell(str(n), {"n": n}, TASK_POINT_STEPS // 3, partial(squares, n)) for n in range(8)]
    tasks = _tasks(small, 1)
    assert [cell.name for task in tasks for cell in task] == list("01234567")
    assert all(sum(cell.point_steps for cell in task) >= TASK_POINT_STEPS for task in tasks[:-1])
    assert [len(task) for task in _tasks(small, 8)] == [1] * 8


def test_tasks_end_where_their_ground_does() -> None:
    def grouped(each: int, least: int) -> list[str]:
        some = [Cell(f"{of}{n}", {}, each, partial(squares, n), of) for of in "abcd" for n in range(4)]
        return [" ".join(cell.name for cell in task) for task in _tasks(some, least)]

    assert grouped(TASK_POINT_STEPS // 6, 1) == ["a0 a1 a2 a3", "b0 b1 b2 b3", "c0 c1 c2 c3", "d0 d1 d2 d3"]
    assert grouped(TASK_POINT_STEPS // 10, 1) == ["a0 a1 a2 a3 b0 b1 b2 b3", "c0 c1 c2 c3 d0 d1 d2 d3"]
    assert grouped(TASK_POINT_STEPS // 6, 6) == ["a0 a1 a2", "a3 b0 b1", "b2 b3", "c0 c1 c2", "c3 d0 d1", "d2 d3"]
