"""Tells where racers came to rest: a racer at rest has stayed in one place, and the slope there holds it no more.

All functions take many racers at a time: points are (dim, n).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from optviz.problems import SAME_VALUE, Finish, Problem

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Rest: TypeAlias = Literal["local minimum", "saddle", "plateau", "edge", "short of the finish"]
Kinds: TypeAlias = NDArray[np.int8]  # (n,) the place of each racer's among KINDS

REST_SHARE, LEAST_REST_STEPS = 0.1, 10  # of the steps at the end, over which a racer at rest stays in one place
RADIUS_SHARE = 0.01  # of the diagonal of the window, or of the box of the racer's own path
LEAST_RADIUS = 0.01  # of a racer that never moved
FLAT = 1e-9  # a gradient below is zero
CURVATURE_SHARE = 1e-3  # of the radius, over which the gradient is differenced
PROBE_SHARE = 0.1  # of the radius: how far around a point of rest its neighbours are compared with it
WELL_CONDITIONED = 1e-8  # a determinant, as a share of the squares of what it is made of
PROBES = 16  # directions in two dimensions
KINDS: tuple[Rest | Literal[""], ...] = ("", *get_args(Rest))  # "" for a racer that is not at rest


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
    held = _held_by_edges(problem, last, radius)
    resting = _resting_points(problem, last, held, radius)
    at_rest = np.flatnonzero(np.isfinite(resting).all(axis=0))
    kinds = np.zeros(len(radius), dtype=np.int8)
    if len(at_rest):
        kinds[at_rest] = _kinds(problem, resting[:, at_rest], held[:, at_rest], radius[at_rest])
    return kinds


@np.errstate(over="ignore")
def _length(vectors: Array) -> Array:
    lengths: Array = np.sqrt((vectors**2).sum(axis=0))
    if not np.isfinite(lengths).all():  # a square alone may be too large
        lengths = np.where(np.isfinite(lengths), lengths, np.hypot.reduce(vectors, axis=0))
    return lengths


def _distance(points: Array, place: Sequence[float]) -> Array:
    return _length(points - np.array(place)[:, np.newaxis])


def _slopes(problem: Problem, x: Array) -> Array:
    return np.asarray(problem.gradient(np.ascontiguousarray(x), 1.0), dtype=np.float64)


def _held_by_edges(problem: Problem, x: Array, radius: Array) -> Array:
    """(dim, n) -1 or 1 where the slope presses the point against the domain's low or high edge, else 0."""
    if problem.domain is None:
        return np.zeros(x.shape)
    (low, high), slope = np.array(problem.domain).T[:, :, np.newaxis], _slopes(problem, x)
    at_low, at_high = (x - low <= radius) & (slope > FLAT), (high - x <= radius) & (slope < -FLAT)
    held: Array = at_high.astype(float) - at_low
    return held


def _resting_points(problem: Problem, x: Array, held: Array, radius: Array) -> Array:
    """Return (dim, n) the points within one radius of x where the gradient, projected at the edges, is zero, or NaN.

    A point is x itself where the gradient is zero there already, a known minimum (at a kink the gradient has no zero),
    or where a Newton step leads.
    """
    resting, is_known = np.empty(x.shape), np.zeros(len(radius), dtype=bool)
    for known in (*problem.minima, *problem.local_minima):
        near = ~is_known & (_distance(x, known) <= radius)
        resting[:, near], is_known = np.array(known)[:, np.newaxis], is_known | near
    rest = np.flatnonzero(~is_known)
    if len(rest):
        resting[:, rest] = _unknown_resting_points(problem, x[:, rest], held[:, rest], radius[rest])
    return resting


def _unknown_resting_points(problem: Problem, x: Array, held: Array, radius: Array) -> Array:
    slope, curvature = _slope_and_curvature(problem, x, CURVATURE_SHARE * radius)
    free = held == 0
    on_edge = x if problem.domain is None else np.where(free, x, _corners(problem, held))
    slope = np.where(free, slope, 0.0)
    step = _newton_steps(curvature, slope, free) + (on_edge - x)
    moved = np.where(_length(step) <= radius, x + step, np.nan)
    return np.where(_length(slope) < FLAT, on_edge, moved)


def _corners(problem: Problem, held: Array) -> Array:
    low, high = np.array(problem.domain).T[:, :, np.newaxis]
    corners: Array = np.where(held < 0, low, high)
    return corners


