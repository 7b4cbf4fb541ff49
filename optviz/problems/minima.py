"""Searches a window for the minima of a problem that does not say where they are.

A grid finds the hollows; from each, Newton's method on the exact gradient (curvature by differences of it,
for direction only) and, where there is a kink, a compass search go to the bottom. Kept is what lies inside
the window and is isolated: pushed away a little, the search comes back. So neither a valley of equal minima
nor a plateau is reported as a row of points. Deterministic; NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.formula.arithmetic import Array

Box: TypeAlias = Sequence[tuple[float, float]]

GRID = {1: 2001, 2: 101}  # points along each side, by dimension
MOST = 100  # hollows followed, the lowest ones
NEWTON_STEPS, COMPASS_STEPS = 30, 60  # to the bottom
STEPS_BACK = 10, 12  # the same, to see whether a pushed point comes back
FRACTIONS = np.array([1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0])  # of a Newton step; the lowest value wins
LONGEST_STEP = 2.0  # cells
PUSH = 0.3  # cells
BACK = 0.05  # cells: pushed away, the search came back to the same minimum
NEAR, CONVERGED = 1e-3, 1e-7  # cells: whole Newton steps from here on; where they end
POLISH = 3  # whole Newton steps: values can no longer tell which point is lower, the gradient can
DIRECTIONS = {
    1: np.array([[-1.0, 1.0]]),
    2: np.array([[-1, -1, -1, 0, 0, 1, 1, 1], [-1, 0, 1, -1, 1, -1, 0, 1]], dtype=np.float64),
}
PUSHES = {1: DIRECTIONS[1], 2: np.array([[0.8, -0.6, -0.8, 0.6], [0.6, 0.8, -0.6, -0.8]])}


@dataclass(frozen=True)
class Landscape:
    """The function on a grid's own scale: the window's corner is 0, a cell is 1. Points are (dim, n)."""

    of: Callable[[Array], Array]
    gradient_of: Callable[[Array], Array]
    corner: Array  # (dim,)
    cell: Array  # (dim,)

    def place(self, u: Array) -> Array:
        """From cells to the function's own coordinates."""
        return _column(self.corner, u) + _column(self.cell, u) * u

    def value(self, u: Array) -> Array:
        """f, infinite where it is not a number."""
        return np.nan_to_num(self.of(self.place(u)), nan=np.inf, posinf=np.inf, neginf=-np.inf)

    def gradient(self, u: Array) -> Array:
        """∇f by cells."""
        return self.gradient_of(self.place(u)) * _column(self.cell, u)


def find_minima(
    value: Callable[[Array], Array], gradient: Callable[[Array], Array], window: Box
) -> tuple[tuple[float, ...], ...]:
    """The isolated minima inside the window, lowest first (at most 100)."""
    box = np.array(window, dtype=np.float64)
    side = GRID[len(box)]
    land = Landscape(value, gradient, box[:, 0], (box[:, 1] - box[:, 0]) / (side - 1))
    bottoms = _bottoms(land, _hollows(land, side), NEWTON_STEPS, COMPASS_STEPS)
    found = _distinct(bottoms[:, _inside(bottoms, side)])
    return _listed(land, _snapped(land, _isolated(land, found)))


def _column(vector: Array, like: Array) -> Array:
    return vector.reshape(-1, *[1] * (like.ndim - 1))


def _hollows(land: Landscape, side: int) -> Array:
    """Grid points no higher than their neighbours and lower than one of them: (dim, n), the lowest ones."""
    dim = len(land.cell)
    grid = np.stack(np.meshgrid(*[np.arange(side, dtype=np.float64)] * dim, indexing="ij"))
    height = land.value(grid)
    padded = np.pad(height, 1, constant_values=np.inf)
    around = np.stack([_shifted(padded, offset, side) for offset in DIRECTIONS[dim].T.astype(int)])
    hollow = (height <= around).all(axis=0) & (height < around).any(axis=0) & np.isfinite(height)
    lowest = np.argsort(height[hollow], kind="stable")[:MOST]
    chosen: Array = grid[:, hollow][:, lowest]
    return chosen


def _shifted(padded: Array, offset: NDArray[np.int_], side: int) -> Array:
    window: Array = padded[tuple(slice(1 + step, 1 + step + side) for step in offset)]
    return window


def _bottoms(land: Landscape, u: Array, newton_steps: int, compass_steps: int) -> Array:
    u, smooth = _newton(land, u, newton_steps)
    u[:, ~smooth] = _compass(land, u[:, ~smooth], compass_steps)
    return u


