"""Draws pictures by kitty's graphics protocol, which kitty, Ghostty, Konsole and WezTerm know.

Source: https://sw.kovidgoyal.net/kitty/graphics-protocol. A picture sent under the number of the one before takes its
place. tmux draws no pictures but passes sequences on to its own terminal; there the picture has no place of its own
("virtual placement") and shows in cells that hold a placeholder, which tmux keeps like any letters.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence

from optviz.frames import Box, Pixels
from optviz.output.terminal import HOME

NUMBER = 0x6F7076  # of the picture: small ones are those of other programs
CHUNK_BYTES = 4096  # of a payload in one sequence
ZLIB_LEVEL = 1
PLACEHOLDER = "\U0010eeee"
MOST_ROWS = 64
# the first of kitty's list: the nth of these marks over a placeholder says that it shows row n of the picture
ROW_MARKS = [
    *(0x305, 0x30D, 0x30E, 0x310, 0x312, 0x33D, 0x33E, 0x33F, 0x346, 0x34A, 0x34B, 0x34C, 0x350, 0x351, 0x352, 0x357),
    *(0x35B, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36A, 0x36B, 0x36C, 0x36D, 0x36E, 0x36F, 0x483, 0x484),
    *(0x485, 0x486, 0x487, 0x592, 0x593, 0x594, 0x595, 0x597, 0x598, 0x599, 0x59C, 0x59D, 0x59E, 0x59F, 0x5A0, 0x5A1),
    *(0x5A8, 0x5A9, 0x5AB, 0x5AC, 0x5AF, 0x5C4, 0x610, 0x611, 0x612, 0x613, 0x614, 0x615, 0x616, 0x617, 0x657, 0x658),
]


class KittyPainter:
    """Sends each picture whole, as compressed RGB, and has the terminal fit it into columns and rows of cells."""

    def __init__(self, columns: int, rows: int, *, through_tmux: bool = False) -> None:
        self._columns, self._rows = columns, min(rows, MOST_ROWS)
        self._through_tmux = through_tmux
        self._has_cells = False

    def paint(self, pixels: Pixels, boxes: Sequence[Box]) -> bytes:
        """Return the picture; in tmux with the cells that show it, once."""
        if self._has_cells and not boxes:
            return b""
        height, width = pixels.shape[:2]
        packed = base64.b64encode(zlib.compress(pixels[..., :3].tobytes(), ZLIB_LEVEL))
        place = "U=1" if self._through_tmux else "p=1,C=1"
        keys = f"a=T,q=2,i={NUMBER},f=24,o=z,s={width},v={height},c={self._columns},r={self._rows},{place}"
        chunks = [packed[start : start + CHUNK_BYTES] for start in range(0, len(packed), CHUNK_BYTES)]
        parts = [
            self._command((f"{keys},m={int(more)}" if not number else f"m={int(more)}").encode(), chunk)
            for number, chunk in enumerate(chunks)
            for more in [number < len(chunks) - 1]
        ]
        cells = b"" if self._has_cells or not self._through_tmux else self._cells()
        self._has_cells = True
        return HOME + b"".join(parts) + cells

    def erase(self) -> bytes:
        """Return what deletes the picture and its data."""
        return self._command(f"a=d,d=I,q=2,i={NUMBER}".encode())

    def _command(self, keys: bytes, payload: bytes = b"") -> bytes:
        sequence = b"\x1b_G" + keys + (b";" + payload if payload else b"") + b"\x1b\\"
        return passed_through(sequence) if self._through_tmux else sequence

    def _cells(self) -> bytes:
        """Return the cells that show the picture: its number is their colour, a mark on the first says which row."""
        red, green, blue = NUMBER >> 16, NUMBER >> 8 & 255, NUMBER & 255
        rows = [f"\x1b[{1 + row};1H{PLACEHOLDER}{chr(ROW_MARKS[row])}\u0305" for row in range(self._rows)]
        others = PLACEHOLDER * (self._columns - 1)
        return (f"\x1b[38;2;{red};{green};{blue}m" + "".join(row + others for row in rows) + "\x1b[39m").encode()


def passed_through(sequence: bytes) -> bytes:
    """Return a sequence as tmux passes it on to its terminal, where ``allow-passthrough`` is on."""
    return b"\x1bPtmux;" + sequence.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\"
