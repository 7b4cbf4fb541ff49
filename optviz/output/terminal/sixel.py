"""Draws pictures as Sixel, DEC's graphics, which xterm, foot, WezTerm, iTerm2, mintty and Windows Terminal know.

Source: DEC STD 070, chapter 9; VT330/VT340 Programmer Reference Manual, volume 2, chapter 14. A band is six rows high;
each of its colours is drawn over it in turn, one character for the six pixels of a column, runs of a character counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Box, Pixels
from optviz.output.gif.palette import TRANSPARENT, Palette, choose, codes_of
from optviz.output.terminal import HOME

BAND_PX = 6
EMPTY = 63  # "?", the character for a column without a pixel of this colour; the topmost pixel adds 1, the next 2
SHORTEST_RUN = 4  # that is shorter when it is counted
COLOURS = 256  # that terminals hold at least
MOST_COLOURS = 128  # of a film: each costs a line in every band where it occurs


class SixelPainter:
    """Sends each picture whole, in one palette for the film; bands that did not change are not spelled again."""

    def __init__(self, height: int, width: int, samples: Sequence[Pixels]) -> None:
        self._palette = Palette(choose(samples, MOST_COLOURS))
        bands = -(-height // BAND_PX)
        self._indices = np.full((bands * BAND_PX, width), TRANSPARENT, np.uint8)
        self._bands = [b""] * bands
        percent = np.rint(self._palette.colours * (100 / 255)).astype(int).tolist()
        colours = "".join(f"#{1 + number};2;{r};{g};{b}" for number, (r, g, b) in enumerate(percent))
        # P2 = 1: what has no colour stays as it is; raster attributes: square pixels, width and height
        self._head = HOME + b"\x1bP0;1q" + f'"1;1;{width};{height}{colours}'.encode()

    def paint(self, pixels: Pixels, boxes: Sequence[Box]) -> bytes:
        """Return the picture; nothing if it did not change."""
        changed: set[int] = set()
        for box in boxes:
            indices, before = self._palette.index(codes_of(pixels[box.slices])), self._indices[box.slices]
            rows = box.top + np.flatnonzero((indices != before).any(axis=1))
            before[...] = indices
            changed.update((rows // BAND_PX).tolist())
        if not changed:
            return b""
        for band in changed:
            self._bands[band] = spelled(self._indices[band * BAND_PX : (band + 1) * BAND_PX])
        return self._head + b"-".join(self._bands) + b"\x1b\\"

    def erase(self) -> bytes:
        """Return nothing: pictures go with the screen's contents."""
        return b""


@cache
def _tokens(width: int) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return all that a band consists of, as (n, 5) bytes, and how many of the five each has.

    First 256 beginnings of a line in a colour, then every character in runs of 0 to ``width``.
    """
    lines = [f"$#{colour}" for colour in range(COLOURS)]
    runs = [
        chr(EMPTY + bits) * length if length < SHORTEST_RUN else f"!{length}{chr(EMPTY + bits)}"
        for length in range(width + 1)
        for bits in range(1 << BAND_PX)
    ]
    texts = np.array([*lines, *runs], dtype="S5" if width < 1000 else "S6")
    return texts.view(np.uint8).reshape(len(texts), -1), np.char.str_len(texts)


def spelled(band: NDArray[np.uint8]) -> bytes:
    """Spell a band (6, width) of palette indices: for each of its colours the number, then runs of characters.

    What is empty at the end of a line is not said. All lines are spelled at once: characters are cut into runs, and
    for each run, as for each line's beginning, its bytes are taken from a table.
    """
    is_there = np.bincount(band.ravel(), minlength=COLOURS) > 0
    is_there[TRANSPARENT] = True  # in the first line, which is left out in the end
    colours, line_of = np.flatnonzero(is_there), np.cumsum(is_there) - 1
    width = band.shape[1]
    drawn, columns = np.zeros((len(colours), width), np.uint8), np.arange(width)
    for row, lines in enumerate(line_of[band]):
        drawn[lines, columns] += np.uint8(1 << row)
    drawn, colours = drawn[1:], colours[1:]
    flat = drawn.ravel()
    begins = np.empty(flat.size, bool)
    np.not_equal(flat[1:], flat[:-1], out=begins[1:])
    begins[::width] = True
    starts = np.flatnonzero(begins)
    lengths, bits = np.diff(starts, append=flat.size), flat[starts].astype(np.intp)
    is_said = (bits != 0) | ((starts + lengths) % width != 0)
    runs = COLOURS + (lengths * (1 << BAND_PX) + bits)[is_said]
    lines = np.searchsorted(starts[is_said], np.arange(len(colours)) * width)
    texts, counts = _tokens(width)
    chosen = np.insert(runs, lines, colours)
    spelt = texts[chosen]
    band_text: bytes = spelt[np.arange(spelt.shape[1]) < counts[chosen][:, None]].tobytes()
    return band_text
