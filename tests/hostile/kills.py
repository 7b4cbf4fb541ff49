"""Kills a race that writes at random moments: ``python -m tests.hostile.kills FOLDER COUNT``.

After each kill the files are the old or the new ones, whole; after a run that nobody kills nothing else is left.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import optviz
from tests.cli import SMALL

NAMES = ("a.gif", "a.mp4", "a.json", "a.png")


def _save(race: optviz.Race, folder: Path) -> int:
    """Save in a forked child, and return its number."""
    child = os.fork()
    if child == 0:
        race.save(*(folder / name for name in NAMES))
        os._exit(0)
    return child


def faults(folder: Path, count: int) -> list[str]:
    """Return what was found after ``count`` kills that must not be."""
    dice = random.Random(1)
    race = optviz.run(optviz.load(SMALL.replace("frames: 3", "frames: 5")))
    race.save(folder / "warm.gif", folder / "warm.mp4")  # what a child imports is imported
    began = time.monotonic()
    os.waitpid(_save(race, folder), 0)
    takes = time.monotonic() - began
    new = {name: (folder / name).read_bytes() for name in NAMES}
    found = []
    for number in range(count):
        for name in NAMES:
            (folder / name).write_bytes(b"old")
        child = _save(race, folder)
        time.sleep(dice.random() * takes)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        torn = [name for name in NAMES if (folder / name).read_bytes() not in (b"old", new[name])]
        found += [f"kill {number}: {name} is torn" for name in torn]
    os.waitpid(_save(race, folder), 0)
    left = {path.name for path in folder.iterdir()} - {*NAMES, "warm.gif", "warm.mp4"}
    return [*found, *(f"{name} was left" for name in sorted(left))]


if __name__ == "__main__":
    for fault in faults(Path(sys.argv[1]), int(sys.argv[2])):
        print(fault)
