"""Cells on a Dask cluster: the same bytes, whatever happens to its workers; and what is said where there is none."""

from __future__ import annotations

import os
import queue
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from optviz.errors import OptvizError, OutputError
from optviz.pipeline import cells, tiles
from optviz.pipeline import cluster as seam
from optviz.pipeline.basins import study_basins
from optviz.pipeline.batch import render_all
from optviz.pipeline.cells import HERE, TASK_POINT_STEPS, Cell, Columns, Workshop, compute
from optviz.pipeline.cluster import DaskExecutor
from optviz.pipeline.league import study_league
from optviz.pipeline.render import FileOptions
from optviz.pipeline.renders import Deaf, render_anywhere
from optviz.pipeline.sweep import axes_of, study_sweep
from optviz.pipeline.tune import study_tuning
from optviz.scenario import loads
from tests.cli import SMALL

TEXT = """function: beale
steps: 20
optimizers: [sgd, adam, sam]
league: {functions: [sphere, booth, beale], rates: 5, starts: {random: 4, seed: 2}}
"""


def slow_squares(number: int, folder: str) -> Columns:
    """Note the process that computes this cell, and take a while."""
    Path(folder, f"{number}.{os.getpid()}").touch()
    time.sleep(0.3)
    return {"squares": np.arange(number) ** 2.0}


def failing() -> Columns:
    raise ValueError("no luck")


def bytes_of(columns: dict[str, Columns]) -> dict[str, bytes]:
    return {name: own["squares"].tobytes() for name, own in sorted(columns.items())}


def test_without_distributed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(OptvizError, match=r"--scheduler tcp://x:1: needs Dask's distributed; install it: pip install"):
        DaskExecutor("tcp://x:1")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer than needed for answers that do not come."""
    pytest.importorskip("distributed", reason="needs the extra optviz[dask]")
    monkeypatch.setattr(seam, "ANSWER_S", 0.5)


@pytest.mark.usefixtures("patient")
@pytest.mark.filterwarnings("ignore")  # what distributed leaves open when it is given up
def test_a_scheduler_that_does_not_answer_is_told_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(OutputError, match="the scheduler does not answer; start one with: dask scheduler") as told:
            DaskExecutor(f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        assert time.monotonic() - began < 30
        assert told.value.exit_code == 1
    with pytest.raises(OptvizError, match="--scheduler nowhere: the scheduler is no address"):
        DaskExecutor("nowhere")


def test_jobs_that_no_worker_takes_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seam, "LOOK_S", 0.0)
    workers = {"tcp://a": 1}
    executor = object.__new__(DaskExecutor)
    executor._where, executor._jobs, executor._peopled = "--scheduler tcp://x:1", {"a": partial(_job, 1, "")}, 0.0
    executor._ready, executor._futures = queue.Queue(), {}
    answers: list[dict[str, Any] | TimeoutError] = [{"workers": workers}]

    def sync(*_: object, **__: object) -> dict[str, Any]:
        if isinstance(answer := answers[0], TimeoutError):
            raise answer
        return answer

    executor._client = SimpleNamespace(scheduler=SimpleNamespace(identity=None), sync=sync)
    executor._refuse_to_wait()  # others may take them
    workers.clear()
    executor._refuse_to_wait()  # another may start
    executor._peopled -= seam.PATIENCE_S
    with pytest.raises(
        OutputError, match="tcp://x:1: the scheduler has had no workers for 60 s; cells that are finished"
    ):
        list(executor.events())
    executor._peopled, answers[0] = time.monotonic(), TimeoutError()
    executor._refuse_to_wait()  # it may be busy
    executor._peopled -= seam.PATIENCE_S
    with pytest.raises(OutputError, match="tcp://x:1: the scheduler has not answered for 60 s"):
        executor._refuse_to_wait()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of three workers, each a process with a nanny that starts another when it dies."""
    distributed = pytest.importorskip("distributed", reason="needs the extra optviz[dask]")
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


def kill_a_worker(cluster: Any, killed: list[int]) -> None:
    """Kill a worker that was not killed before, as the system would."""
    pids = [worker.pid for worker in cluster.workers.values() if worker.pid]
    victim = next(pid for pid in pids if pid not in killed)
    os.kill(victim, signal.SIGKILL)
    killed.append(victim)


slow = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


