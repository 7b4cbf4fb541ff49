"""Search a window for the minima of a function.

A grid finds starting points; from each, Newton's method on the exact gradient (curvature by differences of it, for
direction only) and, where there is a kink, a compass search descend to a minimum. Those inside the window that are
isolated are kept: displaced a little, the search returns. So neither a valley of equal minima nor a plateau is
reported as a row of points. Deterministic; NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optviz.formula.arithmetic import Array
from optviz.problems.bounds import Bounds, Point

# Lengths are in cells of the grid.
GRID_POINTS = {1: 2001, 2: 101}  # along each side, by dimension
MOST_STARTS = 100  # the lowest ones are followed
NEWTON_STEPS, COMPASS_STEPS = 30, 60  # to a minimum
RETURN_STEPS = 10, 12  # Newton and compass steps, to see whether a displaced point returns
FRACTIONS = np.array([1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0])  # of a Newton step; the lowest value wins
LONGEST_NEWTON_STEP_CELLS = 2.0
DISPLACEMENT_CELLS = 0.3
SAME_MINIMUM_CELLS = 0.05  # two points nearer than this are one minimum
NEAR_CELLS, CONVERGED_CELLS = 1e-3, 1e-7  # length of Newton steps: taken whole from here on; at a minimum
POLISHING_STEPS = 3  # whole Newton steps: values can no longer tell which point is lower, the gradient can
CURVATURE_STEP_CELLS = 1e-4  # over which the gradient is differenced
FIRST_COMPASS_STEP_CELLS = 0.5
DIRECTIONS = {
    1: np.array([[-1.0, 1.0]]),
    2: np.array([[-1, -1, -1, 0, 0, 1, 1, 1], [-1, 0, 1, -1, 1, -1, 0, 1]], dtype=np.float64),
}
DISPLACEMENTS = {1: DIRECTIONS[1], 2: np.array([[0.8, -0.6, -0.8, 0.6], [0.6, 0.8, -0.6, -0.8]])}


@dataclass(frozen=True)
class Landscape:
    """The function in cells of the grid: the window's corner is 0, a cell's side is 1. Points are (dim, n)."""

    of: Callable[[Array], Array]
    gradient_of: Callable[[Array], Array]
    corner: Array  # (dim,)
    cell: Array  # (dim,)

    def place(self, u: Array) -> Array:
        """Return the function's own coordinates of points in cells."""
        return _column(self.corner, u) + _column(self.cell, u) * u

    def value(self, u: Array) -> Array:
        """Return f, infinite where it is not a number."""
        return np.nan_to_num(self.of(self.place(u)), nan=np.inf, posinf=np.inf, neginf=-np.inf)

    def gradient(self, u: Array) -> Array:
        """Return the gradient per cell."""
        return self.gradient_of(self.place(u)) * _column(self.cell, u)


@np.errstate(all="ignore")  # where a value or a slope is beyond the largest float, no minimum is near
def search_minima(
    value: Callable[[Array], Array], gradient: Callable[[Array], Array], window: Bounds
) -> tuple[Point, ...]:
    """Search a window for isolated minima; returns at most 100, lowest first.

    value: f, (dim, n) -> (n,); gradient: ∇f, (dim, n) -> (dim, n); dim is 1 or 2.
    """
    box = np.array(window, dtype=np.float64)
    side = GRID_POINTS[len(box)]
    cell = (box[:, 1] - box[:, 0]) / (side - 1)
    if not (np.isfinite(cell) & (cell > 0)).all():  # the window is wider than the largest float, or has no room
        return ()
    land = Landscape(value, gradient, box[:, 0], cell)
    minima = _descended(land, _grid_minima(land, side), NEWTON_STEPS, COMPASS_STEPS)
    inside = ((minima > -1e-6) & (minima < side - 1 + 1e-6)).all(axis=0)
    return _ranked(land, _rounded(land, _isolated(land, _distinct(minima[:, inside]))))


