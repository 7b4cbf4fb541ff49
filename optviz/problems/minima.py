"""Search a box for the minima of a function.

A grid finds starting points; from each, Newton's method on the exact gradient (curvature by differences of it, for
direction only) and, where there is a kink, a compass search descend to a minimum. No point leaves the domain, so that
its edges and corners have minima too. Those inside the box that are isolated are kept: displaced a little, the search
returns. So neither a valley of equal minima nor a plateau is reported as a row of points. Deterministic; NumPy only.

A function that is called for each point may be slow. Its calls are counted, and after so many the search gives up: what
is found by then, of the lowest starts, counts. Calls, not seconds, decide, so that every machine finds the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optviz.formula import PointFunction
from optviz.formula.arithmetic import Array
from optviz.problems.bounds import Bounds, Point, contains

SAME_VALUE = 1e-9  # relative to 1 + |f|: minima whose values differ by less are equally low

# Lengths are in cells of the grid.
GRID_POINTS = {1: 2001, 2: 101}  # along each side, by dimension
MOST_STARTS = 100  # the lowest ones are followed
NEWTON_STEPS, COMPASS_STEPS = 30, 60  # to a minimum
RETURN_STEPS = 10, 12  # Newton and compass steps, to see whether a displaced point returns
FRACTIONS = np.array([1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0])  # of a Newton step; the lowest value wins
LONGEST_NEWTON_STEP_CELLS = 2.0
DISPLACEMENTS_CELLS, RETURN_SHARE = (0.3, 3e-3, 3e-5), 1 / 6  # whence a minimum must be found again, and how closely
SAME_MINIMUM_CELLS = 0.05  # two points nearer than this are one minimum
NEAR_CELLS, CONVERGED_CELLS = 1e-3, 1e-7  # length of Newton steps: taken whole from here on; at a minimum
POLISHING_STEPS = 3  # whole Newton steps: values can no longer tell which point is lower, the gradient can
CURVATURE_STEP_CELLS = 1e-4  # over which the gradient is differenced
FIRST_COMPASS_STEP_CELLS, FINEST_COMPASS_STEP_CELLS = 0.5, 1e-14
DIRECTIONS = {
    1: np.array([[-1.0, 1.0]]),
    2: np.array([[-1, -1, -1, 0, 0, 1, 1, 1], [-1, 0, 1, -1, 1, -1, 0, 1]], dtype=np.float64),
}
SLACK_CELLS, FAR_CELLS = 1e-6, 3.0  # outside the box: as good as inside; not followed
EDGE_CELLS = 1e-9  # nearer to an edge of the domain is on it
BREAK_CELLS = 1e-3, 1e-6, 1e-9  # distances at which the values around a minimum are looked at
POLE_SHARE = 0.9  # of the fall from one distance to the next: log falls as far again
BREAK_SHARE = 1e-6  # of the rise around a minimum, by which a neighbour may be lower: no point is exactly at the bottom
ZERO_CELLS = 1e-12  # nearer to 0 than the search can tell is 0
NOISE_CELLS = 1e-10  # so near to a minimum the values differ by rounding alone
NOISE_SHARE = 1e-6  # of the rise around a minimum, which rounding is below
ZERO_SHARE = 1e-15  # of the rise around a minimum: a value nearer to 0 than rounding can tell is 0
LOOK_STARTS = 16  # the lowest ones are followed where the lowest minimum alone is asked for
COUNTED_LOOK_POINTS, COUNTED_LOOK_STARTS = {1: 501, 2: 41}, 4  # the same, where calls are counted
COUNTED_STARTS = 4  # are followed at a time where calls are counted
MOST_LOOKS, LOOKS_IN_VAIN = 16, 3  # into boxes of doubled size: at all, and without a lower minimum in a row
MOST_LOWER = 5  # boxes of doubled size, each with a lower minimum than the one before: more are taken for endless
DISPLACEMENTS = {1: DIRECTIONS[1], 2: np.array([[0.8, -0.6, -0.8, 0.6], [0.6, 0.8, -0.6, -0.8]])}


@dataclass
class Calls:
    """Counts the calls of a function that is called for each point, of which a search may make ``most``.

    Without a number it may make any, and points are followed all at once, which is faster.
    """

    of_value: int = 0  # calls for f at a point
    of_gradient: int = 0  # for ∇f at a point
    most: float = math.inf
    made: int = 0

    @property
    def are_counted(self) -> bool:
        """Whether there may be no more than ``most``."""
        return self.most < math.inf

    @property
    def are_over(self) -> bool:
        """Whether the search must give up."""
        return self.made >= self.most


@dataclass(frozen=True)
class Landscape:
    """The function in cells of the grid: the box's corner is 0, a cell's side is 1. Points are (dim, n)."""

    of: PointFunction
    gradient_of: PointFunction
    corner: Array  # (dim,)
    cell: Array  # (dim,)
    floor: Array  # (dim, 1) or (dim, n): the domain's low edges, -inf where it has none
    ceiling: Array  # the same: its high edges
    cells: float  # along each side of the box
    calls: Calls = field(default_factory=Calls)

    def place(self, u: Array) -> Array:
        """Return the function's own coordinates of points in cells."""
        return _column(self.corner, u) + _column(self.cell, u) * u

    def value(self, u: Array) -> Array:
        """Return f, infinite where it is not a number."""
        self.calls.made += self.calls.of_value * u[0].size
        height: Array = np.nan_to_num(self.of(self.place(u)), nan=np.inf, posinf=np.inf, neginf=-np.inf)
        return height

    def gradient(self, u: Array) -> Array:
        """Return the gradient per cell."""
        self.calls.made += self.calls.of_gradient * u[0].size
        slope: Array = self.gradient_of(self.place(u)) * _column(self.cell, u)
        return slope

    def holds(self, u: Array, margin: float) -> NDArray[np.bool_]:
        """Return, for every point (dim, n), whether it lies in the box or at most ``margin`` cells outside."""
        return np.asarray(((u >= -margin) & (u <= self.cells + margin)).all(axis=0))

    def clip(self, u: Array) -> Array:
        """Return the points of the domain nearest to those given."""
        low, high = _across(self.floor, u), _across(self.ceiling, u)
        clipped: Array = np.where(u < low + EDGE_CELLS, low, np.where(u > high - EDGE_CELLS, high, u))
        return clipped

    def held(self, u: Array, slope: Array) -> NDArray[np.bool_]:
        """Return, for every coordinate, whether the slope presses it against an edge of the domain."""
        low, high = _across(self.floor, u), _across(self.ceiling, u)
        pressed: NDArray[np.bool_] = ((u <= low) & (slope > 0)) | ((u >= high) & (slope < 0))
        return pressed


