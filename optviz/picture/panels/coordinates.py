"""Splits a quantity that every coordinate has: shown for each of one or two, summarised for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from optviz.picture.panels.curves import Curve
from optviz.picture.scene import Floats
from optviz.words import Words

NAMES = ("x", "y")


@dataclass(frozen=True)
class Part:
    """One coordinate, or what stands for all of them."""

    of: Callable[[Floats], Floats]  # (steps, dim) -> (steps,)

    axis: str = ""  # the coordinate's name, where there is more than one
    summary: str = ""  # what stands for all of them, in the catalogue's words

    def titled(self, what: str, say: Words) -> str:
        """Return the title of a quantity: which coordinate is shown, or what of all."""
        if self.summary:
            return f"{what}, {say(self.summary)}"
        return say("{what} of {axis}", what=what, axis=f"${self.axis}$") if self.axis else what

    def curves(self, columns: Mapping[int, Floats]) -> tuple[Curve, ...]:
        """Return one curve for every racer (by number) that has the quantity, (steps, dim)."""
        return tuple(Curve(racer, self.of(column), first=1) for racer, column in columns.items())


def parts(dim: int, summary: Part) -> list[Part]:
    """Return each coordinate of one or two; ``summary`` for more than that."""
    if dim > len(NAMES):
        return [summary]
    return [_coordinate(at, name if dim > 1 else "") for at, name in enumerate(NAMES[:dim])]


def _coordinate(at: int, axis: str) -> Part:
    return Part(lambda column: column[:, at], axis)


MEDIAN = Part(lambda column: np.median(column, axis=1), summary="median over all weights")
RMS = Part(lambda column: np.sqrt(np.mean(np.square(column), axis=1)), summary="rms of all weights")
NORM = Part(lambda column: np.hypot.reduce(np.abs(column), axis=1))
