"""The land as a block in space with the race upon it: what the surface views draw, from wherever one looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_hex, to_rgb, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from optviz.engine.window import window_of
from optviz.frames import Pixels
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.strokes import DIMMED, LEFT_OUT, WHOLE
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.contours import Land, land
from optviz.picture.views.map import draw_land, is_filled
from optviz.picture.views.surface.terrain import HEIGHT, PLINTH, Camera, Relief, Slices, Stage, brightness, sampled

if TYPE_CHECKING:
    from optviz.picture.layout.theme import Theme

SHADE = 0.3  # how much darker a slope turned away is than one that faces the light
WALLS = (0.91, 0.83)  # brightness of the walls that look along x and along y, of the land that most leaves the page
DARK_WALLS, DARK_LAND = (0.78, 0.62), 1.4  # the same on a dark page, where the land is lit so that it leaves the page
PIECE = 4.0  # design pixels: the longest straight piece of a path, so that it lies on the land
FADED = 0.62  # how much of the land's colour a hidden trail or head takes
RIM = 15.0, 33.0  # design pixels from the block's foot to its numbers and its names
RING = 90  # points of a finish ring


@dataclass(frozen=True)
class Way:
    """A racer's path laid on the land, cut into short pieces."""

    points: Floats  # (n, 3) in world units
    steps: NDArray[np.int64]  # (n,) the step at which each is reached
    inside: NDArray[np.bool_]  # (n,) whether it lies in the window

    def between(self, first: int, end: int) -> Way:
        """Some of its points."""
        return Way(self.points[first:end], self.steps[first:end], self.inside[first:end])


@dataclass(frozen=True)
class Word:
    """Words at the block's foot, centred on a place in pixels from the lower left of the view."""

    text: str
    x: float
    y: float
    is_name: bool  # of an axis


