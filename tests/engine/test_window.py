"""Which part of a function's domain is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import optviz
from optviz.engine.window import MARGIN, minimum_elsewhere, window_of, window_of_paths
from optviz.problems import from_formula
from optviz.scenario import loads
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


# --- what the picture does not hold -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "start", "said"),
    [
        ("{formula: x**4 - 3*x**2 + x, window: [[0.4, 1.44]]}", "0.5", "a lower minimum lies at x = -1.301, {}"),
        ("{formula: x**4 - 3*x**2 + x, window: [[-2, 2]]}", "0.5", ""),
        ("{formula: x**4 - 3*x**2 + x}", "0.5", ""),  # the picture holds it
        ("{formula: (x - 5)**2, window: [[0, 2]]}", "0.5", "a minimum lies at x = 5, {}"),
        ("{formula: x*sin(x)}", "1", "a lower minimum lies at x = 4.913, {}"),
        ("{formula: (x-9)**2 + y**2, minima: [[9, 0]], window: [[0, 2], [0, 2]]}", "[1, 1]", "{the} x = 9, y = 0, {}"),
        ("{name: himmelblau, window: [[0, 5], [0, 5]]}", "[1, 1]", ""),
        ("{name: himmelblau, window: [[0, 1], [0, 1]]}", "[1, 1]", "a lowest minimum lies at x = 3, y = 2, {}"),
        ("{formula: x**2*t, minima: [9], window: [[0, 1]]}", "1", ""),  # nothing is lower at every step
    ],
)
def test_what_is_lower_outside_the_picture_is_said(function: str, start: str, said: str) -> None:
    race = optviz.run(loads(f"function: {function}\nstart: {start}\nsteps: 5\noptimizers: [sgd: {{lr: 1.0e-4}}]\n"))
    assert minimum_elsewhere(race.result) == said.format("outside the picture", the="the lowest minimum lies at")


def test_a_lower_minimum_that_the_paths_show_is_not_outside() -> None:
    done = compete(replace(SADDLE, minima=((0.5, 0.5),), lower=(0.0, 0.0)), [1, 0], 9, [("a", "sgd", {"lr": 0.4})])
    assert minimum_elsewhere(done) == "a lower minimum lies at x = 0, y = 0"
