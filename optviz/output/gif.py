"""GIF: one palette, no dithering, only what changed, and a clock that keeps time.

The blocks are written here rather than by FFmpeg or Pillow: those compare and code every pixel of the
rectangle around two distant changes (11 ms and 8 ms a frame at 1080p), although the drawing machine has said
what changed (3 ms here, and no more bytes). Format: CompuServe, Graphics Interchange Format, version 89a,
1990.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optviz.frames import Box, Film, Frame
from optviz.output import lzw
from optviz.output.boxes import hull
from optviz.output.palette import TRANSPARENT, Palette, choose

SHORTEST = 2  # centiseconds; browsers show anything shorter for ten
LONGEST = 65535  # centiseconds a delay can say
RUN = 100  # pixels that Pillow's coder, in C but pixel by pixel, takes in the time of one run here

Indices = NDArray[np.uint8]


class _Image(NamedTuple):
    """An image block that waits to be written until it is known how long it stays."""

    start: int  # centiseconds since the film began
    block: bytes


class GifWriter:
    """Writes a film to ``path``; holds one picture and one coded frame, however long the film."""

    def __init__(self, path: Path, film: Film) -> None:
        self._film = film
        self._palette = Palette(choose(film.samples()))
        self._shown: Indices = np.full((film.height, film.width), TRANSPARENT, dtype=np.uint8)
        self._patch = self._shown.copy()  # scratch: the changed pixels, all others transparent
        self._boxes: list[Box] = []  # changed since the last image
        self._drawn = 0
        self._start = 0  # when the next image begins
        self._waiting: _Image | None = None
        self._file = path.open("wb")
        self._file.write(_head(film, self._palette.table))

    def add(self, frame: Frame) -> None:
        """Show the next frame; one that would stay too briefly gives its time to the frame after it."""
        self._drawn += 1
        self._boxes += frame.boxes
        end = end_of(self._drawn, self._film)
        if end - self._start < SHORTEST and self._drawn < self._film.frames:
            return
        image = self._image(frame)
        if image:
            self._write_waiting(self._start)
            self._waiting = _Image(self._start, image)
        self._start = end

    def finish(self) -> None:
        """Write what is left; the file is whole."""
        self._write_waiting(end_of(self._film.frames, self._film))
        self._file.write(b";")
        self._file.close()

    def close(self) -> None:
        """Let go of the file, whole or not."""
        with suppress(OSError):  # what is still to be written of a file that is thrown away
            self._file.close()

    def _write_waiting(self, until: int) -> None:
        if self._waiting is None:
            return
        self._file.writelines(_timed(self._waiting.block, max(SHORTEST, until - self._waiting.start)))
        self._waiting = None

    def _image(self, frame: Frame) -> bytes:
        """The image block of what changed; nothing when no pixel's palette colour did."""
        changes = [change for box in self._boxes if (change := self._update(frame, box))]
        self._boxes.clear()
        if not changes:
            return b""
        around = changes[0]
        for change in changes[1:]:
            around = hull(around, change)
        block = _block(around, np.ascontiguousarray(self._patch[around.slices]))
        for change in changes:
            self._patch[change.slices] = TRANSPARENT
        return block

    def _update(self, frame: Frame, box: Box) -> Box | None:
        """Bring one box up to date, leave its changed pixels in the patch; the box that holds them."""
        index = self._palette.index(frame.pixels[box.slices])
        shown = self._shown[box.slices]
        changed = index != shown
        rows = np.flatnonzero(changed.any(axis=1))
        if not rows.size:
            return None
        columns = np.flatnonzero(changed.any(axis=0))
        np.copyto(self._patch[box.slices], index, where=_stretches(changed))
        shown[...] = index
        top, left = box.top, box.left
        return Box(top + int(rows[0]), left + int(columns[0]), top + int(rows[-1]) + 1, left + int(columns[-1]) + 1)


def _stretches(changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each row from its first to its last changed pixel.

    Unchanged pixels amid changed ones in their own colour take 1 to 5 % fewer bytes than transparent ones; the whole
    box in its own colours takes a quarter more.
    """
    begun = np.logical_or.accumulate(changed, axis=1)
    to_come = np.logical_or.accumulate(changed[:, ::-1], axis=1)[:, ::-1]
    stretches: NDArray[np.bool_] = begun & to_come
    return stretches


def end_of(drawn: int, film: Film) -> int:
    """The centisecond at which the first ``drawn`` frames are over, the hold included after the last."""
    hold = Fraction(film.hold).limit_denominator(1000) if drawn >= film.frames else 0
    return int(100 * (Fraction(drawn, film.fps) + hold) + Fraction(1, 2))


def _head(film: Film, table: bytes) -> bytes:
    screen = struct.pack("<HHBBB", film.width, film.height, 0xF7, TRANSPARENT, 0)  # F7: a table of 256 colours follows
    words = f"{film.title}\n\n{film.scenario}".encode()
    return b"GIF89a" + screen + table + _repeats(film.loop) + b"\x21\xfe" + _sub_blocks(words)


def _repeats(loop: int) -> bytes:
    """How often to play: browsers read the number as repeats after the first play, play once without it."""
    if loop == 1:
        return b""
    return b"\x21\xff\x0bNETSCAPE2.0" + _sub_blocks(struct.pack("<BH", 1, min(max(loop - 1, 0), 65535)))


def _timed(block: bytes, delay: int) -> Iterator[bytes]:
    """The image block with its delay; what a delay cannot hold is left to images of one transparent pixel."""
    while delay > LONGEST:
        yield _control(LONGEST - SHORTEST) + block
        delay -= LONGEST - SHORTEST
        block = _block(Box(0, 0, 1, 1), np.full((1, 1), TRANSPARENT, dtype=np.uint8))
    yield _control(delay) + block


def _control(delay: int) -> bytes:
    """Graphic control extension: leave the image in place when its time is over, one index is transparent."""
    return struct.pack("<4sHBB", b"\x21\xf9\x04\x05", delay, TRANSPARENT, 0)


def _block(box: Box, patch: Indices) -> bytes:
    """An image descriptor without a palette of its own, and the coded pixels."""
    height, width = patch.shape
    descriptor = struct.pack("<cHHHHB", b",", box.left, box.top, width, height, 0)
    return descriptor + bytes([lzw.CODE_SIZE]) + _coded(patch)


def _coded(patch: Indices) -> bytes:
    """The pixels in sub-blocks, by whichever coder is the quicker; the bytes differ by a few at most."""
    pixels = patch.ravel()
    starts = np.concatenate([[0], np.flatnonzero(pixels[1:] != pixels[:-1]) + 1])
    if len(starts) * RUN > pixels.size:
        return Image.fromarray(patch).tobytes("gif", "L", lzw.CODE_SIZE, 0) + b"\0"
    lengths = np.diff(starts, append=pixels.size)
    return _sub_blocks(lzw.compress(zip(pixels[starts].tolist(), lengths.tolist(), strict=True)))


def _sub_blocks(data: bytes) -> bytes:
    """Cut into pieces of at most 255 bytes, each after its length; a length of none ends them."""
    pieces = (data[start : start + 255] for start in range(0, len(data), 255))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"
