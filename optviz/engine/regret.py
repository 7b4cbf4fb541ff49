"""Online problems: what a racer lost by the points it played, against the best point to have stayed at all along.

At step t the point played is x_{t-1}, where the racer stands when f_t shows itself; its loss is f_t(x_{t-1}).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.problems.problem import Problem

Array: TypeAlias = NDArray[np.float64]

POINTS_AT_ONCE = 1_000_000  # values of f held at one time
LOOKED_AT = 20_000_000  # values of f spent on looking the domain over
MOST_A_SIDE = 33  # points of the grid on which it is looked over, its ends among them
FINEST = 1e-8  # of the domain: where the search ends; the sum there differs by 1e-16 of its own variation


def average_loss(x: Array, problem: Problem) -> Array:
    """(steps,) the mean of f_1(x_0), ..., f_T(x_{T-1}) for every T along a path x (steps + 1, dim)."""
    return _running_mean(_played(x, problem))


def average_regret(x: Array, problem: Problem, best: Array) -> Array:
    """(steps,) R_T / T = (1/T) sum_{t <= T} [f_t(x_{t-1}) - f_t(best)] for every T along a path x (steps + 1, dim).

    best: (dim,) the point to compare with, see ``best_fixed_point``. (Zinkevich 2003; Reddi, Kale & Kumar 2018,
    section 2.)
    """
    t = _steps(1, len(x))
    return _running_mean(_played(x, problem) - _values(problem, best[:, np.newaxis], t))


def _played(x: Array, problem: Problem) -> Array:
    return _values(problem, x[:-1].T, _steps(1, len(x)))


def _running_mean(losses: Array) -> Array:
    mean: Array = np.cumsum(losses) / _steps(1, len(losses) + 1)
    return mean


def _steps(first: int, end: int) -> Array:
    return np.arange(first, end, dtype=np.float64)


def _values(problem: Problem, x: Array, t: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(problem.value(x, t), dtype=np.float64)


# --- the best fixed point -------------------------------------------------------------------------


def best_fixed_point(problem: Problem, steps: int) -> Array | None:
    """(dim,) where in its domain f_1 + ... + f_steps is lowest; None without a domain, which may hold no such point.

    The domain is looked over on a grid; from its best point on, the search goes to the best neighbour, and comes nearer
    when there is none. A corner towards which the sum falls along every axis, as it does when every f_t is linear, is
    found exactly.
    """
    if problem.domain is None:
        return None
    box = np.array(problem.domain, dtype=np.float64)  # (dim, 2)
    side = int(np.clip((LOOKED_AT / steps) ** (1 / len(box)), 5, MOST_A_SIDE))
    best = _best_of(problem, steps, [np.linspace(low, high, side) for low, high in box])
    reach = (box[:, 1] - box[:, 0]) / (side - 1)
    finest = FINEST * reach
    while np.any(reach > finest) and not _is_held_by_corner(problem, steps, best, box):
        neighbour = _best_of(problem, steps, list(_around(best, reach, box)))
        reach = reach / 2 if np.array_equal(neighbour, best) else reach
        best = neighbour
    return best


def _around(point: Array, reach: Array, box: Array) -> Array:
    """(dim, 3): each coordinate, which comes first so that it wins a tie, and its neighbours inside the box."""
    return np.stack([point, point - reach, point + reach], axis=1).clip(box[:, :1], box[:, 1:])


def _best_of(problem: Problem, steps: int, axes: Sequence[Array]) -> Array:
    """(dim,) the point of a grid where the sum is lowest."""
    points = np.array(list(product(*axes))).T  # (dim, points)
    totals = np.zeros(points.shape[1])
    for t in _chunks(steps, points.shape[1]):
        totals += _values(problem, points[:, np.newaxis, :], t[:, np.newaxis]).sum(axis=0)
    best: Array = points[:, int(np.argmin(totals))]
    return best


def _is_held_by_corner(problem: Problem, steps: int, point: Array, box: Array) -> bool:
    """Whether the point is a corner of the box and the sum falls towards it along every axis."""
    slope = np.zeros(len(point))
    with np.errstate(all="ignore"):
        for t in _chunks(steps, 1):
            slope += problem.gradient(point[:, np.newaxis], t).sum(axis=1)
    return bool(np.all(((point == box[:, 0]) & (slope >= 0)) | ((point == box[:, 1]) & (slope <= 0))))


def _chunks(steps: int, points: int) -> Iterator[Array]:
    """t from 1 to ``steps`` in parts, so that every part times ``points`` stays small."""
    share = max(1, POINTS_AT_ONCE // points)
    for first in range(1, steps + 1, share):
        yield _steps(first, min(first + share, steps + 1))
