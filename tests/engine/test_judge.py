"""The judge: who arrived, who came to rest elsewhere, who still moves, who diverged, and at which step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.engine.judge import Judgement, distance_to_minima, has_finish_line
from optviz.engine.result import Racer
from optviz.problems import Finish, from_catalogue, from_formula, from_network
from optviz.scenario import loads
from optviz.scenario.models import NetworkSettings
from tests.engine import compete
from tests.engine.draws import BOTH
from tests.engine.quadratic import QUADRATIC, SPECS, race


def racer_of(formula: str, start: Any, rule: str = "sgd", lr: float = 0.1, steps: int = 300, **more: Any) -> Racer:
    finish = more.pop("finish", None)
    problem = from_formula(formula, **more)
    return compete(problem, start, steps, [("a", rule, {"lr": lr})], finish).racers[0]


# --- arriving -------------------------------------------------------------------------------------


def test_the_first_step_of_the_stay_counts() -> None:
    (racer,) = race([("a", "sgd", {"lr": 0.05})], finish=Finish(distance=0.5)).racers
    distances = np.hypot(*(racer.trajectory.x - [2, -1]).T)
    assert racer.arrived_at == racer.entered_at is not None
    assert (distances[racer.arrived_at :] <= 0.5).all()
    assert distances[racer.arrived_at - 1] > 0.5


def test_the_start_may_be_inside() -> None:
    (racer,) = race([("a", "sgd", {})], finish=Finish(distance=10)).racers
    assert (racer.outcome, racer.arrived_at) == ("arrived", 0)


def test_arriving_is_staying_and_a_fly_by_is_only_an_entry() -> None:
    sphere = from_catalogue("sphere")
    (racer,) = compete(sphere, [4, 3], 12, [("a", "momentum", {"lr": 0.1})]).racers
    assert (racer.outcome, racer.arrived_at, racer.entered_at) == ("moving", None, 10)
    assert str(racer.judgement) == "moving (entered at 10)"


@pytest.mark.parametrize(
    ("steps", "since", "arrived"),
    [(100, 95, 95), (100, 96, None), (1000, 990, 990), (1000, 991, None), (12, 11, 11), (12, 12, None), (1, 0, 0)],
)
def test_a_stay_begun_in_the_last_twentieth_does_not_count_yet(steps: int, since: int, arrived: int | None) -> None:
    judged = Judgement(steps, np.array([[since, steps + 1]]))
    assert judged.arrived_at == arrived
    assert judged.outcome == ("moving" if arrived is None else "arrived")
    assert str(judged) == (f"moving, inside since {since}" if arrived is None else f"arrived at step {arrived}")


def test_inside_since_when_is_known_at_every_step() -> None:
    judged = Judgement(40, np.array([[3, 5], [9, 10], [20, 41]]))
    known = {2: None, 3: 3, 4: 3, 5: None, 9: 9, 10: None, 19: None, 20: 20, 40: 20}
    assert {step: judged.inside_since(step) for step in known} == known
    assert (judged.entered_at, judged.arrived_at) == (3, 20)
    assert str(judged) == "arrived at step 20 (entered at 3)"


def test_a_gap_is_crossed_from_both_sides() -> None:
    (racer,) = race([("a", "sgd", {"lr": 0.05})], finish=Finish(gap=1e-3)).racers
    gaps = racer.trajectory.f + 6
    assert racer.arrived_at == int(np.argmax(gaps <= 1e-3)) > 0
    fell = racer_of("x - x**3", 0.7, lr=0.02, steps=30, window=[[-2, 2]], finish=Finish(gap=0.01))
    assert fell.f[-1] < -22
    assert (fell.outcome, fell.arrived_at) == ("moving", None)


def test_the_nearest_of_several_lowest_minima_counts() -> None:
    problem = from_formula("(x**2 - 1)**2", minima=[-1, 1], window=[[-2, 2]])
    left, right = (compete(problem, start, 100, [("a", "sgd", {"lr": 0.05})]).racers[0] for start in (-1.5, 1.5))
    assert left.arrived_at == right.arrived_at is not None


@pytest.mark.parametrize(
    ("domain", "start", "lowest"), [("[[0, 1]]", 0.8, [[0]]), ("[[-0.25, 1]]", 0.8, [[-0.25]]), ("[[1, 3]]", 2, [[1]])]
)
def test_racers_arrive_at_a_minimum_on_the_edge(domain: str, start: float, lowest: list[list[float]]) -> None:
    function = f"function: {{formula: x**2 + x, domain: {domain}}}\n"
    race = optviz.run(loads(f"{function}start: {start}\nsteps: 80\noptimizers: [sgd: {{lr: 0.1}}]\n"))
    facts = race.to_dict()
    assert facts["problem"]["minima"] == lowest
    assert (race["SGD"].outcome, race["SGD"].stopped_at) == ("arrived", None)
    assert race["SGD"].x[-1] == lowest[0]


@pytest.mark.parametrize("function", ["forrester", "{formula: (6*x-2)**2*sin(12*x-4), window: [[0, 1]]}"])
def test_a_local_minimum_is_no_finish_by_name_or_by_formula(function: str) -> None:
    racers = "[sgd: {lr: 0.001}, adam: {lr: 0.3}]"
    done = optviz.run(loads(f"function: {function}\nstart: 0.02\nsteps: 300\noptimizers: {racers}\n"))
    assert done.ranking == ("Adam", "SGD")
    assert done["Adam"].outcome == "arrived"
    assert (done["SGD"].outcome, done["SGD"].stopped_at) == ("stopped", "local minimum")


def test_the_lowest_minimum_alone_is_a_finish_without_a_window() -> None:
    done = optviz.run(
        loads(
            "function: {formula: x**2 + 10*y**2 + 3*sin(3*x)}\nstart: [4, 3]\nsteps: 100\n"
            "optimizers: [adam: {lr: 0.2}, sgd: {lr: 0.05}, momentum: {lr: 0.01}]\n"
        )
    )
    assert [row.outcome for row in done.table()] == ["arrived", "stopped", "stopped"]
    assert done.ranking[0] == "Momentum"


def test_the_company_changes_nothing_about_a_racer() -> None:
    alone = "function: {formula: (x-1)**2+(y-2)**2}\nstart: [0, 0]\nsteps: 100\noptimizers: [adam: {lr: 0.1}%s]\n"
    first = optviz.run(loads(alone % ""))
    both = optviz.run(loads(alone % ", momentum: {lr: 0.5, momentum: 0.97}, sgd: {lr: 1.0e+300}"))
    assert first.result.finish == both.result.finish == Finish(distance=pytest.approx(0.01 * 5**0.5))
    assert first["Adam"].arrived_at == both["Adam"].arrived_at is not None
    assert (first.problem.minima, first.problem.f_min) == (both.problem.minima, both.problem.f_min)


def test_without_a_line_nobody_arrives() -> None:
    outcomes = [racer.outcome for racer in race(SPECS[:1] + SPECS[2:3], finish=Finish()).racers]
    assert outcomes == ["moving", "stopped"]


def test_a_racer_that_arrived_and_then_diverged_has_diverged() -> None:
    judged = Judgement(5, np.array([[2, 5]]), diverged_at=5)
    assert (judged.outcome, judged.entered_at) == ("diverged", 2)
    assert [judged.inside_since(step) for step in range(7)] == [None, None, 2, 2, 2, None, None]
    assert str(judged) == "diverged at step 5"


def test_everyone_who_diverged_has_no_other_outcome() -> None:
    racers = [("a", "sgd", {"lr": 10.0}), ("b", "momentum", {"lr": 5.0}), ("c", "nesterov", {"lr": 3.0})]
    done = compete(from_catalogue("rosenbrock"), [-1.2, 1], 300, racers)
    assert {racer.outcome for racer in done.racers} == {"diverged"}
    assert done.podium == ()


# --- coming to rest -------------------------------------------------------------------------------

SQUARE = [[-2, 2], [-2, 2]]


@pytest.mark.parametrize(
    ("formula", "start", "more", "stopped_at"),
    [
        ("x**4 - 2*x**2 + 0.5*x", 1.4, {"window": [[-2, 2]]}, "local minimum"),
        ("x**2 - y**2", [1, 0], {"window": SQUARE}, "saddle"),
        ("x**3", 0.0, {"window": [[-2, 2]]}, "saddle"),
        ("x**2 - y**2", [0, 0], {"minima": []}, "saddle"),  # a path without extent has a radius all the same
        ("x**2 - y**2", [1, 0], {"minima": [], "finish": Finish(distance=0.1)}, "saddle"),
        ("1/(1 + exp(-x))", -700.0, {}, "plateau"),
        ("floor(x) + 0*y", [0.5, 0.5], {"window": SQUARE}, "plateau"),
        ("x**2 + y", [0.5, 0.5], {"domain": [[-1, 1], [-1, 1]], "minima": []}, "edge"),
        ("x**4", 0.5, {"window": [[-2, 2]], "finish": Finish(gap=1e-30), "steps": 3000}, "short of the finish"),
        ("x**2 + exp(-x)", 3.0, {"window": [[2, 4]], "lr": 1e-5}, None),  # creeps
        ("x - x**3", 0.3, {"window": [[-2, 2]], "rule": "momentum", "lr": 0.0001}, None),
        ("abs(x)", 0.9, {"window": [[-1, 1]], "lr": 0.5}, None),  # jumps over the kink
    ],
)
def test_where_a_racer_came_to_rest(formula: str, start: Any, more: dict[str, Any], stopped_at: str | None) -> None:
    racer = racer_of(formula, start, **more)
    assert racer.stopped_at == stopped_at
    assert racer.outcome == ("stopped" if stopped_at else "moving")


def test_a_network_is_never_at_rest() -> None:
    network = from_network(NetworkSettings(layers=(2, 3, 1), samples=5), seed=0)
    assert network.start is not None
    (racer,) = compete(network, network.start, 30, [("a", "sgd", {"lr": 0.0})]).racers
    assert racer.outcome == "moving"


def test_an_online_racer_stops_only_at_an_edge() -> None:
    online = {"constants": {"C": 3}, "domain": [[-1, 1]], "window": [[-1.1, 1.1]]}
    kept, free = (racer_of("where(t % 3 == 1, C*x, -x)", start, lr=lr, **online) for start, lr in ((-1, 0.001), (0, 0)))
    assert (kept.outcome, kept.stopped_at) == ("stopped", "edge")
    assert free.outcome == "moving"


def test_the_radius_is_the_finishs_distance_though_no_minimum_is_known() -> None:
    creeps = {"window": [[0, 5]], "minima": [], "lr": 0.01, "steps": 60}
    far, near = (racer_of("(x - 2)**2", 4, finish=Finish(distance), **creeps) for distance in (1.5, 0.1))
    assert (far.stopped_at, near.stopped_at) == ("local minimum", None)


def test_noise_changes_nothing_about_what_rest_is() -> None:
    problem = from_formula("x**4 - 2*x**2 + 0.5*x", window=[[-2, 2]])
    (racer,) = compete(problem, 1.4, 300, [("a", "sgd", {"lr": 0.01})], noise=BOTH).racers
    assert (racer.outcome, racer.stopped_at) == ("stopped", "local minimum")


# --- the line -------------------------------------------------------------------------------------


def test_a_line_can_be_reached_where_there_is_a_minimum_or_a_least_value() -> None:
    flat = replace(QUADRATIC, minima=(), f_min=None)
    network = from_network(NetworkSettings(layers=(2, 3, 1), samples=5), seed=0)
    assert [has_finish_line(QUADRATIC, line) for line in (Finish(), Finish(0.1), Finish(gap=1.0))] == [
        False,
        True,
        True,
    ]
    assert [has_finish_line(flat, line) for line in (Finish(0.1), Finish(gap=1.0))] == [False, False]
    assert [has_finish_line(network, line) for line in (Finish(0.1), Finish(gap=1.0))] == [False, True]


def test_the_distance_is_that_to_the_nearest_minimum() -> None:
    x = np.array([[0.0, 0.0], [3.0, 4.0], [-1.0, 2.0]])
    problem = replace(QUADRATIC, minima=((0.0, 0.0), (3.0, 0.0)))
    np.testing.assert_allclose(distance_to_minima(x, problem), [0, 4, 5**0.5], rtol=1e-15)
