from __future__ import annotations

import numpy as np
import pytest

import optviz
from optviz.scenario import loads


def test_a_race_has_the_scenarios_racers_and_steps() -> None:
    race = optviz.run(loads("function: beale\nsteps: 20\noptimizers: [adam, sgd]\n"))
    assert [racer.label for racer in race.racers] == ["Adam", "SGD"]
    assert race.racers[0].trajectory.x.shape == (21, 2)


def test_a_formula_without_a_window_is_surveyed_after_the_race() -> None:
    race = optviz.run(loads("function: {formula: (x - 3)**2 + y**2}\nstart: [0, 1]\noptimizers: [adam: {lr: 0.1}]\n"))
    (x_range, y_range) = race.problem.window
    assert x_range[0] < 0
    assert x_range[1] > 3
    assert y_range[0] < 0
    assert y_range[1] > 1
    assert race.problem.minima_found
    assert race.problem.minima[0] == pytest.approx((3, 0), abs=1e-6)
    assert race.racers[0].outcome == "arrived"
    assert race.scenario.resolved()["finish"]["distance"] == race.result.finish.distance > 0


def test_given_minima_are_not_searched_for() -> None:
    text = "function: {formula: (x - 3)**2, minima: [3]}\nstart: 0\noptimizers: [adam: {lr: 0.1}]\n"
    race = optviz.run(loads(text))
    assert (race.problem.minima, race.problem.minima_found) == (((3,),), False)


@pytest.mark.parametrize("seed", [0, 1, -1, -2])
def test_the_same_seed_gives_the_same_race_and_another_another(seed: int) -> None:
    def end(of: int) -> np.ndarray:
        text = f"function: beale\nsteps: 5\nseed: {of}\nnoise: {{std: 1}}\noptimizers: [sgd]\n"
        return optviz.run(loads(text)).racers[0].trajectory.x[-1]

    assert np.array_equal(end(seed), end(seed))
    assert not np.array_equal(end(seed), end(seed + 10))
