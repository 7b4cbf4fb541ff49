"""Shows how far each scenario is, a line for each, while a command renders: on a terminal only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from optviz.errors import printable

if TYPE_CHECKING:
    from rich.progress import Progress

BAR_COLUMNS = 24
UNITS = {  # that a stage counts
    "tuning": "racers",
    "mapping": "tiles",
    "sweeping": "tiles",
    "diving": "pictures",
    "rendering": "scenarios",
    "playing": "cells",
}


class Line:
    """How far one scenario is. Shows nothing; ``RichLine`` does."""

    def stage(self, stage: str) -> None:
        """Note what happens now, such as racing; nothing once it has ended."""

    def count(self, done: int, total: int) -> None:
        """Note how many of the frames are drawn, or of what the stage counts."""


class RichLine(Line):
    """A line of rich's display: stage, name, bar, frames, time left; shown from the first stage to the last."""

    def __init__(self, display: Progress, name: str) -> None:
        self._display, self._stage = display, ""
        self._id = display.add_task(printable(name), start=False, total=None, visible=False, stage="", frames="")

    def stage(self, stage: str) -> None:
        self._stage = stage
        self._display.update(self._id, stage=stage, visible=bool(stage), completed=0, total=None, frames="")

    def count(self, done: int, total: int) -> None:
        if done <= 1:
            self._display.start_task(self._id)  # the time left is told from the first frame on
        text = f"{done}/{total} {UNITS.get(self._stage, 'frames')}"
        self._display.update(self._id, completed=done, total=total, frames=text)


@contextmanager
def progress_lines(
    names: Sequence[str], *, quiet: bool = False, stream: TextIO | None = None
) -> Iterator[Sequence[Line]]:
    """Yield a line for each name, drawn on ``stream`` (stderr) if it is a terminal, and erased at the end."""
    stream = stream or sys.stderr
    if quiet or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield [Line() for _ in names]
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[stage]} {task.description}", markup=False),
        BarColumn(BAR_COLUMNS),
        TextColumn("{task.fields[frames]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as display:
        yield [RichLine(display, name) for name in names]
