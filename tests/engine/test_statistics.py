"""Statistics of fair comparisons against closed forms, definitions written out, and tables of SciPy's and opda's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optviz.engine.statistics import BOXES_A_SIDE, LEAST_BOX, basin_shape, median_of, share_interval, tuning_curve

WILSON = [  # scipy 1.17.1, binomtest(hits, total).proportion_ci(method="wilson")
    (0, 10, 0.0, 0.27753279986288926),
    (10, 10, 0.7224672001371109, 1.0),
    (3, 10, 0.10779126740630102, 0.6032218525388546),
    (50, 200, 0.19508168006817497, 0.31434098312045833),
    (199, 200, 0.972226295602107, 0.999116831284399),
    (40123, 160000, 0.24865085718162597, 0.25289861017584464),
]
MEDIAN_RANKS = [  # scipy 1.17.1, quantile_test(1..n, p=0.5).confidence_interval(0.95): ranks from 1
    (6, 1, 6),
    (7, 1, 7),
    (10, 2, 9),
    (25, 8, 18),
    (50, 18, 33),
    (100, 40, 61),
    (200, 86, 115),
    (999, 469, 531),
    (1001, 470, 532),
    (5000, 2431, 2570),
]
TRIALS = [3.1, 0.2, 7.5, 1.4, 0.9, 12.0, 0.05, 2.2, 5.0, 0.6, 1.1]
BAND = {  # opda 0.8.0, EmpiricalDistribution.confidence_bands(TRIALS, 0.95, a=0.0, method="dkw"), median tuning curves
    "best": [1.4, 0.9, 0.6, 0.2, 0.2, 0.2, 0.2, 0.05, 0.05, 0.05, 0.05],
    "low": [0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "high": [12.0, 3.1, 2.2, 2.2, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4],
}


@pytest.mark.parametrize(("hits", "total", "low", "high"), WILSON)
def test_the_interval_of_a_share_is_wilsons(hits: int, total: int, low: float, high: float) -> None:
    assert share_interval(hits, total) == pytest.approx((low, high), abs=1e-15)


@pytest.mark.parametrize(("count", "low", "high"), MEDIAN_RANKS)
def test_the_interval_of_a_median_is_that_of_the_sign_test(count: int, low: int, high: int) -> None:
    shuffled = np.random.default_rng(0).permutation(np.arange(1.0, count + 1))
    found = median_of(shuffled)
    assert (found.value, found.low, found.high) == ((count + 1) / 2, low, high)


def test_five_numbers_enclose_no_median() -> None:
    assert median_of(np.arange(5.0)).low == -math.inf
    assert median_of(np.arange(5.0)).high == math.inf


def test_a_run_that_never_arrives_counts_as_infinite() -> None:
    found = median_of(np.array([1, 2, np.nan, np.inf, 3, np.nan, np.inf]))
    assert (found.value, found.low, found.high) == (math.inf, 1, math.inf)


def test_two_middle_numbers_one_of_them_infinite_have_no_finite_mean() -> None:
    assert median_of(np.array([1.0, np.inf])).value == math.inf


@pytest.mark.parametrize("name", BAND)
def test_the_tuning_curve_and_its_band_are_opdas(name: str) -> None:
    np.testing.assert_allclose(getattr(tuning_curve(np.array(TRIALS), 0.0), name), BAND[name], rtol=1e-12)


def test_the_best_of_all_trials_lies_at_the_low_end() -> None:
    curve = tuning_curve(np.array([*TRIALS, np.nan, np.inf]), 0.0)
    assert curve.best[-1] == min(TRIALS)
    assert (np.diff(curve.best) <= 0).all()
    assert ((curve.low <= curve.best) & (curve.best <= curve.high)).all()


def halves(side: int) -> np.ndarray:
    grid = np.zeros((side, side), int)
    grid[:, side // 2 + 5 :] = 1
    return grid


def test_basin_entropy_is_the_mean_over_boxes() -> None:
    shape = basin_shape(halves(100))  # in one column of five, a quarter of each box lies in the other basin
    mixed = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert shape.boundary_entropy == pytest.approx(mixed, rel=1e-14)
    assert shape.entropy == pytest.approx(mixed / 5, rel=1e-14)


def test_a_single_basin_has_no_boundary() -> None:
    shape = basin_shape(np.full((100, 100), 3))
    assert (shape.entropy, shape.boundary_entropy, shape.dimension) == (0, None, None)


def test_a_straight_boundary_has_dimension_one() -> None:
    rows, columns = np.indices((400, 400))
    shape = basin_shape((rows + 0.37 * columns > 300).astype(int))
    assert shape.dimension == pytest.approx(1, abs=0.05)
    assert shape.dimension_error is not None
    assert shape.dimension_error < 0.02


def test_the_dimension_and_its_error_are_those_of_a_straight_line_through_the_counts() -> None:
    grid = np.random.default_rng(2).integers(0, 2, (200, 200)).cumsum(axis=1) // 40
    sides, counts = np.arange(LEAST_BOX, 200 // BOXES_A_SIDE + 1), []
    for side in sides.tolist():
        corners = range(0, 200 - side, side)
        boxes = [grid[i : i + side + 1, j : j + side + 1] for i in corners for j in corners]
        counts.append(sum(box.min() < box.max() for box in boxes))
    (slope, _), covariance = np.polyfit(-np.log10(sides), np.log10(counts), 1, cov=True)
    shape = basin_shape(grid)
    assert shape.dimension == pytest.approx(slope, rel=1e-9)
    assert shape.dimension_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-6)


def test_a_dust_of_basins_fills_the_plane() -> None:
    shape = basin_shape(np.random.default_rng(0).integers(0, 3, (200, 200)))
    assert shape.dimension == pytest.approx(2, abs=0.05)
    assert shape.boundary_entropy == pytest.approx(math.log(3), rel=0.01)


def test_boxes_share_their_edges_and_a_remainder_is_left_out() -> None:
    grid = np.random.default_rng(1).integers(0, 2, (70, 90)).cumsum(axis=1) // 30
    wide = np.repeat(np.repeat(grid, 2, axis=0), 2, axis=1)
    sides, numbers = range(3, 180 // 20 + 1), []
    for side in sides:
        boxes = [
            wide[row : row + side + 1, column : column + side + 1]
            for row in range(0, 140 - side, side)
            for column in range(0, 180 - side, side)
        ]
        numbers.append(sum(len(np.unique(box)) > 1 for box in boxes))
    slope = np.polyfit(-np.log10(list(sides)), np.log10(numbers), 1)[0]
    assert basin_shape(wide).dimension == pytest.approx(slope, rel=1e-9)
