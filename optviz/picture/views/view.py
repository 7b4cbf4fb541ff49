"""Defines a view: the layer that shows the function, and where the racers stand on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.formula.typography import number
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.theme import HEAD_PX
from optviz.picture.machine.layer import Layer
from optviz.picture.scene import Floats, Scene
from optviz.problems import Bounds

EDGE_INSET_PX = 9.0  # from a view's edge to an arrow for a racer that left it
ARROWS_APART_PX = 15.0  # along the edge, between two of them
FARTHEST_PX = 1e100  # beyond it only the bearing counts


class RacerMarks:
    """Where each racer stands on a view, in pixels from the picture's lower left.

    A racer that left ``frame``, which shows ``window``, is marked at its edge; without a frame nobody leaves.
    """

    radius = HEAD_PX  # of a mark, in design pixels

    def __init__(
        self, scene: Scene, paths: list[Floats], frame: Bbox | None = None, window: Bounds | None = None
    ) -> None:
        self.scene, self.frame, self.window = scene, frame, window
        self.paths = paths  # of each racer, (steps + 1, 2), as at the end of the film

    def on_paths(self, moment: FrameState) -> Floats:
        """Return (racers, 2) the place of every racer on its path at a moment."""
        scene, frame = self.scene, moment.frame
        if frame is not None and (scene.steps[frame], scene.ahead[frame]) == (moment.step, moment.ahead):
            return np.asarray(self._on_film[frame])
        return np.array([scene.place(path, racer, moment) for racer, path in enumerate(self.paths)])

    @cached_property
    def _on_film(self) -> Floats:
        """(frames, racers, 2) the places of all frames of motion at once."""
        steps, ahead = self.scene.steps, self.scene.ahead[:, None]
        places = []
        for path in self.paths:
            here, there = (path[np.minimum(steps + later, len(path) - 1)] for later in (0, 1))
            with np.errstate(invalid="ignore"):  # who has left the floats
                places.append(np.where(ahead > 0, here + ahead * (there - here), here))
        return np.stack(places, axis=1)

    def centres(self, moment: FrameState) -> Floats:
        """Return (racers, 2) the centre of every racer's mark at a moment; NaN for one that left a surface."""
        return self.on_paths(moment)

    def inside(self, moment: FrameState) -> NDArray[np.bool_]:
        """Return (racers,) whether each racer is in the view."""
        places = self.centres(moment)
        if self.frame is None:
            return np.isfinite(places[:, 0])
        return np.asarray(((places >= self.frame.p0) & (places <= self.frame.p1)).all(axis=1))

    def shown(self, moment: FrameState) -> Floats:
        """Return (racers, 2) where the marks are drawn: those of racers that left, at the edge on their bearing."""
        places = self.centres(moment)
        if self.frame is None:
            return places
        scale = self.scene.page.scale
        return at_edge(places, self.frame, EDGE_INSET_PX * scale, ARROWS_APART_PX * scale)

    def away(self, racer: int, moment: FrameState) -> str:
        """Return in words how far outside the window a racer is; nothing inside it."""
        if self.window is None:
            return ""
        return away_in_words(self.scene.place(self.scene.result.racers[racer].x, racer, moment), self.window)


def at_edge(places: Floats, frame: Bbox, inset: float, apart: float) -> Floats:
    """Return (n, 2) ``places`` inside the frame as they are, others where the way from its middle meets its edge.

    The edge lies ``inset`` pixels inside; those on it keep ``apart`` from one another, where there is room.
    """
    middle = (frame.p0 + frame.p1) / 2
    away = np.clip(places - middle, -FARTHEST_PX, FARTHEST_PX)
    half = (frame.p1 - frame.p0) / 2
    left = np.flatnonzero((np.abs(away) > half).any(axis=1))
    if not len(left):
        return places
    inner = half - inset
    on_edge = away[left] / np.abs(away[left] / inner).max(axis=1)[:, None]
    shown = places.copy()
    shown[left] = middle + (on_edge if len(left) == 1 else _spread(on_edge, inner, apart))
    return shown