class Diorama:
    """The block and all that lies on it; knows nothing of the page but its scale and colours."""

    def __init__(self, scene: Scene, pixels: float) -> None:
        """``pixels``: about how many of them the window's side takes."""
        self.scene = scene
        self.theme, self.scale = scene.page.theme, scene.page.scale
        self.window = window_of(scene.result)
        self.ground = land(scene.result.problem, self.window, scene.scenario.render.levels)
        self.relief = self._relief(pixels)
        self.ways = [self._way(racer.trajectory.x, pixels) for racer in scene.result.racers]
        self.hidden_colour = [_mixed(colour, self._land_colour, FADED) for colour, _ in scene.paints]

    def unit(self, x: Floats) -> Floats:
        """Points (n, 2) of the function's plane as (n, 2) on the ground."""
        low, high = np.transpose(self.window)
        return np.asarray((x - low) / (high - low) - 0.5)

    def on_land(self, x: Floats) -> Floats:
        """Points (n, 2) of the function's plane as world places (n, 3); beyond the window, on its rim's height."""
        return self.relief.on_land(np.clip(self.unit(x), -3, 3))

    def tones(self, way: Way, slices: Slices, camera: Camera, stage: Stage) -> NDArray[np.int8]:
        """How each piece of a way is drawn."""
        seen = slices.see(camera, stage, way.points)
        tones = np.where(seen, WHOLE, DIMMED)
        tones[~way.inside] = LEFT_OUT
        tones[1:][~way.inside[:-1]] = LEFT_OUT
        return tones.astype(np.int8)

    def picture(self, camera: Camera, stage: Stage) -> tuple[RendererAgg, Slices]:
        """The block with stars and rings, as pixels that can be drawn on; and its slices."""
        slices = self.relief.slices(camera, stage)
        renderer = RendererAgg(stage.width, stage.height, self.scene.page.dpi)
        np.asarray(renderer.buffer_rgba())[...] = self.relief.picture(slices, camera, stage)
        self._goals(Pen(renderer, self.scene.page.dpi), slices, camera, stage)
        return renderer, slices

    def words(self, camera: Camera, stage: Stage) -> Iterator[Word]:
        """Numbers and names along the two edges at the block's foot that face the camera."""
        for axis, (low, high) in enumerate(self.window):
            side = -0.5 if camera.away[1 - axis] > 0 else 0.5
            ticks = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            inside = [tick for tick in ticks if low + 0.02 * (high - low) <= tick <= high - 0.02 * (high - low)]
            places = [((tick - low) / (high - low) - 0.5, f"{tick:.6g}".replace("-", "−")) for tick in inside]
            for place, text in places:
                yield Word(text, *self._foot(axis, place, side, camera, stage, RIM[0]), False)
            yield Word("xy"[axis], *self._foot(axis, 0.0, side, camera, stage, RIM[1]), True)

    @property
    def height_said(self) -> str:
        """What the height means, for the corner of the view."""
        scale = self.ground.relief_scale
        return {
            "linear": "height: f",
            "log": "height: f above its lowest point, on a log scale",
            "rank": "height: rank of f in the window",
        }[scale]

    def _foot(
        self, axis: int, place: float, side: float, camera: Camera, stage: Stage, distance: float
    ) -> tuple[float, float]:
        """A place beside the block's foot, ``distance`` design pixels off the edge along ``axis``."""
        world = np.full((2, 3), -PLINTH)
        world[:, axis], world[:, 1 - axis] = place, (side, side + np.sign(side) * 0.1)
        at, outward = stage.pixels(*camera.project(world)[:2])
        direction = (outward - at) / max(float(np.hypot(*(outward - at))), 1e-9)
        x, y = at + direction * distance * self.scale * np.array([1.25, 1.0])
        return float(x), float(y)

    def _relief(self, pixels: float) -> Relief:
        theme = self.theme
        heights = (HEIGHT * self.ground.relief).astype(np.float32)
        colours = _seen_from_above(self.ground, theme, self.scene.page.dpi, round(2 * pixels))
        page = _bytes(to_rgba_array(theme.page))[0]
        if not is_filled(theme):
            return Relief(heights, colours, np.stack([page, page]), page, _bytes(to_rgba_array(theme.quiet))[0])
        is_dark = sum(to_rgb(theme.page)) < sum(to_rgb(theme.ink))
        lit = _spread(brightness(heights, SHADE), len(colours)) * (DARK_LAND if is_dark else 1.0)
        colours[..., :3] = colours[..., :3] * lit[..., None]
        outermost = to_rgba_array(theme.land[0 if is_dark else -1])[:, :3]
        walls = np.array(DARK_WALLS if is_dark else WALLS)[:, None] * outermost
        return Relief(heights, colours, _bytes(walls), page)

    def _way(self, x: Floats, pixels: float) -> Way:
        """A path (steps + 1, 2) laid on the land."""
        points = np.clip(self.unit(x), -3, 3)
        cells = np.floor(points * 2 * pixels)
        moved = np.concatenate([[True], np.any(np.diff(cells, axis=0) != 0, axis=1)])
        kept, steps = points[moved], np.flatnonzero(moved)
        dense, owner = _subdivided(kept, PIECE * self.scale / pixels)
        inside = np.asarray((np.abs(dense) <= 0.5).all(axis=1))
        return Way(self.relief.on_land(dense), steps[owner], inside)

    def _goals(self, pen: Pen, slices: Slices, camera: Camera, stage: Stage) -> None:
        """A star on each minimum and the finish ring around it, dimmed where the land hides them."""
        result, ink = self.scene.result, self.theme.ink
        faint = _mixed(ink, self._land_colour, FADED)
        for minimum in result.problem.minima:
            point = np.array([minimum])
            if np.abs(self.unit(point)).max() > 0.5:
                continue
            if result.finish.distance is not None:
                self._ring(pen, point + result.finish.distance * _circle(), slices, camera, stage)
            world = self.on_land(point)
            seen = slices.see(camera, stage, world)[0]
            place = stage.pixels(*camera.project(world)[:2])[0]
            star(pen, place, 12 * self.scale, ink if seen else faint)

    def _ring(self, pen: Pen, points: Floats, slices: Slices, camera: Camera, stage: Stage) -> None:
        world = self.on_land(points)
        places = stage.pixels(*camera.project(world)[:2])
        seen = slices.see(camera, stage, world) & (np.abs(self.unit(points)).max(axis=1) <= 0.5)
        for first in np.flatnonzero(seen[:-1] & seen[1:])[::2]:
            pen.shape(Path(places[first : first + 2]), None, self.theme.ink, 1.8 * self.scale)

    @property
    def _land_colour(self) -> str:
        """What hidden things fade into."""
        return self.theme.land[len(self.theme.land) // 2]


def star(pen: Pen, place: Floats, size: float, colour: str) -> None:
    """A minimum's mark."""
    shape = MarkerStyle("*")
    whole = shape.get_transform() + Affine2D().scale(size).translate(*place)
    pen.shape(shape.get_path().transformed(whole), colour)


def _seen_from_above(ground: Land, theme: Theme, dpi: float, pixels: int) -> Pixels:
    """The map as a square picture (pixels, pixels, 4), the lowest row first, drawn twice as fine as the page."""
    side = pixels / (2 * dpi)
    figure = Figure(figsize=(side, side), dpi=2 * dpi, facecolor=theme.page)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    draw_land(axes, ground, theme)
    axes.set(xlim=ground.x[[0, -1]], ylim=ground.y[[0, -1]])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[::-1]
    count = min(picture.shape[:2])
    return picture[:count, :count].copy()


def _spread(grid: Floats, count: int) -> NDArray[np.float32]:
    """A grid (n, n) read at (count, count) places."""
    place = np.linspace(-0.5, 0.5, count, dtype=np.float32)
    return sampled(grid.astype(np.float32), *np.meshgrid(place, place))


def _subdivided(points: Floats, longest: float) -> tuple[Floats, NDArray[np.int64]]:
    """A path (n, 2) in pieces no longer than ``longest``, and which of ``points`` each new point leads to."""
    if len(points) < 2:
        return points, np.arange(len(points))
    counts = np.maximum(1, np.ceil(np.hypot(*np.diff(points, axis=0).T) / longest)).astype(int)
    ends = np.concatenate([[0], np.cumsum(counts)])
    at = np.arange(ends[-1] + 1)
    dense = np.column_stack([np.interp(at, ends, points[:, axis]) for axis in (0, 1)])
    return dense, np.searchsorted(ends, at)


def _circle() -> Floats:
    angle = np.linspace(0, 2 * np.pi, RING + 1)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _bytes(colours: Floats) -> Pixels:
    """Colours (n, 3 or 4) from 0 to 1 as opaque (n, 4) bytes."""
    opaque = np.full((len(colours), 4), 255, np.uint8)
    opaque[:, :3] = np.rint(255 * colours[:, :3])
    return opaque


def _mixed(one: str, other: str, share: float) -> str:
    """``one`` with a ``share`` of ``other``."""
    red, green, blue = ((1 - share) * a + share * b for a, b in zip(to_rgb(one), to_rgb(other), strict=True))
    return to_hex((red, green, blue))
