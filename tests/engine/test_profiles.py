"""Profiles and runtimes against their definitions, AlgoPerf's integral and COCO's expected runtime."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.engine.profiles import (
    TARGETS,
    area_over_runtimes,
    counts_reached,
    expected_runtime,
    profile_area,
    ratios_of,
)

TIMES = np.array([[10.0, 40, np.inf, 5, np.inf], [20, 20, np.inf, 5, 8], [100, np.inf, np.inf, 5, 40]])
ERT = [  # cocopp 2.9.1, toolsstats.sp(data, issuccessful=data < 200)
    ([12.0, 40, 7, np.inf, np.inf], 153.0),
    ([5.0, 5, 9], 6.333333333333333),
    ([np.inf, np.inf, np.inf], np.inf),
    ([1.0, np.inf, 30, np.inf, 199], 210.0),
]


def test_ratios_are_multiples_of_the_fastest_and_a_miss_is_infinite() -> None:
    wanted = [[1, 2, np.inf, 1, np.inf], [2, 1, np.inf, 1, 1], [10, np.inf, np.inf, 1, 5]]
    assert ratios_of(TIMES).tolist() == wanted


def test_leaving_a_rule_out_changes_the_ratios_of_the_others() -> None:
    assert ratios_of(TIMES[[0, 2]]).tolist() == [[1, 1, np.inf, 1, np.inf], [10, np.inf, np.inf, 1, 1]]


def test_the_area_is_the_integral_of_the_profile() -> None:
    """AlgoPerf's compute_leaderboard_score: rho on a grid from 1 to 4, the trapezoidal rule, over the width."""
    ratios = ratios_of(TIMES)
    grid = np.linspace(1, 4, 300_001)
    rho = (ratios[:, :, None] <= grid).mean(axis=1)
    np.testing.assert_allclose(profile_area(ratios), np.trapezoid(rho, grid, axis=1) / 3, atol=1e-5)
    assert profile_area(ratios)[0] == pytest.approx((3 + 2 + 3) / 5 / 3, abs=1e-15)


@pytest.mark.parametrize(("times", "wanted"), ERT)
def test_the_expected_runtime_is_cocos(times: list[float], wanted: float) -> None:
    assert expected_runtime(np.array(times), 200) == pytest.approx(wanted, rel=1e-15)


def test_targets_are_cocos_fifty_one() -> None:
    assert len(TARGETS) == 51
    np.testing.assert_allclose(np.log10(TARGETS), np.arange(2, -8.1, -0.2), atol=1e-12)


def test_the_mean_of_areas_is_the_area_under_the_distribution() -> None:
    times = np.array([1.0, 3, 3, 50, 200, np.inf, 7])
    logs = np.linspace(0, np.log(200), 200_001)
    below = counts_reached(times, np.exp(logs) * (1 + 1e-12)) / times.shape[-1]
    assert area_over_runtimes(times, 200).mean() == pytest.approx(np.trapezoid(below, logs) / np.log(200), abs=1e-5)


def test_a_budget_of_one_gradient_has_no_area() -> None:
    assert area_over_runtimes(np.array([0.0, 1.0, np.inf]), 1).tolist() == [0, 0, 0]


def test_times_are_counted_up_to_each_point() -> None:
    times = np.array([[1.0, 5, np.inf, 5], [2, 2, 2, 2]])
    assert counts_reached(times, np.array([1.0, 4, 5, 100])).tolist() == [[1, 1, 3, 3], [0, 4, 4, 4]]
