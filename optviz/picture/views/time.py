"""The view over time: every coordinate of the iterate against the step. Online problems are shown so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from optviz.engine.regret import best_fixed_point
from optviz.engine.window import window_of_paths
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import HEAD, LABEL, SMALL
from optviz.picture.machine.board import Moment, Placed
from optviz.picture.machine.pen import font
from optviz.picture.panels.ticks import step_ticks
from optviz.picture.scene import Floats, Scene

GAP = 22.0  # design pixels between two coordinates
MARGIN = 0.09  # of the domain, above and below it
STEP_LABEL = 90.0  # design pixels for each number on the axis of steps


class TimeView:
    """A line a racer; across the view the edges of the domain and the best fixed point, or the minima."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        dim = scene.result.problem.dim
        height = (rect.height - GAP * (dim - 1)) / dim
        rects = [Rect(rect.left, rect.top + axis * (height + GAP), rect.width, height) for axis in range(dim)]
        self.axes = [self._axes(place, axis) for axis, place in enumerate(rects)]
        self.clip = self.frame = _around([axes.bbox for axes in self.axes])
        self.paths = [
            [self._path(axes, racer, axis) for racer in range(len(scene.result.racers))]
            for axis, axes in enumerate(self.axes)
        ]
        self.places = self.paths[0]
        lines = [line for paths in self.paths for line in scene.lines(paths)]
        self.strokes = scene.chalk(lines, halo=False)  # a halo would eat into lines that go up and down

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) where the heads stand at a moment, on the first coordinate's line."""
        return self.scene.standing(self.places, moment)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """A head at the end of every line, the leader's on top; an arrow for whoever is beyond the axes."""
        for axes, paths in zip(self.axes, self.paths, strict=True):
            for racer in reversed(self.scene.result.order_at(moment.step)):
                yield self._head(axes.bbox, racer, paths[racer][self.scene.at(racer, moment)], moment)

    def _head(self, frame: Bbox, racer: int, place: Floats, moment: Moment) -> Placed:
        x, y = place
        inside = float(np.clip(y, frame.y0, frame.y1))
        colour, marker = self.scene.paints[racer]
        lost = self.scene.result.racers[racer].trajectory.diverged_at
        if inside != y:
            marker = "^" if y > inside else "v"
        elif lost is not None and moment.step >= lost:
            marker = "x"
        return self.scene.marker(marker, colour, self.scene.page.size[1] - inside, float(x), HEAD)

    def _axes(self, rect: Rect, axis: int) -> Axes:
        """One coordinate's axes with all that stays on them."""
        axes = self.scene.page.axes(rect)
        problem, steps = self.scene.result.problem, self.scene.result.steps
        low, high = self._range(axis)
        axes.set(xlim=(0, steps), ylim=(low, high))
        ticks = step_ticks(steps, max(2, int(rect.width / STEP_LABEL)))
        axes.set_xticks(ticks.places, ticks.labels)
        last = axis == problem.dim - 1
        axes.tick_params(labelbottom=last)
        name = "$x_t$" if problem.dim == 1 else ("$x_t$", "$y_t$")[axis]
        self.scene.page.name_axes(axes, "step" if last else "", name)
        self._levels(axes, axis)
        return axes

    def _range(self, axis: int) -> tuple[float, float]:
        """The domain with a margin; without one, what the racers who stay need."""
        result = self.scene.result
        if result.problem.domain is not None:
            low, high = result.problem.domain[axis]
            return low - MARGIN * (high - low), high + MARGIN * (high - low)
        stay = [racer.trajectory.x for racer in result.racers if racer.outcome != "diverged"]
        return window_of_paths(stay or [result.racers[0].trajectory.x[:1]], result.problem.minima)[axis]

    def _levels(self, axes: Axes, axis: int) -> None:
        """The domain's edges, the best fixed point, or the minima, each said in words."""
        result, theme = self.scene.result, self.scene.page.theme
        if result.problem.domain is not None:
            for edge, below in zip(result.problem.domain[axis], (True, False), strict=True):
                axes.axhline(edge, color=theme.quiet, linewidth=1.4)
                self._say(axes, edge, "edge of the domain", below=below)
        best = best_fixed_point(result.problem, result.steps) if result.problem.online else None
        targets = [best] if best is not None else [np.array(point) for point in result.problem.minima]
        for point in targets:
            value = float(point[axis])
            axes.axhline(value, color=theme.ink, linewidth=1.2, linestyle=(0, (5, 4)))
            said = "best fixed point" if best is not None else "minimum"
            self._say(
                axes,
                value,
                f"{said}  {'xy'[axis]} = {value:.4g}".replace("-", "−"),
                below=self._low(axes, value),
                strong=True,
            )

    def _low(self, axes: Axes, value: float) -> bool:
        """Whether words on that level go below it: away from the middle, where the lines are."""
        low, high = axes.get_ylim()
        return value < (low + high) / 2

    def _say(self, axes: Axes, level: float, text: str, *, below: bool, strong: bool = False) -> None:
        theme = self.scene.page.theme
        axes.annotate(
            text,
            (0, level) if strong else (1, level),
            xycoords=("axes fraction", "data"),
            xytext=(4 if strong else -4, -3 if below else 3),
            textcoords="offset points",
            ha="left" if strong else "right",
            va="top" if below else "bottom",
            color=theme.ink if strong else theme.quiet,
            fontproperties=font(LABEL if strong else SMALL),
        )

    def _path(self, axes: Axes, racer: int, axis: int) -> Floats:
        """(steps + 1, 2) places in pixels."""
        x = self.scene.result.racers[racer].trajectory.x[:, axis]
        return np.asarray(axes.transData.transform(np.column_stack([np.arange(len(x)), x])))


def _around(boxes: list[Bbox]) -> Bbox:
    """The smallest box that holds all, a copy."""
    return Bbox.from_extents(*Bbox.union(boxes).extents)
