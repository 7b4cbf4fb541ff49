"""Chooses the part of the function's domain that is drawn."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from optviz.engine.result import Result
from optviz.problems import Problem, contains

MARGIN = 0.12  # of the extent, on every side
OUTLIER_FACTOR = 1000.0  # times as far from the start as the next: nothing could be seen of the others


def window_of(result: Result) -> tuple[tuple[float, float], ...]:
    """Return the problem's own window, or (dim) intervals around start, paths and a lowest minimum, others near.

    Paths of racers that diverged or ran far away from all others do not count.
    """
    if result.problem.window is not None:
        return result.problem.window
    paths = _without_outliers([racer.x for racer in result.racers if racer.outcome != "diverged"])
    start = result.racers[0].x[:1]
    lowest = sorted(result.problem.minima, key=lambda point: math.dist(point, start[0]))[:1]
    return window_of_paths([*(paths or [start]), *np.array(lowest).reshape(-1, 1, start.shape[1])], result.problem)


def minimum_elsewhere(result: Result) -> str:
    """Say where a minimum lies that is lower than all in the picture, or that the picture does not hold; else ''."""
    if result.problem.online or result.problem.network is not None:
        return ""
    problem, window = result.problem, window_of(result)
    hidden = [point for point in problem.minima if not contains(window, point)]
    if problem.lower is not None:
        which, point = "a lower minimum" if problem.minima else "a minimum", problem.lower
    elif hidden and len(hidden) == len(problem.minima):
        which, point = "the lowest minimum" if len(hidden) == 1 else "a lowest minimum", hidden[0]
    else:
        return ""
    place = ", ".join(f"{name} = {value:.4g}" for name, value in zip("xy", point, strict=False))
    return f"{which} lies at {place}" + ("" if contains(window, point) else ", outside the picture")


def _without_outliers(paths: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Exclude paths that are finite but far outside; the view marks their racers with arrows at its edge."""
    reach = [float(np.abs(path - path[0]).max()) for path in paths]
    order = np.argsort(reach, kind="stable")
    for nearer, farther in pairwise(order):
        if reach[farther] > OUTLIER_FACTOR * reach[nearer] > 0:
            return [path for path, far in zip(paths, reach, strict=True) if far <= reach[nearer]]
    return paths


def window_of_paths(paths: list[NDArray[np.float64]], problem: Problem) -> tuple[tuple[float, float], ...]:
    """Return (dim) intervals around ``paths``, each (steps + 1, dim), and the minima within one box's size of them."""
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, max(1.0, float((high - low).max())))
    for minimum in np.array((*problem.minima, *problem.local_minima), float).reshape(-1, points.shape[1]):
        if np.all(minimum > low - span) and np.all(minimum < high + span):
            low, high = np.minimum(low, minimum), np.maximum(high, minimum)
    margin = MARGIN * np.maximum(high - low, span)
    return tuple((float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True))
