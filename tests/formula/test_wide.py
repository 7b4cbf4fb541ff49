"""Points where floats overflow on the way to a finite value: what no float can hold there, wide exponents do."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import pytest

from optviz.formula import compile_formula, graph, wide
from optviz.formula.codegen.python import FUNCTIONS, compile_kernel
from optviz.formula.graph import ARITHMETIC
from optviz.formula.language import CHANCE, FORMULA_FUNCTIONS
from optviz.formula.wide import Wide
from optviz.formula.widened import CONDITIONS, NUMBERS, widened
from optviz.optimizers.javascript import formula_code
from optviz.problems import from_formula
from tests import few
from tests.engine import run

ORDINARY = np.concatenate([np.random.default_rng(0).normal(size=60) * 10.0 ** np.linspace(-3, 2, 60), [0, 1, -1, -0.5]])
BINARY = {"power", "minimum", "maximum", "atan2"}
OPERATORS = ("add", "sub", "mul", "truediv", "mod", "lt", "le", "gt", "ge", "eq", "ne")

# formula, point, value and slope there
FAR = [
    ("1/(1+exp(-x))", -800, 0, 0),
    ("1/(1+exp(-x))", -1e6, 0, 0),
    ("1/(1+exp(-x))", 800, 1, 0),
    ("exp(x)/(1+exp(x))", 800, 1, 0),
    ("x/(1+exp(-x))", -800, 0, 0),
    ("log(1+exp(x))", 800, 800, 1),
    ("log(1+exp(x))", -800, 0, 0),
    ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", 800, 1, 0),
    ("(1-exp(-2*x))/(1+exp(-2*x))", -800, -1, 0),
    ("1-2/(exp(2*x)+1)", 800, 1, 0),
    ("x*tanh(log(1+exp(x)))", 900, 900, 1),
    ("log(cosh(x))", 900, 900 - math.log(2), 1),
    ("sinh(x)/cosh(x)", -900, -1, 0),
    ("1/cosh(x)**2", 800, 0, 0),
    ("x*exp(-x**2)", 1e200, 0, 0),
    ("x**2*exp(-x)", 1e200, 0, 0),
    ("x**2/(1+x**2)", 1e200, 1, 0),
    ("exp(-exp(-x))", -800, 0, 0),
    ("sin(exp(-x))*exp(x)", 800, 1, 0),
    ("exp(800*x)*exp(-799*x)", 1, math.e, math.e),
    ("max(exp(x), 1)/(1+exp(x))", 800, 1, 0),
    ("where(exp(x) > 1, x, 0)*exp(x)/exp(x)", 800, 800, 1),
    ("atan2(exp(x), exp(x))", 800, math.pi / 4, 0),
    ("exp(x)*exp(-x)*atan2(exp(-2*x), 0*x)", 800, math.pi / 2, 0),
]


@pytest.mark.parametrize(("formula", "x", "value", "slope"), FAR)
def test_far_away_values_and_slopes_are_the_true_ones(formula: str, x: float, value: float, slope: float) -> None:
    f = compile_formula(formula)
    assert f.value(float(x)) == pytest.approx(value, rel=1e-12, abs=1e-300)
    assert f.gradient(float(x)) == pytest.approx(slope, rel=1e-12, abs=1e-12)
    batch = np.array([[x, 0.5, x]], dtype=np.float64)
    assert f.value(batch).tolist() == [f.value(point) for point in batch[0].tolist()]
    assert f.gradient(batch)[0].tolist() == [f.gradient(point) for point in batch[0].tolist()]


@pytest.mark.parametrize(("formula", "x", "value", "slope"), FAR)
def test_a_formula_written_once_more_for_kernels_gives_them_too(
    formula: str, x: float, value: float, slope: float
) -> None:
    own = compile_formula(formula).symbols
    assert own is not None
    more = widened(own)
    points = np.array([x, 0.5])
    with np.errstate(all="ignore"):
        found, slopes = compile_kernel([more.value, *more.slopes], more.arguments)(points, 1.0)
        floats = compile_kernel([own.value, *own.slopes], own.arguments)(points[1:], 1.0)
    assert np.broadcast_to(found, 2)[0] == pytest.approx(value, rel=1e-12, abs=1e-300)
    assert np.broadcast_to(slopes, 2)[0] == pytest.approx(slope, rel=1e-12, abs=1e-12)
    assert [np.broadcast_to(one, 2)[1] for one in (found, slopes)] == [np.ravel(one)[0] for one in floats]


@pytest.mark.parametrize("name", few(sorted({*FORMULA_FUNCTIONS} - {CHANCE, "where"}), 4))
def test_a_function_of_numbers_beyond_floats_has_the_same_bits_in_kernels(name: str) -> None:
    second = ", 3" if FORMULA_FUNCTIONS[name].least == 2 else ""
    texts = [f"{name}(exp(x){second})/exp(x)", f"{name}(-exp(x){second})*exp(-x)", f"1/{name}(exp(x) % 7{second})"]
    if second:
        texts += [f"{name}(exp(x), exp(2*x))", f"{name}(-exp(x), -exp(-2*x))"]
    for text in texts:
        assert_same_bits(text)


@pytest.mark.parametrize(
    "text",
    few(
        [
            "(exp(x)**3 + 1)/exp(x)**2",
            "(1 + exp(x))**0.1",
            "exp(x)**-0.5/exp(-x)",
            "exp(x)**x/exp(x)",
            "(exp(x) - 5*exp(2*x))/exp(3*x)",
            "where(exp(x) > exp(2*x), exp(x), 3)/exp(x)",
            "exp(3*x) % exp(x)",
            "sqrt(1 + (x*1e200)**2)",
        ],
        4,
    ),
)
def test_a_formula_beyond_floats_has_the_same_bits_in_kernels(text: str) -> None:
    assert_same_bits(text)


def assert_same_bits(text: str) -> None:
    """Compute value and slope on arrays by ``formula.wide``, and by the graph that kernels are made of."""
    x = np.concatenate([np.random.default_rng(0).uniform(-3000, 3000, 60), [-745.0, -256 * math.log(2), -1, 0.25, 720]])
    formula = compile_formula(text)
    assert formula.symbols is not None
    more = widened(formula.symbols)
    with np.errstate(all="ignore"):
        wanted = [formula.value(x[np.newaxis]), *formula.gradient(x[np.newaxis])]
        found = compile_kernel([more.value, *more.slopes], more.arguments)(x, 1.0)
    for one, other in zip(wanted, found, strict=True):
        told = np.isfinite(one)
        np.testing.assert_array_equal(np.broadcast_to(other, x.shape)[told], one[told])
        assert not np.isfinite(np.broadcast_to(other, x.shape)[~told]).any()


@pytest.mark.parametrize(
    "text", ["x**6/6 - x**2", "100*(y - x**2)**2 + sin(x*y)", "abs(x)**1.5 + max(x, y)", "sqrt(abs(x))"]
)
def test_what_stays_beyond_floats_has_no_wide_numbers_at_all(text: str) -> None:
    symbols = compile_formula(text).symbols
    assert symbols is not None
    assert not symbols.may_overflow
    assert widened(symbols) == symbols
    assert "wide" not in formula_code(symbols)


def test_every_operation_is_written_for_kernels() -> None:
    assert {*ARITHMETIC} - {"python_power"} == {*NUMBERS}
    assert {*CONDITIONS} == {*graph.CONDITIONS}


VALUES = [("sqrt(1+x**2)", 1e200), ("(x**4)**0.25", 1e100), ("floor(0.5+x*exp(x)/exp(x))", 800.0)]


@pytest.mark.parametrize(("formula", "x"), VALUES)
def test_far_away_values_are_the_true_ones(formula: str, x: float) -> None:
    assert compile_formula(formula).value(x) == pytest.approx(x, rel=1e-12)


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_a_logistic_far_away_stands_still_and_does_not_diverge(name: str) -> None:
    path = run(name, from_formula("1/(1+exp(-x))", minima=[]), -800.0, 20, {"lr": 0.1})
    assert (path.diverged_at, path.f[-1], path.gradient[-1, 0]) == (None, 0, 0)


def test_a_batch_by_stages_ends_where_its_points_alone_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.engine.evolve.LEAST_WORK", 0)
    problem, starts = from_formula("log(1+exp(x))", minima=[]), np.array([[800.0, -3.0, -900.0, 1e6]])
    together = run("adam", problem, starts, 20, {"lr": 0.1}, record="last").x
    alone = [run("adam", problem, start, 20, {"lr": 0.1}).x[-1, 0] for start in starts[0].tolist()]
    assert together[-1, 0].tolist() == alone


def test_two_variables_and_the_step_share_their_batch() -> None:
    f = compile_formula("t*log(exp(x)+exp(y))")
    points = np.array([[800.0, 0.0], [800.0, 0.0]])
    np.testing.assert_allclose(f.value(points, 2.0), [1600 + 2 * math.log(2), 2 * math.log(2)])
    np.testing.assert_allclose(f.gradient(points, 2.0), np.ones((2, 2)))
    steps = np.array([[1.0], [3.0]])
    np.testing.assert_allclose(f.value(points, steps)[:, 0] / (800 + math.log(2)), [1, 3])


@pytest.mark.parametrize(
    ("formula", "x", "value"), [("1/x", 0, math.inf), ("exp(x)", 800, math.inf), ("-x**4", 1e90, -math.inf)]
)
def test_what_is_infinite_stays_infinite(formula: str, x: float, value: float) -> None:
    assert compile_formula(formula).value(np.array([[x, x]], dtype=np.float64)).tolist() == [value, value]


@pytest.mark.parametrize("formula", ["log(x)", "sqrt(x)", "x**0.5", "asin(x)", "0/(x-x)", "sin(exp(exp(-x)))"])
def test_what_has_no_value_stays_without(formula: str) -> None:
    assert np.isnan(compile_formula(formula).value(np.array([[-8.0, -9.0]]))).all()


def test_every_function_of_the_language_is_there() -> None:
    assert {signature.op for signature in FORMULA_FUNCTIONS.values()} - {CHANCE} | {"power"} <= set(wide.FUNCTIONS)


@pytest.mark.parametrize("name", sorted(set(wide.FUNCTIONS) - {"where"}))
def test_a_function_of_ordinary_numbers_is_that_of_floats(name: str) -> None:
    given: Any = (ORDINARY, ORDINARY[::-1]) if name in BINARY else (ORDINARY,)
    with np.errstate(all="ignore"):
        expected, found = FUNCTIONS[name](*given), wide.FUNCTIONS[name](*given).floats
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_on_ordinary_numbers_is_that_of_floats(name: str) -> None:
    operation = getattr(operator, name)
    a, b = ORDINARY, ORDINARY[::-1]
    with np.errstate(all="ignore"):
        expected = np.asarray(operation(a, b), dtype=np.float64)
        both, left = operation(Wide.of(a), Wide.of(b)), operation(Wide.of(a), b)
    for found in (both, left):
        np.testing.assert_allclose(Wide.of(found).floats, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "mod"])
def test_an_array_on_the_left_leaves_the_operation_to_wide(name: str) -> None:
    with np.errstate(all="ignore"):
        found = getattr(operator, name)(np.array([3.0, 5.0]), Wide.of(np.array([2.0, 2.0])))
        np.testing.assert_array_equal(found.floats, getattr(operator, name)(np.array([3.0, 5.0]), 2.0))


def test_constants_keep_the_sign_of_zero() -> None:
    assert [float(np.copysign(1, Wide.of(z).floats)) for z in (0.0, -0.0, 0.0)] == [1, -1, 1]
