"""Writes APNGs: every pixel exact, only what changed, delays as fractions of a second.

The chunks are written here. On the default race FFmpeg's encoder takes three times the CPU and ten times the bytes and
drops the texts; Pillow's keeps every frame in memory. Both compare whole pictures although it is known what changed.
Format: Portable Network Graphics, third edition, W3C 2025, 11.3.6 and 13.
"""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from optviz.frames import Box, Film
from optviz.output.patches import ChangeTracker, Patch, TrueColourWriter
from optviz.output.png import RGBA, ROWS, SIGNATURE, chunk, compressed, head, texts
from optviz.output.timing import FrameTimer
from optviz.parallel import Background

TICKS_PER_FRAME = 1000  # exact for the hold, and a delay's denominator stays below 65536
LONGEST_DELAY = 65535  # a delay's numerator in 16 bits
OVER = 1  # blend over what is shown

# Measured on the default race at 720p, a patch: level 6 takes 15 ms and 13.7 kB, filtered 9 ms and 14.3 kB,
# level 9 21 ms and 13.3 kB, run lengths alone 5 ms and 38 kB. PNG's own filters make flat pictures larger.
LEVEL, STRATEGY = 6, zlib.Z_FILTERED

Encoded = tuple[Box, int, bytes]  # place, ticks shown, compressed pixels


class ApngWriter(TrueColourWriter):
    """Writes a film to ``path``; patches are compressed in threads while the next frame is drawn."""

    def __init__(self, path: Path, film: Film) -> None:
        self._film = film
        self._tracker = ChangeTracker(film.height, film.width, np.uint32)
        self._timer = FrameTimer(film, TICKS_PER_FRAME * film.fps, 1, self._write)
        self._background = Background[Encoded](self._put)
        self._images = self._numbers = 0  # images written; fcTL and fdAT chunks, which are numbered together
        self._file = path.open("wb")
        self._write_head()

    def finish(self) -> None:
        """Write what is left, and into the head the number of images."""
        self._timer.finish()
        self._background.finish()
        self._chunk(b"IEND")
        self._file.seek(self._count_at)
        self._write_count()
        self._file.close()

    def _write_head(self) -> None:
        self._file.write(SIGNATURE + head(self._film.width, self._film.height, RGBA))  # what did not change is clear
        self._count_at = self._file.tell()
        self._write_count()
        self._file.write(texts(self._film))

    def _write_count(self) -> None:
        """Write how many images there are and how often they play; 0 for ever."""
        self._chunk(b"acTL", struct.pack(">II", self._images, self._film.loop))

    def _write(self, patch: Patch, ticks: int) -> None:
        self._background.do(partial(_encoded, patch, ticks))

    def _put(self, encoded: Encoded) -> None:
        (top, left, bottom, right), ticks, pixels = encoded
        delay = _expressible(Fraction(ticks, TICKS_PER_FRAME * self._film.fps))
        place = struct.pack(">IIII", right - left, bottom - top, left, top)
        timing = struct.pack(">HHBB", delay.numerator, delay.denominator, 0, OVER)
        self._chunk(b"fcTL", self._number() + place + timing)
        if self._images:
            self._chunk(b"fdAT", self._number() + pixels)
        else:
            self._chunk(b"IDAT", pixels)
        self._images += 1

    def _number(self) -> bytes:
        self._numbers += 1
        return struct.pack(">I", self._numbers - 1)

    def _chunk(self, kind: bytes, content: bytes = b"") -> None:
        self._file.write(chunk(kind, content))


def _encoded(patch: Patch, ticks: int) -> Encoded:
    pixels = patch.pixels.view(np.uint8)
    parts = (pixels[top : top + ROWS] for top in range(0, len(pixels), ROWS))
    return patch.box, ticks, compressed(parts, LEVEL, STRATEGY)


def _expressible(delay: Fraction) -> Fraction:
    """Return the delay, or for a very long one the nearest whose numerator fits 16 bits."""
    while delay.numerator > LONGEST_DELAY:
        delay = delay.limit_denominator(delay.denominator // 2) if delay.denominator > 1 else Fraction(LONGEST_DELAY)
    return delay
