"""The Python face: keywords, own optimizers and functions, a race's racers, files, notebooks."""

from __future__ import annotations

import math
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.custom import custom_rule
from optviz.problems import CustomFunction, NumericalGradientWarning, find_minima, from_callables, from_catalogue
from optviz.scenario import loads

BOX = ((-2.0, 2.0), (-2.0, 2.0))


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


def bowl(x: Any, y: Any) -> Any:
    return x**2 + 3 * y**2


def bowl_slope(x: Any, y: Any) -> Any:
    return 2 * x, 6 * y


# --- keywords -----------------------------------------------------------------------------------------


KEYS = [
    {"function": "beale", "optimizers": ["adam", "sgd"], "steps": 7},
    {
        "title": "A title: with a colon",
        "function": {"formula": "a*x**2", "constants": {"a": 2}, "window": [[-1, 1]]},
        "start": 1,
        "optimizers": [{"adam": {"lr": "0.1/sqrt(t)", "label": "falling"}}, {"adam": None}],
        "common": {"beta1": 0},
        "noise": {"std": 0.1},
        "render": {"size": "480p", "captions": [{"at": 3, "text": "here"}]},
        "output": ["a.gif", "b.json"],
    },
]


@pytest.mark.parametrize("keys", KEYS)
def test_keywords_are_resolved_like_a_file(keys: dict[str, Any]) -> None:
    scenario = optviz.build(**keys)
    assert isinstance(scenario, optviz.Scenario)
    assert loads(scenario.source_text).resolved() == scenario.resolved()
    assert pickle.loads(pickle.dumps(scenario)).resolved() == scenario.resolved()


def test_numpy_tuples_and_paths_are_plain_values_too() -> None:
    scenario = optviz.build(
        function="beale",
        start=np.array([3, 4]),
        steps=np.int64(5),
        optimizers=({"adam": {"lr": np.float64(0.1)}},),
        output=Path("a") / "b.json",
    )
    assert (scenario.start, scenario.steps, scenario.output) == ((3.0, 4.0), 5, ("a/b.json",))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "optimizers: is required; such as optimizers: [adam, adamax]\nfunction: is required; such as"),
        ({"function": "baele", "optimizers": ["adam"]}, "function: no such function: baele; did you mean beale?"),
        ({"function": "beale", "optimizers": ["adam"], "stepps": 3}, "stepps: unknown key; did you mean steps?"),
        ({"function": "beale", "optimizers": [3]}, "optimizers[0]: must be an optimizer's name, got 3; such as adam"),
        ({"function": "beale", "optimizers": "adam"}, "optimizers: must be a list, got 'adam'; begin each racer"),
        ({"function": "beale", "optimizers": [{descent: {"m": 1}}]}, "optimizers[0].descent.m: descent has no hyper"),
        ({"function": "beale", "optimizers": ["adam"], "seed": object}, "<class 'object'> cannot stand in a scenario"),
    ],
)
def test_what_is_wrong_with_keywords_is_told_by_path(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(OptvizError) as caught:
        optviz.build(**keys)
    assert str(caught.value).startswith(said)


# --- own optimizers -----------------------------------------------------------------------------------


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


def test_an_own_optimizer_may_take_the_step_and_the_gradient_itself() -> None:
    race = optviz.run(optviz.build(function="beale", optimizers=[scheduled, ahead, still], steps=10))
    assert [racer.trajectory.gradient_evaluations for racer in race.racers] == [10, 20, 10]
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


# --- own functions ------------------------------------------------------------------------------------


def test_an_own_function_with_its_gradient_races_like_the_formula() -> None:
    own = {"formula": bowl, "gradient": bowl_slope, "window": BOX}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mine = optviz.run(optviz.build(function=own, start=[1, 1], optimizers=["adam"], steps=30))
    formula = {"formula": "x**2 + 3*y**2", "window": BOX}
    theirs = optviz.run(optviz.build(function=formula, start=[1, 1], optimizers=["adam"], steps=30))
    np.testing.assert_allclose(mine["Adam"].x, theirs["Adam"].x, rtol=1e-13)
    assert mine.problem.minima == ((0.0, 0.0),)
    assert mine.title == "Adam on bowl(x, y)"


def test_an_own_function_alone_is_differentiated_with_a_warning() -> None:
    with pytest.warns(NumericalGradientWarning, match=r"bowl\(x, y\) has no gradient") as caught:
        race = optviz.run(optviz.build(function=bowl, start=[1, 1], optimizers=["adam"], steps=30))
    assert [Path(warning.filename).name for warning in caught] == ["test_python.py"]
    exact = np.array(bowl_slope(*race["Adam"].x[:-1].T)).T
    np.testing.assert_allclose(race["Adam"].gradient, exact, rtol=1e-9)


@pytest.mark.parametrize("name", ["beale", "post_1d", "rosenbrock", "ackley"])
def test_numerical_gradients_are_exact_to_ten_digits_or_so(name: str) -> None:
    problem = from_catalogue(name)
    arguments = {1: lambda x: problem.value(np.array([x]))[()], 2: lambda x, y: problem.value(np.array([x, y]))}
    own = from_callables(CustomFunction(arguments[problem.dim]))
    points = np.random.default_rng(0).uniform(-1, 1, (problem.dim, 50))
    scale = 1 + np.abs(problem.value(points))
    assert np.all(np.abs(own.gradient(points) - problem.gradient(points)) <= 1e-9 * scale)


def only_numbers(x: float, y: float) -> float:
    return math.sin(x) + (y * y if y > 0 else -y)


@pytest.mark.parametrize("function", [bowl, only_numbers, lambda x, y: 1.0])
def test_a_function_of_arrays_or_of_numbers_has_the_same_shapes(function: Any) -> None:
    problem = from_callables(CustomFunction(function))
    grid = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert problem.value(grid).shape == (3, 4)
    assert problem.gradient(grid).shape == (2, 3, 4)
    assert problem.value(grid[:, 0, 0]) == pytest.approx(function(*grid[:, 0, 0].tolist()))
    assert problem.value(grid[:, :0]).shape == (0, 4)


def test_floats_stay_floats_in_one_dimension() -> None:
    problem = from_callables(CustomFunction(lambda x: x * abs(x), lambda x: 2 * abs(x)))
    assert type(problem.value(0.5)) is type(problem.gradient(0.5)) is float
    np.testing.assert_array_equal(problem.gradient(np.array([[0.5, -1.0]])), [[1.0, 2.0]])


def test_an_own_function_may_change_with_the_step() -> None:
    problem = from_callables(CustomFunction(lambda x, t: t * x, lambda x, t: t))
    assert problem.online
    np.testing.assert_array_equal(problem.gradient(np.array([[1.0, 1.0]]), np.array([3.0, 4.0])), [[3.0, 4.0]])


def test_minima_of_an_own_function_are_found() -> None:
    problem = from_callables(CustomFunction(lambda x, y: (x - 1) ** 2 + np.cosh(y)))
    ((x, y),) = find_minima(problem, BOX)
    assert (x, y) == (pytest.approx(1), pytest.approx(0, abs=1e-9))


def test_a_function_of_other_arguments_is_told() -> None:
    for function in (lambda a, b: a, lambda *x: 0, lambda y: y):
        with pytest.raises(OptvizError, match=r"function: a function of .*; write def f\(x\) or def f\(x, y\)"):
            optviz.build(function={"formula": function, "gradient": function}, start=1, optimizers=["adam"])
    with pytest.raises(OptvizError, match=r"must return 2 partial derivatives, got 3"):
        from_callables(CustomFunction(bowl, lambda x, y: (x, y, x))).gradient(np.ones(2))
