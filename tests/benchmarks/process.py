"""What a whole process costs: the time on the clock, the time of all cores, the memory at its peak."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Literal

PYTHON = sys.executable
# modules are compiled once and kept, as where they are installed: else each run of ours would compile all of ours
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
KILO = 1 if sys.platform == "darwin" else 1024  # getrusage counts kilobytes, but bytes on macOS


@dataclass(frozen=True)
class Cost:
    wall: float  # seconds
    cpu: float  # seconds of all cores, children included
    peak: int  # bytes of the largest process
    printed: str


def cost(command: Sequence[str]) -> Cost:
    """Run ``command`` to its end. Raises RuntimeError with what it said when it fails."""
    with TemporaryFile("w+") as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        printed = said.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{printed}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * KILO, printed)


def side_by_side(
    commands: Mapping[str, Sequence[str]], rounds: int, by: Literal["wall", "cpu"] = "wall"
) -> dict[str, Cost]:
    """Every command ``rounds`` times, in turn, so that all meet the same machine; the best of each by one time."""
    best: dict[str, Cost] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            one = cost(command)
            if name not in best or getattr(one, by) < getattr(best[name], by):
                best[name] = one
    return best


def optviz(*arguments: str) -> list[str]:
    return [PYTHON, "-m", "optviz", *arguments]


def baseline(name: str, *arguments: object) -> list[str]:
    """One of ``tests.benchmarks.baselines``."""
    return [PYTHON, "-m", "tests.benchmarks.baselines", name, *map(str, arguments)]
