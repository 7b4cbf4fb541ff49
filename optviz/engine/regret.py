"""Measures online learning: the average loss of the points played, and the regret against the best fixed point.

At step t the point played is x_{t-1}, where the racer stands when f_t shows itself; its loss is f_t(x_{t-1}).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.problems import Problem

Array: TypeAlias = NDArray[np.float64]

POINTS_AT_ONCE = 1_000_000  # values of f held at one time
GRID_VALUES = 20_000_000  # values of f spent on the grid search
MOST_PER_AXIS = 33  # points of the grid on an axis, its ends among them
FINEST_SHARE = 1e-8  # of the grid's spacing: where the search ends; the sum there differs by 1e-16 of its own variation


def average_loss(x: Array, problem: Problem) -> Array:
    """Return (steps,) the mean of f_1(x_0), ..., f_T(x_{T-1}) for every T along a path x (steps + 1, dim)."""
    t = _steps(1, len(x))
    mean: Array = np.cumsum(_values(problem, x[:-1].T, t)) / t
    return mean


def average_regret(x: Array, problem: Problem, best: Array) -> Array:
    """Return (steps,) R_T / T = (1/T) sum_{t <= T} [f_t(x_{t-1}) - f_t(best)] for every T along x (steps + 1, dim).

    best: (dim,) the point to compare with, see ``best_fixed_point``. (Zinkevich 2003; Reddi, Kale & Kumar 2018,
    section 2.)
    """
    t = _steps(1, len(x))
    losses = _values(problem, x[:-1].T, t) - _values(problem, best[:, np.newaxis], t)
    mean: Array = np.cumsum(losses) / t
    return mean


def _steps(first: int, end: int) -> Array:
    return np.arange(first, end, dtype=np.float64)


def _values(problem: Problem, x: Array, t: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(problem.value(x, t), dtype=np.float64)


# --- the best fixed point -------------------------------------------------------------------------


def best_fixed_point(problem: Problem, steps: int) -> Array | None:
    """Return (dim,) where in its domain f_1 + ... + f_steps is lowest; None without a domain.

    A grid over the domain is searched first; from its best point on, the search moves to the best neighbour, and halves
    its distance when there is none. A corner towards which the sum falls along every axis, as it does when every f_t is
    linear, is found exactly.
    """
    if problem.domain is None:
        return None
    box = np.array(problem.domain, dtype=np.float64)  # (dim, 2)
    side = int(np.clip((GRID_VALUES / steps) ** (1 / len(box)), 5, MOST_PER_AXIS))
    best = _best_of(problem, steps, [np.linspace(low, high, side) for low, high in box])
    reach = (box[:, 1] - box[:, 0]) / (side - 1)
    finest = FINEST_SHARE * reach
    while np.any(reach > finest) and not _is_held_by_corner(problem, steps, best, box):
        # the point itself comes first so that it wins a tie
        around = np.stack([best, best - reach, best + reach], axis=1).clip(box[:, :1], box[:, 1:])
        neighbour = _best_of(problem, steps, list(around))
        reach = reach / 2 if np.array_equal(neighbour, best) else reach
        best = neighbour
    return best


def _best_of(problem: Problem, steps: int, axes: Sequence[Array]) -> Array:
    """Return (dim,) the point of a grid where the sum is lowest."""
    points = np.array(list(product(*axes))).T  # (dim, points)
    totals = np.zeros(points.shape[1])
    for t in _chunks(steps, points.shape[1]):
        totals += _values(problem, points[:, np.newaxis, :], t[:, np.newaxis]).sum(axis=0)
    best: Array = points[:, int(np.argmin(totals))]
    return best


def _is_held_by_corner(problem: Problem, steps: int, point: Array, box: Array) -> bool:
    """Return whether the point is a corner of the box and the sum falls towards it along every axis."""
    slope = np.zeros(len(point))
    with np.errstate(all="ignore"):
        for t in _chunks(steps, 1):
            slope += problem.gradient(point[:, np.newaxis], t).sum(axis=1)
    return bool(np.all(((point == box[:, 0]) & (slope >= 0)) | ((point == box[:, 1]) & (slope <= 0))))


def _chunks(steps: int, points: int) -> Iterator[Array]:
    """Yield t from 1 to ``steps`` in parts, so that every part times ``points`` stays small."""
    share = max(1, POINTS_AT_ONCE // points)
    for first in range(1, steps + 1, share):
        yield _steps(first, min(first + share, steps + 1))