@np.errstate(all="ignore")  # where a value or a slope is beyond the largest float, no minimum is near
def search_minima(
    value: PointFunction,
    gradient: PointFunction,
    box: Bounds,
    domain: Bounds | None = None,
    most: int = MOST_STARTS,
    starts: Sequence[Point] = (),
    calls: Calls | None = None,
    points: Mapping[int, int] = GRID_POINTS,
) -> tuple[Point, ...]:
    """Search a box for isolated minima, those on the domain's edges included; lowest first.

    value: f, (dim, n) -> (n,); gradient: ∇f, (dim, n) -> (dim, n); dim is 1 or 2. domain: holds the box. most: how many
    points of the grid are followed. starts: points to follow besides. calls: counts those that are made. points: of the
    grid along each side, by dimension.
    """
    calls = Calls() if calls is None else calls
    low, high = np.array(box, dtype=np.float64).T[:, :, np.newaxis]
    side = points[len(low)]
    cell = (high - low) / (side - 1)
    if not (np.isfinite(cell) & (cell > 0)).all():  # the box is wider than the largest float, or has no room
        return ()
    edges = np.array(domain or [(-np.inf, np.inf)] * len(low), dtype=np.float64).T[:, :, np.newaxis]
    ceiling = np.where(edges[1] == high, side - 1, (edges[1] - low) / cell)
    land = Landscape(value, gradient, low[:, 0], cell[:, 0], (edges[0] - low) / cell, ceiling, side - 1, calls)
    followed = np.concatenate(
        [_grid_minima(land, most), (np.array(starts).reshape(-1, len(low)).T - low) / cell], axis=1
    )
    minima = _rounded(land, _all_minima(land, followed)).clip(*edges)
    return _ranked(land, minima[:, np.isfinite(value(minima))])


