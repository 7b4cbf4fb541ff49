"""Optimizers of one's own: a function or a class instead of a name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.custom import custom_rule
from optviz.problems import from_catalogue, from_formula
from tests.engine import run


class HeavyBall:
    """Momentum, written by hand."""

    state = ("velocity",)

    def __init__(self, lr: float = 0.001, momentum: float = 0.9, nesterov: bool = False) -> None:
        self.lr, self.momentum, self.nesterov = lr, momentum, nesterov
        self.velocity = 0.0

    def step(self, x: Any, g: Any) -> Any:
        self.velocity = self.momentum * self.velocity + g
        x -= self.lr * self.velocity  # into its own array
        return x


def descent(x: Any, g: Any, lr: float = 0.001) -> Any:
    return x - lr * g


def scheduled(x: Any, g: Any, t: int, lr: float = 0.001) -> Any:
    return x - lr / t * g


def ahead(x: Any, gradient: Any, lr: float = 0.001) -> Any:
    return x - lr * gradient(x - lr * gradient(x))


def still(x: Any) -> Any:
    return x


@pytest.mark.parametrize("function", ["post_1d", "beale"])
@pytest.mark.parametrize(("own", "rule"), [(HeavyBall, "momentum"), (descent, "sgd")])
def test_an_own_optimizer_walks_like_the_rule_it_copies(own: Any, rule: str, function: str) -> None:
    race = optviz.run(optviz.build(function=function, optimizers=[own, rule], steps=50))
    mine, theirs = race.racers
    np.testing.assert_allclose(mine.x, theirs.x, rtol=1e-14)
    np.testing.assert_array_equal(mine.gradient.shape, theirs.gradient.shape)
    assert mine.label == own.__name__


def test_an_own_optimizer_has_hyperparameters_state_and_a_fresh_start() -> None:
    racers = [
        HeavyBall,
        {HeavyBall: {"momentum": 0.5, "nesterov": True, "label": "Light"}},
        {HeavyBall: {"lr": "0.001*t"}},
    ]
    race = optviz.run(optviz.build(function="beale", common={"lr": 0.002}, optimizers=racers, steps=20))
    assert [racer.label for racer in race.racers] == ["HeavyBall lr 0.002", "Light", "HeavyBall lr 0.001*t"]
    light = race["Light"]
    assert light.hyperparameters == {"lr": 0.002, "momentum": 0.5, "nesterov": True}
    assert light.state["velocity"].shape == (20, 2)
    assert light.state_size == 1
    again = optviz.run(race.scenario)
    np.testing.assert_array_equal(again["Light"].x, light.x)


@pytest.mark.parametrize("own", [HeavyBall, descent])
def test_an_own_optimizer_has_no_equations(own: Any) -> None:
    """What its step says of itself is not what a paper writes."""
    assert custom_rule(own).equations == ()


def test_an_own_optimizer_may_take_the_step_and_the_gradient_itself() -> None:
    race = optviz.run(optviz.build(function="beale", optimizers=[scheduled, ahead, still], steps=10))
    assert [racer.trajectory.gradient_evaluations for racer in race.racers] == [10, 20, 0]
    np.testing.assert_allclose(race["scheduled"].x[1], race["scheduled"].x[0] - 0.001 * race["scheduled"].gradient[0])


def test_an_own_optimizer_may_share_a_rules_name() -> None:
    def adam(x: Any, g: Any, lr: float = 0.1) -> Any:
        return x - lr * g

    race = optviz.run(optviz.build(function="beale", optimizers=["adam", adam], steps=5))
    assert [(racer.label, racer.rule.name) for racer in race.racers] == [("Adam", "adam"), ("adam", "adam_own")]
    assert "adam_own" not in OPTIMIZERS


def test_an_own_optimizer_that_diverges_is_an_outcome() -> None:
    race = optviz.run(optviz.build(function="beale", optimizers=[{descent: {"lr": 1e6}}, "adam"], steps=20))
    assert race["descent"].outcome == "diverged"
    assert race.ranking == ("Adam", "descent")


class Stepless:
    pass


class Forgetful:
    state = ("m",)

    def step(self, x: Any, g: Any) -> Any:
        return x


class Odd:
    def step(self, x: Any, slope: Any) -> Any:
        return x


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (lambda x, g: x, "a custom optimizer needs a name"),
        (Stepless, "the class Stepless has no method step; def step(self, x, g): return the new x"),
        (Odd, "Odd.step takes slope"),
        ("adam", "a custom optimizer needs a name"),
    ],
)
def test_what_is_no_optimizer_is_told(own: Any, said: str) -> None:
    with pytest.raises(OptvizError, match=f"optimizers: {said}".replace("(", r"\(").replace(")", r"\)")):
        custom_rule(own)


def test_a_step_that_returns_something_else_is_told() -> None:
    def scalar(x: Any, g: Any) -> Any:
        return 1.0

    def textual(x: Any, g: Any, mode: str = "fast") -> Any:
        return x

    def needy(x: Any, g: Any, beta: Any) -> Any:
        return x

    def pointless(g: Any) -> Any:
        return g

    with pytest.raises(OptvizError, match=r"scalar must return the new x, 2 coordinates, got 1\.0"):
        optviz.run(optviz.build(function="beale", optimizers=[scalar]))
    with pytest.raises(OptvizError, match=r"Forgetful says it has the state m, and has not; set self\.m in __init__"):
        optviz.run(optviz.build(function="beale", optimizers=[Forgetful]))
    wrong = (
        (textual, "textual has mode='fast'"),
        (needy, "needy: parameter beta has no default"),
        (pointless, "point x"),
    )
    for own, said in wrong:
        with pytest.raises(OptvizError, match=said):
            custom_rule(own)


def uneven(x: Any, t: int, gradient: Any, lr: float = 0.01) -> Any:
    g = gradient(x)
    return x - lr * (gradient(x - lr * g) if t % 2 == 0 else g)


def lazy(x: Any, t: int, gradient: Any, lr: float = 0.01) -> Any:
    return x - lr * gradient(x) if t % 2 else x


@pytest.mark.parametrize(("own", "asked"), [(uneven, 151), (lazy, 51)])
def test_gradients_are_counted_however_unevenly_they_are_asked_for(own: Any, asked: int) -> None:
    sphere, rule = from_catalogue("sphere"), custom_rule(own)
    assert run(rule, sphere, [1.0, 2.0], 101).gradient_evaluations == asked
    assert run(rule, sphere, np.ones((2, 3)), 101, record="last").gradient_evaluations == asked
    assert run(rule, sphere, np.ones((2, 3)), 101).gradient_evaluations == asked


def test_gradients_are_counted_up_to_the_step_that_diverges() -> None:
    path = run(custom_rule(uneven), from_formula("x**4", minima=[]), 10.0, 600, {"lr": 1.0})
    assert path.diverged_at is not None
    assert path.gradient_evaluations == path.diverged_at + path.diverged_at // 2


@pytest.mark.parametrize(
    "step",
    [
        lambda x, g: [float(x[0]) - float(g[0]) ** 3],
        lambda x, g: x - math.exp(float(g[0]) ** 2),
        lambda x, g: [complex(x[0], -1)],
        lambda x, g: x - 1 / 0,
    ],
)
def test_an_own_optimizer_that_leaves_the_numbers_diverges(step: Any) -> None:
    step.__name__ = "step"
    path = run(custom_rule(step), from_formula("x**4", minima=[]), 2.0, 600)
    assert path.diverged_at is not None
