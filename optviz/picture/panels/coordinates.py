"""Splits a quantity that every coordinate has: shown for each of one or two, summarised for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from optviz.picture.panels.curves import Curve
from optviz.picture.scene import Floats

NAMES = ("x", "y")


@dataclass(frozen=True)
class Part:
    """One coordinate, or what stands for all of them."""

    suffix: str  # of a title: "" where there is but one
    of: Callable[[Floats], Floats]  # (steps, dim) -> (steps,)

    def curves(self, columns: Mapping[int, Floats]) -> tuple[Curve, ...]:
        """Return one curve for every racer (by number) that has the quantity, (steps, dim)."""
        return tuple(Curve(racer, self.of(column), first=1) for racer, column in columns.items())


def parts(dim: int, summary: Part) -> list[Part]:
    """Return each coordinate of one or two; ``summary`` for more than that."""
    if dim > len(NAMES):
        return [summary]
    return [_coordinate(at, f" of ${name}$" if dim > 1 else "") for at, name in enumerate(NAMES[:dim])]


def _coordinate(at: int, suffix: str) -> Part:
    return Part(suffix, lambda column: column[:, at])


MEDIAN = Part(", median over all weights", lambda column: np.median(column, axis=1))
RMS = Part(", rms of all weights", lambda column: np.sqrt(np.mean(np.square(column), axis=1)))
