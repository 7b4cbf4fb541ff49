"""Tells where racers came to rest: a racer at rest has stayed in one place, and the slope there holds it no more.

All functions take many racers at a time: points are (n, dim).
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.problems import SAME_VALUE, Finish, Problem

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Rest: TypeAlias = Literal["local minimum", "saddle", "plateau", "edge", "short of the finish"]
Rests: TypeAlias = NDArray[np.str_]  # (n,) a Rest each, "" for a racer that is not at rest

REST_SHARE, LEAST_REST_STEPS = 0.1, 10  # of the steps at the end, over which a racer at rest stays in one place
RADIUS_SHARE = 0.01  # of the diagonal of the window, or of the box of the racer's own path
LEAST_RADIUS = 0.01  # of a racer that never moved
FLAT = 1e-9  # a gradient below is zero
CURVATURE_SHARE = 1e-3  # of the radius, over which the gradient is differenced
PROBE_SHARE = 0.1  # of the radius: how far around a point of rest its neighbours are compared with it
WELL_CONDITIONED = 1e-8  # a determinant, as a share of the squares of what it is made of
PROBES = 16  # directions in two dimensions


def rest_steps(steps: int) -> int:
    """Return over how many steps at the end a racer at rest stays in one place."""
    return max(LEAST_REST_STEPS, math.ceil(REST_SHARE * steps))


def rest_radius(problem: Problem, finish: Finish, low: Array, high: Array) -> Array:
    """Return (n,) how far apart two points may lie and count as one place; low, high: the corners of each path."""
    if finish.distance is not None:
        return np.full(len(low), finish.distance)
    if problem.window is not None:
        low, high = (np.broadcast_to(corner, low.shape) for corner in np.array(problem.window).T)
    radius = RADIUS_SHARE * _length(high - low)
    return np.where(radius > 0, radius, LEAST_RADIUS)


def stays_at_an_edge(problem: Problem, low: Array, high: Array, radius: Array) -> Flags:
    """Return (n,) whether paths with these corners lie within one radius of one and the same edge of the domain."""
    if problem.domain is None:
        return np.zeros(len(low), dtype=bool)
    near = [
        np.maximum(abs(low - edge), abs(high - edge)) <= radius[:, np.newaxis] for edge in np.array(problem.domain).T
    ]
    return np.asarray(np.concatenate(near, axis=1).any(axis=1))


@np.errstate(all="ignore")  # what is not finite near the last point is no place to rest
def kinds_of_rest(problem: Problem, last: Array, radius: Array) -> Rests:
    """Name the places where racers stay within one radius of their last points; "" where they only creep."""
    held = _held_by_edges(problem, last, radius)
    resting = _resting_points(problem, last, held, radius)
    at_rest = np.isfinite(resting).all(axis=1)
    kinds: Rests = np.full(len(last), "", dtype="U32")
    if at_rest.any():
        kinds[at_rest] = _kinds(problem, resting[at_rest], held[at_rest], radius[at_rest])
    return kinds


@np.errstate(over="ignore")
def _length(vectors: Array) -> Array:
    lengths: Array = np.sqrt((vectors**2).sum(axis=-1))
    if not np.isfinite(lengths).all():  # a square alone may be too large
        lengths = np.where(np.isfinite(lengths), lengths, np.hypot.reduce(vectors, axis=-1))
    return lengths


def _slopes(problem: Problem, x: Array) -> Array:
    return np.asarray(problem.gradient(np.ascontiguousarray(x.T), 1.0), dtype=np.float64).T


def _held_by_edges(problem: Problem, x: Array, radius: Array) -> Array:
    """(n, dim) -1 or 1 where the slope presses the point against the domain's low or high edge, else 0."""
    if problem.domain is None:
        return np.zeros(x.shape)
    (low, high), slope = np.array(problem.domain).T, _slopes(problem, x)
    near = radius[:, np.newaxis]
    at_low, at_high = (x - low <= near) & (slope > FLAT), (high - x <= near) & (slope < -FLAT)
    held: Array = at_high.astype(float) - at_low
    return held


def _resting_points(problem: Problem, x: Array, held: Array, radius: Array) -> Array:
    """Return (n, dim) the points within one radius of x where the gradient, projected at the edges, is zero, or NaN.

    A point is x itself where the gradient is zero there already, a known minimum (at a kink the gradient has no zero),
    or where a Newton step leads.
    """
    resting, is_known = np.empty(x.shape), np.zeros(len(x), dtype=bool)
    for known in (*problem.minima, *problem.local_minima):
        near = ~is_known & (_length(x - np.array(known)) <= radius)
        resting[near], is_known = known, is_known | near
    rest = ~is_known
    if rest.any():
        resting[rest] = _unknown_resting_points(problem, x[rest], held[rest], radius[rest])
    return resting


