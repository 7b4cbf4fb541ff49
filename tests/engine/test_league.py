"""A league's runs are single races, to the bit; protocols score tables worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optviz.engine.judge import judge
from optviz.engine.league import (
    League,
    Player,
    best_for_all,
    follow,
    gather,
    gradients_a_step,
    middle_of_best,
    paid_for,
    play,
    rate_of,
)
from optviz.engine.noise import NO_NOISE
from optviz.engine.profiles import TARGETS, area_over_runtimes, profile_area, ratios_of
from optviz.engine.rulesets import RULESETS, Name, standings_of, trials_of
from optviz.engine.run import run
from optviz.engine.tuning import Course
from optviz.optimizers import OPTIMIZERS, bind
from optviz.problems import default_finish, from_catalogue, spread_starts
from optviz.scenario.comparison import StartsSettings
from tests import few
from tests.engine.draws import BOTH

BUDGET, RATES, STARTS = 30, np.array([1e-3, 0.03, 0.3, 20.0]), 4
RULES = ("adam", "rprop", "sam", "lookahead")


def course_on(function: str, noisy: bool = False) -> Course:
    problem = from_catalogue(function)
    starts = spread_starts(StartsSettings(random=STARTS, seed=1), problem.window, 0)
    return Course(problem, starts, BOTH if noisy else NO_NOISE)


def player_of(name: str, rates: NDArray[Any] = RATES) -> Player:
    rule = bind(OPTIMIZERS[name], {}, BUDGET)
    cost = gradients_a_step(rule, from_catalogue("sphere"))
    return Player(paid_for(rule, BUDGET, cost), cost, rates, STARTS)


@pytest.mark.parametrize("function", few(["beale", "forrester", "goldstein_price"], 3))
@pytest.mark.parametrize("name", RULES)
def test_every_run_is_the_single_race_to_the_bit(name: str, function: str) -> None:
    player = player_of(name)
    rule, cost = player.rule, player.cost
    course = course_on(function, noisy=function == "beale")
    problem, finish = course.problem, default_finish(course.problem)
    found = play(player, course, finish)
    for r, rate in enumerate(RATES.tolist()):
        hits = follow(replace(player, rates=np.array([rate])), course, finish, len(RATES))["hits"]
        for s in range(course.starts.shape[1]):
            single = run(rule.with_values({rate_of(rule): rate}), problem, course.starts[:, s], noise=course.noise)
            judged = judge(single, problem, finish)
            gap = np.abs(problem.above_least(single.f))
            assert found["final"][r, s] == (np.inf if judged.outcome == "diverged" else gap[-1])
            for name_, step in (("entered", judged.entered_at), ("arrived", judged.arrived_at)):
                assert found[name_][r, s] == (np.inf if step is None else max(1, step * cost))
            assert found["spent"][r, s] == single.gradient_evaluations
            assert found["begin"][s] == gap[0]
            first = [next((t for t, value in enumerate(gap) if value <= target), np.inf) for target in TARGETS]
            assert hits[:, s].tolist() == [max(1, t * cost) for t in first]


def test_a_rule_that_asks_twice_a_step_makes_half_the_steps() -> None:
    assert [(one.rule.steps, one.cost) for one in map(player_of, RULES)] == [(30, 1), (30, 1), (15, 2), (30, 1)]


def test_gradients_a_step_are_the_same_in_every_step() -> None:
    problem = from_catalogue("sphere")
    for rule in OPTIMIZERS.values():
        asked = run(bind(rule, {}, 4), problem, [1.0, 2.0]).evaluations
        assert set(asked.tolist()) == {gradients_a_step(bind(rule, {}, 4), problem)}


def test_what_ends_below_a_minimum_outside_the_window_is_no_better_for_it() -> None:
    """x - x**3 falls for ever on the right: a rule that leaves its valley must not win by that."""
    problem = from_catalogue("x_minus_x3")
    course = Course(problem, np.array([[-1.0, 1.0]]))
    found = play(Player(bind(OPTIMIZERS["sgd"], {}, 8), 1, np.array([0.1]), 2), course, default_finish(problem))
    assert found["final"][0, 0] < 1e-2
    assert found["final"][0, 1] > 1


@pytest.mark.parametrize("function", ["x_minus_x3", "forrester", "beale"])
def test_targets_are_reached_by_runs_that_met_as_small_a_gap(function: str) -> None:
    """Those too that fall below the minimum afterwards, outside the window."""
    player, course = player_of("momentum"), course_on(function)
    finish = default_finish(course.problem)
    lowest = play(player, course, finish)["lowest"]
    for r, rate in enumerate(RATES.tolist()):
        hits = follow(replace(player, rates=np.array([rate])), course, finish, len(RATES))["hits"]
        assert (np.isfinite(hits) == (lowest[r] <= TARGETS[:, np.newaxis])).all()


# --- protocols ------------------------------------------------------------------------------------


def a_league(**given: np.ndarray) -> League:
    """Return two rules, two functions, two rates, three starts: what is given, else ones."""
    shape = (2, 2, 2, 3)
    columns = {name: np.ones(shape) for name in ("final", "lowest", "entered", "arrived")}
    columns = columns | {"spent": np.ones(shape, dtype=np.int64), "hits": np.ones((2, 2, 51, 3))} | given
    begin = np.array([[1.0, 2, 4], [10, 10, 10]])
    return League(("A", "B"), ("f", "g"), np.array([0.1, 1.0]), 100, (1, 1), begin, **columns)


def test_final_is_the_median_share_of_the_gap_left_with_the_best_rate_of_each_function() -> None:
    final = np.ones((2, 2, 2, 3)) * 8
    final[0, 0, 0] = [0.5, 0.5, 0.5]  # of 1, 2, 4: shares 0.5, 0.25, 0.125
    final[0, 1, 1] = [1, 2, np.inf]
    final[1, 0, 1] = [0.1, np.inf, np.inf]
    found = standings_of(a_league(final=final), "final").scores
    assert found.kept is not None
    assert found.kept.tolist() == [[0, 1], [0, 1]]  # B: 8 beats a median that is infinite; equal ones: the later middle
    assert found.value.tolist() == [(0.25 + 0.2) / 2, (4 + 0.8) / 2]


def test_target_is_the_median_of_gradients_and_a_rule_that_never_arrives_is_ranked_by_what_it_solves() -> None:
    arrived = np.full((2, 2, 2, 3), np.inf)
    arrived[0, :, 0] = [5, np.inf, np.inf]
    arrived[1, 0, 0] = [7, 9, 11]
    arrived[1, 1, 0] = [7, np.inf, np.inf]
    found = standings_of(a_league(arrived=arrived), "target")
    assert found.scores.value.tolist() == [np.inf, np.inf]
    assert found.scores.solved[1] == pytest.approx(3 / 6)  # function g falls back on the gap: rate 1, none arrives
    assert found.places.tolist() == [2, 1]


def test_algoperf_takes_the_best_of_five_and_the_median_of_three_studies() -> None:
    trials = trials_of(64)
    assert trials.shape == (3, 5)
    assert trials[0].tolist() == [32, 16, 47, 8, 39]  # Halton in base 2: 1/2, 1/4, 3/4, 1/8, 5/8 of 63
    rng = np.random.default_rng(0)
    entered = rng.integers(1, 90, size=(4, 5, 64, 6)).astype(float)
    entered[rng.random(entered.shape) < 0.5] = np.inf
    league = gathered(entered)
    times = np.empty((4, 5))
    for rule in range(4):
        for function in range(5):
            studies = [min(entered[rule, function, rate, study] for rate in trials[study]) for study in range(3)]
            times[rule, function] = sorted(studies)[1]
    assert standings_of(league, "algoperf").scores.value.tolist() == profile_area(ratios_of(times)).tolist()


def gathered(entered: np.ndarray) -> League:
    rules, functions, rates, starts = entered.shape
    columns = dict.fromkeys(("final", "lowest", "entered", "arrived"), entered)
    played = {
        (f"r{r}", f"f{f}"): {
            "begin": np.ones(starts),
            "hits": np.ones((51, starts)),
            "spent": np.ones((rates, starts), dtype=np.int64),
        }
        | {name: column[r, f] for name, column in columns.items()}
        for r in range(rules)
        for f in range(functions)
    }
    names = [f"r{r}" for r in range(rules)], [f"f{f}" for f in range(functions)]
    return gather(*names, np.geomspace(1e-3, 1, rates), 100, [1] * rules, played, 0)


def test_deepobs_tunes_on_one_start_and_judges_by_the_mean_of_the_others() -> None:
    final = np.ones((2, 2, 2, 3)) * 4
    final[0, :, 1] = [0.1, 6, 8]  # the first start chooses rate 1, the others pay for it
    found = standings_of(a_league(final=final), "deepobs").scores
    assert found.value[0] == pytest.approx(np.median([(6 / 2 + 8 / 4) / 2, (0.6 + 0.8) / 2]))
    assert found.value[1] == pytest.approx(np.median([(4 / 2 + 4 / 4) / 2, 0.4]))


def test_coco_takes_one_rate_for_all_functions_and_the_area_under_the_targets_reached() -> None:
    lowest = np.full((2, 2, 2, 3), 1.0)
    lowest[0, 0, 0] = 1e-9  # rate 0 is best on f, rate 1 on g by far: the sum decides
    lowest[0, 1, 0] = 1e3
    lowest[0, 1, 1] = 1e-9
    assert best_for_all(lowest).tolist() == [1, 1]
    hits = np.random.default_rng(1).integers(1, 150, size=(2, 2, 51, 3)).astype(float)
    found = standings_of(a_league(hits=hits), "coco").scores
    np.testing.assert_allclose(found.value, area_over_runtimes(hits, 100).mean(axis=(1, 2, 3)), rtol=1e-14)


def test_of_equal_rates_the_middle_one_is_kept() -> None:
    assert middle_of_best(np.array([5.0, 1, 1, 1, 3])) == 2


@pytest.mark.parametrize("name", RULESETS)
def test_chances_sum_to_one_and_places_lie_in_their_intervals(name: Name) -> None:
    rng = np.random.default_rng(2)
    league = replace(gathered(rng.random((4, 3, 6, 9)) * 90 + 1), hits=rng.random((4, 3, 51, 9)) * 120)
    found = standings_of(league, name)
    assert found.first.sum() == pytest.approx(1)
    assert (found.first_place <= found.last_place).all()
    assert (found.low <= found.high).all()
    assert sorted(found.order) == [0, 1, 2, 3]


@pytest.mark.parametrize("name", RULESETS)
def test_a_rule_that_does_everything_better_is_first_by_every_protocol(name: Name) -> None:
    worse = np.random.default_rng(3).random((1, 3, 6, 9)) * 40 + 50
    both = gathered(np.concatenate([worse, worse / 10]))
    hits = np.concatenate([np.full((1, 3, 51, 9), 80.0), np.full((1, 3, 51, 9), 8.0)])
    found = standings_of(replace(both, hits=hits), name)
    assert found.places.tolist() == [2, 1]
    assert found.first[1] == 1
