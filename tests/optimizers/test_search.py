"""Ranges: where their points lie, what counts as an edge, how they are widened."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.optimizers import OPTIMIZERS, Range, bind
from optviz.optimizers.search import radical_inverse, shares_tried

HALTON = [  # scipy 1.17.1, qmc.Halton(3, scramble=False).random(7)[1:]: without the origin
    [1 / 2, 1 / 3, 1 / 5],
    [1 / 4, 2 / 3, 2 / 5],
    [3 / 4, 1 / 9, 3 / 5],
    [1 / 8, 4 / 9, 4 / 5],
    [5 / 8, 7 / 9, 1 / 25],
    [3 / 8, 2 / 9, 6 / 25],
]


def test_a_rate_is_searched_evenly_in_its_logarithm() -> None:
    np.testing.assert_allclose(Range(1e-4, 1, "log").at(np.linspace(0, 1, 5)), [1e-4, 1e-3, 1e-2, 1e-1, 1], rtol=1e-15)


def test_a_memory_is_searched_evenly_in_its_odds() -> None:
    values = Range(0.1, 0.999, "logit").at(np.linspace(0, 1, 7))
    odds = values / (1 - values)
    np.testing.assert_allclose(odds[1:] / odds[:-1], (999 * 9) ** (1 / 6), rtol=1e-12)


@pytest.mark.parametrize("given", [Range(1e-4, 0.3, "log"), Range(0.1, 0.9999, "logit"), Range(-1, 2, "linear")])
def test_the_ends_are_exact_and_shares_invert_values(given: Range) -> None:
    low, high = given.at(np.array([0.0, 1.0])).tolist()
    assert (low, high) == (given.low, given.high)
    for share in (0.0, 0.2, 0.7, 1.0):
        assert given.share_of(float(given.at(share))) == pytest.approx(share, abs=1e-12)


def test_the_outer_twentieths_are_edges() -> None:
    given = Range(1e-4, 1, "log")
    assert [given.edge_of(10 ** (-4 + 4 * share)) for share in (0, 0.04, 0.06, 0.94, 0.96, 1)] == [
        *("low", "low", None, None, "high", "high")
    ]


def test_a_wider_range_has_one_more_decade() -> None:
    assert Range(1e-4, 1, "log").widened("high") == Range(1e-4, pytest.approx(10), "log")
    assert Range(1e-4, 1, "log").widened("low").low == pytest.approx(1e-5)
    assert Range(0.5, 0.9, "logit").widened("high").high == pytest.approx(90 / 91)  # odds 9 to 90
    assert Range(1e-4, 1, "log").decades == pytest.approx(4)


def test_several_ranges_share_haltons_points() -> None:
    np.testing.assert_allclose(shares_tried(3, 6).T, HALTON, rtol=1e-15)
    assert radical_inverse(6, 2) == 0.375


def test_one_range_is_tried_from_end_to_end() -> None:
    assert shares_tried(1, 5).tolist() == [[0, 0.25, 0.5, 0.75, 1]]
    assert shares_tried(1, 1).tolist() == [[0.5]]


def test_ranges_of_a_base_have_its_name_before_theirs() -> None:
    bound = bind(OPTIMIZERS["lookahead"], {"alpha": 0.4, "base": {"adam": {"lr": {"tune": ["1e-3", 1]}}}}, 5)
    assert bound.ranges == {"base.lr": Range(1e-3, 1, "log")}
    assert bound.hyperparameters["base"]["adam"]["lr"] == {"tune": [1e-3, 1]}
    tuned = bound.with_values({"base.lr": 0.25})
    assert tuned.ranges == {}
    assert tuned.base is not None
    assert tuned.base.values["lr"] == 0.25