def _unknown_resting_points(problem: Problem, x: Array, held: Array, radius: Array) -> Array:
    slope, free = _slopes(problem, x), held == 0
    on_edge = x if problem.domain is None else np.where(free, x, _corners(problem, held))
    slope = np.where(free, slope, 0.0)
    step = _newton_steps(problem, x, slope, free, CURVATURE_SHARE * radius) + (on_edge - x)
    resting = np.where((_length(step) <= radius)[:, np.newaxis], x + step, np.nan)
    flat = _length(slope) < FLAT
    resting[flat] = on_edge[flat]
    return resting


def _corners(problem: Problem, held: Array) -> Array:
    low, high = np.array(problem.domain).T
    corners: Array = np.where(held < 0, low, high)
    return corners


def _newton_steps(problem: Problem, x: Array, slope: Array, free: Flags, h: Array) -> Array:
    """Return the steps along the free coordinates to the zero of the linearised gradient; inf without curvature."""
    count, dim = x.shape
    curvature = np.empty((count, dim, dim))
    for i in range(dim):
        shift = np.zeros(x.shape)
        shift[:, i] = h
        curvature[:, i] = (_slopes(problem, x + shift) - _slopes(problem, x - shift)) / (2 * h[:, np.newaxis])
    if not free.all():  # a coordinate that is held has no say in the others' steps
        held = ~(free[:, :, np.newaxis] & free[:, np.newaxis])
        curvature[held] = np.broadcast_to(np.eye(dim), curvature.shape)[held]
    is_finite = np.isfinite(curvature).all(axis=(1, 2))
    curvature[~is_finite] = 0.0
    curvature = (curvature + curvature.transpose(0, 2, 1)) / 2
    steps, is_plain = _solved(curvature, slope)
    if not is_plain.all():
        steps[~is_plain] = _solved_by_axes(curvature[~is_plain], slope[~is_plain])
    steps[~is_finite] = np.inf
    return steps


def _solved(curvature: Array, slope: Array) -> tuple[Array, Flags]:
    """Solve linear equations of one or two unknowns; return also where that is exact enough."""
    if slope.shape[1] == 1:
        return -slope / curvature[:, 0], curvature[:, 0, 0] != 0
    if slope.shape[1] > 2:
        return np.empty(slope.shape), np.zeros(len(slope), dtype=bool)
    a, b, c = curvature[:, 0, 0], curvature[:, 0, 1], curvature[:, 1, 1]
    determinant = a * c - b * b
    rows = np.stack([b * slope[:, 1] - c * slope[:, 0], b * slope[:, 0] - a * slope[:, 1]], axis=1)
    return rows / determinant[:, np.newaxis], abs(determinant) > WELL_CONDITIONED * (a * a + b * b + c * c)


def _solved_by_axes(curvature: Array, slope: Array) -> Array:
    """Solve linear equations along the axes of curvature; there is no step along one without any that slopes."""
    bends, axes = np.linalg.eigh(curvature)
    along = (axes * slope[:, :, np.newaxis]).sum(axis=1)
    step = np.divide(-along, bends, out=np.where(abs(along) < FLAT, 0.0, np.inf), where=bends != 0)
    known = np.isfinite(step).all(axis=1)
    steps: Array = (axes * step[:, np.newaxis]).sum(axis=2)
    steps[~known] = np.inf
    return steps


def _kinds(problem: Problem, points: Array, held: Array, radius: Array) -> Rests:
    """Name points of zero gradient by the values around them."""
    height = np.asarray(problem.value(np.ascontiguousarray(points.T), 1.0), dtype=np.float64)
    short = np.zeros(len(points), dtype=bool)
    for known in problem.minima:
        short |= _length(points - np.array(known)) <= radius
    if problem.f_min is not None:
        short |= abs(height - problem.f_min) <= SAME_VALUE * (1 + abs(problem.f_min))
    kinds: Rests = np.where(short, "short of the finish", "edge").astype("U32")
    rest = ~short & ~held.any(axis=1)
    if rest.any():
        kinds[rest] = _kinds_by_neighbours(problem, points[rest], height[rest], PROBE_SHARE * radius[rest])
    return kinds


def _kinds_by_neighbours(problem: Problem, points: Array, height: Array, reach: Array) -> Rests:
    around = points.T[:, :, np.newaxis] + reach[:, np.newaxis] * _directions(points.shape[1])[:, np.newaxis]
    if problem.domain is not None:
        around = around.clip(*np.array(problem.domain).T[:, :, np.newaxis, np.newaxis])
    rise = np.asarray(problem.value(around, 1.0), dtype=np.float64) - height[:, np.newaxis]
    noise = (FLAT * reach + 4 * np.finfo(float).eps * abs(height))[:, np.newaxis]
    flat, valley = (abs(rise) <= noise).all(axis=1), (rise >= -noise).all(axis=1)
    kinds: tuple[Rest, ...] = ("plateau", "local minimum")
    return np.select([flat, valley], list(kinds), "saddle")


def _directions(dim: int) -> Array:
    """(dim, probes) unit vectors all around."""
    if dim == 1:
        return np.array([[-1.0, 1.0]])
    angles = np.arange(PROBES) * (2 * np.pi / PROBES)
    return np.array([np.cos(angles), np.sin(angles)])
