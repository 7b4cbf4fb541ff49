"""Places a layer's strokes on one picture: which pixels each may touch, and how a stretch of them is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.frames import Box, Pixels
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.strokes import Strokes

Reach = NDArray[np.int64]  # (n, 4) top, left, bottom, right of each stroke; empty ones have no pixel


@dataclass(frozen=True, eq=False)
class ClippedStrokes:
    """``strokes`` on one board, drawn only inside ``clip``."""

    strokes: Strokes
    clip: Bbox | None
    reach: Reach
    size: tuple[int, int]  # (height, width) of the picture

    def begun(self, pen: Pen, step: int, share: float) -> list[tuple[BegunStroke, Box]]:
        """Return the ``share`` of every line's way to the step after ``step`` that is gone, and where it is drawn."""
        begun = []
        for owner, strokes in self.strokes.begun(step, share):
            reach = _reach(strokes, self.clip, self.size, pen.dpi)
            seen = reach[_is_seen(reach)]
            if len(seen):
                box = Box(*seen[:, :2].min(axis=0).tolist(), *seen[:, 2:].max(axis=0).tolist())
                begun.append((BegunStroke(pen, self, owner, step, share, strokes), box))
        return begun

    @property
    def fades(self) -> bool:
        """Whether strokes vanish again after some steps."""
        return self.strokes.memory is not None

    def boxes(self, part: slice) -> list[Box]:
        """Return the pixels that a part of the strokes may touch: one box for each line."""
        reach, owners = self.reach[part], self.strokes.owners[part]
        if not len(owners):
            return []
        by_owner = np.argsort(owners, kind="stable")
        starts = np.flatnonzero(np.diff(owners[by_owner], prepend=owners[by_owner[0]] - 1))
        low = np.minimum.reduceat(reach[by_owner, :2], starts)
        high = np.maximum.reduceat(reach[by_owner, 2:], starts)
        return [Box(*edges) for edges in np.hstack([low, high]).tolist()]


@dataclass(frozen=True)
class FadingTrail:
    """What is seen of strokes that fade, as a sprite for one moment. Equal when it shows the same strokes."""

    pen: Pen
    trail: ClippedStrokes
    first: int
    end: int
    divisible: ClassVar[bool] = False

    def put(self, pixels: Pixels, box: Box, part: Box) -> None:
        """Draw with the picture's own pen, on its pixels."""
        self.trace(self.pen, box)

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw with any pen."""
        pen.strokes(self.trail.strokes, slice(self.first, self.end), self.trail.clip)


@dataclass(frozen=True)
class BegunStroke:
    """A line on its way to the next step, as a sprite. Equal when it is the same line, as far on its way."""

    pen: Pen = field(compare=False)
    trail: ClippedStrokes
    owner: int
    step: int
    share: float
    strokes: Strokes = field(compare=False)
    divisible: ClassVar[bool] = False

    def put(self, pixels: Pixels, box: Box, part: Box) -> None:
        """Draw with the picture's own pen, on its pixels."""
        self.trace(self.pen, box)

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw with any pen."""
        pen.strokes(self.strokes, slice(0, len(self.strokes.steps)), self.trail.clip)


def clip_strokes(
    strokes: Strokes | None, clip: Bbox | None, size: tuple[int, int], dpi: float
) -> ClippedStrokes | None:
    """Place those of a layer's strokes that touch a picture of ``size`` (height, width); None where there are none."""
    if strokes is None:
        return None
    reach = _reach(strokes, clip, size, dpi)
    seen = _is_seen(reach)
    return ClippedStrokes(strokes.only(seen), clip, reach[seen], size) if seen.any() else None


def _is_seen(reach: Reach) -> NDArray[np.bool_]:
    return np.asarray((reach[:, 2] > reach[:, 0]) & (reach[:, 3] > reach[:, 1]))


def _reach(strokes: Strokes, clip: Bbox | None, size: tuple[int, int], dpi: float) -> Reach:
    """Return the pixels that each stroke may touch."""
    height, width = size
    edge = (0, 0, height, width)
    if clip is not None:
        (x0, y0), (x1, y1) = clip.get_points()
        inside = (int(height - y1) - 1, int(x0) - 1, int(height - y0) + 2, int(x1) + 2)
        edge = (*np.maximum(edge[:2], inside[:2]).tolist(), *np.minimum(edge[2:], inside[2:]).tolist())
    pad = (strokes.widths * dpi / 144 + 1.5)[:, None]  # half a stroke's width and a pixel of antialiasing
    low, high = strokes.segments.min(axis=1) - pad, strokes.segments.max(axis=1) + pad
    edges = np.floor(height - high[:, 1]), np.floor(low[:, 0]), np.ceil(height - low[:, 1]), np.ceil(high[:, 0])
    reach = np.stack(edges, axis=1).astype(np.int64)
    np.clip(reach, np.tile(edge[:2], 2), np.tile(edge[2:], 2), out=reach)
    return reach
