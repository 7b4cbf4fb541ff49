"""Draws the view in two dimensions: contours from above, a trail and a head for each racer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.patches import Ellipse, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from optviz.formula.typography import number
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import LAND_WORDS, Rect
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.machine.fonts import font
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.cloud import Cloud
from optviz.picture.views.contours import HeightMap, height_map
from optviz.picture.views.land import draw_contours, is_filled, ramp
from optviz.picture.views.locator import draw_locator
from optviz.picture.views.view import FARTHEST_PX, RacerMarks, View
from optviz.problems import Bounds, is_lower, local_minima_in

KEY_PX, KEY_BANDS = (70.0, 7.0), 7  # width and height of the key of heights
VEIL = 0.45  # opacity of the page's colour over land beyond the window that is known
WIDE_RING = 20.0  # radius in shorter sides of the window: of a wider ring only what lies in the window is drawn
RING_POINTS = 257  # along the shorter side
MOST_HEIGHTS = 8  # that are written on lines
OVER_LINES = 2.5  # order in which a ring is drawn: over contours
RING_STARS = 1.2  # radii of a star, below which there is no ring around it
MOST_LARGE_STARS = 12  # of local minima; more are smaller
START_PT = 8.0  # from the start to its name, along either axis
LINE_SHARE = 1.3  # height of a line of words, in their size
SIDES = ((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))  # of the start, for its name
ON_PATH, ON_STAR, BEYOND = 4.0, 3.0, 100.0  # what the start's name costs over paths, over a star, beyond the window


class MapView(View):
    """Filled contours, minima starred, the finish ringed."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        self.axes = scene.page.axes(rect)
        self.axes.grid(False)
        self.window = self.window_shown(rect.width / rect.height)
        self._contours()
        mark_minima(self.axes, scene, self.window)
        self.clip = self.frame = Bbox.from_extents(*self.axes.bbox.extents)
        paths = [np.asarray(self.axes.transData.transform(racer.x)) for racer in scene.result.racers]
        self.strokes = scene.trails(paths)
        self.marks: RacerMarks = RacerMarks(scene, paths, self.frame, self.window)
        self.cloud = Cloud(scene, lambda x, _: np.asarray(self.axes.transData.transform(x)), self.frame)
        minima, finish = scene.result.problem.minima, scene.result.finish.distance
        self.goals = tuple((float(x), float(y)) for x, y in self.axes.transData.transform(np.reshape(minima, (-1, 2))))
        self.per_unit = np.diff(self.axes.transData.transform([(0, 0), (1, 1)]), axis=0)[0]
        self._start(paths)
        self.finish_radius = None if finish is None else finish * float(self.per_unit[0])
        around = (finish or 0.0) * np.array([[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1]])
        goals = (np.reshape(minima, (-1, 1, 2)) + around).reshape(-1, 2)
        draw_locator(scene, self.frame, self.window, paths, np.asarray(self.axes.transData.transform(goals)))

    def window_shown(self, aspect: float) -> Bounds:
        """Return the part of the plane that is shown where width / height is ``aspect``."""
        return self.scene.window(aspect)

    def land(self) -> HeightMap:
        """Return the function over the window."""
        return height_map(self.scene.result.problem, self.window, self.scene.scenario.render.levels)

    def names(self) -> tuple[str, str]:
        """Name both axes."""
        return "$x$", "$y$"

    def value_at(self, x: Floats, y: Floats) -> Floats:
        """Return f at places on the picture, in pixels from its lower left."""
        places = self.axes.transData.inverted().transform(np.column_stack([x.ravel(), y.ravel()]))
        with np.errstate(all="ignore"):
            z = np.asarray(self.scene.result.problem.value(places.T, 1.0), float).reshape(x.shape)
        return np.where(np.isfinite(z), z, np.nan)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the dots of a swarm, then the racers' marks, the leader's on top."""
        yield from self.cloud.sprites(moment)
        centres, shown = self.marks.centres(moment).tolist(), self.marks.shown(moment).tolist()
        for racer in self.scene.stacked(moment.step):
            place, (x, y) = tuple(centres[racer]), shown[racer]
            yield self.scene.racer_mark(racer, moment.step, place, (x, y))

    def _contours(self) -> None:
        scene = self.scene
        heights = self.land()
        lines = draw_contours(self.axes, heights, scene.page.theme)
        self.axes.set(xlim=self.window[0], ylim=self.window[1])
        f_min = scene.result.problem.f_min
        if f_min is not None and is_lower(float(np.nanmin(heights.z)), f_min):
            self._veil()
        scene.page.name_axes(self.axes, *self.names())
        if is_filled(scene.page.theme):
            self._key()
        elif lines is not None:
            self._heights(lines)

    def _veil(self) -> None:
        """Make the land pale beyond the catalogue's window, where lower minima than the starred one lie."""
        known = self.scene.result.problem.window
        if known is None or self.scene.window_is_given:
            return
        low, high = np.transpose(known)
        corners = np.transpose(self.window)
        outside = [corners[0], [corners[0, 0], corners[1, 1]], corners[1], [corners[1, 0], corners[0, 1]], corners[0]]
        inside = [low, [high[0], low[1]], high, [low[0], high[1]], low]
        if (low <= corners[0]).all() and (high >= corners[1]).all():
            return
        codes = ([Path.MOVETO] + [Path.LINETO] * 3 + [Path.CLOSEPOLY]) * 2
        ring = Path([*outside, *inside], codes)
        self.axes.add_patch(PathPatch(ring, facecolor=self.scene.page.theme.page, alpha=VEIL, linewidth=0))

    def _key(self) -> None:
        """Tell above the map which colour is low and which is high."""
        page, rect = self.scene.page, self.scene.grid.view
        top = rect.top - KEY_PX[1] - 6
        low, high = page.say("low"), page.say("high")
        left = rect.right - page.width_of(high, SMALL_PT) - 5 - KEY_PX[0]
        page.words(rect.right, rect.top - 6, high, SMALL_PT, page.theme.quiet, ha="right")
        page.words(left - 5, rect.top - 6, low, SMALL_PT, page.theme.quiet, ha="right")
        wide = KEY_PX[0] / KEY_BANDS
        for band, colour in enumerate(ramp(page.theme.land, KEY_BANDS)):
            corner = ((left + band * wide) / page.width, 1 - (top + KEY_PX[1]) / page.height)
            size = (wide / page.width, KEY_PX[1] / page.height)
            page.figure.add_artist(
                Rectangle(corner, *size, transform=page.figure.transFigure, facecolor=tuple(colour), linewidth=0)
            )

    def _heights(self, lines: ContourSet) -> None:
        """Write their heights on two lines, where no colours tell which land is low."""
        levels = np.asarray(lines.levels)
        chosen = levels[sorted({len(levels) // 4, (3 * len(levels)) // 4})] if len(levels) > 1 else levels
        theme = self.scene.page.theme
        look = {"fontsize": SMALL_PT, "colors": theme.quiet, "inline": False}
        words = self.axes.clabel(lines, chosen.tolist(), fmt=lambda f: number(f, 2), **look)
        for word in words:
            word.set(fontproperties=font(SMALL_PT), gid=LAND_WORDS)
            word.set_bbox({"facecolor": theme.page, "linewidth": 0, "pad": 0.5})
        boxes = {word: word.get_window_extent(self.scene.page.ruler) for word in words}
        area = self.axes.bbox
        whole = [word for word in words if (boxes[word].p0 > area.p0).all() and (boxes[word].p1 < area.p1).all()]
        kept = whole[:: -(-len(whole) // MOST_HEIGHTS) or 1]
        for word in words:
            word.set(visible=word in kept, text=word.get_text() if word in kept else "")
        self.heights = np.reshape([boxes[word].extents for word in kept], (-1, 4))

    def _start(self, paths: list[Floats]) -> None:
        """Draw a ring where all begin, its name where it hides least; of a swarm a dot each."""
        runs = self.scene.result.racers[0].runs
        if runs is not None:
            quiet = self.scene.page.theme.quiet
            self.axes.plot(*runs.x[0], "o", markersize=2.2, markeredgewidth=0, color=quiet, alpha=0.6)
            return
        ink, (x, y) = self.scene.page.theme.ink, self.scene.result.racers[0].x[0]
        self.axes.plot(x, y, "o", markersize=7, markerfacecolor=self.scene.page.theme.page, markeredgecolor=ink)
        said = self.scene.page.say("start")
        words, look = self.scene.page.as_artist(said, LABEL_PT)
        right, up = self._side(paths, self.scene.page.width_of(said, LABEL_PT) * self.scene.page.scale)
        self.axes.annotate(
            words,
            (x, y),
            xytext=(START_PT * right, START_PT * up),
            textcoords="offset points",
            ha={1: "left", 0: "center", -1: "right"}[right],
            va={1: "bottom", 0: "center", -1: "top"}[up],
            color=ink,
            **look,
        )

    def _side(self, paths: list[Floats], width: float) -> tuple[int, int]:
        """Return on which side of the start its name stands, of ``width`` pixels: off paths and stars, inside."""
        dpi, local = self.scene.page.dpi, local_minima_in(self.scene.result.problem, self.window)
        size, apart = np.array([width, LINE_SHARE * LABEL_PT * dpi / 72]), START_PT * dpi / 72
        stars = np.reshape([*self.goals, *self.axes.transData.transform(np.reshape(local, (-1, 2)))], (-1, 2))
        start, leaving = paths[0][0], self._leaving(paths, float(size[0]))
        lines = [Path(np.clip(path, -FARTHEST_PX, FARTHEST_PX)) for path in paths]

        def cost(side: tuple[int, int]) -> float:
            low = start + np.array(side) * apart - size * (1 - np.array(side)) / 2
            box = Bbox([low, low + size])
            crossing = np.mean([line.intersects_bbox(box, filled=False) for line in lines])
            on_stars = ((stars > low - apart / 2) & (stars < low + size + apart / 2)).all(axis=1).sum()
            inside = (low >= self.frame.p0).all() and (low + size <= self.frame.p1).all()
            towards = float(np.array(side) @ leaving) / float(np.hypot(*side))
            return float(ON_PATH * (crossing + (crossing > 0)) + ON_STAR * on_stars + BEYOND * (not inside) + towards)

        return min(SIDES, key=cost)

    def _leaving(self, paths: list[Floats], reach: float) -> Floats:
        """Return (2,) the way on which the racers leave the start on average, of length 1 where all go one way."""
        total = np.zeros(2)
        for path in paths:
            ways = path - path[0]
            far = np.hypot(*ways.T) > reach
            first = ways[int(np.argmax(far))] if far.any() else np.zeros(2)
            total += first / max(float(np.hypot(*first)), 1e-9)
        return total / len(paths)


def _draw_ring(
    axes: Axes, middle: tuple[float, float], radius: float, window: Bounds, look: dict[str, Any], ink: str
) -> None:
    """Draw a ring around a point; of one that is far larger than a side of the window only the parts in it.

    Millions of dashes outside would be drawn too.
    """
    sides = [high - low for low, high in window]
    if radius < WIDE_RING * min(sides):
        axes.add_patch(Ellipse(middle, 2 * radius, 2 * radius, fill=False, edgecolor=ink, zorder=OVER_LINES, **look))
        return
    along = int(np.argmin(sides))
    places = np.linspace(*window[along], RING_POINTS)
    low, high = window[1 - along]
    with np.errstate(invalid="ignore"):  # where the ring does not reach
        way = np.sqrt(radius - np.abs(places - middle[along])) * np.sqrt(radius + np.abs(places - middle[along]))
    for edge in (middle[1 - along] - way, middle[1 - along] + way):
        shown = np.where((edge >= low) & (edge <= high), edge, np.nan)
        axes.plot(*((places, shown) if along == 0 else (shown, places)), color=ink, zorder=OVER_LINES, **look)


def mark_minima(axes: Axes, scene: Scene, window: Bounds, star: float = 9) -> None:
    """Draw a star at each lowest minimum with a ring at the finish distance, a hollow star at each local one.

    star: the size of a filled one, in points; of a ring that is hardly larger it would leave scraps.
    """
    ink, distance = scene.page.theme.ink, scene.result.finish.distance
    per_unit = float(axes.bbox.width / np.diff(window[0])[0]) * 72 / scene.page.dpi  # points
    for x, y in scene.result.problem.minima:
        axes.plot(x, y, "*", color=ink, markersize=star, markeredgewidth=0)
        if distance is not None and distance * per_unit > RING_STARS * star / 2:
            _draw_ring(axes, (x, y), distance, window, {"linewidth": 1.1}, ink)
    local = local_minima_in(scene.result.problem, window)
    size = (0.9 if len(local) <= MOST_LARGE_STARS else 0.55) * star
    for x, y in local:
        axes.plot(x, y, "*", markersize=size, markerfacecolor="none", markeredgecolor=ink, markeredgewidth=0.8)
