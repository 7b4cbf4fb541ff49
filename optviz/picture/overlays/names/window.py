"""Draws what a lens shows: land around one place, magnified, and the trails on it. It goes on from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.path import Path

from optviz.frames import Box, Pixels
from optviz.picture.machine.clipped_strokes import BegunStroke, ClippedStrokes, clip_strokes
from optviz.picture.machine.layer import Drawable, Growing
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import draw_marker
from optviz.picture.machine.strokes import Polyline, cut_strokes
from optviz.picture.views.contours import MOST_LINES, crossings, levels_of
from optviz.picture.views.land import is_filled, ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optviz.picture.scene import Floats, Scene
    from optviz.picture.views.view import View

COARSE_PIXELS = 2  # from one sample of the land to the next, near enough; planes between them
TAIL_STEPS = 400  # of the trails before a window opens


class Window:
    """The places up to ``radius`` pixels around ``centre`` after magnifying, while the steps ``first`` to ``last`` run.

    ``pixels`` (side, side, 4) are as at the step and the share of the next to which ``go_to`` went.
    """

    def __init__(
        self,
        scene: Scene,
        view: View,
        paths: list[Floats],
        radius: int,
        centre: tuple[float, float],
        zoom: float,
        steps: tuple[int, int],
    ) -> None:
        self.scene, self.view, self.radius, self.centre, self.zoom = scene, view, radius, np.array(centre), zoom
        side = 2 * radius + 1
        self.whole = Box(0, 0, side, side)
        self.middle = np.array([radius + 0.5, radius + 0.5])
        renderer = RendererAgg(side, side, scene.page.dpi)
        self.pixels: Pixels = np.asarray(renderer.buffer_rgba())
        self.pixels[...] = self._land()
        self._pen = Pen(renderer, scene.page.dpi)
        self._goals()
        self._bare = self.pixels.copy()
        self._settled = self.pixels.copy()  # with all whole strokes
        self._stage: tuple[int, float] | None = None
        self._trails = self._cut(paths, *steps)
        self._lasting = len(self._trails) == 1 and scene.memory is None  # else trails are drawn again for each step
        self._begun = lru_cache(maxsize=4)(self._draw_begun)

    def go_to(self, step: int, ahead: float) -> None:
        """Draw the trails up to a step, and the share ``ahead`` of the next."""
        if self._stage == (step, ahead):
            return
        since = None if self._stage is None else self._stage[0]
        if self._stage is not None:
            for _, box in self._begun(*self._stage):
                self.pixels[box.slices] = self._settled[box.slices]
        if since is None or since > step or (since != step and not self._lasting):
            self.pixels[...] = self._settled[...] = self._bare
            since = None
        for trails in self._trails:
            part = trails.strokes.seen_at(step) if since is None else trails.strokes.between(since, step)
            self._pen.strokes(trails.strokes, part)
            for box in trails.boxes(part):
                self._settled[box.slices] = self.pixels[box.slices]
        for stroke, box in self._begun(step, ahead):
            stroke.put(self.pixels, box, box)
        self._stage = step, ahead

    def changed(self, before: tuple[int, float], after: tuple[int, float]) -> list[Box]:
        """Return the boxes of pixels that differ between two stages."""
        if before[0] > after[0] or (before[0] != after[0] and not self._lasting):
            return [self.whole]
        drawn = [box for one in self._trails for box in one.boxes(one.strokes.between(before[0], after[0]))]
        return drawn + [box for stage in (before, after) for _, box in self._begun(*stage)]

    def _draw_begun(self, step: int, ahead: float) -> list[tuple[BegunStroke, Box]]:
        return [begun for one in self._trails for begun in one.begun(self._pen, step, ahead)] if ahead else []

    def _cut(self, paths: list[Floats], first: int, last: int) -> list[ClippedStrokes]:
        """Return the trails as strokes: those of all racers, or where one is lit the others', then its own."""
        scene, side = self.scene, self.whole.right
        begin = max(0, first - TAIL_STEPS)
        lines = []
        for racer in range(len(paths)):
            part = paths[racer][begin : last + 2]
            part = part if len(part) else paths[racer][-1:]
            steps = np.arange(begin, begin + len(part))
            lines.append(
                Polyline(
                    (part - self.centre) * self.zoom + self.middle,
                    scene.paints[racer][0],
                    scene.page.theme.line,
                    steps=steps,
                )
            )
        strokes = cut_strokes(lines, None, 0.0, (5 * side, 5 * side), scene.memory)
        if scene.focus is None:
            layers = [strokes]
        else:
            others = [racer for racer in range(len(paths)) if racer != scene.focus]
            layers = [strokes.of(others), strokes.of([scene.focus])]
        clipped = [clip_strokes(layer, None, (side, side), scene.page.dpi) for layer in layers]
        return [one for one in clipped if one is not None]

    def mask(self, radius: int) -> Pixels:
        """Return (side, side, 1) how much of each pixel a lens of that radius covers."""
        return _mask(radius, 0.3 * self.scene.page.scale)

    def _land(self) -> Pixels:
        """Paint the land around the place, (side, side, 4), with levels of its own."""
        theme, radius, side = self.scene.page.theme, self.radius, self.whole.right
        away = np.linspace(-radius, radius, radius // COARSE_PIXELS + 2) / self.zoom
        assert self.view.value_at is not None
        z = self.view.value_at(*np.meshgrid(self.centre[0] + away, self.centre[1] - away))
        levels = levels_of(z)
        coarse = np.interp(z, levels.heights, np.arange(len(levels.heights)))
        height = _finer(coarse.astype(np.float32), side)
        colours = ramp(theme.land, levels.bands).astype(np.float32)
        rgba = np.full((side, side, 4), 255, np.uint8)
        bands = np.clip(height.astype(int), 0, levels.bands - 1)
        rgba[..., :3] = np.rint(255 * colours).astype(np.uint8)[bands]
        if crossings(levels, z) <= MOST_LINES / 2 or not is_filled(theme):
            slope = np.hypot(*np.gradient(height))
            near = np.abs(height - np.rint(height)) / np.maximum(slope, 1e-9)
            line = np.clip(0.5 * self.scene.page.scale + 0.5 - near, 0, 1) * (slope > 1e-9)
            line = line * ((height > 0.5) & (height < levels.bands - 0.5))
            lined = np.nonzero(line)
            land = colours[bands[lined]]
            land = land + line[lined][:, None] * (np.array(to_rgb(theme.contour), np.float32) - land)
            rgba[..., :3][lined] = np.rint(255 * land)
        return rgba

    def _goals(self) -> None:
        """Draw the minima that the lens shows, and the finish around them."""
        page, finish, pen = self.scene.page, self.view.finish_radius, self._pen
        for place in self.view.goals:
            at = (np.array(place) - self.centre) * self.zoom + self.middle
            x, y = at.tolist()
            if finish is not None and 2 < finish * self.zoom < 40 * self.radius:
                pen.shape(Path.circle((x, y), finish * self.zoom), None, page.theme.ink, 1.2 * page.scale)
            if (np.abs(at - self.middle) < self.middle).all():
                draw_marker("*", 5.0 * page.scale, page.theme.ink, page.theme.page, 0.0).draw(pen.at(x - 0.5, y - 0.5))


@dataclass(frozen=True)
class Disc(Growing):
    """A window at one stage, cut to a circle of ``radius``, as a sprite."""

    window: Window
    radius: int
    step: int
    ahead: float
    divisible: ClassVar[bool] = True

    def changed_since(self, before: Drawable) -> list[Box] | None:
        """Return the boxes that differ from another stage of the same disc; None from something else."""
        if not isinstance(before, Disc) or (before.window, before.radius) != (self.window, self.radius):
            return None
        inset = self.window.radius - self.radius
        boxes = self.window.changed((before.step, before.ahead), (self.step, self.ahead))
        return [box.moved(-inset, -inset) for box in boxes]

    def put(self, pixels: Pixels, box: Box, part: Box) -> None:
        """Blend the circle over the picture's pixels, inside ``part``."""
        self.window.go_to(self.step, self.ahead)
        inset = self.window.radius - self.radius
        top, left = part.top - box.top, part.left - box.left
        height, width = part.bottom - part.top, part.right - part.left
        mask = self.window.mask(self.radius)[top : top + height, left : left + width]
        seen = self.window.pixels[top + inset : top + inset + height, left + inset : left + inset + width]
        ground = pixels[part.slices]
        if mask.min() == 255:
            ground[...] = seen
            return
        whole = mask == 255
        np.copyto(ground.view(np.uint32), seen.view(np.uint32), where=whole)  # four bytes at once
        rim = np.nonzero((mask > 0)[..., 0] & ~whole[..., 0])
        share = mask[rim].astype(np.uint16)
        ground[rim] = (seen[rim] * share + ground[rim] * (255 - share) + 127) // 255

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw as an image; ``box`` counts rows from below."""
        self.window.go_to(self.step, self.ahead)
        inset = self.window.radius - self.radius
        end = self.window.whole.right - inset
        rgba = self.window.pixels[inset:end, inset:end].copy()
        rgba[..., 3] = self.window.mask(self.radius)[..., 0]
        pen.at(box.left, box.bottom).image(rgba)


@lru_cache(maxsize=8)
def _mask(radius: int, rim: float) -> Pixels:
    """Return (side, side, 1) how much of each pixel a disc covers that ends ``rim`` pixels within its radius."""
    down, right = np.mgrid[: 2 * radius + 1, : 2 * radius + 1] - radius
    edge = radius - rim - np.hypot(down, right)
    return np.asarray((255 * np.clip(edge + 0.5, 0, 1)).round(), np.uint8)[..., None]


def _finer(grid: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Return a grid (n, n) read at (side, side) even places, planes between its points."""
    at = np.linspace(0, len(grid) - 1, side, dtype=np.float32)
    low = np.minimum(at.astype(int), len(grid) - 2)
    share = at - low
    rows = grid[low] + share[:, None] * (grid[low + 1] - grid[low])
    return np.asarray(rows[:, low] + share * (rows[:, low + 1] - rows[:, low]))
