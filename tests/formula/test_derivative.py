"""Gradients: exact against SymPy, finite at kinks, the same on every road."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from optviz.formula import compile_formula
from optviz.formula.derivative import DIFFERENTIALS, SLOPES
from optviz.formula.graph import CONDITIONS, OPERATIONS
from tests import few

X, Y = sympy.symbols("x y", real=True)
WORDS = {"x": X, "y": Y, "abs": sympy.Abs, "min": sympy.Min, "max": sympy.Max, "e": sympy.E, "log10": None}
WORDS["log10"] = lambda u: sympy.log(u) / sympy.log(10)
WORDS["log2"] = lambda u: sympy.log(u) / sympy.log(2)


def exact_gradient(formula: str, x: float, y: float) -> list[float]:
    expression = sympy.sympify(formula, locals=WORDS)
    at = {X: sympy.Float(x, 40), Y: sympy.Float(y, 40)}
    return [float(sympy.diff(expression, z).subs(at).evalf(30)) for z in (X, Y)]


SMOOTH = [
    "sin(x*y) + cos(x)*tan(y)",
    "asin(x*y) - acos(x/2)*y",
    "atan(x/y) + atan2(x, y)*x",
    "sinh(x) + cosh(x*y) - tanh(3*y)",
    "exp(x - y)*log(x) + log10(y)*log2(x + y)",
    "sqrt(x**2 + y)/abs(x - y)",
    "x**y + y**1.7 + x**-3 + 2**x + x**0.5 + (x + y)**7 - y**70",
    "min(x**2, y) + max(x, sin(y))",
    "x**2/(1 + y**2)/(x - 3)",
    "-(-x) + +y - (x - y)*(y - x)*1*x",
    "1/x + x*y*x*y + (x*y - 1)*(1 - x*y)",
]


@pytest.mark.parametrize("formula", SMOOTH)
@pytest.mark.parametrize("point", [(0.7, 0.4), (0.31, 0.93)])
def test_against_sympy(formula: str, point: tuple[float, float]) -> None:
    found = compile_formula(formula).gradient(np.array(point))
    assert found == pytest.approx(exact_gradient(formula, *point), rel=1e-13, abs=1e-15)


def trees(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Formulas that are smooth everywhere and lose few digits."""
    return st.recursive(leaves, grown, max_leaves=8)


def grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(parts, parts)
    return st.one_of(
        st.builds("({0[0]} {1} {0[1]})".format, pairs, st.sampled_from("+-*")),
        st.builds("({0[0]}/(2 + {0[1]}**2))".format, pairs),
        st.builds("{1}({0})".format, parts, st.sampled_from(["sin", "cos", "atan", "tanh"])),
        st.builds("exp(sin({}))".format, parts),
        st.builds("sqrt(1 + {}**2)".format, parts),
        st.builds("log(2 + {}**2)".format, parts),
        st.builds("(-{})".format, parts),
        st.builds("(2 + cos({0[0]}))**({0[1]})".format, st.tuples(parts, st.sampled_from(["2", "-3", "1.3", "x"]))),
    )


@given(formula=trees(st.sampled_from(["x", "y", "2", "0.3"])), x=st.floats(-1.5, 1.5), y=st.floats(-1.5, 1.5))
@pytest.mark.thorough
def test_random_formulas_against_sympy(formula: str, x: float, y: float) -> None:
    formula = f"{formula} + 0*x*y"
    found = compile_formula(formula).gradient(np.array([x, y]))
    assert found == pytest.approx(exact_gradient(formula, x, y), rel=1e-9, abs=1e-9)


KINKS = [  # formula, point, gradient
    ("abs(x)", (0,), (0,)),
    ("sqrt(x)", (0,), (0,)),
    ("sqrt(x**2 + y**2)", (0, 0), (0, 0)),
    ("sqrt(abs(x))", (0,), (0,)),
    ("x**0.5", (0,), (0,)),
    ("x**0.3", (0,), (0,)),
    ("abs(x)**1.5", (0,), (0,)),
    ("x**1.5", (0,), (0,)),
    ("x**y", (0, 0.5), (0, 0)),
    ("x**y", (0, 0), (0, 0)),
    ("x**y", (0, 2), (0, 0)),
    ("min(x, y)", (1, 1), (0.5, 0.5)),
    ("max(x, y)", (1, 1), (0.5, 0.5)),
    ("max(x, 0)", (0,), (0.5,)),
    ("max(x, x)", (1,), (1,)),
    ("asin(x)", (1,), (0,)),
    ("acos(x)", (-1,), (0,)),
    ("atan2(y, x)", (0, 0), (0, 0)),
    ("sign(x) + floor(x) + ceil(x)", (0,), (0,)),
    ("(x > 0)*3", (0,), (0,)),
    ("x % 2", (4,), (1,)),
    ("5 % x", (2,), (-2,)),
    ("where(x > 0, log(x), x**2)", (0,), (0,)),
    ("where(x == 0, 1, sin(x)/x)", (0,), (0,)),
    ("where(x > 0, sqrt(x), 3*x)", (-1,), (3,)),
    ("where(x < 1 and not x < 0, x**2, -x)", (0.5,), (1,)),
]


