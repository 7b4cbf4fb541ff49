"""Writes animated WebPs: every pixel exact, only what changed.

The container is written here, its images (changed rectangles) are encoded by Pillow. libwebp's own animation encoder
compares whole pictures: through FFmpeg it takes a third more CPU and 1.1 GB of memory on the default race instead of
180 MB, and drops the metadata. Format: RFC 9649.
"""

from __future__ import annotations

import io
import struct
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from optviz.frames import Box, Film
from optviz.output.metadata import Metadata, between, metadata_of
from optviz.output.patches import ChangeTracker, Patch, TrueColourWriter
from optviz.output.timing import FrameTimer
from optviz.parallel import Background

TICKS_PER_S = 1000  # durations are whole milliseconds
SHORTEST_DURATION = 11  # ticks; browsers show anything shorter for a hundred
LONGEST_DURATION = (1 << 24) - 1  # ticks that 24 bits can hold
ALPHA, XMP, ANIMATION = 0x10, 0x04, 0x02  # flags of the VP8X chunk

# Measured on the default race at 720p, a patch: method 1 with quality 0 takes 7 ms and 9.2 kB, method 0 11 ms and
# 114 kB, method 2 with quality 20 14 ms and 14.0 kB, method 4 with quality 80 43 ms and 12.7 kB.
PATCH = {"lossless": True, "method": 1, "quality": 0}
FIRST = {"lossless": True, "method": 4, "quality": 50}

Encoded = tuple[Box, int, bytes]  # place, milliseconds shown, chunks of the image


class WebpWriter(TrueColourWriter):
    """Writes a film to ``path``; patches are encoded in threads while the next frame is drawn."""

    def __init__(self, path: Path, film: Film) -> None:
        self._film = film
        self._tracker = ChangeTracker(film.height, film.width, np.uint32, even_edges=True)
        self._timer = FrameTimer(film, TICKS_PER_S, SHORTEST_DURATION, self._write)
        self._background = Background[Encoded](self._put)
        self._first = True
        self._file = path.open("wb")
        self._file.write(_head(film))

    def finish(self) -> None:
        """Write what is left, and into the head the length of the file."""
        self._timer.finish()
        self._background.finish()
        self._file.write(_chunk(b"XMP ", _packet(metadata_of(self._film))))
        size = self._file.tell()
        self._file.seek(4)
        self._file.write(struct.pack("<I", size - 8))
        self._file.close()

    def _write(self, patch: Patch, duration: int) -> None:
        self._background.do(partial(_encoded, patch, duration, FIRST if self._first else PATCH))
        self._first = False

    def _put(self, encoded: Encoded) -> None:
        (top, left, bottom, right), duration, image = encoded
        numbers = (left // 2, top // 2, right - left - 1, bottom - top - 1, min(duration, LONGEST_DURATION))
        frame = b"".join(number.to_bytes(3, "little") for number in numbers) + b"\0"  # blend, leave in place
        self._file.write(_chunk(b"ANMF", frame + image))


def _head(film: Film) -> bytes:
    """Return the RIFF header, its length still 0, the flags and how often the film plays."""
    size = (film.width - 1).to_bytes(3, "little") + (film.height - 1).to_bytes(3, "little")
    kinds = _chunk(b"VP8X", struct.pack("<I", ALPHA | XMP | ANIMATION) + size)
    return b"RIFF\0\0\0\0WEBP" + kinds + _chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, min(film.loop, 65535)))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _encoded(patch: Patch, duration: int, settings: dict[str, int]) -> Encoded:
    height, width = patch.pixels.shape
    image = Image.fromarray(patch.pixels.view(np.uint8).reshape(height, width, 4))
    file = io.BytesIO()
    image.save(file, "WEBP", **settings)
    return patch.box, duration, file.getvalue()[12:]  # after RIFF, its length and WEBP


def _packet(words: Metadata) -> bytes:
    """Return title, maker and scenario as XMP (ISO 16684-1)."""
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">\
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(words.title)}</rdf:li></rdf:Alt></dc:title>\
<xmp:CreatorTool>{escape(words.maker)}</xmp:CreatorTool>\
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(words.scenario)}</rdf:li></rdf:Alt></dc:description>\
</rdf:Description></rdf:RDF></x:xmpmeta>""".encode()


def read_webp(path: Path) -> Metadata:
    """Read title, maker and scenario from the file's XMP."""
    with path.open("rb") as file, Image.open(file, formats=["WEBP"]) as image:
        packet = image.info.get("xmp", b"").decode("utf-8", "replace")
    tags = ("dc:title", "xmp:CreatorTool", "dc:description")
    return Metadata(*(between(packet, rf"<{tag}>(?:<rdf:Alt><rdf:li[^>]*>)?", "</") for tag in tags))
