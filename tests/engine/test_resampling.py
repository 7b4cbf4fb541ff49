"""The bootstrap against all resamples written out, closed forms, and the orders that it must keep."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from optviz.engine.resampling import (
    chances_of_first,
    draw_times,
    interval_of,
    places_of,
    resampled_means,
    resampled_medians,
)

VALUES = np.array([[3.0, 1.0, 7.0, 2.0], [2.5, 2.5, np.inf, 0.5], [9.0, 9.0, 9.0, 9.0]])


def test_each_resample_draws_as_many_runs_as_there_are() -> None:
    times = draw_times(3, 7, seed=1, count=50)
    assert times.shape == (3, 7, 50)
    assert (times.sum(axis=1) == 7).all()


def test_the_seed_decides_and_one_more_function_leaves_the_others_draws_as_they_were() -> None:
    np.testing.assert_array_equal(draw_times(2, 5, 4, 20), draw_times(3, 5, 4, 20)[:2])
    assert (draw_times(2, 5, 4, 20) != draw_times(2, 5, 5, 20)).any()


@pytest.mark.parametrize("runs", [3, 4])
def test_means_and_medians_of_every_resample_are_those_of_the_runs_drawn(runs: int) -> None:
    values = VALUES[:, :runs]
    drawn = np.array(list(product(range(runs), repeat=runs)))
    times = np.array([np.bincount(row, minlength=runs) for row in drawn], dtype=np.uint8).T
    with np.errstate(invalid="ignore"):
        wanted = [[(row.mean(), np.median(row)) for row in values[:, own]] for own in drawn]
    np.testing.assert_allclose(resampled_means(values, times), np.array(wanted)[..., 0].T, rtol=1e-14)
    np.testing.assert_array_equal(resampled_medians(values, times), np.array(wanted)[..., 1].T)


def test_a_stratified_mean_varies_as_its_closed_form_says() -> None:
    rng = np.random.default_rng(0)
    strata = rng.normal(size=(6, 1, 25)) * np.arange(1, 7)[:, None, None]
    times = draw_times(6, 25, seed=3)
    samples = np.mean([resampled_means(own, drawn) for own, drawn in zip(strata, times, strict=True)], axis=0)
    variance = (strata.var(axis=2) / 25).sum() / 36
    assert samples.mean() == pytest.approx(strata.mean(), abs=5 * np.sqrt(variance / len(samples)))
    assert samples.var() == pytest.approx(variance, rel=0.06)  # 4 standard errors of 10 000


def test_the_interval_is_that_of_all_resamples_of_a_small_table() -> None:
    """Two functions with three runs each have 27 x 27 resamples, whose distribution is known exactly."""
    table = np.array([[1.0, 5.0, 6.0], [2.0, 3.0, 10.0]])
    medians = [np.median(table[0, list(a)]) + np.median(table[1, list(b)]) for a in _all() for b in _all()]
    times = draw_times(2, 3, seed=0)
    samples = sum(resampled_medians(table[f : f + 1], times[f])[0] for f in range(2))
    assert interval_of(samples) == (np.quantile(medians, 0.025, method="inverted_cdf"),
                                    np.quantile(medians, 0.975, method="inverted_cdf"))  # fmt: skip
    for value in np.unique(medians):
        share = np.mean(medians == value)
        assert np.mean(samples == value) == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / 10_000))


def _all() -> list[tuple[int, ...]]:
    return list(product(range(3), repeat=3))


def test_the_interval_of_numbers_that_are_infinite_is_infinite() -> None:
    low, high = interval_of(np.array([[1.0, 2.0], [np.inf, 1.0]] * 500))
    assert (low.tolist(), high.tolist()) == ([1.0, 1.0], [np.inf, 2.0])


def test_chances_are_shared_by_those_who_tie_and_sum_to_one() -> None:
    keys = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 3.0], [np.inf, np.inf, np.inf], [4.0, 2.0, 3.0]])
    np.testing.assert_allclose(chances_of_first(keys), np.array([1 + 0.5 + 1 / 3, 0.5 + 1 / 3 + 1, 1 / 3]) / 4)


def test_equal_keys_share_a_place() -> None:
    assert places_of(np.array([[3.0, 1.0, 3.0, np.inf], [0, 0, 0, 0]])).tolist() == [[2, 1, 2, 4], [1, 1, 1, 1]]