@pytest.mark.parametrize(("formula", "point", "gradient"), KINKS)
def test_kinks(formula: str, point: tuple[float, ...], gradient: tuple[float, ...]) -> None:
    function = compile_formula(formula).gradient
    x = np.array(point, dtype=float)
    assert np.array_equal(function(x), gradient)
    assert np.array_equal(function(x[:, None]), np.array(gradient)[:, None])


FAR = ["1/x", "log(x)", "x**0.5", "exp(x)", "x**-2", "x**3", "1/(x - 1) + x % (x - 1)", "sinh(x)**2", "asin(x)"]
FAR += ["x**x", "sqrt(x)/x", "10**x", "tan(x)", "where(x > 0, 1/x, 0)", "atan2(x, x)", "abs(x)/x", "log(x)*x"]
PLACES = [0.0, -0.0, 1.0, -1.0, 2.5, -7.0, 1e-310, 1e200, -1e200, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("formula", few(FAR, 3))
@pytest.mark.parametrize("x", PLACES)
def test_far_outside_nothing_warns_and_roads_agree(formula: str, x: float) -> None:
    compiled = compile_formula(formula)
    for function in (compiled.value, compiled.gradient):
        batch = function(np.full((1, 3), x))
        point = function(np.array([x]))
        assert np.array_equal(np.broadcast_to(np.atleast_1d(point), 3), batch.ravel(), equal_nan=True)
        try:
            road = function(x)
        except ZeroDivisionError:  # the engine then takes the other road
            continue
        assert np.array_equal(road, np.ravel(point)[0], equal_nan=True)


@given(
    formula=st.sampled_from([*SMOOTH, *(formula for formula, point, _ in KINKS if len(point) == 2)]),
    points=st.lists(st.tuples(st.floats(-4, 4), st.floats(-4, 4)), min_size=1, max_size=9),
)
def test_one_point_and_a_batch_agree_to_the_bit(formula: str, points: list[tuple[float, float]]) -> None:
    compiled = compile_formula(formula)
    batch = np.array(points).T.copy()
    values, gradients = compiled.value(batch), compiled.gradient(batch)
    for index, point in enumerate(points):
        assert np.array_equal(compiled.value(np.array(point)), values[index], equal_nan=True)
        assert np.array_equal(compiled.gradient(np.array(point)), gradients[:, index], equal_nan=True)


SHAPED = [("x", 1), ("x*0 + 1", 1), ("4*x + y", 2), ("x + 0*y", 2), ("where(x > 0, 1, 2)", 1), ("x*t + t", 1)]


@pytest.mark.parametrize(("formula", "dim"), SHAPED)
@pytest.mark.parametrize("batch", [(), (1,), (5,), (2, 3), (0,)])
def test_results_have_the_shape_of_the_batch(formula: str, dim: int, batch: tuple[int, ...]) -> None:
    compiled = compile_formula(formula)
    x = np.ones((dim, *batch))
    value, gradient = compiled.value(x, 2.0), compiled.gradient(x, 2)
    assert value.shape == batch
    assert gradient.shape == (dim, *batch)
    assert value.dtype == gradient.dtype == np.float64
    assert not np.shares_memory(value, x)


def test_t_broadcasts_with_the_batch() -> None:
    compiled = compile_formula("where(t % 3 == 1, C*x, -x)", {"C": 3})
    steps = np.arange(1.0, 5.0)
    assert np.array_equal(compiled.value(np.array([2.0]), steps), [6, -2, -2, 6])
    assert np.array_equal(compiled.gradient(np.array([2.0]), steps), [[3, -1, -1, 3]])
    assert np.array_equal(compiled.gradient(np.ones((1, 2, 4)), steps), [[[3, -1, -1, 3]] * 2])
    assert compiled.gradient(2.0, 4) == 3.0
    assert compiled.online


def test_integer_powers_are_exact_products() -> None:
    third = 1.1 * 1.1 * 1.1
    assert compile_formula("x**3").value(1.1) == third
    assert compile_formula("x**3").gradient(1.1) == 3 * (1.1 * 1.1)


def test_every_operation_has_a_rule() -> None:
    stepping = {*CONDITIONS, "where"}
    of_rules = {"python_power"}  # no formula has it
    assert set(OPERATIONS) == {*SLOPES, *DIFFERENTIALS} | stepping | of_rules
    assert not {*SLOPES} & {*DIFFERENTIALS}