def _spread(places: Floats, half: Floats, apart: float) -> Floats:
    """Move ``places`` (n, 2) along the edge of a rectangle around the origin until they are ``apart``."""
    a, b = half.tolist()
    around = 4 * (a + b)
    along = np.array([_along(x, y, a, b) for x, y in places.tolist()])
    apart = min(apart, around / len(along))
    order = np.argsort(along, kind="stable")
    turn = along[order]
    for _ in range(30):
        gaps = np.diff(np.append(turn, turn[0] + around))
        push = np.maximum(apart - gaps, 0) / 2
        if not push.max() > 0.01:
            break
        turn = turn - push + np.roll(push, 1)
    moved = np.empty_like(places)
    moved[order] = [_on_edge(place % around, a, b) for place in turn.tolist()]
    return moved


def _along(x: float, y: float, a: float, b: float) -> float:
    """Return how far along the edge, from its lower right corner counter-clockwise, a place on it lies."""
    if abs(x) / a >= abs(y) / b:
        return y + b if x > 0 else 2 * b + 2 * a + (b - y)
    return 2 * b + (a - x) if y > 0 else 4 * b + 2 * a + (x + a)


def _on_edge(along: float, a: float, b: float) -> tuple[float, float]:
    """Return the place that lies so far along the edge."""
    if along < 2 * b:
        return a, along - b
    if along < 2 * b + 2 * a:
        return a - (along - 2 * b), b
    if along < 4 * b + 2 * a:
        return -a, b - (along - 2 * b - 2 * a)
    return along - 4 * b - 2 * a - a, -b


def away_in_words(x: Floats, window: Bounds) -> str:
    """Return the distance from a point to a window in two digits; nothing inside it."""
    low, high = np.array(window).T
    with np.errstate(over="ignore"):
        beyond = float(np.hypot.reduce(np.maximum(np.maximum(low - x, x - high), 0.0)))
    return number(beyond, 2) if beyond > 0 else ""


class View(Layer):
    """The layer that shows the function or the iterates; overlays are placed by its ``frame`` and ``marks``."""

    frame: Bbox  # its area, in pixels from the picture's lower left
    marks: RacerMarks | None = None  # None where racers have no place on it
    is_series: bool = False  # curves against the step, at whose ends the marks stand
    longest_name: float | None = None  # in design pixels, where it is not a share of the frame
    value_at: Callable[[Floats, Floats], Floats] | None = None  # f at places on the picture, where a lens can show it
    goals: tuple[tuple[float, float], ...] = ()  # the lowest minima on the picture
    finish_radius: float | None = None  # around them, in pixels
    per_unit: Floats | None = None  # (2,) pixels of a unit along x and along y, where it shows the function's plane
    outlines: tuple[Floats, ...] = ()  # (n, 2) lines on the picture that are better not hidden, besides the trails
    heights: Floats = np.empty((0, 4))  # boxes of the land's own numbers: left, bottom, right, top in pixels
    covers: tuple[Callable[[FrameState], list[Floats]], ...] = ()  # what overlays lie on it at a moment

    def cover(self, boxes: Callable[[FrameState], list[Floats]]) -> None:
        """Note what an overlay covers at a moment: boxes (4,) left, bottom, right, top in pixels."""
        self.covers = (*self.covers, boxes)

    def covered(self, moment: FrameState) -> list[Floats]:
        """Return the boxes (4,) that overlays below cover at a moment."""
        return [box for cover in self.covers for box in cover(moment)]


def flagged(label: str, step: int) -> str:
    """Return what the name of a racer that has just arrived says."""
    return f"{label}  ⚑ {step}"


def level_line(axes: Axes, value: float) -> Floats:
    """Return (2, 2) the ends of a line across axes at a height, in pixels."""
    box, y = axes.bbox, float(axes.transData.transform((axes.get_xlim()[0], value))[1])
    return np.array([[box.x0, y], [box.x1, y]])


def trails_lit_last(scene: Scene, view: View) -> list[Layer]:
    """Take the trails off a view whose marks tell racers apart where one is lit: its trail lies over all others.

    It is drawn again for each frame, since the others' are drawn for good.
    """
    strokes, count = view.strokes, len(scene.result.racers)
    if scene.focus is None or strokes is None or view.marks is None:
        return []
    lines = range(int(strokes.owners.max(initial=-1)) + 1)  # a racer has one in each of the view's axes
    lit, others = Layer(), Layer()
    others.strokes = strokes.of([line for line in lines if line % count != scene.focus])
    lit.strokes = strokes.of([line for line in lines if line % count == scene.focus])
    if lit.strokes.memory is None:
        lit.strokes = replace(lit.strokes, memory=scene.result.steps + 1)
    lit.clip = others.clip = view.clip
    view.strokes = None
    return [others, lit]
