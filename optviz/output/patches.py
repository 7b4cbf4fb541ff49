"""What a new frame changes in the picture shown, and the base of writers whose files hold such changes only."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, BinaryIO, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Box, Frame, hull
from optviz.output.timing import FrameTimer
from optviz.parallel import Background

Pixel = TypeVar("Pixel", np.uint8, np.uint32)


class Patch(NamedTuple):
    """The rectangle around all changes: changed pixels in their new colours, others transparent (0)."""

    box: Box
    pixels: NDArray[Any]  # (height, width) of the box


class ChangeTracker(Generic[Pixel]):
    """Remembers the picture shown, one number a pixel (0 is no colour), and gathers what changes in it."""

    def __init__(self, height: int, width: int, kind: type[Pixel], *, even_edges: bool = False) -> None:
        self._shown: NDArray[Pixel] = np.zeros((height, width), kind)
        self._patch: NDArray[Pixel] = self._shown.copy()  # scratch: what changed, all else 0
        self._changes: list[Box] = []
        self._even = even_edges

    def update(self, box: Box, pixels: NDArray[Pixel]) -> None:
        """Show ``pixels`` (height, width) in ``box`` and remember which of them changed.

        In each row all from the first to the last changed pixel counts as changed: unchanged pixels amid changed
        ones take 1 to 5 % fewer bytes in their own colours than transparent; the whole box would take a quarter more.
        """
        shown = self._shown[box.slices]
        changed = pixels != shown
        rows = changed.any(axis=1)
        if not rows.any():
            return
        width = box.right - box.left
        first = changed.argmax(axis=1)
        end = np.where(rows, width - changed[:, ::-1].argmax(axis=1), 0)
        before, length = first.astype(np.uint16)[:, None], (end - first).astype(np.uint16)[:, None]
        within = np.arange(width, dtype=np.uint16) - before < length  # left of the first, the difference wraps around
        patch = self._patch[box.slices]
        patch |= pixels * within  # where boxes overlap, both show the same
        shown[...] = pixels
        inside = np.flatnonzero(rows)
        top, bottom = box.top + int(inside[0]), box.top + int(inside[-1]) + 1
        self._changes.append(Box(top, box.left + int(first[inside].min()), bottom, box.left + int(end.max())))

    def take(self) -> Patch | None:
        """Return a copy of what changed since the last call, None if nothing did."""
        if not self._changes:
            return None
        around = hull(self._changes)
        around = around.to_even() if self._even else around
        patch = Patch(around, self._patch[around.slices].copy())
        for change in self._changes:
            self._patch[change.slices] = 0
        self._changes.clear()
        return patch


class PatchWriter:
    """Base of a writer whose patches are encoded in threads while the next frame is drawn."""

    _file: BinaryIO
    _background: Background[Any]

    def close(self) -> None:
        """Release the file, complete or not."""
        self._background.close()
        with suppress(OSError):  # what is still to be written of a file that is thrown away
            self._file.close()


class TrueColourWriter(PatchWriter):
    """Base of a writer whose patches hold every colour exactly, as red green blue alpha in 32 bits."""

    _tracker: ChangeTracker[np.uint32]
    _timer: FrameTimer[Patch]

    def add(self, frame: Frame) -> None:
        """Show the next frame."""
        for box in frame.boxes:
            self._tracker.update(box, frame.pixels[box.slices].view(np.uint32)[..., 0])
        self._timer.add(self._tracker.take)
