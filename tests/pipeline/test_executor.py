"""Jobs in processes of their own: what they send, how they end, what they share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from optviz.parallel import cores, limit_cores
from optviz.pipeline.executor import (
    CAN_FORK,
    Began,
    Ended,
    Job,
    Lost,
    ProcessExecutor,
    Send,
    Sent,
)


def run(jobs: dict[str, Job], at_once: int) -> list[object]:
    executor = ProcessExecutor(at_once)
    try:
        for key, job in jobs.items():
            executor.submit(key, job)
        return list(executor.events())
    finally:
        executor.close()


def counting(number: int, send: Send) -> int:
    for k in range(number):
        send(k)
    return number * number


def dying(send: Send) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leaving(send: Send) -> None:
    os._exit(3)


def share_of_cores(send: Send) -> int:
    return cores()


def process_number(send: Send) -> int:
    return os.getpid()


def modules(send: Send) -> bool:
    return "wave" in sys.modules


def interrupted(send: Send) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "went on"


def waiting(path: Path, send: Send) -> None:
    path.write_text("unfinished")
    try:
        send("begun")
        time.sleep(60)
    finally:
        path.unlink()


def test_messages_and_the_result_come_in_order() -> None:
    events = run({"a": partial(counting, 3), "b": partial(counting, 0)}, 1)
    assert events == [
        *(Began("a"), Sent("a", 0), Sent("a", 1), Sent("a", 2), Ended("a", 9)),
        *(Began("b"), Ended("b", 0)),
    ]


def test_no_more_jobs_run_at_once_than_allowed() -> None:
    running: set[str] = set()
    for event in run({str(k): partial(counting, k) for k in range(5)}, 2):
        if isinstance(event, Began):
            running.add(event.key)
            assert len(running) <= 2
        if isinstance(event, Ended):
            running.remove(event.key)
    assert not running


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_processes_take_one_job_after_the_other_and_one_that_has_died_is_replaced() -> None:
    executor = ProcessExecutor(2)

    def numbers(*keys: str) -> list[int]:
        for key in keys:
            executor.submit(key, process_number)
        return [event.result for event in executor.events() if isinstance(event, Ended)]

    try:
        first = numbers(*"abcdef")
        assert len(set(first)) == 2
        assert set(numbers("later")) <= set(first)
        for worker in executor._workers:
            worker.process.kill()
            worker.process.join()
        assert not set(numbers("g", "h")) & set(first)
    finally:
        executor.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_job_whose_process_dies_is_lost_and_the_others_are_not() -> None:
    events = run({"killed": dying, "left": leaving, "sound": partial(counting, 0)}, 3)
    lost = {event.key: event.reason for event in events if isinstance(event, Lost)}
    assert lost == {
        "killed": "its process ended with signal 9; out of memory?",
        "left": "its process ended with exit code 3",
    }
    assert Ended("sound", 0) in events


@pytest.mark.thorough
@pytest.mark.skipif(not CAN_FORK, reason="processes are not forked here")
def test_imports_may_begin_before_the_first_job() -> None:
    text = """if __name__ == "__main__":
    from optviz.parallel import limit_cores
    from optviz.pipeline.executor import Ended, ProcessExecutor, begin_imports
    from tests.pipeline.test_executor import modules
    limit_cores(2)
    begin_imports(["wave"])
    executor = ProcessExecutor(1)
    executor.submit("a", modules)
    print([event.result for event in executor.events() if isinstance(event, Ended)])
    executor.close()
"""
    path = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", text], cwd=path, capture_output=True, text=True, check=True)
    assert done.stdout == "[True]\n"


@pytest.mark.parametrize(("at_once", "jobs", "share"), [(1, 3, 7), (2, 2, 3), (8, 2, 3), (9, 9, 1)])
def test_each_process_has_its_share_of_the_cores(at_once: int, jobs: int, share: int) -> None:
    limit_cores(7)
    try:
        events = run({str(k): share_of_cores for k in range(jobs)}, at_once)
    finally:
        limit_cores(None)
    assert {event.result for event in events if isinstance(event, Ended)} == {share}


def test_ctrl_c_is_left_to_the_process_that_started_them() -> None:
    assert Ended("a", "went on") in run({"a": interrupted}, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_while_a_process_starts_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*given: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", start)
    with pytest.raises(KeyboardInterrupt):
        run({"a": modules}, 1)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_closing_ends_jobs_by_an_exception(tmp_path: Path) -> None:
    executor = ProcessExecutor(1)
    executor.submit("a", partial(waiting, tmp_path / "unfinished"))
    executor.submit("never begun", partial(waiting, tmp_path / "none"))
    for event in executor.events():
        if event == Sent("a", "begun"):
            assert os.listdir(tmp_path) == ["unfinished"]
            break
    executor.close()
    assert os.listdir(tmp_path) == []
