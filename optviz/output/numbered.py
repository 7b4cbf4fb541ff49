"""Writes a PNG file for every frame: ``frames/%04d.png``, for video editors and for print."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optviz.frames import Film, Frame
from optviz.output.atomic import inherit, naming_path_in_errors, numbered_files, regular_file_at
from optviz.output.metadata import made_by_optviz
from optviz.output.png import png_bytes


class NumberedWriter:
    """Writes each frame whole, with title, program and scenario as texts; ``path`` holds a number such as %04d."""

    def __init__(self, path: Path, film: Film) -> None:
        self._path, self._film, self._written = path, film, 0

    def add(self, frame: Frame) -> None:
        """Write one file."""
        file = self._path.with_name(self._path.name % self._written)
        file.write_bytes(png_bytes(frame.pixels, self._film))
        self._written += 1

    def finish(self) -> None:
        """Do nothing: a hold is no frame."""

    def close(self) -> None:
        """Do nothing: no file is open."""


@contextmanager
def atomic_frames(path: Path) -> Iterator[Path]:
    """Yield the same numbered name in a temporary folder; its files replace those of ``path`` if the block succeeds.

    Each file appears whole. Frames of an earlier, longer film are removed, so that the numbers are those of one film.
    Raises OutputError as ``atomic_write`` does.
    """
    with naming_path_in_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".frames-", dir=path.parent)
    with folder as inside:
        draft = Path(inside, path.name)
        yield draft
        with naming_path_in_errors(path):
            frames = numbered_files(draft)
            for frame in frames:
                inherit(frame, regular_file_at(path.parent / frame.name))  # all of them before the first is moved
            for frame in frames:
                os.replace(frame, path.parent / frame.name)
            for stale in {*numbered_files(path)} - {path.parent / frame.name for frame in frames}:
                if made_by_optviz(stale):
                    stale.unlink()
