"""Judges a trajectory: whether its racer finished or diverged, and at which step."""

from __future__ import annotations

from functools import reduce
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.run import Trajectory
from optviz.problems import Finish, Problem

Array: TypeAlias = NDArray[np.float64]
Status: TypeAlias = Literal["running", "finished", "diverged"]


def finished_at(trajectory: Trajectory, problem: Problem, finish: Finish) -> int | None:
    """Return the first step (0 for the start) at which the finish condition holds, None if there is none."""
    arrived = np.zeros(len(trajectory.f), dtype=bool)
    if finish.distance is not None and problem.minima:
        arrived |= distance_to_minima(trajectory.x, problem) <= finish.distance
    target = _lowest_value(problem)
    if finish.gap is not None and target is not None:
        arrived |= trajectory.f - target <= finish.gap
    return int(np.argmax(arrived)) if arrived.any() else None


def has_finish_line(problem: Problem, finish: Finish) -> bool:
    """Return whether there is a finish line that a racer could reach."""
    return bool(finish.distance is not None and problem.minima) or (
        finish.gap is not None and _lowest_value(problem) is not None
    )


def _lowest_value(problem: Problem) -> float | None:
    """Return what the gap is measured from; the least loss of a network is not known and counts as 0."""
    return 0.0 if problem.network is not None else problem.f_min


def status_at(step: int, finished_at: int | None, diverged_at: int | None) -> Status:
    """Return what a racer is after ``step``; divergence outweighs having finished before."""
    if diverged_at is not None and diverged_at <= step:
        return "diverged"
    return "finished" if finished_at is not None and finished_at <= step else "running"


def distance_to_minima(x: Array, problem: Problem) -> Array:
    """Return (rows,) the distance of every point of x (rows, dim) to its nearest minimum; there must be one."""
    # one minimum after the other: a million points times twenty minima would not fit into memory
    distances = (np.sqrt(((x - np.asarray(point)) ** 2).sum(axis=1)) for point in problem.minima)
    return reduce(np.minimum, distances)
