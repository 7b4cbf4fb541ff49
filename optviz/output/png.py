"""Writes what PNG and APNG files are made of: chunks, texts, compressed rows.

No row is filtered: of these pictures, flat colours beside words, Pillow's files, each row filtered in the best of five
ways, are a seventh larger and take twice as long.
Format: Portable Network Graphics, third edition, W3C 2025, 5.3, 9, 10 and 11.3.3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optviz.frames import Pixels
from optviz.output.metadata import PNG_KEYS, Titled, metadata_of

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MEMORY = 9  # of the compressor, the most
ROWS = 32  # compressed at a time: no second copy of a picture
RGB, RGBA = 2, 6  # colour types


def png_bytes(pixels: Pixels, made: Titled, level: int = 6) -> bytes:
    """Return a PNG of (height, width, 4) pixels, with title, program and scenario as texts.

    level: how hard to compress, 0 to 9.
    """
    height, width, _ = pixels.shape
    rgb = (Image.fromarray(pixels[top : top + ROWS]).convert("RGB") for top in range(0, height, ROWS))
    image = compressed((np.asarray(part).reshape(-1, 3 * width) for part in rgb), level)
    return b"".join((SIGNATURE, head(width, height, RGB), texts(made), chunk(b"IDAT", image), chunk(b"IEND")))


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """Return a chunk with its length and its check."""
    check = zlib.crc32(content, zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(content)), kind, content, struct.pack(">I", check)))


def head(width: int, height: int, colour_type: int) -> bytes:
    """Return the chunk that says how large a picture of eight bits a channel is."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0))


def texts(made: Titled) -> bytes:
    """Return a chunk each for title, program and scenario: not compressed, of no language."""
    said = zip(PNG_KEYS, astuple(metadata_of(made)), strict=True)
    return b"".join(chunk(b"iTXt", key.encode() + b"\0\0\0\0\0" + text.encode()) for key, text in said)


def compressed(parts: Iterable[NDArray[np.uint8]], level: int, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """Return rows (n, bytes), given in parts of at most ROWS, each after the number of its filter (0, none)."""
    compressor, pieces, rows = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, MEMORY, strategy), [], None
    for part in parts:
        if rows is None:
            rows = np.zeros((ROWS, 1 + part.shape[1]), np.uint8)
        rows[: len(part), 1:] = part
        pieces.append(compressor.compress(rows[: len(part)].data))
    return b"".join([*pieces, compressor.flush()])