def _all_minima(land: Landscape, followed: Array) -> Array:
    """Return the isolated minima to which the points (dim, n) lead."""
    minima = followed[:, :0]
    together = COUNTED_STARTS if land.calls.are_counted else max(1, followed.shape[1])
    for first in range(0, followed.shape[1], together):
        if land.calls.are_over:
            break
        ends = _descended(land, followed[:, first : first + together], NEWTON_STEPS, COMPASS_STEPS)
        inside = ends[:, land.holds(ends, SLACK_CELLS)]
        others = _distinct(np.concatenate([minima, inside], axis=1))[:, minima.shape[1] :]
        minima = np.concatenate([minima, _isolated(land, others)], axis=1)
    return minima


def look_outwards(
    value: PointFunction, gradient: PointFunction, box: Bounds, calls: Calls | None = None
) -> tuple[list[tuple[Bounds, Point]], bool]:
    """Look for the lowest minimum in a box, and in boxes of doubled size until none appears that is lower.

    Returns boxes, each with its lowest minimum, each lower than the one before, the lowest last; and whether that came
    to an end. Where it does not, lower and lower minima lie farther and farther out. Where calls
    are over it ends, too, unless each box so far had a lower one.
    """
    calls = Calls() if calls is None else calls
    points, most = (COUNTED_LOOK_POINTS, COUNTED_LOOK_STARTS) if calls.are_counted else (GRID_POINTS, LOOK_STARTS)
    found: list[tuple[Bounds, Point]] = []
    height, in_vain, inner = math.inf, 0, None
    for _ in range(MOST_LOOKS):
        for point in search_minima(value, gradient, box, most=most, calls=calls, points=points)[:1]:
            there = float(value(np.array(point)))
            # where a finer grid saw none the coarser one is wrong
            if is_lower(there, height) and not (inner and contains(inner, point)):
                found.append((box, point))
                height, in_vain = there, -1
        in_vain += bool(found)
        if in_vain == LOOKS_IN_VAIN or len(found) > MOST_LOWER or calls.are_over:
            break
        inner, box = box, tuple((low - (high - low) / 2, high + (high - low) / 2) for low, high in box)
    return found, in_vain == LOOKS_IN_VAIN or len(found) < 2 or (calls.are_over and in_vain > 0)


def is_lower(value: float, than: float) -> bool:
    """Return whether a value is lower than another by more than two minima that count as equally low may differ."""
    return value < than - SAME_VALUE * (1 + abs(than)) if math.isfinite(than) else value < than


@np.errstate(all="ignore")
def polished_values(
    value: PointFunction, gradient: PointFunction, points: Array, reach: Array, domain: Bounds | None = None
) -> Array:
    """Return (n,) the value of f at the minima near ``points`` (dim, n), which may be written with few digits.

    Newton's method goes no farther than ``reach`` (dim,) and never out of the domain; where it does not lead lower the
    point's own value counts. A value that only rounding tells from 0 is 0.
    """
    written = np.asarray(value(points), dtype=np.float64)
    floor, ceiling = np.full((2, *points.shape), [[[-np.inf]], [[np.inf]]])
    if domain is not None:
        low, high = np.array(domain).T[:, :, np.newaxis]
        floor, ceiling = (low - points) / reach[:, np.newaxis], (high - points) / reach[:, np.newaxis]
    origin = np.zeros(len(points))
    of, gradient_of = (lambda u, f=f: f(_across(points, u) + u) for f in (value, gradient))
    land = Landscape(of, gradient_of, origin, reach, floor, ceiling, 0)
    u = np.zeros_like(points)
    for _ in range(POLISHING_STEPS):
        steps, convex = _newton_step(land, u)
        u = u + np.where(convex & (np.abs(u + steps).max(axis=0) <= 1), steps, 0.0)
    heights: Array = np.fmin(written, land.value(u))
    around = DIRECTIONS[len(points)][:, :, np.newaxis]
    rise, noise = (
        np.nan_to_num(np.ptp(land.value(land.clip(u[:, None] + far * around)), axis=0), nan=0.0, posinf=0.0)
        for far in (1.0, NOISE_CELLS)
    )
    noise = np.where(noise < NOISE_SHARE * rise, noise, 0.0)  # else it is a jump
    tiny = np.abs(heights) <= ZERO_SHARE * rise + 4 * noise
    return np.where(tiny, 0.0, heights)


