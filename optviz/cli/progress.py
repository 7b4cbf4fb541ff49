"""What the terminal shows while something takes long: a line for each thing being made."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

_WIDTH = 24  # characters of the bar
_INTERVAL = 0.1  # seconds between two drawings
_WORTH_SAYING = 1.0  # seconds left that are worth saying
_ERASE_BELOW = "\x1b[J"

Report = Callable[[int, int], None]  # frames done, of how many


@dataclass
class Task:
    """One thing being made, and how far it is."""

    name: str
    doing: str = ""  # racing, drawing; nothing before it begins and after it ended
    done: int = 0  # frames
    total: int = 0  # 0 until it is known
    began: float = field(default_factory=time.monotonic)  # the counting

    def count(self, done: int, total: int) -> None:
        if not self.total:
            self.began = time.monotonic()
        self.doing, self.done, self.total = "drawing", done, total

    def line(self, now: float) -> str:
        """``drawing outputs/race.gif ━━━━━━━━━━━━──────────── 120/240 frames  96/s  2 s left``"""
        if not self.total:
            return f"{self.doing} {self.name}"
        rate = self.done / max(now - self.began, 1e-6)
        parts = [f"{self.doing} {self.name} {bar(self.done, self.total)} {self.done}/{self.total} frames"]
        if now - self.began >= _INTERVAL and self.done:
            parts += [f"{rate:.0f}/s", *_left((self.total - self.done) / rate)]
        return "  ".join(parts)


@dataclass(frozen=True)
class Shown:
    """A task that is drawn again whenever it changes."""

    task: Task
    look: Callable[[], None]

    def stage(self, stage: str) -> None:
        self.task.doing = stage
        self.look()

    def count(self, done: int, total: int) -> None:
        self.task.count(done, total)
        self.look()


def _left(seconds: float) -> list[str]:
    if seconds < _WORTH_SAYING:
        return []
    minutes, rest = divmod(round(seconds), 60)
    return [f"{minutes} min {rest} s left" if minutes else f"{rest} s left"]


def bar(done: int, total: int) -> str:
    """``━━━━━━━━━━━━────────────``"""
    filled = _WIDTH * done // max(total, 1)
    return "━" * filled + "─" * (_WIDTH - filled)


class Lines:
    """The lines of all tasks that are under way, drawn over one another; the terminal must be one."""

    def __init__(self, tasks: Sequence[Task], stream: TextIO) -> None:
        self.tasks, self.stream = tasks, stream
        self.drawn_at = -_INTERVAL
        self.height = 0  # lines on the screen now

    def draw(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if at_once or now - self.drawn_at >= _INTERVAL:
            self.drawn_at = now
            self._put(self._lines(now))

    def erase(self) -> None:
        self._put([])

    def _lines(self, now: float) -> list[str]:
        columns, rows = shutil.get_terminal_size()
        lines = [task.line(now)[: columns - 1] for task in self.tasks if task.doing]
        return lines[: max(rows - 1, 1)]

    def _put(self, lines: list[str]) -> None:
        up = f"\x1b[{self.height - 1}A" if self.height > 1 else ""
        self.stream.write("\r" + up + "\n".join(f"{line}\x1b[K" for line in lines) + _ERASE_BELOW)
        self.stream.flush()
        self.height = len(lines)


@contextmanager
def shown(tasks: Sequence[Task], stream: TextIO | None = None, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A function to call after every change of a task; it draws on a terminal only, and all is gone at the end."""
    stream = stream or sys.stderr
    if quiet or not stream.isatty():
        yield _nothing
        return
    lines = Lines(tasks, stream)
    try:
        yield lines.draw
    finally:
        lines.erase()


def _nothing() -> None:
    pass