@np.errstate(all="ignore")
def polished_values(
    value: Callable[[Array], Array], gradient: Callable[[Array], Array], points: Array, reach: Array
) -> Array:
    """Return (n,) the value of f at the minima near ``points`` (dim, n), which may be written with few digits.

    Newton's method goes no farther than ``reach`` (dim,); where it does not lead lower the point's own value counts.
    """
    written = np.asarray(value(points), dtype=np.float64)
    land = Landscape(lambda u: value(points + u), lambda u: gradient(points + u), np.zeros(len(points)), reach)
    u = np.zeros_like(points)
    for _ in range(POLISHING_STEPS):
        steps, convex = _newton_step(land, u)
        u = u + np.where(convex & (np.abs(u + steps).max(axis=0) <= 1), steps, 0.0)
    return np.fmin(written, land.value(u))


def _column(vector: Array, like: Array) -> Array:
    return vector.reshape(-1, *[1] * (like.ndim - 1))


def _grid_minima(land: Landscape, side: int) -> Array:
    """Grid points no higher than their neighbours and lower than one of them, the lowest ones: (dim, n)."""
    dim = len(land.cell)
    grid = np.stack(np.meshgrid(*[np.arange(side, dtype=np.float64)] * dim, indexing="ij"))
    height = land.value(grid)
    padded = np.pad(height, 1, constant_values=np.inf)
    shifts = [tuple(slice(1 + step, 1 + step + side) for step in offset) for offset in DIRECTIONS[dim].T.astype(int)]
    around = np.stack([padded[shift] for shift in shifts])
    low = (height <= around).all(axis=0) & (height < around).any(axis=0) & np.isfinite(height)
    lowest = np.argsort(height[low], kind="stable")[:MOST_STARTS]
    chosen: Array = grid[:, low][:, lowest]
    return chosen


def _descended(land: Landscape, u: Array, newton_steps: int, compass_steps: int) -> Array:
    """The points moved downhill: by Newton's method, and by a compass search where that finds no smooth minimum."""
    u, smooth = _newton(land, u, newton_steps)
    u[:, ~smooth] = _compass(land, u[:, ~smooth], compass_steps)
    return u


def _newton(land: Landscape, u: Array, most: int) -> tuple[Array, NDArray[np.bool_]]:
    """Newton's method from every point, and which of them came to rest where the function is smooth."""
    u, moving = u.copy(), np.arange(u.shape[1])
    for _ in range(most):
        steps, convex = _newton_step(land, u[:, moving])
        near = convex & (np.abs(steps).max(axis=0) < NEAR_CELLS)
        moving = moving[~near]
        if not len(moving):
            break
        steps = steps[:, ~near]
        length = np.linalg.norm(steps, axis=0)
        steps = steps * (LONGEST_NEWTON_STEP_CELLS / np.maximum(length, LONGEST_NEWTON_STEP_CELLS))
        u[:, moving] = _lowest(land, u[:, moving], steps)
    return _polished(land, u)


