"""Finds the place of a window over a view: off the head, its way and its name, far from words and others' heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from optviz.picture.frame_state import FrameState
from optviz.picture.overlays.names.plan import summed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optviz.picture.scene import Floats, Scene
    from optviz.picture.views.view import View

PLACES = 17  # of a side
CLEAR_PX = 20.0  # around what a window must not cover
EDGE_PX = 6.0  # between it and the view's edge
ON_HEAD, ON_WORDS, ON_GOAL, ON_TRAIL, FAR = 0.5, 0.8, 0.25, 1.0, 0.5  # costs, the last for the view's diagonal
CELL_PX = 4.0
SMALL = 1.2  # cost of a window for the share by which it is smaller than it could be
HIDING = 1.0  # cost of hiding the head, where it may be


def largest_place(
    scene: Scene, view: View, step: int, racer: int, halves: Sequence[Floats], is_round: bool
) -> tuple[Floats, Floats]:
    """Return that of ``halves``, the largest first, which hides little for its size, and its place; both (2,).

    Where there is no place for any, the smallest hides the head, which it shows itself.
    """
    places = [(half, best_place(scene, view, step, racer, half, is_round)) for half in halves]
    found = [(cost + SMALL * (1 - half[0] / halves[0][0]), half, place) for half, (cost, place) in places]
    cost, half, middle = min(found, key=lambda one: one[0])
    if not np.isfinite(cost):
        half, (_, middle) = halves[-1], best_place(scene, view, step, racer, halves[-1], is_round, may_hide=True)
    return half, np.rint(middle)


def best_place(
    scene: Scene, view: View, step: int, racer: int, half: Floats, is_round: bool, may_hide: bool = False
) -> tuple[float, Floats]:
    """Return the cost and the middle (2,) of the window of half size ``half`` that hides least; inf for no room.

    It covers neither where the racer stands nor where it came from. is_round: whether it is a disc, else a rectangle.
    """
    marks, scale, frame = view.marks, scene.page.scale, view.frame
    assert marks is not None
    low, high = frame.p0 + half + EDGE_PX * scale, frame.p1 - half - EDGE_PX * scale
    if (low > high).any():
        return np.inf, (frame.p0 + frame.p1) / 2
    grids = np.meshgrid(*(np.linspace(low[axis], high[axis], PLACES) for axis in (0, 1)))
    middles = np.column_stack([grid.ravel() for grid in grids])
    shown = marks.shown(FrameState(step))
    way = np.clip([*marks.paths[racer][step - 1 : step + 1], shown[racer]], frame.p0, frame.p1)
    clear = half + CLEAR_PX * scale
    others, goals = np.delete(shown, racer, axis=0), np.reshape(view.goals, (-1, 2))
    cost = np.where(_covers(middles, clear, way, is_round).any(axis=1), HIDING if may_hide else np.inf, 0.0)
    cost += ON_HEAD * _covers(middles, half, others, is_round).sum(axis=1)
    cost += ON_GOAL * _covers(middles, half, goals, is_round).sum(axis=1)
    cost += ON_WORDS * _meets(middles, half, scene.page.written).sum(axis=1)
    cost += ON_TRAIL * _crowded(scene, [*marks.paths, *view.outlines], middles, half)
    cost += FAR * np.hypot(*(middles - way[0]).T) / np.hypot(frame.width, frame.height)
    best = int(cost.argmin())
    return float(cost[best]), middles[best]


def _covers(middles: Floats, half: Floats, points: Floats, is_round: bool) -> NDArray[np.bool_]:
    """Return (windows, points) whether each window lies on each point."""
    away = np.abs(points[None] - middles[:, None])
    return np.asarray(np.hypot(*away.transpose(2, 0, 1)) < half[0] if is_round else (away < half).all(axis=2))


def _meets(middles: Floats, half: Floats, boxes: Floats) -> Floats:
    """Return (windows, boxes) whether each window shares a pixel with each box left, bottom, right, top."""
    low, high = (middles - half)[:, None], (middles + half)[:, None]
    return np.asarray(((low < boxes[None, :, 2:]) & (high > boxes[None, :, :2])).all(axis=2))


def _crowded(scene: Scene, lines: list[Floats], middles: Floats, half: Floats) -> Floats:
    """Return (windows,) the share of each window that trails cover, the densest 1."""
    trails = summed(lines, scene.page.size, CELL_PX * scene.page.scale)
    wide = np.full((len(middles), 1), half[0])
    share = trails.share(middles[:, :1], middles[:, 1:], wide, float(half[1]))[:, 0, 0]
    return np.asarray(share / max(float(share.max()), 1e-9))
