"""The view in two dimensions: the land from above, a trail and a head for each racer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Ellipse
from matplotlib.transforms import Bbox

from optviz.engine.window import window_of
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import HEAD, LABEL, Theme
from optviz.picture.machine.board import Moment, Placed
from optviz.picture.machine.pen import font
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.contours import Land, land


class MapView:
    """Filled contours, minima starred, the finish ringed."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        self.axes = scene.page.axes(rect)
        self.axes.grid(False)
        self.window = window_of(scene.result)
        self._land()
        self._minima()
        self.clip = self.frame = Bbox.from_extents(*self.axes.bbox.extents)
        self.places = [np.asarray(self.axes.transData.transform(racer.trajectory.x)) for racer in scene.result.racers]
        self._start()
        self.strokes = scene.trails(self.places)

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) where the heads stand at a moment."""
        return self.scene.standing(self.places, moment)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """Heads, the leader on top; an arrow at the edge for whoever has left the window."""
        for racer in reversed(self.scene.result.order_at(moment.step)):
            yield self._head(racer, moment)

    def _head(self, racer: int, moment: Moment) -> Placed:
        x, y = self.places[racer][self.scene.at(racer, moment)]
        height = self.scene.page.size[1]
        inside = self.clip.contains(x, y)
        trajectory = self.scene.result.racers[racer].trajectory
        lost = trajectory.diverged_at is not None and moment.step >= trajectory.diverged_at
        colour = self.scene.paints[racer][0]
        if not inside:
            row, column, arrow = self._at_edge(x, y)
            return self.scene.marker(arrow, colour, height - row, column, HEAD)
        if lost:
            return self.scene.marker("x", colour, height - y, x, HEAD)
        return self.scene.head(racer, height - y, x)

    def _at_edge(self, x: float, y: float) -> tuple[float, float, str]:
        """The nearest place inside the window, and the arrow that points out of it."""
        inset = 8 * self.scene.page.scale
        column = float(np.clip(x, self.clip.x0 + inset, self.clip.x1 - inset))
        row = float(np.clip(y, self.clip.y0 + inset, self.clip.y1 - inset))
        if abs(x - column) > abs(y - row):
            return row, column, ">" if x > column else "<"
        return row, column, "^" if y > row else "v"

    def _land(self) -> None:
        scene = self.scene
        draw_land(self.axes, land(scene.result.problem, self.window, scene.scenario.render.levels), scene.page.theme)
        (x0, x1), (y0, y1) = self.window
        self.axes.set(xlim=(x0, x1), ylim=(y0, y1))
        scene.page.name_axes(self.axes, "$x$", "$y$")

    def _minima(self) -> None:
        theme, result = self.scene.page.theme, self.scene.result
        for x, y in result.problem.minima:
            self.axes.plot(x, y, "*", color=theme.ink, markersize=9, markeredgewidth=0)
            if result.finish.distance is not None:
                wide = 2 * result.finish.distance
                self.axes.add_patch(
                    Ellipse(
                        (x, y),
                        wide,
                        wide,
                        fill=False,
                        edgecolor=theme.ink,
                        linewidth=1.3,
                        linestyle=(0, (4, 3)),
                    )
                )

    def _start(self) -> None:
        """A ring where all begin, its name on the side from which they go away."""
        theme, (x, y) = self.scene.page.theme, self.scene.result.racers[0].trajectory.x[0]
        self.axes.plot(x, y, "o", markersize=7, markerfacecolor=theme.page, markeredgecolor=theme.ink)
        right, above = self._side()
        self.axes.annotate(
            "start",
            (x, y),
            xytext=(8 if right else -8, 7 if above else -7),
            textcoords="offset points",
            ha="left" if right else "right",
            va="bottom" if above else "top",
            color=theme.ink,
            fontproperties=font(LABEL),
        )

    def _side(self) -> tuple[bool, bool]:
        """Whether the name of the start goes to its right, and above it: away from the paths, inside the window."""
        room = self.scene.page.scale * np.array([60.0, 26.0])
        start = self.places[0][0]
        leaving = np.zeros(2)
        for path in self.places:
            ways = path - start
            far = np.hypot(*ways.T) > room[1]
            first = ways[int(np.argmax(far))] if far.any() else np.zeros(2)
            leaving += first / max(float(np.hypot(*first)), 1e-9)
        wanted = leaving < 0
        low, high = self.frame.p0, self.frame.p1
        right, above = np.where(start - room < low, True, np.where(start + room > high, False, wanted)).tolist()
        return right, above


def draw_land(axes: Axes, ground: Land, theme: Theme) -> None:
    """Bands in the land's hue, and the lines between them where they can be told apart.

    A theme that fills nothing has lines alone; then as many as can be told apart are drawn.
    """
    heights, where = ground.levels.heights, (ground.x, ground.y, ground.z)
    filled = is_filled(theme)
    if filled:
        axes.contourf(*where, levels=heights, colors=ramp(theme.land, ground.levels.bands), antialiased=ground.lines)
    lines = ground.sparse if not filled else heights[1:-1] if ground.lines else ()
    if len(lines):
        axes.contour(*where, levels=lines, colors=theme.contour, linewidths=0.7, linestyles="solid")


def is_filled(theme: Theme) -> bool:
    """Whether heights have colours of their own."""
    return len(set(theme.land)) > 1


def ramp(colours: tuple[str, ...], count: int) -> Floats:
    """``count`` colours (count, 3) spread evenly over ``colours``."""
    known = np.array([to_rgb(colour) for colour in colours])
    at = np.linspace(0, len(known) - 1, count)
    return np.column_stack([np.interp(at, np.arange(len(known)), channel) for channel in known.T])
