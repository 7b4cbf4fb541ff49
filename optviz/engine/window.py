"""Chooses the part of the function's domain that is drawn."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from optviz.engine.result import Result
from optviz.problems import Bounds, Problem, contains, intersection
from optviz.words import ENGLISH, Words

MARGIN = 0.12  # of the extent, on every side
OUTLIER_FACTOR = 1000.0  # times as far from the start as the next: nothing could be seen of the others
PART_SHARE = 0.5  # of the land's area: a larger part is not worth cutting out of it
EDGE_SHARE = 0.03  # of a side, at least between a lowest minimum and the window's edge
MOST_GROWTH = 8.0  # of a side, for equal scales: beyond it paths would be a line
LOCATED_SHARE = 0.3  # of the land's area: a larger part is found in it without being shown where


def window_of(result: Result) -> Bounds:
    """Return the problem's own window, or (dim) intervals around start, paths and a lowest minimum, others near.

    Paths of racers that diverged or ran far away from all others do not count.
    """
    if result.problem.window is not None:
        return result.problem.window
    return _needed(result)


def shown_window(result: Result, *, given: bool, aspect: float | None = None) -> Bounds:
    """Return the part of the function's plane that a picture shows.

    A window that was not ``given`` is the part of the catalogue's that start, paths and lowest minimum need; of swarms
    the whole. aspect: width / height of the picture, where a unit is to be as long on it along x as along y: then
    the shorter side grows, inside the catalogue's window as far as that goes.
    """
    window = window_of(result) if given else _part(result)
    return window if aspect is None else grown(window, aspect, _hull(window, result.problem.window or window))


def whole_land(result: Result, window: Bounds, *, given: bool) -> Bounds | None:
    """Return the land of which ``window`` is a small part: the catalogue's, or the box that was searched for minima.

    None where the part is large, or the window was ``given``.
    """
    whole = result.problem.searched or (None if given else result.problem.window)
    shared = None if whole is None else intersection(window, whole)
    if whole is None or shared is None or _share(shared, whole) > LOCATED_SHARE:
        return None
    return whole


def _part(result: Result) -> Bounds:
    """Return what is needed of the problem's own window, or all of it where that is most of it."""
    whole, is_swarm = result.problem.window, result.racers[0].runs is not None
    if whole is None or is_swarm:
        return window_of(result)
    part = intersection(_needed(result), whole)
    chosen = whole if part is None or _share(part, whole) > PART_SHARE else part
    return _around_minima(chosen, result.problem)


def _around_minima(window: Bounds, problem: Problem) -> Bounds:
    """Return the window, farther out where a lowest minimum lies on its edge: its star would be cut."""
    inside = [point for point in problem.minima if contains(window, point)]
    ends = []
    for axis, (low, high) in enumerate(window):
        room = EDGE_SHARE * (high - low)
        places = [point[axis] for point in inside]
        ends.append((min([low, *(place - room for place in places)]), max([high, *(place + room for place in places)])))
    return tuple(ends)


def _share(part: Bounds, whole: Bounds) -> float:
    """Return how much of a box another one inside it takes."""
    return math.prod((b - a) / (high - low) for (a, b), (low, high) in zip(part, whole, strict=True))


def grown(window: Bounds, aspect: float, land: Bounds) -> Bounds:
    """Return the window with its shorter side made longer, moved so that it stays inside ``land`` if it has room."""
    (left, right), (bottom, top) = window
    wide, tall = right - left, top - bottom
    wanted = max(wide, aspect * tall), max(tall, wide / aspect)
    if not wanted[0] / wide * wanted[1] / tall <= MOST_GROWTH:
        return window
    grown = []
    for (low, high), length, (first, last) in zip(window, wanted, land, strict=True):
        begin = (low + high - length) / 2
        if length <= last - first:
            begin = min(max(begin, first), last - length)
        grown.append((low, high) if length == high - low else (begin, begin + length))
    return tuple(grown)


def _hull(a: Bounds, b: Bounds) -> Bounds:
    return tuple((min(one[0], other[0]), max(one[1], other[1])) for one, other in zip(a, b, strict=True))


def _needed(result: Result) -> Bounds:
    """Return a box, with margins, around start, paths and a lowest minimum, others near."""
    paths = without_outliers([racer.x for racer in result.racers if racer.outcome != "diverged"])
    start = result.racers[0].x[:1]
    lowest = sorted(result.problem.minima, key=lambda point: math.dist(point, start[0]))[:1]
    return window_of_paths([*(paths or [start]), *np.array(lowest).reshape(-1, 1, start.shape[1])], result.problem)


def minimum_elsewhere(result: Result, say: Words = ENGLISH) -> str:
    """Say where a minimum lies that is lower than all in the picture, or that the picture does not hold; else ''."""
    if result.problem.online or not result.problem.has_land:
        return ""
    problem, window = result.problem, window_of(result)
    hidden = [point for point in problem.minima if not contains(window, point)]
    if problem.lower is not None:
        key = "a lower minimum lies at {place}" if problem.minima else "a minimum lies at {place}"
        point = problem.lower
    elif hidden and len(hidden) == len(problem.minima):
        key = "the lowest minimum lies at {place}" if len(hidden) == 1 else "a lowest minimum lies at {place}"
        point = hidden[0]
    else:
        return ""
    place = ", ".join(f"{name} = {value:.4g}" for name, value in zip("xy", point, strict=False))
    return say(key, place=place) + ("" if contains(window, point) else f", {say('outside the picture')}")


def without_outliers(paths: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Exclude paths that are finite but far outside; the view marks their racers with arrows at its edge."""
    reach = [float(np.abs(path - path[0]).max()) for path in paths]
    order = np.argsort(reach, kind="stable")
    for nearer, farther in pairwise(order):
        if reach[farther] > OUTLIER_FACTOR * reach[nearer] > 0:
            return [path for path, far in zip(paths, reach, strict=True) if far <= reach[nearer]]
    return paths


def window_of_paths(paths: list[NDArray[np.float64]], problem: Problem) -> Bounds:
    """Return (dim) intervals around ``paths``, each (steps + 1, dim), and the minima within one box's size of them."""
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, max(1.0, float((high - low).max())))
    for minimum in np.array((*problem.minima, *problem.local_minima), float).reshape(-1, points.shape[1]):
        if np.all(minimum > low - span) and np.all(minimum < high + span):
            low, high = np.minimum(low, minimum), np.maximum(high, minimum)
    margin = MARGIN * np.maximum(high - low, span)
    return tuple((float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True))
