"""Tells where racers came to rest: a racer at rest has stayed in one place, and the slope there holds it no more.

All functions take many racers at a time: points are (dim, n).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from operator import add, and_, or_
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from optviz.formula.arithmetic import absolute, sqrt, where
from optviz.problems import SAME_VALUE, Finish, Problem

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Rest: TypeAlias = Literal["local minimum", "saddle", "plateau", "edge", "short of the finish"]
Coordinates: TypeAlias = Sequence[Any] | NDArray[Any]  # of points: arrays (n,), numbers or symbols
Kinds: TypeAlias = NDArray[np.int8]  # (n,) the place of each racer's among KINDS

REST_SHARE, LEAST_REST_STEPS = 0.1, 10  # of the steps at the end, over which a racer at rest stays in one place
RADIUS_SHARE = 0.01  # of the diagonal of the window, or of the box of the racer's own path
LEAST_RADIUS = 0.01  # of a racer that never moved
FLAT = 1e-9  # a gradient below is zero
CURVATURE_SHARE = 1e-3  # of the radius, over which the gradient is differenced
PROBE_SHARE = 0.1  # of the radius: how far around a point of rest its neighbours are compared with it
WELL_CONDITIONED = 1e-8  # a determinant, as a share of the squares of what it is made of
PROBES = 16  # directions in two dimensions
DIRECTIONS = {
    1: [[-1.0], [1.0]],
    2: [[float(np.cos(angle)), float(np.sin(angle))] for angle in np.arange(PROBES) * (2 * np.pi / PROBES)],
}
EPSILON = float(np.finfo(float).eps)
KINDS: tuple[Rest | Literal[""], ...] = ("", *get_args(Rest))  # "" for a racer that is not at rest
LOCAL_MINIMUM, SADDLE, PLATEAU, EDGE, SHORT = map(float, range(1, len(KINDS)))


def rest_steps(steps: int) -> int:
    """Return over how many steps at the end a racer at rest stays in one place."""
    return max(LEAST_REST_STEPS, math.ceil(REST_SHARE * steps))


def rest_radius(problem: Problem, finish: Finish, low: Array, high: Array) -> Array:
    """Return (n,) how far apart two points may lie and count as one place; low, high: the corners of each path."""
    count = low.shape[1]
    if finish.distance is not None:
        return np.full(count, finish.distance)
    if problem.window is not None:
        low, high = np.array(problem.window).T[:, :, np.newaxis]
    radius = RADIUS_SHARE * _length(high - low)
    return np.broadcast_to(np.where(radius > 0, radius, LEAST_RADIUS), count)


def stays_at_an_edge(problem: Problem, low: Array, high: Array, radius: Array) -> Flags:
    """Return (n,) whether paths with these corners lie within one radius of one and the same edge of the domain."""
    if problem.domain is None:
        return np.zeros(low.shape[1], dtype=bool)
    edges = np.array(problem.domain).T[:, :, np.newaxis]
    near = [np.maximum(abs(low - edge), abs(high - edge)) <= radius for edge in edges]
    return np.asarray(np.concatenate(near).any(axis=0))


@np.errstate(all="ignore")  # what is not finite near the last point is no place to rest
def kinds_of_rest(problem: Problem, last: Array, radius: Array) -> Kinds:
    """Name the places where racers stay within one radius of their last points; "" where they only creep."""
    resting, held = _resting_points(problem, last, radius)
    at_rest = np.flatnonzero(np.isfinite(resting).all(axis=0))
    kinds = np.zeros(len(radius), dtype=np.int8)
    if len(at_rest):
        kinds[at_rest] = _kinds(problem, resting[:, at_rest], radius[at_rest], held[at_rest])
    return kinds


def _resting_points(problem: Problem, x: Array, radius: Array) -> tuple[Array, Flags]:
    """Return (dim, n) where the points come to rest, NaN where they do not, and (n,) whether an edge holds them."""
    around = np.stack([x, *shifted(x, radius)], axis=1)
    slope, *others = np.moveaxis(np.asarray(problem.gradient(around, 1.0), dtype=np.float64), 1, 0)
    held, on_edge = _held_by_edges(problem, x, slope, radius)
    slope = np.where(held, 0.0, slope)
    unit = np.eye(len(x))[:, :, np.newaxis]  # a coordinate that is held has no say in the others' steps
    bends = np.where(held[:, np.newaxis] | held, unit, curvature(others, radius))
    step, is_plain, is_finite = newton_step(slope, bends)
    hard = np.flatnonzero(is_finite & ~is_plain)
    if len(hard):
        symmetric = ((bends + bends.swapaxes(0, 1)) / 2)[..., hard]
        solved = _solved_by_axes(np.moveaxis(symmetric, -1, 0), slope[:, hard].T)
        for along, mended in zip(step, solved.T, strict=True):
            along[hard] = mended
    places = (*problem.minima, *problem.local_minima)
    return np.array(resting_place(x, step, slope, on_edge, radius, places)), np.asarray(held.any(axis=0))


def _held_by_edges(problem: Problem, x: Array, slope: Array, radius: Array) -> tuple[Flags, Array]:
    """Return (dim, n) where the slope presses the point against the domain's low or high edge, and the point there."""
    if problem.domain is None:
        return np.zeros(x.shape, dtype=bool), x
    low, high = np.array(problem.domain).T[:, :, np.newaxis]
    at_low, at_high = (x - low <= radius) & (slope > FLAT), (high - x <= radius) & (slope < -FLAT)
    return at_low | at_high, np.where(at_low, low, np.where(at_high, high, x))


