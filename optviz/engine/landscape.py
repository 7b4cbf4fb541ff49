"""Cuts a plane through the paths of racers in many dimensions: where they are in it, and the loss on it.

The plane of ``paths`` holds the two directions along which the iterates spread most, their first principal components.
They come from the Gram matrix of the iterates, which is as large as the iterates are many, however many parameters
there are. A ``random`` plane lies at the best racer's last iterate, along two normal directions of which each filter is
as long as that of the weights there, and biases stay: filter normalisation (Li et al. 2018, Visualizing the loss
landscape of neural nets, arXiv:1712.09913, section 4). Section 7 there tells why so little of a path lies in such a
plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.judge import Array
from optviz.engine.noise import NO_NOISE
from optviz.engine.result import Racer, Result
from optviz.engine.run import Trajectory
from optviz.engine.window import grown, without_outliers
from optviz.problems import Bounds, Problem
from optviz.problems.rng import DIRECTIONS, make_generator

PlaneName: TypeAlias = Literal["paths", "random"]

MOST_ITERATES = 800  # in the Gram matrix; of more every second, third ... counts
MARGIN = 0.25  # of the paths' extent, on every side
LEAST_SIDE = 1e-3  # of the window's other side
ASPECT = 1.35  # width / height of the window, where both directions can have one scale
LEAST_VARIANCE = 1e-12  # of the largest along a direction: less is rounding
FARTHEST = 1e100  # from the origin: who went farther lays no plane


class Plane(NamedTuple):
    """A plane in the space of the parameters: ``origin + a directions[0] + b directions[1]``."""

    origin: Array  # (dim,)
    directions: Array  # (2, dim), of unit length through paths, as long as the weights at random
    shares: tuple[float, float]  # of the variance of the iterates that lies along each, one after the other, or NaN
    iterates: int  # that were counted
    of: int  # there are

    def __repr__(self) -> str:
        """Return what it holds, without its vectors."""
        return f"<Plane in {len(self.origin)} dimensions: {100 * self.share:.1f} % of the variance>"

    @property
    def share(self) -> float:
        """The share of the iterates' variance that the plane holds."""
        return sum(self.shares)

    def points(self, places: Array) -> Array:
        """Return (dim, n) the parameters at places (n, 2) in the plane."""
        points: Array = self.origin[:, None] + self.directions.T @ places.T
        return points

    def places(self, x: Array) -> Array:
        """Return (n, 2) the places in the plane that are nearest to parameters (n, dim)."""
        with np.errstate(all="ignore"):  # of who diverged
            along = (x - self.origin) @ self.directions.T
            places: Array = along @ np.linalg.pinv(self.directions @ self.directions.T)
        return places


@dataclass(frozen=True, repr=False, eq=False)
class Landscape:
    """A plane, the paths of all racers in it, and the loss at each place of a grid."""

    name: PlaneName
    plane: Plane
    window: Bounds
    grid: int  # places a side
    paths: tuple[Array, ...]  # (steps + 1, 2) of each racer, as near to it as the plane comes
    losses: tuple[Array, ...]  # (steps + 1,) of each racer: the loss there
    heights: Array = field(default_factory=lambda: np.empty((0, 0)))  # (grid, grid), a row for each place along y
    left_out: tuple[str, ...] = ()  # labels of racers that diverged or went so far that they lay no plane
    is_custom: bool = False  # the loss is code of the user's

    def __repr__(self) -> str:
        """Return the kind of plane and what it holds, without its arrays."""
        return f"<Landscape of {self.name}: {100 * self.plane.share:.1f} % of the variance, {self.grid} x {self.grid}>"

    @property
    def axes(self) -> tuple[Array, Array]:
        """(grid,) the places along the first direction, and those along the second."""
        x, y = (np.linspace(low, high, self.grid) for low, high in self.window)
        return x, y

    def rows(self, problem: Problem, part: slice) -> Array:
        """Compute some rows of the heights, (rows, grid), truly at their places in the plane."""
        x, y = self.axes
        places = np.stack(np.meshgrid(x, y[part]), axis=-1)
        return _losses(problem, self.plane, places.reshape(-1, 2)).reshape(-1, self.grid)

    def between(self, places: Array) -> Array:
        """Return (n,) heights at places (n, 2) by those of the four around each; of one outside, at the edge."""
        low, high = np.transpose(self.window)
        at = np.clip((places - low) / (high - low), 0.0, 1.0) * (self.grid - 1)
        before = np.minimum(at.astype(np.int64), self.grid - 2)
        (column, row), (across, up) = before.T, (at - before).T
        below, above = (
            (1 - across) * self.heights[line, column] + across * self.heights[line, column + 1]
            for line in (row, row + 1)
        )
        heights: Array = (1 - up) * below + up * above
        return heights

    def flat(self, result: Result) -> Result:
        """Return the race as one in two dimensions: x are places in the plane, f the true loss; no state is kept."""
        problem = result.problem
        racers = [
            replace(racer, trajectory=_flat(racer, path, self.plane))
            for racer, path in zip(result.racers, self.paths, strict=True)
        ]
        flat = Problem(
            name="plane",
            dim=2,
            value=lambda x, t: _losses(problem, self.plane, x.reshape(2, -1).T).reshape(x.shape[1:]),
            gradient=lambda x, t: np.full_like(x, np.nan),
            formula="",
            latex=problem.latex,
            title=problem.title,
            window=self.window,
            custom=True,
        )
        return replace(result, problem=flat, racers=tuple(racers), noise=NO_NOISE)


