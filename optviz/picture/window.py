"""Which part of the land is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from optviz.results import Race


MARGIN = 0.12  # of the extent, on every side


def window_of(race: Race) -> tuple[tuple[float, float], ...]:
    """The problem's own window, or a box with margins that holds the start, the minima near the paths and the paths
    of all who do not diverge.
    """
    return race.problem.window or window_of_paths(
        [racer.trajectory.x for racer in race.racers if racer.outcome != "diverged"]
        or [race.racers[0].trajectory.x[:1]],
        race.problem.minima,
    )


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
