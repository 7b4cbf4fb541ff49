"""Every call of the operating system that writes fails once, in turn: files stay whole, and a line says why."""

from __future__ import annotations

import builtins
import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import optviz
from optviz.errors import OutputError
from tests.cli import SMALL

# What writes a file: where it is looked up, and its name there.
CALLS: list[tuple[Any, str]] = [
    *((os, name) for name in ("open", "mkdir", "replace", "chmod", "scandir")),
    (tempfile, "mkstemp"),
    (builtins, "open"),
    (Path, "open"),
    (Path, "mkdir"),
]
LAST = {"replace"}  # file after file is renamed at the very end, once all are written
DATA = ["new/folder/a.json", "a.csv", "a.npz", "a.txt"]
PICTURES = ["a.png", "a.gif", "a.svg"]
MOST_CALLS = 60  # of one function, in one run
REASON = "No space left on device"


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    return optviz.run(optviz.load(SMALL.replace("320x180", "160x160").replace("frames: 3", "frames: 2")))


def failing(real: Callable[..., Any], at: int, seen: list[int], folder: Path) -> Callable[..., Any]:
    """The function, whose ``at``-th call for something in the folder fails."""

    def call(*arguments: Any, **named: Any) -> Any:
        paths = [str(one) for one in (*arguments, *named.values()) if isinstance(one, str | Path)]
        if any(path.startswith(str(folder)) for path in paths):
            seen[0] += 1
            if seen[0] == at:
                raise OSError(errno.ENOSPC, REASON)
        return real(*arguments, **named)

    return call


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal_of(race: optviz.Race, paths: list[Path]) -> str | None:
    try:
        race.save(*paths)
    except OutputError as error:
        return str(error)
    return None


def run_with_each_call_failing(folder: Path, race: optviz.Race, names: list[str], holder: Any, function: str) -> int:
    """Save the race with the first, second, third... call failing, until none does; return how many failed."""
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    for at in range(1, MOST_CALLS):
        for path in paths:
            path.write_bytes(b"old")
        seen = [0]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(holder, function, failing(getattr(holder, function), at, seen, folder))
            said = refusal_of(race, paths)
        assert said is None or re.fullmatch(rf"cannot write [^\n]*{REASON}", said)
        after = files_in(folder)
        assert set(after) == set(names), (function, at)  # nothing half written lies about
        if seen[0] < at:
            assert b"old" not in after.values()
            return at - 1
        kept = {name for name, content in after.items() if content == b"old"}
        assert kept in (set(), set(names)) or function in LAST, (function, at, kept)
    raise AssertionError(f"{function} is called more than {MOST_CALLS} times")


@pytest.mark.thorough
def test_a_call_that_fails_leaves_data_files_as_they_were(tmp_path: Path, race: optviz.Race) -> None:
    failed = {}
    for number, (holder, function) in enumerate(CALLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        failed[function] = run_with_each_call_failing(folder, race, DATA, holder, function)
    assert failed["replace"] == len(DATA)
    assert failed["mkstemp"] == len(DATA)


@pytest.mark.slow
@pytest.mark.parametrize(("holder", "function"), CALLS)
def test_a_call_that_fails_leaves_pictures_as_they_were(
    tmp_path: Path, race: optviz.Race, holder: Any, function: str
) -> None:
    run_with_each_call_failing(tmp_path, race, [*PICTURES, *DATA], holder, function)


LIMITED = f"""
import resource, signal
from pathlib import Path
import optviz
from optviz.errors import OutputError
from optviz.output import FORMATS
race = optviz.run(optviz.load({SMALL!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for suffix in FORMATS:
    path = Path(f"a{{suffix}}")
    race.save(path)
    size = path.stat().st_size
    for most in (0, 1, size // 2, size - 1):
        path.write_bytes(b"old")
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        said = ""
        try:
            race.save(path)
        except OutputError as error:
            said = str(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if said != f"cannot write {{path}}: File too large" or path.read_bytes() != b"old":
            print(suffix, most, size, said, path.read_bytes()[:20])
    path.unlink()
"""


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_write_that_fails_anywhere_leaves_the_old_file(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(optviz.__file__).parents[1])}
    command = [sys.executable, "-c", LIMITED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []
