"""Draws the terrain as a block in space, and lays minima and paths on it, from any camera."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_rgb, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from optviz.formula.typography import minus
from optviz.frames import Pixels
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import mixed
from optviz.picture.machine.strokes import DIMMED, LEFT_OUT, WHOLE
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.contours import HeightMap, height_map
from optviz.picture.views.land import draw_contours, is_filled
from optviz.picture.views.surface.terrain import (
    HEIGHT,
    PLINTH,
    Camera,
    ColumnSlices,
    Terrain,
    Viewport,
    brightness,
    sampled,
)
from optviz.problems import local_minima_in

if TYPE_CHECKING:
    from optviz.picture.layout.theme import Theme

SHADE = 0.3  # how much darker a slope turned away is than one that faces the light
WALLS = (0.91, 0.83)  # brightness of the walls that look along x and y, of the land colour farthest from the page
DARK_WALLS, DARK_LAND = (0.78, 0.62), 1.4  # the same on a dark page, where the land is lit to stand out from it
GLASS = 0.6  # of the page's colour in the walls, behind which pits are seen
PIECE_PX = 4.0  # the longest straight piece of a path, so that it lies on the terrain
FADED_SHARE = 0.62  # of the land's colour in a hidden trail or head
LABEL_GAPS_PX = (15.0, 33.0)  # from the block's foot to its numbers and its names
RING_POINTS = 90  # of a finish ring

HEIGHT_LABELS = {
    "linear": "height: f",
    "log": "height: f above its lowest point, on a log scale",
    "rank": "height: rank of f in the window",
}


@dataclass(frozen=True)
class SurfacePath:
    """A racer's path laid on the terrain, cut into short pieces."""

    points: Floats  # (n, 3) in world units
    steps: NDArray[np.int64]  # (n,) the step at which each is reached
    inside: NDArray[np.bool_]  # (n,) whether it lies in the window

    def between(self, first: int, end: int) -> SurfacePath:
        """Return some of its points."""
        return SurfacePath(self.points[first:end], self.steps[first:end], self.inside[first:end])


@dataclass(frozen=True)
class AxisLabel:
    """Words at the block's foot, centred ``offset`` pixels from a place on the camera's plane."""

    text: str
    place: Floats  # (2,) across and up
    offset: Floats  # (2,)
    is_name: bool  # of an axis

    def at(self, viewport: Viewport) -> tuple[float, float]:
        """Return the words' middle in pixels from the lower left of the view."""
        x, y = viewport.pixels(*self.place)[0] + self.offset
        return float(x), float(y)


class Block3D:
    """The terrain, and all that lies on it."""

    def __init__(self, scene: Scene, pixels: float) -> None:
        """Build the terrain; ``pixels``: about how many of them the window's side takes."""
        self.scene = scene
        self.theme, self.scale = scene.page.theme, scene.page.scale
        self.window = scene.window(1.0)
        self.heights = height_map(scene.result.problem, self.window, scene.scenario.render.levels)
        self.local_minima = local_minima_in(scene.result.problem, self.window)
        self.terrain = self._terrain(pixels)
        self.paths = [self._path(racer.trajectory.x, pixels) for racer in scene.result.racers]
        self.hidden_colour = [mixed(colour, self._land_colour, FADED_SHARE) for colour, _ in scene.paints]

    @property
    def ends(self) -> Floats:
        """(n, 3) where paths end and lowest minima lie, of those in the window."""
        last = [racer.trajectory.x[-1] for racer in self.scene.result.racers]
        points = np.array([*last, *self.scene.result.problem.minima])
        return self.on_terrain(points[np.abs(self.unit(points)).max(axis=1) <= 0.5])

    def unit(self, x: Floats) -> Floats:
        """Return points (n, 2) of the function's plane as (n, 2) on the height_map."""
        low, high = np.transpose(self.window)
        with np.errstate(over="ignore"):  # in a window of 1e-310 all else is infinitely far away
            return np.asarray((x - low) / (high - low) - 0.5)

    def on_terrain(self, x: Floats) -> Floats:
        """Return points (n, 2) of the plane as world places (n, 3) on the terrain, or beyond it at its rim's height."""
        return self.terrain.on_terrain(np.clip(self.unit(x), -3, 3))

    def tones(self, path: SurfacePath, slices: ColumnSlices, camera: Camera, viewport: Viewport) -> NDArray[np.int8]:
        """Return how each piece of a path is drawn, (n,): WHOLE, DIMMED where hidden, LEFT_OUT outside the window."""
        seen = slices.see(camera, viewport, path.points)
        tones = np.where(seen, WHOLE, DIMMED)
        tones[~path.inside] = LEFT_OUT
        tones[1:][~path.inside[:-1]] = LEFT_OUT
        return tones.astype(np.int8)

    def picture(self, camera: Camera, viewport: Viewport) -> tuple[RendererAgg, ColumnSlices]:
        """Draw the block with stars and rings; return a renderer that can be drawn on, and the slices."""
        slices = self.terrain.slices(camera, viewport)
        renderer = RendererAgg(viewport.width, viewport.height, self.scene.page.dpi)
        np.asarray(renderer.buffer_rgba())[...] = self.terrain.picture(slices, camera, viewport)
        self._goals(Pen(renderer, self.scene.page.dpi), slices, camera, viewport)
        return renderer, slices

    def labels(self, camera: Camera) -> Iterator[AxisLabel]:
        """Yield numbers and names along the two edges at the block's foot that face the camera."""
        for axis, (low, high) in enumerate(self.window):
            side = -0.5 if camera.away[1 - axis] > 0 else 0.5
            ticks = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            inside = [tick for tick in ticks if low + 0.02 * (high - low) <= tick <= high - 0.02 * (high - low)]
            places = [((tick - low) / (high - low) - 0.5, minus(f"{tick:.6g}")) for tick in inside]
            for place, text in places:
                yield AxisLabel(text, *self._foot(axis, place, side, camera, LABEL_GAPS_PX[0]), False)
            yield AxisLabel("xy"[axis], *self._foot(axis, 0.0, side, camera, LABEL_GAPS_PX[1]), True)

    @property
    def height_label(self) -> str:
        """What the height means, for the corner of the view."""
        return self.scene.page.say(HEIGHT_LABELS[self.heights.terrain_scale])

    def _foot(self, axis: int, place: float, side: float, camera: Camera, distance: float) -> tuple[Floats, Floats]:
        """Return a place at the block's foot on the camera's plane, and the pixels from there to its words.

        distance: of the words from the edge along ``axis``, in design pixels.
        """
        world = np.full((2, 3), -PLINTH)
        world[:, axis], world[:, 1 - axis] = place, (side, side + np.sign(side) * 0.1)
        at, outward = np.column_stack(camera.project(world)[:2])
        direction = (outward - at) / max(float(np.hypot(*(outward - at))), 1e-9)
        return at, direction * distance * self.scale * np.array([1.25, 1.0])

    def _terrain(self, pixels: float) -> Terrain:
        """Return the heights as a terrain, painted as the map seen from above and lit from one side."""
        theme = self.theme
        heights = (HEIGHT * self.heights.terrain).astype(np.float32)
        colours = _seen_from_above(self.heights, theme, self.scene.page.dpi, round(2 * pixels))
        page = _bytes(to_rgba_array(theme.page))[0]
        if not is_filled(theme):
            return Terrain(heights, colours, np.stack([page, page]), page, _bytes(to_rgba_array(theme.quiet))[0])
        is_dark = sum(to_rgb(theme.page)) < sum(to_rgb(theme.ink))
        place = np.linspace(-0.5, 0.5, len(colours), dtype=np.float32)
        light = sampled(brightness(heights, SHADE).astype(np.float32), *np.meshgrid(place, place))
        lit = light * (DARK_LAND if is_dark else 1.0)
        colours[..., :3] = colours[..., :3] * lit[..., None]
        outermost = to_rgba_array(theme.land[0 if is_dark else -1])[:, :3]
        walls = np.array(DARK_WALLS if is_dark else WALLS)[:, None] * outermost
        glass = walls + GLASS * (to_rgba_array(theme.page)[:, :3] - walls)
        return Terrain(heights, colours, _bytes(glass), page)

    def _path(self, x: Floats, pixels: float) -> SurfacePath:
        """Lay a path (steps + 1, 2) on the terrain."""
        points = np.clip(self.unit(x), -3, 3)
        cells = np.floor(points * 2 * pixels)
        moved = np.concatenate([[True], np.any(np.diff(cells, axis=0) != 0, axis=1)])
        kept, steps = points[moved], np.flatnonzero(moved)
        dense, owner = _subdivided(kept, PIECE_PX * self.scale / pixels)
        inside = np.asarray((np.abs(dense) <= 0.5).all(axis=1))
        return SurfacePath(self.terrain.on_terrain(dense), steps[owner], inside)

    def _goals(self, pen: Pen, slices: ColumnSlices, camera: Camera, viewport: Viewport) -> None:
        """Draw a star on each minimum, also where the terrain hides it, and the finish ring where it is seen.

        A local minimum has a hollow star and no ring.
        """
        result, ink = self.scene.result, self.theme.ink
        angle = np.linspace(0, 2 * np.pi, RING_POINTS + 1)
        circle = np.column_stack([np.cos(angle), np.sin(angle)])
        for minimum in (*result.problem.minima, *self.local_minima):
            is_lowest = minimum in result.problem.minima
            point = np.array([minimum])
            if np.abs(self.unit(point)).max() > 0.5:
                continue
            if is_lowest and result.finish.distance is not None:
                self._ring(pen, point + result.finish.distance * circle, slices, camera, viewport)
            world = self.on_terrain(point)
            place = viewport.project(world, camera)[0]
            star = MarkerStyle("*")
            whole = star.get_transform() + Affine2D().scale(12 * self.scale).translate(*place)
            shape = star.get_path().transformed(whole)
            pen.shape(shape, ink if is_lowest else None, ink, 0 if is_lowest else 1.2 * self.scale)

    def _ring(self, pen: Pen, points: Floats, slices: ColumnSlices, camera: Camera, viewport: Viewport) -> None:
        world = self.on_terrain(points)
        places = viewport.project(world, camera)
        seen = slices.see(camera, viewport, world) & (np.abs(self.unit(points)).max(axis=1) <= 0.5)
        for first in np.flatnonzero(seen[:-1] & seen[1:])[::2]:
            pen.shape(Path(places[first : first + 2]), None, self.theme.ink, 1.8 * self.scale)

    @property
    def _land_colour(self) -> str:
        """What hidden things fade into."""
        return self.theme.land[len(self.theme.land) // 2]


def _seen_from_above(heights: HeightMap, theme: Theme, dpi: float, pixels: int) -> Pixels:
    """Draw the map as a square picture (pixels, pixels, 4), the lowest row first, twice as fine as the page."""
    side = pixels / (2 * dpi)
    figure = Figure(figsize=(side, side), dpi=2 * dpi, facecolor=theme.page)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    draw_contours(axes, heights, theme)
    axes.set(xlim=heights.x[[0, -1]], ylim=heights.y[[0, -1]])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[::-1]
    count = min(picture.shape[:2])
    return picture[:count, :count].copy()


def _subdivided(points: Floats, longest: float) -> tuple[Floats, NDArray[np.int64]]:
    """Cut a path (n, 2) into pieces no longer than ``longest``; return it and the number of the point each leads to."""
    if len(points) < 2:
        return points, np.arange(len(points))
    counts = np.maximum(1, np.ceil(np.hypot(*np.diff(points, axis=0).T) / longest)).astype(int)
    ends = np.concatenate([[0], np.cumsum(counts)])
    at = np.arange(ends[-1] + 1)
    dense = np.column_stack([np.interp(at, ends, points[:, axis]) for axis in (0, 1)])
    return dense, np.searchsorted(ends, at)


def _bytes(colours: Floats) -> Pixels:
    """Return colours (n, 3 or 4) from 0 to 1 as opaque (n, 4) bytes."""
    opaque = np.full((len(colours), 4), 255, np.uint8)
    opaque[:, :3] = np.rint(255 * colours[:, :3])
    return opaque
