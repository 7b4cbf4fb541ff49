"""Spells pictures as the escape sequences by which terminals draw them: kitty's graphics, Sixel, or half blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from optviz.frames import Box, Pixels

HOME = b"\x1b[H"


class Painter(Protocol):
    """Draws a film's pictures, all of one size, in the upper left corner of a terminal."""

    def paint(self, pixels: Pixels, boxes: Sequence[Box]) -> bytes:
        """Return what draws (height, width, 4) pixels; only ``boxes`` may differ from the picture before."""

    def erase(self) -> bytes:
        """Return what takes away all that the terminal keeps of the pictures."""


@dataclass(frozen=True)
class Grid:
    """The cells of a terminal, and how large one is."""

    columns: int
    rows: int
    cell: tuple[int, int]  # width, height in pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.columns * self.cell[0], self.rows * self.cell[1]

    def cells_of(self, width: int, height: int) -> tuple[int, int]:
        """Return the columns and rows that a picture of this shape fills at most, without being stretched."""
        scale = min(self.size[0] / width, self.size[1] / height)
        return max(1, int(width * scale / self.cell[0])), max(1, int(height * scale / self.cell[1]))