def _polished(land: Landscape, u: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The points after whole Newton steps, and which of them are minima where the function is smooth."""
    for _ in range(POLISHING_STEPS):
        steps, convex = _newton_step(land, u)
        near = convex & (np.abs(steps).max(axis=0) < NEAR_CELLS)
        u = u + np.where(near, steps, 0.0)
    steps, convex = _newton_step(land, u)
    rests: NDArray[np.bool_] = convex & (np.abs(steps).max(axis=0) < CONVERGED_CELLS)
    return u, rests


def _lowest(land: Landscape, u: Array, steps: Array) -> Array:
    """Each point moved by that fraction of its step which leads lowest; the whole step when it is a draw."""
    tried = u[:, None] + FRACTIONS[:, None] * steps[:, None]  # (dim, fractions, n)
    return _chosen(tried, land.value(tried).argmin(axis=0))


def _chosen(tried: Array, best: NDArray[np.intp]) -> Array:
    chosen: Array = np.take_along_axis(tried, best[None, None], axis=1)[:, 0]
    return chosen


def _newton_step(land: Landscape, u: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The step to the bottom of the local parabola, always downhill, and where that parabola is convex."""
    curvature = np.nan_to_num(_curvature(land, u))  # (n, dim, dim)
    slope = np.nan_to_num(land.gradient(u)).T[..., None]
    bends, axes = np.linalg.eigh(curvature)
    steepness = np.maximum(np.abs(bends), 1e-12 * np.abs(bends).max(axis=1, keepdims=True) + 1e-300)
    along = -(axes.mT @ slope)[..., 0] / steepness
    along = np.clip(along, -1e6, 1e6)
    return (axes @ along[..., None])[..., 0].T, bends.min(axis=1) > 0


def _curvature(land: Landscape, u: Array) -> Array:
    """(n, dim, dim) the Hessian by central differences of the gradient."""
    columns = []
    for shift in np.eye(len(u)) * CURVATURE_STEP_CELLS:
        change = land.gradient(u + shift[:, None]) - land.gradient(u - shift[:, None])
        columns.append(change / (2 * CURVATURE_STEP_CELLS))
    matrix = np.stack(columns).transpose(2, 0, 1)
    return (matrix + matrix.mT) / 2


def _compass(land: Landscape, u: Array, most: int) -> Array:
    """The points moved to the lowest of those around while one is lower, else with half the step."""
    height, step = land.value(u), np.full(u.shape[1], FIRST_COMPASS_STEP_CELLS)
    directions = DIRECTIONS[len(u)][:, :, None]
    for _ in range(most):
        tried = u[:, None] + directions * step
        heights = land.value(tried)
        best = heights.argmin(axis=0)
        lowest = np.take_along_axis(heights, best[None], axis=0)[0]
        lower = lowest < height
        u = np.where(lower, _chosen(tried, best), u)
        height, step = np.where(lower, lowest, height), np.where(lower, step, step / 2)
    return u


def _distinct(u: Array) -> Array:
    """The first of all points that are the same minimum."""
    kept: list[int] = []
    for index in range(u.shape[1]):
        if all(np.abs(u[:, index] - u[:, other]).max() > SAME_MINIMUM_CELLS for other in kept):
            kept.append(index)
    return u[:, kept]


def _isolated(land: Landscape, u: Array) -> Array:
    """The points to which the search returns from all around."""
    displaced = u[:, None] + DISPLACEMENT_CELLS * DISPLACEMENTS[len(u)][:, :, None]
    returned = _descended(land, displaced.reshape(len(u), -1), *RETURN_STEPS).reshape(displaced.shape)
    away = np.abs(returned - u[:, None]).max(axis=(0, 1))
    return u[:, away < SAME_MINIMUM_CELLS]


def _rounded(land: Landscape, u: Array) -> Array:
    """The points in the function's coordinates, rounded to nine digits of a cell where that is no worse: 2, not
    1.9999999999999998.
    """
    x = land.place(u)
    for row, cell in enumerate(land.cell.tolist()):
        rounded = x.copy()
        rounded[row] = np.round(x[row], 9 - math.floor(math.log10(cell)))
        no_higher = land.of(rounded) <= land.of(x)
        no_steeper = np.abs(land.gradient_of(rounded)).max(axis=0) <= np.abs(land.gradient_of(x)).max(axis=0)
        x = np.where(no_higher & no_steeper, rounded, x)
    return x + 0.0  # -0 to 0


def _ranked(land: Landscape, x: Array) -> tuple[Point, ...]:
    """The points, the lowest first, those of equal height by their coordinates."""
    heights = land.of(x).tolist()
    scale = max([1.0, *map(abs, heights)])
    points = [tuple(point) for point in x.T.tolist()]
    ranked = sorted(zip(heights, points, strict=True), key=lambda pair: (round(pair[0] / scale, 10), pair[1]))
    return tuple(point for _, point in ranked)
