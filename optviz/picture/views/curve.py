"""The view in one dimension: the curve, its minima, and a head for each racer on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.transforms import Bbox

from optviz.picture.board import Moment, Placed
from optviz.picture.page import Rect
from optviz.picture.scene import Floats, Scene
from optviz.picture.strokes import Strokes
from optviz.picture.theme import HEAD, LABEL
from optviz.picture.window import window_of

SAMPLES = 1200


class CurveView:
    """f against x. One racer alone leaves a trail on the curve; several would only hide one another's."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        self.axes = scene.page.axes(rect)
        self._curve()
        self._minima()
        self._start()
        self.places = [self._places(racer.trajectory.x[:, 0], racer.trajectory.f) for racer in scene.race.racers]
        self.clip = self.frame = Bbox.from_extents(*self.axes.bbox.extents)
        self.strokes: Strokes | None = scene.trails(self.places) if len(self.places) == 1 else None

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) where the heads stand at a moment."""
        return self.scene.standing(self.places, moment)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """Heads, the leader on top."""
        height = self.scene.page.size[1]
        for racer in reversed(self.scene.race.order_at(moment.step)):
            x, y = self.places[racer][self.scene.at(racer, moment)]
            if self.clip.contains(x, y):
                yield self.scene.head(racer, height - y, x, 1.3 * HEAD)

    def _curve(self) -> None:
        problem, theme = self.scene.race.problem, self.scene.page.theme
        ((low, high),) = window_of(self.scene.race)
        x = np.linspace(low, high, SAMPLES)
        y = problem.value(x[None], 1.0)
        self.axes.plot(x, y, color=theme.curve, linewidth=2.6, solid_capstyle="round")
        finite = y[np.isfinite(y)]
        span = finite.max() - finite.min() or 1.0
        self.axes.set(xlim=(low, high), ylim=(finite.min() - 0.08 * span, finite.max() + 0.08 * span))
        self.scene.page.name_axes(self.axes, "$x$", "$f(x)$")

    def _minima(self) -> None:
        theme = self.scene.page.theme
        for (x,) in self.scene.race.problem.minima:
            low, high = self.axes.get_xlim()
            if low <= x <= high:
                self.axes.axvline(x, color=theme.quiet, linewidth=1.2, dashes=(4, 4))
                self.axes.annotate(
                    f"minimum  x = {x:.4g}".replace("-", "−"),
                    (x, 1),
                    xycoords=("data", "axes fraction"),
                    xytext=(7, -14),
                    textcoords="offset points",
                    color=theme.quiet,
                    fontsize=LABEL,
                )

    def _start(self) -> None:
        theme, trajectory = self.scene.page.theme, self.scene.race.racers[0].trajectory
        place = (trajectory.x[0, 0], trajectory.f[0])
        self.axes.plot(*place, "o", markersize=7, markerfacecolor=theme.page, markeredgecolor=theme.ink, zorder=4)
        self.axes.annotate("start", place, (9, 6), textcoords="offset points", color=theme.ink, fontsize=LABEL)

    def _places(self, x: Floats, f: Floats) -> Floats:
        return np.asarray(self.axes.transData.transform(np.column_stack([x, f])))
