"""Several scenarios at once, wherever they are rendered."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optviz.pipeline.batch import render_all
from optviz.pipeline.executor import Began, Ended, Event, Job, Lost, Sent
from optviz.scenario import loads

SMALL = "function: beale\nsteps: 5\noptimizers: [adam, sgd]\nrender: {size: 320x180, frames: 3, hold: 0}\n"
PREFIXES = ("optviz.picture.", "optviz.output.", "optviz.engine.", "matplotlib.", "numpy.", "pydantic.", "yaml.")


class Listener:
    """Keeps what it is told of a scenario, and kills its process at a stage."""

    def __init__(self, killing: str = "") -> None:
        self.stages: list[str] = []
        self.counts: list[tuple[int, int]] = []
        self.killing = killing

    def stage(self, stage: str) -> None:
        self.stages.append(stage)
        if stage and stage == self.killing:
            (process,) = multiprocessing.active_children()
            process.kill()

    def count(self, done: int, total: int) -> None:
        self.counts.append((done, total))


def test_a_worker_that_dies_is_a_failure_like_any_other(tmp_path: Path) -> None:
    slow = loads(SMALL, overrides={"steps": 1_000_000, "output": [str(tmp_path / "slow.json")]})
    quick = loads(SMALL, overrides={"output": [str(tmp_path / "quick.json")]})
    listeners = [Listener("racing"), Listener()]
    results = render_all({"slow": slow, "quick": quick}, listeners, 1)
    assert [result.exit_code for result in results.values()] == [1, 0]
    assert str(results["slow"].issues[0]) == "slow: its process ended with signal 9; out of memory?"
    assert [listener.stages[:2] for listener in listeners] == [["starting", "racing"]] * 2
    assert [listener.stages[-1] for listener in listeners] == ["", ""]


class Here:
    """An executor of another kind: runs each job in this process, when its events are asked for."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.is_closed = False

    def submit(self, key: str, job: Job) -> None:
        self.jobs[key] = pickle.loads(pickle.dumps(job))  # as if it went elsewhere

    def events(self) -> Iterator[Event]:
        for key, job in self.jobs.items():
            yield Began(key)
            sent: list[object] = []
            result = job(sent.append)
            yield from (Sent(key, message) for message in sent)
            yield Lost(key, "the cluster is gone") if key == "lost" else Ended(key, result)

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.thorough
def test_another_executor_takes_the_place_of_processes(tmp_path: Path) -> None:
    scenarios = {
        name: loads(SMALL, overrides={"output": [str(tmp_path / f"{name}.gif")]}) for name in ("first", "lost", "last")
    }
    listeners, here = [Listener() for _ in scenarios], Here()
    results = render_all(scenarios, listeners, 1, executor=here)
    assert list(results) == list(scenarios)
    assert [result.exit_code for result in results.values()] == [0, 1, 0]
    assert str(results["lost"].issues[0]) == "lost: the cluster is gone"
    assert listeners[0].stages == ["starting", "racing", "drawing", ""]
    assert listeners[0].counts == [(1, 3), (2, 3), (3, 3)]
    assert here.is_closed


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_workers_begin_with_all_that_rendering_imports(tmp_path: Path) -> None:
    program = f"""
import importlib, os, sys
from optviz.scenario import loads
from optviz.pipeline.batch import preload_for
class Deaf:
    def stage(self, stage):
        pass
    def count(self, done, total):
        pass
def imported_late(suffix):
    scenario = loads({SMALL!r}, overrides={{"output": [{str(tmp_path)!r} + "/race" + suffix]}})
    for name in preload_for([scenario]):
        importlib.import_module(name)
    before = set(sys.modules)
    from optviz.pipeline.render import render
    render(scenario, Deaf())
    return [name for name in set(sys.modules) - before if name.startswith({PREFIXES})]
for suffix in (".gif", ".mp4", ".png", ".json"):
    child = os.fork()
    if child == 0:
        print(*imported_late(suffix), flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