def _across(points: Array, like: Array) -> Array:
    """Return (dim, n) points in the shape (dim, ..., n) that they are added to."""
    return points.reshape(len(points), *[1] * (like.ndim - 2), points.shape[1])


def _column(vector: Array, like: Array) -> Array:
    return vector.reshape(-1, *[1] * (like.ndim - 1))


def _grid_minima(land: Landscape, most: int) -> Array:
    """Grid points no higher than their neighbours and lower than one of them, the lowest ones: (dim, n).

    Where the slope presses a point against the domain's edge, only its neighbours on that edge count: the way back may
    lead up for less than a cell.
    """
    dim, side = len(land.cell), int(land.cells) + 1
    grid = np.stack(np.meshgrid(*[np.arange(side, dtype=np.float64)] * dim, indexing="ij"))
    height = land.value(grid)
    padded = np.pad(height, 1, constant_values=np.inf)
    shifts = [tuple(slice(1 + step, 1 + step + side) for step in offset) for offset in DIRECTIONS[dim].T.astype(int)]
    around = np.stack([padded[shift] for shift in shifts])
    low = (height <= around).all(axis=0) & (height < around).any(axis=0)
    if np.isfinite(land.floor).any():
        held = land.held(grid, land.gradient(grid))
        across = np.tensordot(DIRECTIONS[dim].T != 0, held, axes=1)  # (directions, *grid) how many edges one leaves
        low |= held.any(axis=0) & ((height <= around) | (across > 0)).all(axis=0)
    low &= np.isfinite(height)
    lowest = np.argsort(height[low], kind="stable")[:most]
    chosen: Array = grid[:, low][:, lowest]
    return chosen[:, ~_on_a_valley(land, chosen)]


def _descended(
    land: Landscape, u: Array, newton_steps: int, compass_steps: int, first: float = FIRST_COMPASS_STEP_CELLS
) -> Array:
    """Return the points moved downhill: by Newton's method, and by a compass search where that finds no smooth minimum.

    Those that leave the box are followed no farther.
    """
    u, smooth = _newton(land, u, newton_steps)
    rough = ~smooth & land.holds(u, FAR_CELLS)
    if rough.any():
        crept = _compass(land, u[:, rough], compass_steps, first)
        polished, smooth = _polished(land, crept)
        u[:, rough] = np.where(smooth & (land.value(polished) <= land.value(crept)), polished, crept)
    return u


def _newton(land: Landscape, u: Array, most: int) -> tuple[Array, NDArray[np.bool_]]:
    """Run Newton's method from every point; return the ends, and which of them rest where the function is smooth."""
    u, moving = u.copy(), np.arange(u.shape[1])
    for _ in range(most):
        moving = moving[land.holds(u[:, moving], FAR_CELLS)]
        if not len(moving) or land.calls.are_over:
            break
        steps, convex = _newton_step(land, u[:, moving])
        near = convex & (np.abs(steps).max(axis=0) < NEAR_CELLS)
        moving, steps = moving[~near], steps[:, ~near]
        length = np.linalg.norm(steps, axis=0)
        steps = steps * (LONGEST_NEWTON_STEP_CELLS / np.maximum(length, LONGEST_NEWTON_STEP_CELLS))
        before = u[:, moving]
        u[:, moving] = _lowest(land, before, steps)
        moving = moving[(u[:, moving] != before).any(axis=0)]
    return _polished(land, u)


