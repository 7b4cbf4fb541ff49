"""Writes GIFs: one palette, no dithering, only what changed, and durations that add up to the film's.

The blocks are written here rather than by FFmpeg or Pillow: those compare and quantise every pixel of every frame,
although the boxes that changed are known. Only the LZW coding of dense patches is left to Pillow's C.
Format: CompuServe, Graphics Interchange Format, version 89a, 1990.
"""

from __future__ import annotations

import struct
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from optviz.frames import Box, Film, Frame
from optviz.output.gif import lzw
from optviz.output.gif.palette import TRANSPARENT, Palette, choose, codes_of
from optviz.output.metadata import Metadata, from_text, metadata_of
from optviz.output.patches import ChangeTracker, Patch, PatchWriter
from optviz.output.timing import FrameTimer
from optviz.parallel import Background

COLOURS = (255, 128, 64, 32)  # by the film's compression
TICKS_PER_S = 100  # delays are whole centiseconds
SHORTEST_DELAY = 2  # ticks; browsers show anything shorter for ten
LONGEST_DELAY = 65535  # ticks that 16 bits can hold
PX_PER_RUN = 600  # break-even: Pillow codes this many pixels in the time that our coder takes for one run
PILLOW_HEAD_BYTES = 13 + 3 * 256 + 10 + 1  # of its GIF of one grey image: header, palette, descriptor, code size

Indices = NDArray[np.uint8]


class GifWriter(PatchWriter):
    """Writes a film to ``path``; holds one picture and a few encoded patches, however long the film."""

    def __init__(self, path: Path, film: Film) -> None:
        self._palette = Palette(choose(film.samples(), COLOURS[film.compression]))
        self._tracker = ChangeTracker(film.height, film.width, np.uint8)
        self._boxes: list[Box] = []  # changed since the last image
        self._timer = FrameTimer(film, TICKS_PER_S, SHORTEST_DELAY, self._write)
        self._folder = path.parent
        self._file = path.open("wb")
        self._background = Background[bytes](self._file.write)
        self._file.write(_head(film, self._palette.table))

    def add(self, frame: Frame) -> None:
        """Show the next frame."""
        self._boxes += frame.boxes
        self._timer.add(lambda: self._patch(frame))

    def finish(self) -> None:
        """Write what is left and end the file."""
        self._timer.finish()
        self._background.finish()
        self._file.write(b";")
        self._file.close()

    def _patch(self, frame: Frame) -> Patch | None:
        """Return the palette indices that changed, None if no pixel's palette colour did."""
        boxes, self._boxes = self._boxes, []
        if not boxes:
            return None
        codes = [codes_of(frame.pixels[box.slices]) for box in boxes]
        indices = self._palette.index(
            np.concatenate([part.ravel() for part in codes])
        )  # one call for all boxes: a new colour is looked up once
        ends = np.cumsum([part.size for part in codes])[:-1]
        for box, part, found in zip(boxes, codes, np.split(indices, ends), strict=True):
            self._tracker.update(box, found.reshape(part.shape))
        return self._tracker.take()

    def _write(self, patch: Patch, delay: int) -> None:
        self._background.do(partial(_image, patch, delay, self._folder))


def read_gif(path: Path) -> Metadata:
    """Read the file's comment."""
    with path.open("rb") as file, GifImageFile(file) as image:
        comment = image.info.get("comment", b"")
    return from_text(comment.decode("utf-8", "replace"))


def _head(film: Film, table: bytes) -> bytes:
    """Return all that precedes the images: screen, palette, how often to play, metadata as a comment."""
    screen = struct.pack("<HHBBB", film.width, film.height, 0xF7, TRANSPARENT, 0)  # F7: a table of 256 colours follows
    repeats = b""  # browsers read the number as repeats after the first play, and play once without it
    if film.loop != 1:
        repeats = b"\x21\xff\x0bNETSCAPE2.0" + _sub_blocks(struct.pack("<BH", 1, min(max(film.loop - 1, 0), 65535)))
    words = metadata_of(film).as_text().encode()
    return b"GIF89a" + screen + table + repeats + b"\x21\xfe" + _sub_blocks(words)


def _image(patch: Patch, delay: int, folder: Path) -> bytes:
    """Encode a patch that is shown for ``delay`` ticks; what one delay cannot hold goes to images of one empty pixel.

    folder: where to make temporary files, that of the film itself, where there is room.
    """
    blocks = []
    while delay > LONGEST_DELAY:
        blocks.append(_block(patch, LONGEST_DELAY - SHORTEST_DELAY, folder))
        delay -= LONGEST_DELAY - SHORTEST_DELAY
        patch = Patch(Box(0, 0, 1, 1), np.full((1, 1), TRANSPARENT, dtype=np.uint8))
    return b"".join([*blocks, _block(patch, delay, folder)])


def _block(patch: Patch, delay: int, folder: Path) -> bytes:
    """Encode graphic control extension, image descriptor without a palette of its own, and pixels.

    The extension says: leave the image in place when its time is over, one index is transparent.
    """
    (top, left, bottom, right), pixels = patch
    control = struct.pack("<4sHBB", b"\x21\xf9\x04\x05", delay, TRANSPARENT, 0)
    place = struct.pack("<cHHHHB", b",", left, top, right - left, bottom - top, 0)
    return control + place + bytes([lzw.CODE_SIZE]) + _encoded(pixels, folder)


def _encoded(pixels: Indices, folder: Path) -> bytes:
    """Encode pixels as sub-blocks, by the faster coder of the two; their bytes differ by a few at most."""
    flat = pixels.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    if len(starts) * PX_PER_RUN <= flat.size:
        lengths = np.diff(starts, append=flat.size)
        return _sub_blocks(lzw.encode(zip(flat[starts].tolist(), lengths.tolist(), strict=True)))
    with TemporaryFile(dir=folder) as file:  # Pillow releases the interpreter's lock only when it writes to a real file
        Image.fromarray(pixels).save(file, "GIF", optimize=False, interlace=False)
        file.seek(PILLOW_HEAD_BYTES)
        return file.read()[:-1]  # without the trailer


def _sub_blocks(data: bytes) -> bytes:
    """Cut into pieces of at most 255 bytes, each after its length; a length of 0 ends them."""
    pieces = (data[start : start + 255] for start in range(0, len(data), 255))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"