def _solved_by_axes(bends: Array, slope: Array) -> Array:
    """Return the Newton steps (n, dim) along the axes of curvature; none along one where nothing bends or slopes."""
    along_axes, axes = np.linalg.eigh(bends)
    along = (axes * slope[:, :, np.newaxis]).sum(axis=1)
    step = np.divide(-along, along_axes, out=np.where(abs(along) < FLAT, 0.0, np.inf), where=along_axes != 0)
    known = np.isfinite(step).all(axis=1)
    steps: Array = (axes * step[:, np.newaxis]).sum(axis=2)
    steps[~known] = np.inf
    return steps


def _kinds(problem: Problem, points: Array, radius: Array, held: Flags) -> Kinds:
    """Name points of zero gradient by the values around them."""
    around = np.stack(probes(points, radius), axis=1)
    if problem.domain is not None:
        around = around.clip(*np.array(problem.domain).T[:, :, np.newaxis, np.newaxis])
    around = np.concatenate([points[:, np.newaxis], around], axis=1)
    height, *others = np.asarray(problem.value(around, 1.0), dtype=np.float64)
    kinds = kind_at(points, height, others, radius, problem.minima, problem.f_min)
    return np.where(held & (kinds != SHORT), EDGE, kinds).astype(np.int8)


# --- equations, for the coordinates of points: arrays or symbols ----------------------------------


@np.errstate(over="ignore")
def _length(vector: Coordinates) -> Any:
    length = sqrt(reduce(add, [z * z for z in vector]))
    if isinstance(length, np.ndarray) and not np.isfinite(length).all():  # a square alone may be too large
        length = np.where(np.isfinite(length), length, reduce(np.hypot, vector, 0.0))
    return length


def _is_near(point: Coordinates, place: Coordinates, radius: Any) -> Any:
    return _length([z - there for z, there in zip(point, place, strict=True)]) <= radius


def shifted(x: Coordinates, radius: Any) -> list[list[Any]]:
    """Return the points between which the gradient is differenced: after x along each coordinate, then before it."""
    h = CURVATURE_SHARE * radius
    return [[z + side if i == j else z for j, z in enumerate(x)] for side in (h, -h) for i in range(len(x))]


def curvature(slopes: Sequence[Coordinates], radius: Any) -> list[list[Any]]:
    """Return how the slope changes along each coordinate, given the slopes at the points of ``shifted``."""
    double, dim = 2 * (CURVATURE_SHARE * radius), len(slopes) // 2
    pairs = zip(slopes[:dim], slopes[dim:], strict=True)
    return [[(a - b) / double for a, b in zip(after, before, strict=True)] for after, before in pairs]


def newton_step(slope: Coordinates, bends: Any) -> tuple[list[Any], Any, Any]:
    """Return the step to the zero of the linearised gradient: infinite without finite curvature.

    Also whether the curvature is well enough conditioned for it, and whether it is finite.
    """
    is_finite = reduce(add, [one * 0.0 for row in bends for one in row]) == 0.0
    a, c = bends[0][0], bends[-1][-1]
    if len(slope) == 1:
        step, is_plain = [-slope[0] / a], a != 0.0
    else:
        b = (bends[0][1] + bends[1][0]) / 2
        determinant = a * c - b * b
        step = [(b * slope[1] - c * slope[0]) / determinant, (b * slope[0] - a * slope[1]) / determinant]
        is_plain = absolute(determinant) > WELL_CONDITIONED * (a * a + b * b + c * c)
    return [where(is_finite, along, math.inf) for along in step], is_plain, is_finite


def resting_place(
    x: Coordinates,
    step: Coordinates,
    slope: Coordinates,
    on_edge: Coordinates,
    radius: Any,
    places: Sequence[Coordinates],
) -> list[Any]:
    """Return the point within one radius of x where the gradient, projected at the edges, is zero, or NaN.

    It is a known place (at a kink the gradient has no zero), x itself or its edge where the gradient is zero there
    already, or where the step leads.
    """
    step = [along + (there - z) for along, there, z in zip(step, on_edge, x, strict=True)]
    is_short, is_flat = _length(step) <= radius, _length(slope) < FLAT
    moved = [where(is_short, z + along, math.nan) for z, along in zip(x, step, strict=True)]
    point = [where(is_flat, there, z) for there, z in zip(on_edge, moved, strict=True)]
    for place in reversed(places):
        is_known = _is_near(x, place, radius)
        point = [where(is_known, there, z) for there, z in zip(place, point, strict=True)]
    return point


def probes(point: Coordinates, radius: Any) -> list[list[Any]]:
    """Return the points all around with whose values that of a point of rest is compared."""
    reach = PROBE_SHARE * radius
    return [[z + reach * along for z, along in zip(point, way, strict=True)] for way in DIRECTIONS[len(point)]]


def kind_at(
    point: Coordinates, height: Any, around: Sequence[Any], radius: Any, minima: Sequence[Coordinates], f_min: Any
) -> Any:
    """Name a point of zero gradient by its value and those around it: return the place among KINDS."""
    noise = FLAT * (PROBE_SHARE * radius) + 4 * EPSILON * absolute(height)
    rises = [f - height for f in around]
    is_flat = reduce(and_, [absolute(rise) <= noise for rise in rises])
    is_valley = reduce(and_, [rise >= -noise for rise in rises])
    kind = where(is_flat, PLATEAU, where(is_valley, LOCAL_MINIMUM, SADDLE))
    is_short = [_is_near(point, place, radius) for place in minima]
    if f_min is not None:
        is_short.append(absolute(height - f_min) <= SAME_VALUE * (1 + absolute(f_min)))
    return where(reduce(or_, is_short), SHORT, kind) if is_short else kind
