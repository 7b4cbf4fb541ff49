"""Which part of the land is drawn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from optviz.engine.result import Race


MARGIN = 0.12  # of the extent, on every side
RUNAWAY = 1000.0  # times as far from the start as the next: nothing could be seen of the others


def window_of(race: Race) -> tuple[tuple[float, float], ...]:
    """The problem's own window, or a box with margins that holds the start, the minima near the paths and the paths
    of all who do not diverge.
    """
    paths = [racer.trajectory.x for racer in race.racers if racer.outcome != "diverged"]
    return race.problem.window or window_of_paths(
        _together(paths) or [race.racers[0].trajectory.x[:1]], race.problem.minima
    )


def _together(paths: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """``paths`` without those who have run away, though their numbers are still finite: arrows say where they went."""
    reach = [float(np.abs(path - path[0]).max()) for path in paths]
    order = np.argsort(reach, kind="stable")
    for nearer, farther in pairwise(order):
        if reach[farther] > RUNAWAY * reach[nearer] > 0:
            return [path for path, far in zip(paths, reach, strict=True) if far <= reach[nearer]]
    return paths


def window_of_paths(
    paths: list[NDArray[np.float64]], minima: tuple[tuple[float, ...], ...]
) -> tuple[tuple[float, float], ...]:
    """A box around ``paths``, each (steps + 1, dim), and the minima within one box's size of it."""
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, max(1.0, float((high - low).max())))
    for minimum in np.array(minima, float).reshape(-1, points.shape[1]):
        if np.all(minimum > low - span) and np.all(minimum < high + span):
            low, high = np.minimum(low, minimum), np.maximum(high, minimum)
    margin = MARGIN * np.maximum(high - low, span)
    return tuple((float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True))
