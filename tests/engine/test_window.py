"""Which part of a function's domain is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optviz.engine.window import MARGIN, window_of, window_of_paths
from optviz.problems import from_formula
from tests.engine import compete
from tests.engine.quadratic import QUADRATIC, race

SADDLE = from_formula("x**2 - y**2", minima=[])
RUNAWAY = [("near", "adam", {"lr": 0.01}), ("far", "sgd", {"lr": 2})]


def test_a_window_holds_paths_and_minima_near_them() -> None:
    path = np.array([[0.0, 0.0], [1.0, 2.0]])
    assert window_of_paths([path], replace(SADDLE, minima=((1.5, 1.0), (50.0, 50.0)))) == (
        (-MARGIN * 1.5, 1.5 + MARGIN * 1.5),
        (-MARGIN * 2, 2 + MARGIN * 2),
    )


def test_a_path_that_stays_still_has_room_around_it() -> None:
    ((low, high),) = window_of_paths([np.zeros((3, 1))], from_formula("x", minima=[]))
    assert (low, high) == (-MARGIN, MARGIN)


def test_the_problems_own_window_is_kept() -> None:
    assert window_of(race()) == QUADRATIC.window


def test_racers_that_diverge_do_not_count() -> None:
    done = race()
    open_ended = replace(done, problem=replace(QUADRATIC, window=None, minima=()))
    stay = [racer.x for racer in done.racers if racer.outcome != "diverged"]
    assert len(stay) < len(done.racers)
    assert window_of(open_ended) == window_of_paths(stay, SADDLE)


def test_an_outlier_whose_numbers_are_finite_does_not_count() -> None:
    done = compete(SADDLE, [1, 1e-3], 30, RUNAWAY)
    near, far = done.racers
    assert far.trajectory.diverged_at is None
    assert np.abs(far.x).max() > 1e6
    assert window_of(done) == window_of_paths([near.x], SADDLE)


def test_where_all_diverge_the_start_is_seen() -> None:
    done = compete(SADDLE, [1, 1], 30, [("lost", "sgd", {"lr": 1e300})])
    assert done.racers[0].outcome == "diverged"
    assert window_of(done) == window_of_paths([done.racers[0].x[:1]], SADDLE)


def test_the_lowest_minimum_is_seen_however_far_and_local_ones_only_if_near() -> None:
    done = compete(SADDLE, [0, 0], 3, [("a", "sgd", {"lr": 0.0})])
    told = replace(SADDLE, minima=((50.0, 0.0), (-80.0, 0.0)), local_minima=((0.5, 0.5), (0.0, 900.0)))
    (left, right), (low, high) = window_of(replace(done, problem=told))
    assert -10 < left < -1
    assert 50 < right < 60
    assert -60 < low < 0
    assert 0.5 < high < 60