def _slope_and_curvature(problem: Problem, x: Array, h: Array) -> tuple[Array, Array]:
    """Return the slope (dim, n), and how it changes along each coordinate, differenced over h: (dim, dim, n)."""
    shifts = np.eye(len(x))[:, :, np.newaxis] * h
    here = x[:, np.newaxis]
    around = np.concatenate([here, here + shifts, here - shifts], axis=1)
    slope, after, before = np.split(_slopes(problem, around), [1, 1 + len(x)], axis=1)
    return slope[:, 0], ((after - before) / (2 * h)).swapaxes(0, 1)


def _newton_steps(curvature: Array, slope: Array, free: Flags) -> Array:
    """Return the steps along the free coordinates to the zero of the linearised gradient; inf without curvature."""
    if not free.all():  # a coordinate that is held has no say in the others' steps
        unit = np.eye(len(slope))[:, :, np.newaxis]
        curvature = np.where(free[:, np.newaxis] & free, curvature, unit)
    is_finite = np.isfinite(curvature).all(axis=(0, 1))
    curvature = (curvature + curvature.swapaxes(0, 1)) / 2
    steps, is_plain = _solved(curvature, slope)
    hard = np.flatnonzero(is_finite & ~is_plain)
    if len(hard):
        steps[:, hard] = _solved_by_axes(np.moveaxis(curvature[..., hard], -1, 0), slope[:, hard].T).T
    steps[:, ~is_finite] = np.inf
    return steps


def _solved(curvature: Array, slope: Array) -> tuple[Array, Flags]:
    """Solve linear equations of one or two unknowns; return also where that is exact enough."""
    if len(slope) == 1:
        return -slope / curvature[0], curvature[0, 0] != 0
    (a, b), (_, c) = curvature
    determinant = a * c - b * b
    steps = np.array([b * slope[1] - c * slope[0], b * slope[0] - a * slope[1]]) / determinant
    return steps, abs(determinant) > WELL_CONDITIONED * (a * a + b * b + c * c)


def _solved_by_axes(curvature: Array, slope: Array) -> Array:
    """Solve linear equations (n, ...) along the axes of curvature; there is no step along one without any that slopes.

    Returns (n, dim).
    """
    bends, axes = np.linalg.eigh(curvature)
    along = (axes * slope[:, :, np.newaxis]).sum(axis=1)
    step = np.divide(-along, bends, out=np.where(abs(along) < FLAT, 0.0, np.inf), where=bends != 0)
    known = np.isfinite(step).all(axis=1)
    steps: Array = (axes * step[:, np.newaxis]).sum(axis=2)
    steps[~known] = np.inf
    return steps


def _kinds(problem: Problem, points: Array, held: Array, radius: Array) -> Kinds:
    """Name points of zero gradient by the values around them."""
    height = np.asarray(problem.value(points, 1.0), dtype=np.float64)
    short = np.zeros(len(height), dtype=bool)
    for known in problem.minima:
        short |= _distance(points, known) <= radius
    if problem.f_min is not None:
        short |= abs(height - problem.f_min) <= SAME_VALUE * (1 + abs(problem.f_min))
    kinds = np.where(short, *_places("short of the finish", "edge"))
    rest = np.flatnonzero(~short & ~held.any(axis=0))
    if len(rest):
        kinds[rest] = _kinds_by_neighbours(problem, points[:, rest], height[rest], PROBE_SHARE * radius[rest])
    return kinds


def _places(*kinds: Rest) -> list[np.int8]:
    return [np.int8(KINDS.index(kind)) for kind in kinds]


def _kinds_by_neighbours(problem: Problem, points: Array, height: Array, reach: Array) -> Kinds:
    around = points[:, np.newaxis] + _directions(len(points))[:, :, np.newaxis] * reach
    if problem.domain is not None:
        around = around.clip(*np.array(problem.domain).T[:, :, np.newaxis, np.newaxis])
    rise = np.asarray(problem.value(around, 1.0), dtype=np.float64) - height
    noise = FLAT * reach + 4 * np.finfo(float).eps * abs(height)
    flat, valley = (abs(rise) <= noise).all(axis=0), (rise >= -noise).all(axis=0)
    plateau, minimum, saddle = _places("plateau", "local minimum", "saddle")
    return np.where(flat, plateau, np.where(valley, minimum, saddle))


def _directions(dim: int) -> Array:
    """(dim, probes) unit vectors all around."""
    if dim == 1:
        return np.array([[-1.0, 1.0]])
    angles = np.arange(PROBES) * (2 * np.pi / PROBES)
    return np.array([np.cos(angles), np.sin(angles)])
