"""Which part of a function's domain is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import optviz
from optviz.engine.window import (
    MARGIN,
    minimum_elsewhere,
    shown_window,
    whole_land,
    window_of,
    window_of_paths,
)
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


# --- the part that is shown ---------------------------------------------------------------------------


def ran(function: str, start: str = "[0, 0]", rates: str = "1.0e-3", more: str = "") -> optviz.Race:
    racers = f"start: {start}\n{more}steps: 20\noptimizers: [sgd: {{lr: {rates}}}]\n"
    return optviz.run(loads(f"function: {function}\n{racers}"))


def test_of_a_catalogue_window_the_part_is_shown_that_start_paths_and_minimum_need() -> None:
    result = ran("ackley", "[-3, 2.5]").result
    (left, right), (low, high) = shown_window(result, given=False)
    assert -3.5 < left < -3
    assert 0.1 < right < 0.5  # the minimum, with a margin
    assert -0.5 < low < -0.1
    assert 2.5 < high < 3
    assert whole_land(result, ((left, right), (low, high)), given=False) == result.problem.window


def test_a_window_that_was_given_is_shown_as_it_is_and_is_no_part() -> None:
    result = ran("{name: ackley, window: [[-4, 4], [-4, 4]]}", "[-3, 2.5]").result
    assert shown_window(result, given=True) == ((-4, 4), (-4, 4))
    assert whole_land(result, ((-4, -3), (-4, -3)), given=True) is None


def test_where_most_of_the_land_is_needed_all_of_it_is_shown() -> None:
    result = ran("schwefel", "[-450, -450]").result
    assert shown_window(result, given=False) == result.problem.window
    swarm = "function: ackley\nstarts: {grid: 2}\nsteps: 3\noptimizers: [sgd: {lr: 1.0e-3}]\n"
    assert shown_window(optviz.run(loads(swarm)).result, given=False) == ((-5, 5), (-5, 5))


def test_racers_that_leave_the_catalogues_window_do_not_widen_it() -> None:
    result = ran("saddle", "[0.1, 0.1]", "0.4").result
    assert abs(result.racers[0].x).max() > 100
    for (low, high), (first, last) in zip(shown_window(result, given=False), result.problem.window or (), strict=True):
        assert first <= low < high <= last


def test_a_lowest_minimum_on_the_edge_of_the_land_has_room_around_it() -> None:
    (_, right), _ = shown_window(ran("eggholder", "[300, 300]").result, given=False)
    assert right > 512 + 0.01 * 212


@pytest.mark.parametrize("aspect", [0.3, 1.0, 1.4, 4.0])
@pytest.mark.parametrize(("name", "start"), [("ackley", "[-3, 2.5]"), ("booth", "[-9, -9]"), ("beale", "[-4, -4]")])
def test_equal_scales_grow_the_shorter_side_inside_the_land_as_far_as_it_goes(
    name: str, start: str, aspect: float
) -> None:
    result = ran(name, start).result
    plain, grown = (np.array(shown_window(result, given=False, aspect=ratio)) for ratio in (None, aspect))
    wide, tall = np.diff(grown).ravel()
    assert wide / tall == pytest.approx(aspect)
    assert ((grown[:, 0] <= plain[:, 0] + 1e-9) & (grown[:, 1] >= plain[:, 1] - 1e-9)).all()
    land = np.array(result.problem.window)
    for (low, high), (first, last) in zip(grown, land, strict=True):
        if high - low <= last - first:
            assert first - 1e-9 <= low < high <= last + 1e-9


def test_a_side_is_not_grown_without_end() -> None:
    result = ran("{formula: x**2 + y**2/1e9, minima: [[0, 0]]}", "[1.0e-3, 1.0e+3]").result
    assert shown_window(result, given=True, aspect=1.3) == shown_window(result, given=True)


@pytest.mark.parametrize("start", ["[-3, 2.5]", "[0, 0.1]", "[4, 4]"])
def test_what_is_shown_changes_nothing_about_the_judgement(start: str) -> None:
    """The line is 1 % of the diagonal of the catalogue's window, however small the part that the film shows."""
    part = ran("ackley", start, "0.05")
    whole = ran("{name: ackley, window: [[-5, 5], [-5, 5]]}", start, "0.05")
    assert part.result.finish == whole.result.finish
    assert part.result.finish.distance == pytest.approx(0.01 * 10 * 2**0.5)
    assert part.table() == whole.table()


def test_a_formulas_land_is_the_box_in_which_its_minima_were_searched() -> None:
    result = ran("x**2 + 3*sin(3*x)", "40").result
    assert result.problem.searched is not None
    assert whole_land(result, ((0.0, 1.0),), given=False) == result.problem.searched
