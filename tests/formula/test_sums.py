"""The sum of an online formula over its steps, as one formula without t."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.formula import Symbols, compile_formula
from optviz.formula.codegen.python import gradient_function, value_function
from optviz.formula.sums import sum_over_steps


def symbols_of(formula: str) -> Symbols:
    symbols = compile_formula(formula).symbols
    assert symbols is not None
    return symbols


@pytest.mark.parametrize(
    "formula",
    [
        "where(t % 3 == 1, 3*x, -x)",
        "(x - t)**2",
        "x - (x + t)**3 + (t - x)**4/t",
        "(x - 7.3)**2 - 10*cos(2*pi*(x - 7.3)) + 0.1*x*sin(t)",
        "t*(x**2 - 1)**2 - x/9 + t",
        "where(x > 0, t*x, x**2)/(1 + t)",
        "-x*sin(t)/(1 + x**2)",
        "(x - 1)**2 + t*(y + x)**2",
        "exp(x)*where(t > 5, y, x*sin(t))",
    ],
)
def test_the_sum_is_the_sum_of_all_steps(formula: str) -> None:
    objective, total = compile_formula(formula), sum_over_steps(symbols_of(formula), 30)
    assert total is not None
    x, t = np.random.default_rng(0).uniform(-2, 2, (objective.dim, 9)), np.arange(1.0, 31.0)
    value = value_function(total.value, total.arguments)
    gradient = gradient_function(total.slopes, total.arguments)
    expected = objective.value(x[..., np.newaxis], t)
    np.testing.assert_allclose(value(x), expected.sum(axis=-1), atol=1e-12 * np.abs(expected).sum())
    slopes = objective.gradient(x[..., np.newaxis], t)
    np.testing.assert_allclose(gradient(x), slopes.sum(axis=-1), atol=1e-12 * np.abs(slopes).sum())


@pytest.mark.parametrize(
    "formula", ["abs(x - t)", "cos(x*t)", "x**t", "(x + t)**5", "where(x > t, x, t)", "x/(x + t)", "x*exp(t**9)"]
)
def test_what_does_not_fall_apart_is_left(formula: str) -> None:
    assert sum_over_steps(symbols_of(formula), 30) is None
