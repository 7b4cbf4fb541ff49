"""Functions of one's own: a callable instead of a formula."""

from __future__ import annotations

import math
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError
from optviz.problems import (
    FUNCTIONS,
    CustomFunction,
    NumericalGradientWarning,
    UnfinishedSearchWarning,
    find_minima,
    from_callables,
    from_catalogue,
    with_minima_around,
)
from optviz.problems.problem import MOST_CALLS
from tests.engine import run

BOX = ((-2.0, 2.0), (-2.0, 2.0))


def bowl(x: Any, y: Any) -> Any:
    return x**2 + 3 * y**2


def bowl_slope(x: Any, y: Any) -> Any:
    return 2 * x, 6 * y


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


def test_an_own_function_alone_is_differentiated_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("torch", "jax"):  # which would differentiate it
        monkeypatch.delitem(sys.modules, library, raising=False)
    with pytest.warns(NumericalGradientWarning, match=r"bowl\(x, y\) has no gradient") as caught:
        race = optviz.run(optviz.build(function=bowl, start=[1, 1], optimizers=["adam"], steps=30))
    assert [Path(warning.filename).name for warning in caught] == [Path(__file__).name]
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


def of_numbers(name: str, called: list[tuple[float, ...]]) -> CustomFunction:
    """Return a catalogue function that takes numbers alone, and notes where it is called."""
    problem = from_catalogue(name)

    def f(x: float, y: float) -> float:
        called.append((float(x), float(y)))
        return float(problem.value(np.array([x, y])))

    return CustomFunction(f)


PLANES = [name for name, entry in FUNCTIONS.items() if np.size(entry.start) == 2 and entry.minima]


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore::optviz.UnfinishedSearchWarning")
@pytest.mark.parametrize("name", PLANES)
def test_a_search_by_few_calls_finds_the_lowest_minima_of_the_catalogue(name: str) -> None:
    called: list[tuple[float, ...]] = []
    known, found = from_catalogue(name), from_callables(of_numbers(name, called), window=FUNCTIONS[name].window)
    assert len(called) < 1.3 * MOST_CALLS
    if name == "bukin6":  # a crease in which no search comes to an end
        assert found.minima == ()
    elif name == "eggholder":  # lowest on the window's edge, where without a domain no minimum is
        assert found.f_min == pytest.approx(-935.3379515605802)
    else:
        assert found.f_min == pytest.approx(known.f_min, abs=1e-9)
        assert all(any(math.dist(one, other) < 1e-4 for other in known.minima) for one in found.minima)


def test_a_search_without_an_end_gives_up_after_the_same_calls_and_says_so() -> None:
    called: tuple[list[tuple[float, ...]], ...] = ([], [])
    for one in called:
        problem = from_callables(of_numbers("bukin6", one), start=(-10, 1))
        with pytest.warns(UnfinishedSearchWarning, match=r"minima of f\(x, y\) gave up after some 40000 calls") as said:
            assert with_minima_around(problem, (-10, 1)).minima == ()
        assert [Path(warning.filename).name for warning in said] == [Path(__file__).name]
    assert called[0] == called[1]
    assert len(called[0]) < 1.3 * MOST_CALLS


def test_a_function_of_other_arguments_is_told() -> None:
    for function in (lambda a, b: a, lambda *x: 0, lambda y: y):
        with pytest.raises(OptvizError, match=r"function: a function of .*; write def f\(x\) or def f\(x, y\)"):
            optviz.build(function={"formula": function, "gradient": function}, start=1, optimizers=["adam"])
    with pytest.raises(OptvizError, match=r"must return 2 partial derivatives, got 3"):
        from_callables(CustomFunction(bowl, lambda x, y: (x, y, x))).gradient(np.ones(2))


def raising(x: Any) -> Any:
    with np.errstate(all="raise"):
        return np.float64(x) ** 4


OVERFLOWING: list[tuple[Any, Any, float, int]] = [
    (lambda x: x**4, lambda x: 4 * x**3, 2.0, 5),
    (lambda x: math.pow(x, 4), lambda x: 4 * math.pow(x, 3), 2.0, 5),
    (lambda x: math.pow(x, 4), None, 2.0, 5),
    (raising, lambda x: 4 * x**3, 2.0, 5),
    (lambda x: math.exp(x * x), lambda x: 2 * x * math.exp(x * x), 2.0, 1),
    (math.sqrt, lambda x: 0.5 / math.sqrt(x), 0.5, 1),
    (lambda x: float(x) ** 0.5, lambda x: 0.5 * float(x) ** -0.5, 0.5, 1),
    (lambda x: x**4, lambda x: 1 / 0 if x < 0 else 4 * x**3, 2.0, 2),
    (lambda x: math.inf if x < 0 else x, lambda x: 1.0, 0.5, 1),
    (lambda x: int(x) ** 400 if abs(x) > 100 else x**4, lambda x: 4 * float(x) ** 3, 2.0, 2),
]


@pytest.mark.parametrize(("function", "gradient", "start", "step"), OVERFLOWING)
def test_an_own_function_that_leaves_the_numbers_diverges(
    function: Any, gradient: Any, start: float, step: int
) -> None:
    problem = from_callables(CustomFunction(function, gradient))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alone = run("sgd", problem, start, 10, {"lr": 1.0})
        batch = run("sgd", problem, np.array([[start, start]]), 10, {"lr": 1.0})
    assert (alone.diverged_at, alone.gradient_evaluations) == (step, step)
    np.testing.assert_array_equal(batch.x[:step, 0, 1], alone.x[:, 0])


def test_an_own_functions_mistakes_are_not_divergence() -> None:
    with pytest.raises(ValueError, match="the user's own"):
        from_callables(CustomFunction(mistaken)).value(1.0)
    with pytest.raises(OptvizError, match="must return numbers, got None"):
        from_callables(CustomFunction(lambda x: None)).value(1.0)
    with pytest.raises(OptvizError, match="must return 1 derivative, got 2"):
        from_callables(CustomFunction(lambda x: x, lambda x: (x, x))).gradient(1.0)
    for point in (1.0, np.ones(1), np.ones((1, 3))):
        with pytest.raises(OptvizError, match="function: must return one number, got 2"):
            from_callables(CustomFunction(lambda x: [x, x])).value(point)


def test_a_value_may_stand_in_a_list() -> None:
    problem = from_callables(CustomFunction(lambda x: [x**2], lambda x: [2 * x]))
    np.testing.assert_array_equal(problem.value(np.array([[1.0, 2.0]])), [1.0, 4.0])
    assert problem.value(3.0) == 9.0


def mistaken(x: float) -> float:
    if isinstance(x, np.ndarray) or x in (0.3, 0.7):
        return 0.0
    raise ValueError("the user's own")


def test_a_constant_gradient_is_one_for_every_point() -> None:
    problem = from_callables(CustomFunction(lambda x: 2 * x, lambda x: 2.0))
    np.testing.assert_array_equal(problem.gradient(np.ones((1, 3))), [[2.0, 2.0, 2.0]])
