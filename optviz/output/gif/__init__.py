"""GIF: one palette, no dithering, only what changed, and a clock that keeps time.

The blocks are written here rather than by FFmpeg or Pillow: those compare and quantise every pixel of every frame,
although the drawing machine has said what changed. Only the coding of the changed rectangle is left to Pillow's C,
in a thread of its own. Format: CompuServe, Graphics Interchange Format, version 89a, 1990.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from optviz.frames import Box, Film, Frame
from optviz.output.gif import lzw
from optviz.output.gif.palette import TRANSPARENT, Palette, choose, codes_of
from optviz.output.images import ImagesWriter
from optviz.output.metadata import credits_of
from optviz.output.patches import Canvas, Patch
from optviz.output.timing import Cutter
from optviz.parallel import Background

COLOURS = (255, 128, 64, 32)  # by the film's compression
TICKS = 100  # a second has; delays are whole centiseconds
SHORTEST = 2  # browsers show anything shorter for ten
LONGEST = 65535  # centiseconds a delay can say
RUN = 600  # pixels that Pillow's coder, beside the drawing, takes in the time of one run here, which delays it

Indices = NDArray[np.uint8]


class GifWriter(ImagesWriter):
    """Writes a film to ``path``; holds one picture and a few coded frames, however long the film."""

    def __init__(self, path: Path, film: Film) -> None:
        self._palette = Palette(choose(film.samples(), COLOURS[film.compression]))
        self._canvas = Canvas(film.height, film.width, np.uint8)
        self._boxes: list[Box] = []  # changed since the last image
        self._cutter = Cutter(film, TICKS, SHORTEST, self._write)
        self._folder = path.parent
        self._file = path.open("wb")
        self._background = Background[bytes](self._file.write)
        self._file.write(_head(film, self._palette.table))

    def add(self, frame: Frame) -> None:
        """Show the next frame."""
        self._boxes += frame.boxes
        self._cutter.add(lambda: self._patch(frame))

    def finish(self) -> None:
        """Write what is left; the file is whole."""
        self._cutter.finish()
        self._background.finish()
        self._file.write(b";")
        self._file.close()

    def _patch(self, frame: Frame) -> Patch | None:
        """The palette indices that changed; None when no pixel's palette colour did."""
        boxes, self._boxes = self._boxes, []
        if not boxes:
            return None
        codes = [codes_of(frame.pixels[box.slices]) for box in boxes]
        indices = self._palette.index(np.concatenate([part.ravel() for part in codes]))  # colours are learnt once
        ends = np.cumsum([part.size for part in codes])[:-1]
        for box, part, found in zip(boxes, codes, np.split(indices, ends), strict=True):
            self._canvas.update(box, found.reshape(part.shape))
        return self._canvas.take()

    def _write(self, patch: Patch, delay: int) -> None:
        self._background.do(partial(_image, patch, delay, self._folder))


def _head(film: Film, table: bytes) -> bytes:
    screen = struct.pack("<HHBBB", film.width, film.height, 0xF7, TRANSPARENT, 0)  # F7: a table of 256 colours follows
    words = credits_of(film).as_text().encode()
    return b"GIF89a" + screen + table + _repeats(film.loop) + b"\x21\xfe" + _sub_blocks(words)


def _repeats(loop: int) -> bytes:
    """How often to play: browsers read the number as repeats after the first play, play once without it."""
    if loop == 1:
        return b""
    return b"\x21\xff\x0bNETSCAPE2.0" + _sub_blocks(struct.pack("<BH", 1, min(max(loop - 1, 0), 65535)))


def _image(patch: Patch, delay: int, folder: Path) -> bytes:
    """The image with its delay; what a delay cannot hold is left to images of one transparent pixel.

    ``folder``: where there is room for a file without a name, that of the film itself.
    """
    blocks = []
    while delay > LONGEST:
        blocks.append(_block(patch, LONGEST - SHORTEST, folder))
        delay -= LONGEST - SHORTEST
        patch = Patch(Box(0, 0, 1, 1), np.full((1, 1), TRANSPARENT, dtype=np.uint8))
    return b"".join([*blocks, _block(patch, delay, folder)])


def _block(patch: Patch, delay: int, folder: Path) -> bytes:
    """Graphic control extension, image descriptor without a palette of its own, pixels.

    The extension says: leave the image in place when its time is over, one index is transparent.
    """
    (top, left, bottom, right), pixels = patch
    control = struct.pack("<4sHBB", b"\x21\xf9\x04\x05", delay, TRANSPARENT, 0)
    place = struct.pack("<cHHHHB", b",", left, top, right - left, bottom - top, 0)
    return control + place + bytes([lzw.CODE_SIZE]) + _coded(pixels, folder)


def _coded(patch: Indices, folder: Path) -> bytes:
    """The pixels in sub-blocks, by whichever coder is the quicker; the bytes differ by a few at most."""
    pixels = patch.ravel()
    starts = np.concatenate([[0], np.flatnonzero(pixels[1:] != pixels[:-1]) + 1])
    if len(starts) * RUN > pixels.size:
        return _coded_dense(patch, folder)
    lengths = np.diff(starts, append=pixels.size)
    return _sub_blocks(lzw.compress(zip(pixels[starts].tolist(), lengths.tolist(), strict=True)))


def _coded_dense(patch: Indices, folder: Path) -> bytes:
    """By Pillow, which lets go of Python's lock only when it writes to a file itself."""
    image = Image.fromarray(patch)
    whole = (0, 0, *image.size)
    with TemporaryFile(dir=folder) as file:
        ImageFile._save(image, file, [ImageFile._Tile("gif", whole, 0, ("L", lzw.CODE_SIZE, 0))])
        file.seek(0)
        return file.read() + b"\0"


def _sub_blocks(data: bytes) -> bytes:
    """Cut into pieces of at most 255 bytes, each after its length; a length of none ends them."""
    return b"".join(_pieces(data)) + b"\0"


def _pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 255):
        piece = data[start : start + 255]
        yield bytes([len(piece)]) + piece
