"""A line of the table, and how much is done for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table. ``met`` is None where it could not be measured, ``note`` says why or how."""

    work: str
    against: str
    ours: str
    theirs: str
    ratio: str
    ask: str
    met: bool | None
    note: str = ""


@dataclass(frozen=True)
class Effort:
    """How much is done: ``quick`` to see that it works, else to measure; and a checkout of a commit ``before``."""

    quick: bool
    before: Path | None = None

    @property
    def rounds(self) -> int:
        return 1 if self.quick else 3

    def of(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole


Measure = Callable[[Effort, Path], Iterator[Row]]


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value < 100 else f"{value:.0f} s"
