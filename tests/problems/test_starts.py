"""The starts of a swarm: even over the box, the same for every racer."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.problems import grid_points, spread_starts
from optviz.scenario.comparison import StartsSettings

BOX = ((-1.0, 3.0), (10.0, 20.0))


def test_a_grid_is_the_middles_of_its_cells() -> None:
    points = spread_starts(StartsSettings(grid=2), BOX, 0)
    assert points.T.tolist() == [[0, 12.5], [2, 12.5], [0, 17.5], [2, 17.5]]
    assert grid_points(((0.0, 1.0),), (4,)).tolist() == [[0.125, 0.375, 0.625, 0.875]]


def test_random_starts_lie_in_the_box_and_more_begin_with_fewer() -> None:
    points = spread_starts(StartsSettings(random=500, seed=3), BOX, 0)
    low, high = points.min(axis=1), points.max(axis=1)
    assert (low > [-1, 10]).all()
    assert (high < [3, 20]).all()
    assert points.mean(axis=1) == pytest.approx([1, 15], abs=0.5)
    fewer = spread_starts(StartsSettings(random=20, seed=3), BOX, 9)
    assert np.array_equal(points[:, :20], fewer)
    assert not np.array_equal(fewer, spread_starts(StartsSettings(random=20), BOX, 9))


def test_listed_starts_are_as_given() -> None:
    assert spread_starts(StartsSettings(points=((1, 2), (3, 4))), None, 0).tolist() == [[1, 3], [2, 4]]
