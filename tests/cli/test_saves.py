"""``optviz watch`` as a process of its own, while a file is saved over and over as editors do it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optviz.output.gif import read_gif
from optviz.output.metadata import Metadata
from optviz.output.stills import read_png

SCENARIO = """\
title: Save {number}
function: beale
steps: 3
optimizers: [adam: {{lr: 0.{number:04d}1}}, sgd]
render: {{size: 160x160, frames: 2, panels: [], hold: 0}}
output: [shown.gif]
"""
BROKEN = ("kaput{number}: 1\n", "title: [kaput{number}\n", "function: kaput{number}\noptimizers: [sgd]\n")
LONGEST_S = 60.0  # until a save must be seen, on a machine that is busy
MEMORY = 1.3  # times what the process holds after a tenth of the saves
GAPS_S = (0.0, 0.0, 0.001, 0.005, 0.02, 0.05, 0.15)  # between two saves


def plainly(file: Path, text: str) -> None:
    file.write_text(text)


def as_sed(file: Path, text: str) -> None:
    """A new file takes the old one's place."""
    aside = file.with_name("sed4fXq2b")
    aside.write_text(text)
    os.replace(aside, file)


def as_vim(file: Path, text: str) -> None:
    """The old file goes aside, a new one is written, the old one is deleted."""
    kept = file.with_name(f"{file.name}~")
    os.replace(file, kept)
    file.write_text(text)
    kept.unlink()


def as_vs_code(file: Path, text: str) -> None:
    """The file is emptied, then written in two parts."""
    half = len(text) // 2
    with file.open("w") as held:
        held.flush()
        time.sleep(0.002)
        held.write(text[:half])
        held.flush()
        time.sleep(0.002)
        held.write(text[half:])
    os.utime(file)


def twice(file: Path, text: str) -> None:
    """A formatter saves again at once."""
    file.write_text(f"{text}#\n")
    file.write_text(text)


def after_deleting(file: Path, text: str) -> None:
    """The file is not there for a while."""
    file.unlink()
    time.sleep(0.003)
    file.write_text(text)


KINDS: tuple[Callable[[Path, str], None], ...] = (plainly, as_sed, as_vim, as_vs_code, twice, after_deleting)


class Watched:
    """A scenario, and the process that watches it."""

    def __init__(self, folder: Path) -> None:
        self.file, self.said = folder / "watched.yaml", folder / "said.txt"
        self.file.write_text(SCENARIO.format(number=0))
        with self.said.open("w") as said:
            command = [sys.executable, "-m", "optviz", "watch", self.file.name, "-q"]
            self.process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)

    def title(self, name: str, read: Callable[[Path], Metadata]) -> str:
        """What a file of the watched scenario is titled; nothing where it is not there."""
        try:
            return read(self.file.with_name(name)).title
        except FileNotFoundError:
            return ""

    def wait_for(self, number: int, *, broken: bool) -> float:
        """Wait until the save of that number is shown; return how long that took."""
        began = time.monotonic()
        while not self.shows(number, broken=broken):
            assert self.process.poll() is None, self.said.read_text()[-2000:]
            assert time.monotonic() - began < LONGEST_S, f"save {number} is not shown"
            time.sleep(0.01)
        return time.monotonic() - began

    def shows(self, number: int, *, broken: bool) -> bool:
        if broken:
            return f"kaput{number}" in self.said.read_text()
        wanted = f"Save {number}"
        return wanted == self.title("shown.watch.png", read_png) == self.title("shown.gif", read_gif)

    def memory(self) -> int:
        """Bytes that the process holds."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def watched(folder: Path) -> Iterator[Watched]:
    one = Watched(folder)
    yield one
    one.process.kill()
    one.process.wait()


def storm(watched: Watched, saves: int, seed: int) -> tuple[list[float], list[int]]:
    """Save again and again, and look at times whether the last save is shown: how long it took, and memory held."""
    chance = random.Random(seed)
    waits, held = [watched.wait_for(0, broken=False)], []
    for number in range(1, saves + 1):
        broken = chance.random() < 0.2
        text = chance.choice(BROKEN) if broken else SCENARIO
        chance.choice(KINDS)(watched.file, text.format(number=number))
        time.sleep(chance.choice(GAPS_S))
        if chance.random() < 0.1 or number == saves:
            waits.append(watched.wait_for(number, broken=broken))
            held.append(watched.memory())
    return waits, held


@pytest.mark.thorough
def test_the_last_of_some_saves_is_always_shown(watched: Watched) -> None:
    storm(watched, 40, seed=1)
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(LONGEST_S) == 130


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from Linux's /proc")
def test_none_of_a_thousand_saves_is_lost(watched: Watched) -> None:
    waits, held = storm(watched, 1000, seed=2)
    assert max(held) < MEMORY * held[len(held) // 10]
    seen = f"looked {len(waits)} times, longest wait {max(waits[1:]):.2f} s"
    print(f"{seen}, memory {min(held) >> 20} to {max(held) >> 20} MiB")  # seen with -s
