"""APNG: every pixel exact, only what changed, delays as fractions of a second.

The chunks are written here, since FFmpeg and Pillow compare and filter whole pictures although it is known what
changed. Format: Portable Network Graphics, third edition, W3C 2025, 11.3.6 and 13.
"""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from optviz.frames import Box, Film, Pixels
from optviz.output.images import TrueColourWriter
from optviz.output.metadata import credits_of
from optviz.output.patches import Canvas, Patch
from optviz.output.timing import Cutter
from optviz.parallel import Background

TICKS = 1000  # in a frame: so fine is the hold, and a delay's denominator stays below 65536
RGBA = 6  # the colour type: a pixel that did not change is transparent
OVER = 1  # blend over what is shown
LONGEST = 65535  # of a delay's numerator

# Measured on the default race at 720p, a patch: level 6 takes 15 ms and 13.7 kB, filtered 9 ms and 14.3 kB,
# level 9 21 ms and 13.3 kB, run lengths alone 5 ms and 38 kB. PNG's own filters make flat pictures larger.
LEVEL, MEMORY, STRATEGY = 6, 9, zlib.Z_FILTERED

Coded = tuple[Box, int, bytes]  # where, ticks it stays, the compressed pixels


class ApngWriter(TrueColourWriter):
    """Writes a film to ``path``; patches are compressed in threads while the next frame is drawn."""

    def __init__(self, path: Path, film: Film) -> None:
        self._film = film
        self._canvas = Canvas(film.height, film.width, np.uint32)
        self._cutter = Cutter(film, TICKS * film.fps, 1, self._write)
        self._background = Background[Coded](self._put)
        self._images = self._numbers = 0  # images written; fcTL and fdAT chunks, which are numbered together
        self._file = path.open("wb")
        self._write_head()

    def finish(self) -> None:
        """Write what is left, and at the head how many images there are."""
        self._cutter.finish()
        self._background.finish()
        self._chunk(b"IEND")
        self._file.seek(self._count_at)
        self._write_count()
        self._file.close()

    def _write_head(self) -> None:
        self._file.write(b"\x89PNG\r\n\x1a\n")
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", self._film.width, self._film.height, 8, RGBA, 0, 0, 0))
        self._count_at = self._file.tell()
        self._write_count()
        words = credits_of(self._film)
        for key, text in (("Title", words.title), ("Software", words.maker), ("Scenario", words.scenario)):
            self._chunk(b"iTXt", key.encode() + b"\0\0\0\0\0" + text.encode())  # plain, in no language

    def _write_count(self) -> None:
        self._chunk(b"acTL", struct.pack(">II", self._images, self._film.loop))

    def _write(self, patch: Patch, ticks: int) -> None:
        self._background.do(partial(_coded, patch, ticks))

    def _put(self, coded: Coded) -> None:
        (top, left, bottom, right), ticks, pixels = coded
        delay = _sayable(Fraction(ticks, TICKS * self._film.fps))
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
        check = zlib.crc32(content, zlib.crc32(kind))
        self._file.write(b"".join((struct.pack(">I", len(content)), kind, content, struct.pack(">I", check))))


def _coded(patch: Patch, ticks: int) -> Coded:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, MEMORY, STRATEGY)
    pixels = packer.compress(_rows(patch).data) + packer.flush()
    return patch.box, ticks, pixels


def _sayable(delay: Fraction) -> Fraction:
    """The delay, or for a very long one the nearest whose numerator a chunk can hold."""
    while delay.numerator > LONGEST:
        delay = delay.limit_denominator(delay.denominator // 2) if delay.denominator > 1 else Fraction(LONGEST)
    return delay


def _rows(patch: Patch) -> Pixels:
    """Each row after the number of its filter, 0 for none."""
    height, width = patch.pixels.shape
    rows = np.zeros((height, 1 + 4 * width), np.uint8)
    rows[:, 1:] = patch.pixels.view(np.uint8)
    return rows