def _newton(land: Landscape, u: Array, most: int) -> tuple[Array, NDArray[np.bool_]]:
    """Newton's method from every point, and which of them came to rest where the function is smooth."""
    u, moving = u.copy(), np.arange(u.shape[1])
    for _ in range(most):
        steps, hollow = _newton_step(land, u[:, moving])
        near = hollow & (np.abs(steps).max(axis=0) < NEAR)
        moving = moving[~near]
        if not len(moving):
            break
        u[:, moving] = _lowest(land, u[:, moving], _clipped(steps[:, ~near]))
    return _polished(land, u)


def _polished(land: Landscape, u: Array) -> tuple[Array, NDArray[np.bool_]]:
    for _ in range(POLISH):
        steps, hollow = _newton_step(land, u)
        near = hollow & (np.abs(steps).max(axis=0) < NEAR)
        u = u + np.where(near, steps, 0.0)
    steps, hollow = _newton_step(land, u)
    rests: NDArray[np.bool_] = hollow & (np.abs(steps).max(axis=0) < CONVERGED)
    return u, rests


def _lowest(land: Landscape, u: Array, steps: Array) -> Array:
    """Each point moved by that fraction of its step which leads lowest; the whole step when it is a draw."""
    tried = u[:, None] + FRACTIONS[:, None] * steps[:, None]  # (dim, fractions, n)
    return _chosen(tried, land.value(tried).argmin(axis=0))


def _chosen(tried: Array, best: NDArray[np.intp]) -> Array:
    chosen: Array = np.take_along_axis(tried, best[None, None], axis=1)[:, 0]
    return chosen


def _clipped(steps: Array) -> Array:
    length = np.linalg.norm(steps, axis=0)
    clipped: Array = steps * (LONGEST_STEP / np.maximum(length, LONGEST_STEP))
    return clipped


def _newton_step(land: Landscape, u: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The step to the bottom of the local parabola, always downhill, and where that parabola is a hollow."""
    curvature = np.nan_to_num(_curvature(land, u))  # (n, dim, dim)
    slope = np.nan_to_num(land.gradient(u)).T[..., None]
    bends, axes = np.linalg.eigh(curvature)
    steepness = np.maximum(np.abs(bends), 1e-12 * np.abs(bends).max(axis=1, keepdims=True) + 1e-300)
    with np.errstate(over="ignore"):
        along = -(axes.mT @ slope)[..., 0] / steepness
    along = np.clip(along, -1e6, 1e6)
    return (axes @ along[..., None])[..., 0].T, bends.min(axis=1) > 0


def _curvature(land: Landscape, u: Array) -> Array:
    width = 1e-4
    columns = []
    for shift in np.eye(len(u)) * width:
        change = land.gradient(u + shift[:, None]) - land.gradient(u - shift[:, None])
        columns.append(change / (2 * width))
    matrix = np.stack(columns).transpose(2, 0, 1)
    return (matrix + matrix.mT) / 2


def _compass(land: Landscape, u: Array, most: int) -> Array:
    """Goes to the lowest of the points around, as long as one is lower, with ever smaller steps."""
    height, step = land.value(u), np.full(u.shape[1], 0.5)
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


def _inside(u: Array, side: int) -> NDArray[np.bool_]:
    return np.asarray(((u > -1e-6) & (u < side - 1 + 1e-6)).all(axis=0))


def _distinct(u: Array) -> Array:
    kept: list[int] = []
    for index in range(u.shape[1]):
        if all(np.abs(u[:, index] - u[:, other]).max() > BACK for other in kept):
            kept.append(index)
    return u[:, kept]


def _isolated(land: Landscape, u: Array) -> Array:
    pushes = PUSHES[len(u)]
    pushed = u[:, None] + PUSH * pushes[:, :, None]
    back = _bottoms(land, pushed.reshape(len(u), -1), *STEPS_BACK).reshape(pushed.shape)
    away = np.abs(back - u[:, None]).max(axis=(0, 1))
    return u[:, away < BACK]


def _snapped(land: Landscape, u: Array) -> Array:
    """Rounded to some nine digits of a cell where that is no worse: 2 instead of 1.9999999999999998."""
    x = land.place(u)
    for row, cell in enumerate(land.cell.tolist()):
        rounded = x.copy()
        rounded[row] = np.round(x[row], 9 - math.floor(math.log10(cell)))
        no_higher = land.of(rounded) <= land.of(x)
        no_steeper = np.abs(land.gradient_of(rounded)).max(axis=0) <= np.abs(land.gradient_of(x)).max(axis=0)
        x = np.where(no_higher & no_steeper, rounded, x)
    return x + 0.0  # -0 to 0


def _listed(land: Landscape, x: Array) -> tuple[tuple[float, ...], ...]:
    heights = land.of(x).tolist()
    scale = max([1.0, *map(abs, heights)])
    points = [tuple(point) for point in x.T.tolist()]
    ranked = sorted(zip(heights, points, strict=True), key=lambda pair: (round(pair[0] / scale, 10), pair[1]))
    return tuple(point for _, point in ranked)
