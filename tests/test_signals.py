"""Signals end a process whatever it is doing, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optviz.output.atomic import atomic_write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

BEGIN = "from optviz.signals import leave_on_signals; leave_on_signals(); import os, signal, sys, time, weakref\n"
BUSY = {
    "waits": "time.sleep(60)",
    "computes": "while True: pass",
    "imports": "__import__('busy')",
    "swallows": "while True:\n    try: time.sleep(60)\n    except BaseException: pass",
    "dies": "class A: pass\nwhile True:\n    a = A(); r = weakref.ref(a, lambda _: os.kill(os.getpid(), N)); del a",
    "codes": "import ctypes; ctypes.CDLL(None).sleep(60)",
}
SAID = {signal.SIGINT: (130, "interrupted\n"), signal.SIGTERM: (143, "terminated\n")}


def _started(code: str, *arguments: str, folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), str(folder)])}
    command = [sys.executable, "-c", BEGIN + code, *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment
    )


@pytest.mark.parametrize("doing", BUSY)
def test_a_signal_ends_what_the_process_is_doing(tmp_path: Path, doing: str) -> None:
    (tmp_path / "busy.py").write_text("import time\ntime.sleep(60)\n")
    code = "N = int(sys.argv[1]); print('ready', flush=True)\n" + BUSY[doing]
    for number, (exit_code, word) in SAID.items():
        process = _started(code, str(int(number)), folder=tmp_path)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.communicate()[1] == word
        assert process.returncode == exit_code


def test_the_way_out_is_walked_where_there_is_one(tmp_path: Path) -> None:
    code = "try:\n    os.kill(os.getpid(), signal.SIGTERM)\nfinally:\n    print('cleaned')"
    process = _started(code, folder=tmp_path)
    assert process.communicate() == ("cleaned\n", "terminated\n")
    assert process.returncode == 143


@pytest.mark.thorough
def test_what_is_ended_from_outside_leaves_no_temporary_file(tmp_path: Path) -> None:
    code = (
        (
            "from optviz.output.atomic import atomic_write; from pathlib import Path\n"
            "with atomic_write(Path('race.gif')) as temporary:\n    print('ready', flush=True)\n    " + BUSY["swallows"]
        )
        .replace("\n    try", "\n        try")
        .replace("\n    except", "\n        except")
    )
    process = _started(code, folder=tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    assert len(list(tmp_path.iterdir())) == 1
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert (process.returncode, list(tmp_path.iterdir())) == (143, [])


@pytest.mark.thorough
def test_the_next_run_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    code = (
        "from optviz.output.atomic import atomic_write; from pathlib import Path\n"
        "with atomic_write(Path('race.gif')) as temporary:\n    print('ready', flush=True)\n    time.sleep(60)"
    )
    process = _started(code, folder=tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    (left,) = tmp_path.iterdir()
    with atomic_write(tmp_path / "race.gif") as temporary:
        temporary.write_bytes(b"new")
    assert left.exists()  # its run still lives
    process.kill()
    process.communicate()
    strangers = [tmp_path / ".race-notes.gif", tmp_path / ".race-optviz-1.mp4"]
    for stranger in strangers:
        stranger.write_bytes(b"")
    with atomic_write(tmp_path / "race.gif") as temporary:
        temporary.write_bytes(b"newer")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "race.gif", *strangers])


def test_workers_end_quietly_with_their_parent(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(
        "import os, time\nfrom optviz.pipeline.executor import ProcessExecutor\n"
        "def job(send):\n    send(os.getpid())\n    time.sleep(60)\n"
        "if __name__ == '__main__':\n    executor = ProcessExecutor(1)\n    executor.submit('a', job)\n"
        "    for event in executor.events():\n        print(getattr(event, 'message', 0), flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "work.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    worker = int(process.stdout.readline())
    process.kill()
    assert process.communicate() == ("", "")  # the worker holds both streams until it has ended
    for _ in range(200):
        if not Path(f"/proc/{worker}").exists():
            break
        time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
