"""One line on the terminal that grows while something takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_WIDTH = 30  # characters of the bar
_INTERVAL = 0.1  # seconds between two drawings
_ERASE_LINE = "\r\x1b[K"

Report = Callable[[int, int], None]  # done, of how many


@contextmanager
def progress_bar(label: str, stream: TextIO = sys.stderr, *, quiet: bool = False) -> Iterator[Report]:
    """A function to report progress to; it draws on a terminal only, and its line is gone at the end."""
    if quiet or not stream.isatty():
        yield _ignore
        return
    try:
        yield _drawing(label, stream)
    finally:
        stream.write(_ERASE_LINE)
        stream.flush()


def _ignore(done: int, total: int) -> None:
    pass


def _drawing(label: str, stream: TextIO) -> Report:
    drawn_at = -_INTERVAL

    def report(done: int, total: int) -> None:
        nonlocal drawn_at
        now = time.monotonic()
        if now - drawn_at >= _INTERVAL or done == total:
            drawn_at = now
            stream.write(f"\r{bar(label, done, total)}")
            stream.flush()

    return report


def bar(label: str, done: int, total: int) -> str:
    """``outputs/race.gif ━━━━━━━━━━──────────────────── 80/240``"""
    filled = _WIDTH * done // max(total, 1)
    return f"{label} {'━' * filled}{'─' * (_WIDTH - filled)} {done}/{total}"
