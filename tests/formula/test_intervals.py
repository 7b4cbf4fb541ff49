"""Intervals hold every value of a formula and of its slopes over a box."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.formula import compile_formula
from optviz.formula.graph import OPERATIONS as GRAPH_OPERATIONS
from optviz.formula.intervals import OPERATIONS, enclose, is_continuous
from optviz.formula.parse import parse

FORMULAS = [
    "x**2 + x",
    "sin(x)*cos(3*x) - 2",
    "1/x + 1/(x**2 + 0.1)",
    "sqrt(x) + log(x)",
    "x**x + 2**x",
    "abs(x)**0.5 + abs(x)**1.5",
    "x % 3 + (2*x) % (0.5 + x**2)",
    "floor(x) + ceil(2*x) + sign(x - 1)",
    "where(x > 1, x**2, -x)",
    "tan(x)",
    "atan2(x, 1) + atan2(1, x)",
    "asin(x/5) - acos(x/4)",
    "cosh(x) - sinh(x) + tanh(x)",
    "exp(-x**2) + atan(x)",
    "x**3 - x**5 + x**-3 + x**-2 + x**(1/3)",
    "min(x, 2 - x) + max(x, 1, sin(x))",
    "log10(x + 6)*log2(x + 7)",
    "(x > 1)*(x < 2) + (x == 1) + (x != 2) + (x <= 0) + (x >= 3)",
    "where(not (x > 1) and x < 3 or x > 4, x, 0)",
    "x*y + max(x, y)*min(x, y)",
    "(1 - x)**2 + 100*(y - x**2)**2",
    "atan2(y, x)",
    "x**y",
    "sin(x*y)/(1 + x**2)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_value_lies_outside(formula: str) -> None:
    objective, draws = compile_formula(formula), np.random.default_rng(len(formula))
    low = draws.uniform(-5, 5, (objective.dim, 200))
    high = low + draws.exponential(1, low.shape) * draws.integers(0, 2, low.shape)
    symbols = objective.symbols
    assert symbols is not None
    variables = dict(zip(symbols.arguments, [*zip(low, high, strict=True), (1.0, 1.0)], strict=True))
    intervals = enclose([symbols.value, *symbols.slopes], variables)
    for share in draws.uniform(size=(40, *low.shape)):
        x = low + share * (high - low)
        with np.errstate(all="ignore"):
            values = [objective.value(x), *objective.gradient(x)]
        defined = np.isfinite(values[0])
        for value, (least, greatest) in zip(values, intervals, strict=True):
            counts = defined & np.isfinite(value)
            slack = 1e-12 * (1 + np.abs(value))
            assert (~counts | ((value >= least - slack) & (value <= greatest + slack))).all()


def test_intervals_are_no_wider_than_they_must_be() -> None:
    for formula, (low, high), expected in [
        ("x**2", (-1.0, 2.0), (0, 4)),
        ("sin(x)", (0.0, 3.0), (0, 1)),
        ("cos(x)", (1.0, 2.0), (np.cos(2), np.cos(1))),
        ("1/x", (0.0, 2.0), (0.5, np.inf)),
        ("abs(x) - max(x, 0)", (-2.0, -1.0), (1, 2)),
        ("x % 2", (2.25, 3.5), (0.25, 1.5)),
        ("where(x > 0, 1, x)", (0.5, 3.0), (1, 1)),
    ]:
        root = parse(formula, ("x",), {}).root
        (interval,) = enclose([root], {"x": (np.array([low]), np.array([high]))})
        np.testing.assert_allclose(np.ravel(interval), expected, rtol=1e-15)


def test_every_operation_has_its_interval() -> None:
    assert set(OPERATIONS) == set(GRAPH_OPERATIONS)


@pytest.mark.parametrize(
    ("formula", "continuous"),
    [
        ("x**2 - cos(x) + abs(x)*max(x, t)", True),
        ("where(t % 3 == 1, x, -x)", True),
        ("where(x > 0, 1, x)", False),
        ("floor(x)", False),
        ("floor(t)*x", True),
        ("x % 1", False),
        ("atan2(x, 1)", False),
        ("(x > 0)*2", False),
    ],
)
def test_what_may_jump_is_known(formula: str, continuous: bool) -> None:
    assert is_continuous(parse(formula, ("x", "t"), {}).root, ("x",)) is continuous
