"""Draws a swarm on a view: a dot for each run of each racer, in its colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.frames import Box, Pixels
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.scene import Floats, Scene

RADIUS_PX = 2.1  # of a dot
OPACITY = 0.75
MOST_AT_FULL_SIZE = 400  # dots of all racers; more are smaller


@dataclass(frozen=True, eq=False)
class Dots:
    """Dots of one colour on whole pixels."""

    centres: NDArray[np.int64]  # (n, 2) row and column
    mask: Floats  # (side, side) how much each pixel around a centre is covered
    colour: str
    radius: float  # in pixels
    divisible: ClassVar[bool] = False

    def put(self, pixels: Pixels, box: Box, part: Box) -> None:
        """Blend every dot over the picture's pixels (height, width, 4)."""
        height, width = pixels.shape[:2]
        reach, own = len(self.mask) // 2, 255 * np.array(to_rgb(self.colour))
        for (down, right), share in np.ndenumerate(self.mask):
            if share <= 0:
                continue
            rows, columns = self.centres[:, 0] + down - reach, self.centres[:, 1] + right - reach
            seen = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
            ground = pixels[rows[seen], columns[seen], :3]
            pixels[rows[seen], columns[seen], :3] = np.rint(ground + share * (own - ground)).astype(np.uint8)

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw every dot with a pen; ``box`` counts rows from below."""
        top = self.centres[:, 0].min() - len(self.mask) // 2
        for row, column in self.centres.tolist():
            place = (column + 0.5, box.top - (row - top) - len(self.mask) // 2 - 0.5)
            pen.shape(Path.circle(place, self.radius), self.colour, alpha=OPACITY)


class Cloud:
    """The runs of every racer on a view; nothing where there is no swarm."""

    def __init__(self, scene: Scene, places: Callable[[Floats, Floats], Floats], frame: Bbox) -> None:
        """places: of points (n, dim) with their values (n,), in pixels (n, 2) from the lower left."""
        self.scene, self.places, self.frame = scene, places, frame
        count = sum(racer.runs.count for racer in scene.result.racers if racer.runs is not None)
        size = min(1.0, (MOST_AT_FULL_SIZE / max(count, 1)) ** 0.25)
        self.radius = max(0.8, RADIUS_PX * size * scene.page.scale)
        reach = int(np.ceil(self.radius))
        distance = np.hypot(*np.indices((2 * reach + 1, 2 * reach + 1)) - reach)
        self.mask: Floats = OPACITY * np.clip(self.radius + 0.5 - distance, 0, 1)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the dots of every racer, the leader's on top."""
        for index in self.scene.stacked(moment.step):
            centres = self._centres(index, moment)
            if len(centres):
                reach = len(self.mask) // 2
                (top, left), (bottom, right) = centres.min(axis=0) - reach, centres.max(axis=0) + reach + 1
                dots = Dots(centres, self.mask, self.scene.paints[index][0], self.radius)
                yield PlacedSprite(dots, Box(int(top), int(left), int(bottom), int(right)))

    def _centres(self, index: int, moment: FrameState) -> NDArray[np.int64]:
        """Return (n, 2) row and column of the runs that are finite and inside the view."""
        runs = self.scene.result.racers[index].runs
        if runs is None:
            return np.empty((0, 2), np.int64)
        here, there = (min(moment.step + ahead, len(runs.x) - 1) for ahead in (0, 1))
        with np.errstate(all="ignore"):  # what diverged is left out
            x = runs.x[here] + moment.ahead * (runs.x[there] - runs.x[here]) if moment.ahead else runs.x[here]
            f = runs.f[here] + moment.ahead * (runs.f[there] - runs.f[here]) if moment.ahead else runs.f[here]
            kept = np.isfinite(x).all(axis=0) & np.isfinite(f)
            places = self.places(x.T[kept], f[kept])
        inside = (places >= self.frame.p0).all(axis=1) & (places <= self.frame.p1).all(axis=1)
        columns, rows = np.floor(places[inside]).astype(np.int64).T
        return np.column_stack([self.scene.page.size[1] - 1 - rows, columns])
