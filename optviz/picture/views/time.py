"""Draws the view over time: every coordinate of the iterate against the step. Online problems are shown so."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from optviz.engine.result import Result
from optviz.engine.window import window_of_paths
from optviz.formula.typography import minus
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.scene import Floats, Scene, nearest_inside, upright
from optviz.picture.views.view import RacerMarks, View, level_line

GAP_PX = 22.0  # between two coordinates
MARGIN_SHARE = 0.09  # of the domain, above and below it
BETWEEN_PX = 12.0  # between the words at both ends of one line
STEP_LABEL_PX = 90.0  # room for each number on the axis of steps


class TimeMarks(RacerMarks):
    """Racers at the ends of their lines; those beyond the range stand at its edge."""

    def shown(self, moment: FrameState) -> Floats:
        """Return (racers, 2) where the marks are drawn."""
        assert self.frame is not None
        frame = upright(self.frame.y0, self.frame.y1)
        return np.array([nearest_inside(tuple(place), frame) for place in self.centres(moment).tolist()])


class TimeView(View):
    """A line a racer; across the view the edges of the domain and the best fixed point, or the minima."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        dim = scene.result.problem.dim
        height = (rect.height - GAP_PX * (dim - 1)) / dim
        rects = [Rect(rect.left, rect.top + axis * (height + GAP_PX), rect.width, height) for axis in range(dim)]
        self.axes = [self._axes(place, axis) for axis, place in enumerate(rects)]
        self.clip = self.frame = Bbox.from_extents(*Bbox.union([axes.bbox for axes in self.axes]).extents)
        columns = [np.column_stack([np.arange(len(racer.x)), racer.x]) for racer in scene.result.racers]
        self.paths = [
            [np.asarray(axes.transData.transform(column[:, [0, 1 + axis]])) for column in columns]
            for axis, axes in enumerate(self.axes)
        ]
        self.marks = TimeMarks(scene, self.paths[0], self.axes[0].bbox)
        racers = range(len(columns))
        lines = [line for paths in self.paths for line in scene.enveloped(paths, racers)]
        self.strokes = scene.strokes(lines, halo=False)  # a halo would eat into lines that go up and down

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield a mark at the end of every line, the leader's on top."""
        for axes, paths in zip(self.axes, self.paths, strict=True):
            frame = upright(axes.bbox.y0, axes.bbox.y1)
            for racer in self.scene.stacked(moment.step):
                x, y = self.scene.place(paths[racer], racer, moment).tolist()
                yield self.scene.racer_mark(racer, moment.step, (x, y), nearest_inside((x, y), frame))

    def _axes(self, rect: Rect, axis: int) -> Axes:
        """Add one coordinate's axes with all that stays on them."""
        axes = self.scene.page.axes(rect)
        problem = self.scene.result.problem
        ticks = self.scene.step_axis(axes, rect.width / STEP_LABEL_PX)
        axes.set_ylim(coordinate_range(self.scene.result, axis))
        axes.set_xticks(ticks.places, ticks.labels)
        last = axis == problem.dim - 1
        axes.tick_params(labelbottom=last)
        name = "$x_t$" if problem.dim == 1 else ("$x_t$", "$y_t$")[axis]
        self.scene.page.name_axes(axes, self.scene.page.say("step") if last else "", name)
        self._levels(axes, axis)
        return axes

    def _levels(self, axes: Axes, axis: int) -> None:
        """Draw the domain's edges, the best fixed point or the minima, each said in words."""
        result, theme = self.scene.result, self.scene.page.theme
        best, page = result.best_fixed_point, self.scene.page
        targets = [best] if best is not None else [np.array(point) for point in result.problem.minima]
        name, edge_name = page.say("minimum" if best is None else "best fixed point"), page.say("edge of the domain")
        words = {value: minus(f"{name}  {'xy'[axis]} = {value:.4g}") for value in (float(one[axis]) for one in targets)}
        room = axes.bbox.width / page.scale - page.width_of(edge_name, SMALL_PT) - BETWEEN_PX
        if result.problem.domain is not None:
            for edge, below in zip(result.problem.domain[axis], (True, False), strict=True):
                axes.axhline(edge, color=theme.quiet, linewidth=1.4)
                self.outlines = (*self.outlines, level_line(axes, edge))
                there = [text for value, text in words.items() if isclose(value, edge, abs_tol=1e-6)]
                if not there or page.width_of(there[0], LABEL_PT) <= room:
                    self._say(axes, edge, edge_name, below=below)
        for value, text in words.items():
            axes.axhline(value, color=theme.ink, linewidth=1.2, linestyle=(0, (5, 4)))
            self.outlines = (*self.outlines, level_line(axes, value))
            below = value < sum(axes.get_ylim()) / 2  # away from the middle, where the lines are
            self._say(axes, value, text, below=below, strong=True)

    def _say(self, axes: Axes, level: float, text: str, *, below: bool, strong: bool = False) -> None:
        theme = self.scene.page.theme
        words, look = self.scene.page.as_artist(text, LABEL_PT if strong else SMALL_PT)
        axes.annotate(
            words,
            (0, level) if strong else (1, level),
            xycoords=("axes fraction", "data"),
            xytext=(4 if strong else -4, -3 if below else 3),
            textcoords="offset points",
            ha="left" if strong else "right",
            va="top" if below else "bottom",
            color=theme.ink if strong else theme.quiet,
            **look,
        )


def coordinate_range(result: Result, axis: int) -> tuple[float, float]:
    """Return the domain with a margin; without a domain, what the racers that do not diverge need."""
    if result.problem.domain is not None:
        low, high = result.problem.domain[axis]
        return low - MARGIN_SHARE * (high - low), high + MARGIN_SHARE * (high - low)
    stay = [racer.x for racer in result.racers if racer.outcome != "diverged"]
    return window_of_paths(stay or [result.racers[0].x[:1]], result.problem)[axis]