def _losses(problem: Problem, plane: Plane, places: Array) -> Array:
    with np.errstate(all="ignore"):  # far from the paths a loss may overflow
        return np.asarray(problem.value(plane.points(places), 1.0), dtype=np.float64)


def _flat(racer: Racer, path: Array, plane: Plane) -> Trajectory:
    along = racer.gradient @ plane.directions.T
    return replace(racer.trajectory, x=path, gradient=along, state={}, effective_lr=None)


# --- the plane ------------------------------------------------------------------------------------


def cut_landscape(result: Result, name: PlaneName, grid: int, seed: int) -> Landscape:
    """Return the landscape of a race without its heights. Racers that diverge, or go far away, do not lay the plane.

    Where all do, it lies at the start, and its shares are NaN.
    """
    near = [racer.x for racer in result.racers if racer.outcome != "diverged" and np.abs(racer.x).max() < FARTHEST]
    calm = without_outliers(near)
    lies_at_start, calm = not calm, calm or [result.racers[0].x[:1]]
    plane = plane_of_paths(calm, seed) if name == "paths" else random_plane(result, calm, seed)
    plane = plane._replace(shares=(np.nan, np.nan)) if lies_at_start else plane
    paths = tuple(plane.places(racer.x) for racer in result.racers)
    window = _window(np.concatenate([plane.places(path) for path in calm]), name)
    losses = tuple(_losses(result.problem, plane, path) for path in paths)
    left_out = tuple(racer.label for racer in result.racers if not any(racer.x is path for path in calm))
    return Landscape(name, plane, window, grid, paths, losses, left_out=left_out, is_custom=result.problem.custom)


def plane_of_paths(paths: Sequence[Array], seed: int) -> Plane:
    """Return the plane of the first two principal components of all iterates, ``paths`` each (steps + 1, dim).

    Paths that lie on a line, or stand still, are given directions at random besides.
    """
    iterates, of = _thinned(paths)
    origin = iterates.mean(axis=0)
    spread = iterates - origin
    values, vectors = np.linalg.eigh(spread @ spread.T)  # ascending
    directions: list[Array] = []
    for value, vector in zip(values[:-3:-1], vectors.T[:-3:-1], strict=True):
        if value > LEAST_VARIANCE * values[-1] and value > 0:
            directions.append(vector @ spread / np.sqrt(value))
    rng = make_generator(DIRECTIONS, seed)
    while len(directions) < 2:
        drawn = rng.standard_normal(len(origin))
        drawn -= sum((drawn @ one) * one for one in directions)
        directions.append(drawn / np.linalg.norm(drawn))
    ahead = [sum(float((path[-1] - path[0]) @ one) for path in paths) for one in directions]
    axes = np.array([one if way >= 0 else -one for one, way in zip(directions, ahead, strict=True)])
    return Plane(origin, axes, _shares(spread, axes), len(iterates), of)


def random_plane(result: Result, paths: Sequence[Array], seed: int) -> Plane:
    """Return a plane of two filter-normalised random directions at the last iterate of the first place."""
    iterates, of = _thinned(paths)
    origin = result.racers[result.order[0]].x[-1]
    network = result.problem.network
    filters = np.zeros(len(origin), np.int64) if network is None else network.filters
    rng = make_generator(DIRECTIONS, seed)
    directions = np.array([filter_normalised(rng.standard_normal(len(origin)), origin, filters) for _ in range(2)])
    return Plane(origin, directions, _shares(iterates - iterates.mean(axis=0), directions), len(iterates), of)


def filter_normalised(direction: Array, weights: Array, filters: NDArray[np.int64]) -> Array:
    """Scale a direction (dim,) so that each filter in it is as long as that of the weights; others are left out.

    filters: (dim,) the number of the filter that each weight belongs to; -1 for biases, which get 0.
    """
    inside, numbers = filters >= 0, filters[filters >= 0]
    own, drawn = (np.sqrt(np.bincount(numbers, weights=one[inside] ** 2)) for one in (weights, direction))
    scaled = np.zeros_like(direction)
    scaled[inside] = direction[inside] * (own / np.where(drawn > 0, drawn, 1.0))[numbers]
    return scaled


def _thinned(paths: Sequence[Array]) -> tuple[Array, int]:
    """Return (n, dim) iterates of all paths, the same share of each where they are too many; and how many there are."""
    of = sum(map(len, paths))
    every = -(-of // MOST_ITERATES)
    return np.concatenate([path[::-every][::-1] for path in paths]), of  # the last one always counts


def _shares(spread: Array, directions: Array) -> tuple[float, float]:
    """Return the share of the variance of centred iterates along the first direction, and along what the second adds.

    Of principal components these are the two largest eigenvalues over the trace. Iterates that stand still lie in any
    plane.
    """
    whole = float(np.einsum("ij,ij->", spread, spread))
    if whole == 0.0:
        return 1.0, 0.0
    axes, _ = np.linalg.qr(directions.T)  # (dim, 2), perpendicular
    first, second = (((spread @ axes) ** 2).sum(axis=0) / whole).tolist()
    return first, second


def _window(places: Array, name: PlaneName) -> Bounds:
    """Return the window that holds places (n, 2), with margins; at random it reaches as far as the weights are long."""
    low, high = places.min(axis=0), places.max(axis=0)
    longest = float((high - low).max()) or 1.0
    margin = np.maximum(MARGIN * (high - low), LEAST_SIDE * longest)
    low, high = low - margin, high + margin
    if name == "random":
        low, high = np.minimum(low, -1.0), np.maximum(high, 1.0)
    window = tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))
    return grown(window, ASPECT, window)
