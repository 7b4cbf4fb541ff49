"""The view in one dimension: the curve, its minima, and a head for each racer on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.engine.window import window_of
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import HEAD, LABEL, SMALL
from optviz.picture.machine.board import Moment, Placed, placed
from optviz.picture.machine.pen import Pen, font
from optviz.picture.machine.sprites import Sprite, drawn
from optviz.picture.machine.strokes import Strokes
from optviz.picture.scene import Floats, Scene
from optviz.picture.timeline import eased

SAMPLES = 1200
RADIUS = 1.25 * HEAD
APART = 2.6 * RADIUS  # design pixels between the centres of two heads that can be told apart
EASE = 4  # frames on either side over which a head rises or sinks
EDGE = 0.08  # of the window's width, where there is no room for words beside a place
UNDER = 20.0  # design pixels from a minimum to the baseline of its label


class CurveView:
    """f against x.

    One racer alone leaves a trail on the curve. Several would only hide one another's; they leave none, and those who
    stand on the same spot are stacked over it, each with a stem to its place on the curve.
    """

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        self.axes = scene.page.axes(rect)
        self._curve()
        self._start()
        self.places = [self._places(racer.trajectory.x[:, 0], racer.trajectory.f) for racer in scene.result.racers]
        self.clip = self.frame = Bbox.from_extents(*self.axes.bbox.extents)
        self._minima()
        self.strokes: Strokes | None = scene.trails(self.places) if len(self.places) == 1 else None
        targets = np.array([self._lifts(int(step)) for step in scene.steps])
        self.lifts = eased(targets, EASE)  # (frames, racers) pixels from the curve up to the head
        self._stems: dict[int, Sprite] = {}

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) where the heads stand at a moment."""
        lifts = self._lifts(moment.step) if moment.frame is None else self.lifts[moment.frame]
        feet = self.scene.standing(self.places, moment)
        return np.asarray(feet + np.column_stack([np.zeros(len(feet)), lifts]))

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """Stems, then heads, the leader on top; an arrow at the edge for whoever has left the window."""
        height = self.scene.page.size[1]
        feet, centres = self.scene.standing(self.places, moment), self.centres(moment)
        order = self.scene.result.order_at(moment.step)[::-1]
        inside = [self.clip.contains(*foot) for foot in feet]
        for racer in order:
            if inside[racer] and abs(centres[racer, 1] - feet[racer, 1]) > 1:
                yield self._stem(feet[racer], centres[racer])
        for racer in order:
            x, y = centres[racer]
            if inside[racer]:
                yield self.scene.head(racer, height - y, x, RADIUS)
            else:
                yield self._gone(racer, feet[racer])

    # --- heads on one spot

    def _lifts(self, step: int) -> Floats:
        """(racers,) how far each head stands off the curve, in pixels: down where there is no room above.

        In the racers' order, each takes the lowest place over its foot that no earlier one has taken, so that nobody
        moves while somebody passes.
        """
        feet = self.scene.standing(self.places, Moment(step))
        apart = self._apart
        lifts = np.zeros(len(feet))
        for racer, foot in enumerate(feet):
            others = feet[:racer] + np.column_stack([np.zeros(racer), lifts[:racer]])
            free = [lift for lift in self._ladder(foot, len(feet)) if _is_free(others, foot[0], foot[1] + lift, apart)]
            lifts[racer] = free[0]
        return lifts

    @property
    def _apart(self) -> float:
        """Pixels between two heads: less where all of them would not fit above one another."""
        return min(APART * self.scene.page.scale, 0.9 * self.frame.height / len(self.places))

    def _ladder(self, foot: Floats, count: int) -> Floats:
        """The lifts that a head may have over its foot, the nearest first."""
        rungs: Floats = np.arange(2.0 * count) * (self._apart * (1 + 1e-9))
        fits = foot[1] + rungs < self.frame.y1 - self._apart / 2
        return np.concatenate([rungs[:1], rungs[1:][fits[1:]], -rungs[1:]])

    def _stem(self, foot: Floats, head: Floats) -> Placed:
        """A thin upright line from the curve to a head."""
        length = round(abs(head[1] - foot[1]))
        if length not in self._stems:
            self._stems[length] = self._made_stem(length)
        top = round(self.scene.page.size[1] - max(head[1], foot[1]))
        return placed(self._stems[length], top, round(float(foot[0])))

    def _made_stem(self, length: int) -> Sprite:
        theme, scale = self.scene.page.theme, self.scene.page.scale
        width = max(1, round(1.2 * scale))

        def draw(pen: Pen) -> None:
            corners = [(0, 1), (width, 1), (width, 1 - length), (0, 1 - length)]
            pen.shape(Path([*corners, corners[0]]), theme.quiet)

        return drawn(length, width, self.scene.page.dpi, (0, width // 2), draw)

    def _gone(self, racer: int, foot: Floats) -> Placed:
        """An arrow at the edge, on the side where somebody left."""
        inset = 8 * self.scene.page.scale
        x = float(np.clip(foot[0], self.clip.x0 + inset, self.clip.x1 - inset))
        y = float(np.clip(foot[1], self.clip.y0 + inset, self.clip.y1 - inset))
        sideways = not self.clip.x0 <= foot[0] <= self.clip.x1
        arrow = (">" if foot[0] > x else "<") if sideways else ("^" if foot[1] > y else "v")
        return self.scene.marker(arrow, self.scene.paints[racer][0], self.scene.page.size[1] - y, x, RADIUS)

    # --- what stays

    def _curve(self) -> None:
        problem, theme = self.scene.result.problem, self.scene.page.theme
        ((low, high),) = window_of(self.scene.result)
        x = np.linspace(low, high, SAMPLES)
        with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
            y = np.asarray(problem.value(x[None], 1.0), float)
        finite = y[np.isfinite(y)]
        self.axes.plot(x, np.where(np.isfinite(y), y, np.nan), color=theme.curve, linewidth=2.6, solid_capstyle="round")
        span = finite.max() - finite.min() or 1.0
        self.axes.set(xlim=(low, high), ylim=(finite.min() - 0.1 * span, finite.max() + 0.06 * span))
        self.scene.page.name_axes(self.axes, "$x$", "$f(x)$")

    def _minima(self) -> None:
        """A star at each minimum, its place below it where that has room: the lowest first."""
        problem, theme = self.scene.result.problem, self.scene.page.theme
        low, high = self.axes.get_xlim()
        inside = [x for (x,) in problem.minima if low <= x <= high]
        for x in sorted(inside, key=lambda x: float(problem.value(np.array([x]), 1.0))):
            y = float(problem.value(np.array([x]), 1.0))
            self.axes.plot(x, y, "*", color=theme.ink, markersize=10, markeredgewidth=0, zorder=3)
            self._finish(x, y)
            said = f"x = {x:.4g}".replace("-", "−")
            self._label(x, y, f"minimum  {said}" if len(inside) == 1 else said)

    def _label(self, x: float, y: float, text: str) -> None:
        """Words under a minimum, inside the view; none where others stand already."""
        page = self.scene.page
        half = page.width_of(text, LABEL) / 2
        place = self.axes.transData.transform((x, y)) / page.scale
        middle = float(np.clip(place[0], self.frame.x0 / page.scale + half, self.frame.x1 / page.scale - half))
        foot = place[1] - UNDER
        left, bottom, right, top = page.written.T / page.scale
        beside = (middle + half + 8 < left) | (middle - half - 8 > right)
        if np.all(beside | (foot + LABEL + 4 < bottom) | (foot - 4 > top)):
            page.words(middle, page.height - foot, text, LABEL, page.theme.ink, ha="center")

    def _finish(self, x: float, y: float) -> None:
        """A dashed line at a minimum, and the strip around it in which a racer has finished."""
        theme, distance = self.scene.page.theme, self.scene.result.finish.distance
        if distance is not None:
            self.axes.axvspan(x - distance, x + distance, color=theme.faint, alpha=0.6, linewidth=0, zorder=0)
        top = self.axes.get_ylim()[1]  # from the minimum up: below it stand its words
        self.axes.plot([x, x], [y, top], color=theme.quiet, linewidth=1.2, dashes=(4, 4), zorder=1)

    def _start(self) -> None:
        """A ring where all begin, its name below, on the side to which the curve rises unless that is too near."""
        theme, trajectory = self.scene.page.theme, self.scene.result.racers[0].trajectory
        place = (trajectory.x[0, 0], trajectory.f[0])
        self.axes.plot(*place, "o", markersize=7, markerfacecolor=theme.page, markeredgecolor=theme.ink, zorder=4)
        low, high = self.axes.get_xlim()
        share = (place[0] - low) / (high - low)
        rises = float(self.scene.result.problem.gradient(trajectory.x[0], 1.0)[0]) > 0
        right = share < EDGE or (rises and share < 1 - EDGE)
        self.axes.annotate(
            "start",
            place,
            (8 if right else -8, -12),
            textcoords="offset points",
            ha="left" if right else "right",
            color=theme.ink,
            fontproperties=font(SMALL),
        )

    def _places(self, x: Floats, f: Floats) -> Floats:
        return np.asarray(self.axes.transData.transform(np.column_stack([x, f])))


def _is_free(others: Floats, x: float, y: float, apart: float) -> bool:
    """Whether a head at (x, y) would touch none of ``others`` (n, 2)."""
    nearest: NDArray[np.float64] = np.hypot(others[:, 0] - x, others[:, 1] - y)
    return bool((nearest >= apart).all())
