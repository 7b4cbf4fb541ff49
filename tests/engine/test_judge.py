"""The judge: who finished, who diverged, and at which step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optviz.engine.judge import distance_to_minima, has_finish_line, status_at
from optviz.problems import Finish, from_formula, from_network
from optviz.scenario.models import NetworkSettings
from tests.engine import compete
from tests.engine.quadratic import QUADRATIC, SPECS, race


def test_the_first_step_on_or_behind_the_line_counts() -> None:
    (racer,) = race([("a", "sgd", {"lr": 0.05})], finish=Finish(distance=0.5)).racers
    distances = np.hypot(*(racer.trajectory.x - [2, -1]).T)
    assert racer.finished_at is not None
    assert distances[racer.finished_at] <= 0.5 < distances[racer.finished_at - 1]


def test_the_start_may_be_behind_the_line() -> None:
    (racer,) = race([("a", "sgd", {})], finish=Finish(distance=10)).racers
    assert (racer.outcome, racer.finished_at) == ("finished", 0)


def test_the_gap_is_above_the_best_minimum() -> None:
    (racer,) = race([("a", "sgd", {"lr": 0.05})], finish=Finish(gap=1e-3)).racers
    gaps = racer.trajectory.f + 6
    assert racer.finished_at == int(np.argmax(gaps <= 1e-3)) > 0


def test_the_nearest_of_several_minima_counts() -> None:
    problem = from_formula("(x**2 - 1)**2", minima=[-1, 1], window=[[-2, 2]])
    left, right = (compete(problem, start, 100, [("a", "sgd", {"lr": 0.05})]).racers[0] for start in (-1.5, 1.5))
    assert left.finished_at == right.finished_at is not None


def test_without_a_line_everyone_runs_on() -> None:
    assert {racer.outcome for racer in race(SPECS[:1] + SPECS[2:3], finish=Finish()).racers} == {"running"}


def test_a_racers_status_changes_at_its_step() -> None:
    done = race()
    fast, lost = done.racers[4].finished_at, done.racers[1].trajectory.diverged_at
    assert fast is not None
    assert lost is not None
    assert [done.status(4, step) for step in (0, fast - 1, fast, done.steps)] == ["running"] * 2 + ["finished"] * 2
    assert [done.status(1, step) for step in (0, lost - 1, lost, done.steps)] == ["running"] * 2 + ["diverged"] * 2
    for index, racer in enumerate(done.racers):
        assert done.status(index, done.steps) == racer.outcome


def test_a_racer_that_finished_and_then_diverged_has_diverged() -> None:
    assert [status_at(step, 2, 5) for step in range(7)] == ["running"] * 2 + ["finished"] * 3 + ["diverged"] * 2


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