def _polished(land: Landscape, u: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the points after whole Newton steps, and which of them are minima where the function is smooth."""
    for _ in range(POLISHING_STEPS):
        steps, convex = _newton_step(land, u)
        near = convex & (np.abs(steps).max(axis=0) < NEAR_CELLS)
        u = land.clip(u + np.where(near, steps, 0.0))
    steps, convex = _newton_step(land, u)
    rests: NDArray[np.bool_] = convex & (np.abs(steps).max(axis=0) < CONVERGED_CELLS)
    return u, rests


def _lowest(land: Landscape, u: Array, steps: Array) -> Array:
    """Return each point moved by that fraction of its step which leads lowest; the whole step when it is a draw."""
    tried = land.clip(u[:, None] + FRACTIONS[:, None] * steps[:, None])  # (dim, fractions, n)
    return _chosen(tried, land.value(tried).argmin(axis=0))


def _chosen(tried: Array, best: NDArray[np.intp]) -> Array:
    chosen: Array = np.take_along_axis(tried, best[None, None], axis=1)[:, 0]
    return chosen


def _newton_step(land: Landscape, u: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the step to the bottom of the local parabola, always downhill, and where that parabola is convex.

    What an edge of the domain holds does not move, and no step leads beyond one.
    """
    slope, curvature = _slope_and_curvature(land, u)
    free = (~land.held(u, slope)).T  # (n, dim)
    curvature = np.where(free[:, None] & free[..., None], curvature, np.eye(len(u)))
    slope = np.where(free, slope.T, 0.0)[..., None]
    bends, axes = np.linalg.eigh(curvature)
    steepness = np.maximum(np.abs(bends), 1e-12 * np.abs(bends).max(axis=1, keepdims=True) + 1e-300)
    along = -(axes.mT @ slope)[..., 0] / steepness
    along = np.clip(along, -1e6, 1e6)
    return land.clip(u + (axes @ along[..., None])[..., 0].T) - u, bends.min(axis=1) > 0


def _slope_and_curvature(land: Landscape, u: Array) -> tuple[Array, Array]:
    """Return the gradient (dim, n), and by its central differences the Hessian (n, dim, dim); 0 for no number."""
    shifts = CURVATURE_STEP_CELLS * np.eye(len(u))
    points = u[:, None] + np.concatenate([np.zeros((1, len(u))), shifts, -shifts]).T[..., None]
    slope, *beyond = np.moveaxis(land.gradient(points), 1, 0)
    change = np.array(beyond[: len(u)]) - beyond[len(u) :]  # (dim, dim, n), first the coordinate that was shifted
    matrix = np.nan_to_num((change / (2 * CURVATURE_STEP_CELLS)).transpose(2, 0, 1))
    return np.nan_to_num(slope), (matrix + matrix.mT) / 2


def _compass(land: Landscape, u: Array, most: int, first: float) -> Array:
    """Return the points moved to the lowest of those around while one is lower, else with half the step."""
    height, step = land.value(u), np.full(u.shape[1], first)
    directions = DIRECTIONS[len(u)][:, :, None]
    for _ in range(most):
        tried = land.clip(u[:, None] + directions * step)
        heights = land.value(tried)
        best = heights.argmin(axis=0)
        lowest = np.take_along_axis(heights, best[None], axis=0)[0]
        lower = lowest < height
        u = np.where(lower, _chosen(tried, best), u)
        height, step = np.where(lower, lowest, height), np.where(lower, step, step / 2)
        if step.max() < FINEST_COMPASS_STEP_CELLS or land.calls.are_over:
            break
    return u


def _distinct(u: Array) -> Array:
    """Return the first of all points that are the same minimum."""
    kept: list[int] = []
    for index in range(u.shape[1]):
        if all(np.abs(u[:, index] - u[:, other]).max() > SAME_MINIMUM_CELLS for other in kept):
            kept.append(index)
    return u[:, kept]


def _isolated(land: Landscape, u: Array) -> Array:
    """Return the points to which the search returns from all around, or from near where a cell holds many minima."""
    u = u[:, ~(_on_a_valley(land, u) | _at_a_break(land, u))]
    kept = np.zeros(u.shape[1], dtype=bool)
    for far in DISPLACEMENTS_CELLS:
        unsure = u[:, ~kept]
        displaced = land.clip(unsure[:, None] + far * DISPLACEMENTS[len(u)][:, :, None])
        first = FIRST_COMPASS_STEP_CELLS * far / DISPLACEMENTS_CELLS[0]
        returned = _descended(land, displaced.reshape(len(u), -1), *RETURN_STEPS, first).reshape(displaced.shape)
        kept[~kept] = np.abs(returned - unsure[:, None]).max(axis=(0, 1)) < RETURN_SHARE * far
        if kept.all() or land.calls.are_over:
            break
    return u[:, kept]


def _at_a_break(land: Landscape, u: Array) -> NDArray[np.bool_]:
    """Return whether a point is no minimum since the function jumps there, or falls without end towards it.

    At a pole it falls as far from each distance to the next as before; at a jump some neighbour is lower.
    """
    here = land.value(u)
    around = (land.clip(u[:, None] + far * DIRECTIONS[len(u)][:, :, None]) for far in BREAK_CELLS)
    far, near, nearest = (np.where(np.isfinite(height), height, np.nan) for height in map(land.value, around))
    pole = (near - nearest > POLE_SHARE * (far - near)) & (far > near)
    slack = BREAK_SHARE * np.abs(far - here) + 16 * np.finfo(float).eps * np.abs(here)
    jump = (near < here - slack) | (nearest < here - slack)
    broken: NDArray[np.bool_] = (pole | jump).any(axis=0) | ~np.isfinite(here)
    return broken


def _on_a_valley(land: Landscape, u: Array) -> NDArray[np.bool_]:
    """Return whether a neighbour is as low and as flat as the point itself, which Newton's long steps could miss."""
    around = land.clip(u[:, None] + DISPLACEMENTS_CELLS[0] * DIRECTIONS[len(u)][:, :, None])
    slope = land.gradient(around)
    flat = ((slope == 0) | land.held(around, slope)).all(axis=0)
    elsewhere = (around != u[:, None]).any(axis=0)
    valley: NDArray[np.bool_] = (elsewhere & flat & (land.value(around) <= land.value(u))).any(axis=0)
    return valley


def _rounded(land: Landscape, u: Array) -> Array:
    """Return the points in the function's coordinates, rounded to nine digits of a cell where that is no worse: 2, not
    1.9999999999999998. What cannot be told from 0 is 0.
    """
    x = land.place(u)
    steepness, height = np.abs(_free_slope(land, u)).max(axis=0), land.of(x)
    for row, cell in enumerate(land.cell.tolist()):
        rounded = x.copy()
        rounded[row] = np.round(x[row], 9 - math.floor(math.log10(cell)))
        there = (rounded - _column(land.corner, x)) / _column(land.cell, x)
        no_steeper = np.abs(_free_slope(land, land.clip(there))).max(axis=0) <= steepness
        x = np.where((land.of(rounded) <= height) & no_steeper, rounded, x)
    return np.where(np.abs(x) < ZERO_CELLS * _column(land.cell, x), 0.0, x) + 0.0  # -0 to 0


def _free_slope(land: Landscape, u: Array) -> Array:
    slope = land.gradient(u)
    return np.where(land.held(u, slope), 0.0, slope)


def _ranked(land: Landscape, x: Array) -> tuple[Point, ...]:
    """Return the points, the lowest first, those of equal height by their coordinates."""
    heights = land.of(x).tolist()
    scale = max([1.0, *map(abs, heights)])
    points = [tuple(point) for point in x.T.tolist()]
    ranked = sorted(zip(heights, points, strict=True), key=lambda pair: (round(pair[0] / scale, 10), pair[1]))
    return tuple(point for _, point in ranked)