class TestOnACluster:
    pytestmark = slow

    def test_workers_killed_one_after_another_change_no_byte(self, cluster: Any, tmp_path: Path) -> None:
        some = [
            Cell(f"cell {n}", {"n": n}, TASK_POINT_STEPS, partial(slow_squares, n, str(tmp_path))) for n in range(24)
        ]
        killed: list[int] = []

        def kill_some(done: int, total: int) -> None:
            if done in (3, 8, 13):
                kill_a_worker(cluster, killed)

        found = compute(some, {"command": "test"}, Workshop(cluster.scheduler_address), kill_some)
        assert len(killed) == 3
        assert found.failed == {}
        assert bytes_of(found.columns) == {f"cell {n}": (np.arange(n) ** 2.0).tobytes() for n in range(24)}
        assert len(list(tmp_path.iterdir())) > len(some)  # what died half way was begun again elsewhere

    def test_a_league_has_the_bytes_that_it_has_here(self, cluster: Any) -> None:
        here, there = (study_league(loads(TEXT), Workshop(where))[0] for where in (None, cluster.scheduler_address))
        for name, array in here.arrays().items():
            assert array.tobytes() == there.arrays()[name].tobytes()
        assert list(here.csv_rows()) == list(there.csv_rows())

    def test_a_tuning_has_the_bytes_that_it_has_here(self, cluster: Any) -> None:
        text = TEXT.replace("sgd, adam, sam", "sgd: {lr: {tune: [0.001, 1]}}, adam: {lr: {tune: [0.001, 1]}}")
        here, there = (
            study_tuning(loads(text), workshop=Workshop(where)) for where in (None, cluster.scheduler_address)
        )
        assert list(here.csv_rows()) == list(there.csv_rows())

    def test_sweeps_basins_and_renders_have_the_bytes_that_they_have_here(
        self, cluster: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tiles, "TILE_POINT_STEPS", 20_000)
        monkeypatch.setattr(cells, "TASK_POINT_STEPS", 20_000)
        scenario, there = loads(TEXT, overrides={"render.frames": 3}), Workshop(cluster.scheduler_address)
        killed: list[int] = []

        def kill_one(done: int, total: int) -> None:
            if done == 1:
                kill_a_worker(cluster, killed)

        over = axes_of(["lr=0.01:1:log:3000"], scenario)
        sweeps = [
            study_sweep(scenario, over, told, workshop=where) for told, where in ((None, HERE), (kill_one, there))
        ]
        basins = [study_basins(scenario, 50, told, workshop=where) for told, where in ((None, HERE), (kill_one, there))]
        for here, away in (sweeps, basins):
            arrays = here.arrays()
            assert {name: array.tobytes() for name, array in arrays.items()} == {
                name: array.tobytes() for name, array in away.arrays().items()
            }
        films = [
            loads(SMALL, overrides={"output": [f"{tmp_path}/{where}/{n}.gif" for n in range(2)]}) for where in "ab"
        ]
        assert render_all({"film": films[0]}, [Deaf()], 1)["film"].exit_code == 0
        found = render_anywhere({"film": films[1]}, FileOptions(), there)
        assert found["film"].exit_code == 0
        assert [Path(path).read_bytes() for path in films[0].output] == [
            Path(path).read_bytes() for path in films[1].output
        ]
        assert len(killed) == 2

    def test_a_cell_that_fails_is_named(self, cluster: Any, tmp_path: Path) -> None:
        work: list[tuple[str, partial[Columns]]] = [
            ("good", partial(slow_squares, 3, str(tmp_path))),
            ("bad", partial(failing)),
        ]
        some = [Cell(name, {"name": name}, TASK_POINT_STEPS, own) for name, own in work]
        found = compute(some, {"command": "test"}, Workshop(cluster.scheduler_address))
        assert found.failed == {"bad": "ValueError: no luck"}
        assert list(found.columns) == ["good"]

    def test_workers_of_another_version_are_refused(self, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seam, "__version__", "99.0")
        with pytest.raises(OptvizError, match=r"the worker tcp://\S+ runs optviz \S+, this is optviz 99.0; start"):
            DaskExecutor(cluster.scheduler_address)

    def test_a_cluster_without_workers_is_told(self) -> None:
        from distributed import LocalCluster

        with (
            LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty,
            pytest.raises(OptvizError, match="the scheduler has no workers"),
        ):
            DaskExecutor(empty.scheduler_address)

    def test_a_scheduler_that_goes_away_is_told(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        from distributed import LocalCluster

        monkeypatch.setattr(seam, "LOOK_S", 0.2)
        monkeypatch.setattr(seam, "ANSWER_S", 3.0)
        with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50) as made:
            executor = DaskExecutor(made.scheduler_address)
            with closing(executor):
                for n in range(30):
                    executor.submit(str(n), partial(_job, n, str(tmp_path)))
                events = executor.events()
                next(events)
                made.close()
                with pytest.raises(OutputError, match="the scheduler is gone; cells that are finished are kept"):
                    list(events)


def _job(number: int, folder: str, send: Callable[[object], None]) -> None:
    send(slow_squares(number, folder))
