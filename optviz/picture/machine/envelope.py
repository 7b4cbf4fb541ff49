"""Finds where a curve goes up and down faster than pixels show, and what is seen of it: a band and its middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optviz.picture.machine.strokes import LEFT_OUT, WHOLE

Floats = NDArray[np.float64]

LEAST_POINTS = 4  # of a curve in one column of pixels
LEAST_PX = 2.5  # from the lowest to the highest of them
LEAST_TURNS = 1.8  # times that height, which the curve goes up and down within the column
FARTHEST_PX = 1e6


@dataclass(frozen=True)
class Envelope:
    """What is seen of a curve: its ``line`` (n, 2), and a ``band`` (2 columns, 2) where it would be a block.

    ``steps`` are those at which the points are reached; of the band every second stroke is drawn.
    """

    line: Floats
    steps: NDArray[np.int64]
    band: Floats
    band_steps: NDArray[np.int64]

    @property
    def tones(self) -> NDArray[np.int8]:
        """How the strokes to the band's points are drawn."""
        return np.tile(np.array([LEFT_OUT, WHOLE], np.int8), len(self.band) // 2)


def envelope(path: Floats, column: float) -> Envelope:
    """Return what is seen of a curve (steps + 1, 2) that runs from left to right, in columns ``column`` pixels wide."""
    path = np.clip(path, -FARTHEST_PX, FARTHEST_PX)
    numbers = np.floor(path[:, 0] / column)
    starts = np.flatnonzero(np.diff(numbers, prepend=np.nan) != 0)
    lasts = np.append(starts[1:], len(path)) - 1
    y = path[:, 1]
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    moved = np.abs(np.diff(y, append=y[-1]))
    moved[lasts] = 0.0
    turns = np.add.reduceat(moved, starts)
    dense = (lasts - starts + 1 >= LEAST_POINTS) & (high - low >= LEAST_PX) & (turns >= LEAST_TURNS * (high - low))
    middles = (numbers[starts] + 0.5) * column
    kept = ~np.repeat(dense, lasts - starts + 1)
    kept[lasts[dense]] = True
    line = path.copy()
    line[lasts[dense]] = np.column_stack([middles, (low + high) / 2])[dense]
    band = np.stack([np.column_stack([middles, low]), np.column_stack([middles, high])], axis=1)[dense]
    return Envelope(line[kept], np.flatnonzero(kept), band.reshape(-1, 2), np.repeat(lasts[dense], 2))
