"""Spreads the starts of a swarm over a box: the same for every racer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optviz.problems.bounds import Bounds, Point
from optviz.problems.rng import STARTS, make_generator


class StartsLike(Protocol):
    """What the scenario says under ``starts``."""

    @property
    def grid(self) -> int | None: ...  # starts a side

    @property
    def random(self) -> int | None: ...

    @property
    def seed(self) -> int | None: ...  # None for the scenario's

    @property
    def points(self) -> Sequence[Point] | None: ...


def spread_starts(settings: StartsLike, box: Bounds | None, seed: int) -> NDArray[np.float64]:
    """Return (dim, n) starts: the points given, the middles of a grid's cells, or random ones, even over the box.

    More random starts begin with those of fewer.
    """
    if settings.points is not None:
        return np.array(settings.points, dtype=np.float64).T
    assert box is not None  # says scenario/checks.py
    if settings.grid is not None:
        return grid_points(box, (settings.grid,) * len(box))
    low, high = np.array(box).T
    own = seed if settings.seed is None else settings.seed
    shares = make_generator(STARTS, own).random((settings.random or 0, len(box)))
    return np.asarray((low + shares * (high - low)).T)


def grid_points(box: Bounds, counts: Sequence[int]) -> NDArray[np.float64]:
    """Return (dim, n) the middles of a grid's cells, the first coordinate changing fastest, each from its low end."""
    sides = [
        low + (np.arange(count) + 0.5) / count * (high - low) for (low, high), count in zip(box, counts, strict=True)
    ]
    mesh = np.meshgrid(*sides[::-1], indexing="ij")[::-1]
    return np.array([side.ravel() for side in mesh])
