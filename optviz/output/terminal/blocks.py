"""Draws pictures with half blocks, two pixels in a cell: for terminals that have colours and letters alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optviz.frames import Box, Pixels

UPPER_HALF = "▀"
RESET = "\x1b[0m"
CUBE_LEVELS = np.array([0, 95, 135, 175, 215, 255])  # of xterm's 6 x 6 x 6 colours
FIRST_OF_CUBE, FIRST_GREY, GREYS = 16, 232, 24  # the greys are 8, 18, ... 238


class BlockPainter:
    """Scales each picture to columns and twice as many rows as cells; sends the cells that changed.

    true_colours: whether the terminal knows 24 bits of colour; else the 256 of xterm.
    """

    def __init__(self, columns: int, rows: int, *, true_colours: bool) -> None:
        self._columns, self._rows, self._true_colours = columns, rows, true_colours
        self._before: NDArray[np.int64] | None = None

    def paint(self, pixels: Pixels, boxes: Sequence[Box]) -> bytes:
        """Return the cells that changed, each after its colours if these are others than those of the cell before."""
        small = Image.fromarray(pixels[..., :3]).resize((self._columns, 2 * self._rows), Image.Resampling.BOX)
        colours = np.asarray(small).astype(np.int64)
        codes = colours @ np.array([1 << 16, 1 << 8, 1]) if self._true_colours else _nearest_of_256(colours)
        cells = np.stack([codes[0::2], codes[1::2]], axis=-1)  # (rows, columns, upper and lower)
        changed = np.ones(cells.shape[:2], bool) if self._before is None else (cells != self._before).any(axis=-1)
        self._before = cells
        parts, shown, after = [], (-1, -1), (-1, -1)
        for (row, column), (upper, lower) in zip(np.argwhere(changed).tolist(), cells[changed].tolist(), strict=True):
            if (row, column) != after:
                parts.append(f"\x1b[{row + 1};{column + 1}H")
            if (upper, lower) != shown:
                parts.append(f"\x1b[38;{self._named(upper)};48;{self._named(lower)}m")
            parts.append(UPPER_HALF)
            shown, after = (upper, lower), (row, column + 1)
        return "".join([*parts, RESET]).encode() if parts else b""

    def erase(self) -> bytes:
        """Return what takes the colours back."""
        return RESET.encode()

    def _named(self, code: int) -> str:
        return f"2;{code >> 16};{code >> 8 & 255};{code & 255}" if self._true_colours else f"5;{code}"


def _nearest_of_256(colours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the nearest of xterm's fixed colours: the cube's, or a grey where that is nearer."""
    step = np.abs(colours[..., None] - CUBE_LEVELS).argmin(axis=-1)
    cube, grey = CUBE_LEVELS[step], np.clip(np.rint((colours.mean(axis=-1) - 8) / 10), 0, GREYS - 1).astype(np.int64)
    far_from_cube = np.square(colours - cube).sum(axis=-1)
    far_from_grey = np.square(colours - (8 + 10 * grey)[..., None]).sum(axis=-1)
    in_cube = FIRST_OF_CUBE + step @ np.array([36, 6, 1])
    return np.asarray(np.where(far_from_grey < far_from_cube, FIRST_GREY + grey, in_cube))
