"""What formulas and schedules mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.formula import compile_formula, compile_schedule
from optviz.formula.graph import Graph, Node
from optviz.formula.language import FORMULA_FUNCTIONS

MEANINGS = [  # formula, x, value
    ("x", 3.0, 3.0),
    ("-x**2", 3.0, -9.0),
    ("2**-x", 1.0, 0.5),
    ("2**x**2", 2.0, 16.0),
    ("x - 1 - 1", 3.0, 1.0),
    ("x/2/2", 4.0, 1.0),
    ("x % 3", -1.0, 2.0),
    ("-x % 3", 1.0, 2.0),
    ("x**0", 5.0, 1.0),
    ("x**-2", 2.0, 0.25),
    ("x**0.5", 9.0, 3.0),
    ("x**65", 1.0, 1.0),
    ("1.5e1*x + .5 + 2.", 1.0, 17.5),
    ("pi*x", 1.0, math.pi),
    ("e**x", 1.0, math.e),
    ("log(e*x)", 1.0, 1.0),
    ("atan2(x, -1)", 0.0, math.pi),
    ("min(x, 2, 3)", 1.0, 1.0),
    ("max(x, 2, 3)", 1.0, 3.0),
    ("where(x > 0, 1, -1)", 2.0, 1.0),
    ("where(x, 1, -1)", 0.0, -1.0),
    ("where(x < 0, log(x), 7)", 0.0, 7.0),
    ("(x > 0) + (x > 1)", 2.0, 2.0),
    ("-(x > 0)", 2.0, -1.0),
    ("1 < x < 3", 2.0, 1.0),
    ("1 < x < 3", 3.0, 0.0),
    ("x == 1 or x == 2", 2.0, 1.0),
    ("x and not x - 2", 2.0, 1.0),
    ("not x", 2.0, 0.0),
    ("x != 2", 2.0, 0.0),
    ("x*(1 < 2)", 2.0, 2.0),
    ("\n x \t+\n 1 ", 1.0, 2.0),
    ("+x", 1.0, 1.0),
    ("sign(x)*floor(abs(x)) + ceil(x)", -1.5, -2.0),
]


@pytest.mark.parametrize(("formula", "x", "value"), MEANINGS)
def test_meaning(formula: str, x: float, value: float) -> None:
    function = compile_formula(formula).value
    assert function(x) == value
    assert function(np.array([x])) == value
    assert np.array_equal(function(np.array([[x, x]])), [value, value])


LARGEST = {
    "sums": "x" + "+x" * 249,
    "powers": "x" + "**x" * 249,
    "signs": "-" * 499 + "x",
    "brackets": "(" * 49 + "x" + ")**2" * 49,
    "comparisons": "x" + "<x" * 249,
    "arguments": "max(" + "x," * 240 + "x)",
    "nots": "not " * 250 + "x",
}


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_formulas_stay_small(name: str) -> None:
    """Each operation adds a bounded number of nodes, also to the gradient, so that work grows in proportion."""
    made: list[Graph] = []
    intern = Graph._intern

    def counted(graph: Graph, *args: Any, **named: Any) -> Node:
        made.append(graph)
        return intern(graph, *args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Graph, "_intern", counted)
        compiled = compile_formula(LARGEST[name])
    assert len(made) < 20_000
    assert np.isfinite(compiled.value(1.0))


WRONG_CONSTANTS: list[tuple[str, Mapping[str, object], str]] = [
    ("a*x", {"a": math.nan}, "constants.a: constant a must be finite, not nan"),
    ("a*x", {"a": 10**400}, "constants.a: constant a must be finite"),
    ("a*x", {"a": "1"}, "constants.a: constant a must be a number, not '1'"),
    ("a*x", {"a": True}, "constants.a: constant a must be a number, not True"),
    ("x", {"x": 1}, "constants.x: x is a reserved name; rename the constant"),
    ("x*pi", {"pi": 3}, "constants.pi: pi is a reserved name; rename the constant"),
    ("x", {"sin": 3}, "constants.sin: sin is a reserved name; rename the constant"),
    ("x", {"not": 3}, "cannot name a constant"),
    ("x", {"a b": 3}, "constants.a b: 'a b' cannot name a constant"),
    ("x", {"lambda": 3}, "constants.lambda: 'lambda' cannot name a constant"),
    ("bta*x", {"beta": 3}, "unknown name bta; did you mean beta?"),
]


@pytest.mark.parametrize(("formula", "constants", "said"), WRONG_CONSTANTS)
def test_wrong_constants(formula: str, constants: Mapping[str, float], said: str) -> None:
    with pytest.raises(OptvizError) as refused:
        compile_formula(formula, constants)
    assert any(said in str(issue) for issue in refused.value.issues)


def test_constants_have_their_values() -> None:
    assert compile_formula("a1*x + C", {"a1": 2, "C": 0.5}).value(3.0) == 6.5


def test_every_function_is_tried() -> None:
    for name, function in FORMULA_FUNCTIONS.items():
        arguments = ", ".join(["x/2"] * function.least)
        assert math.isfinite(compile_formula(f"{name}({arguments})").value(1.0))


SCHEDULES = [  # formula, t, value
    ("0.1", 7.0, 0.1),
    ("0.1/sqrt(t)", 4.0, 0.05),
    ("0.1*(t < 10) + 0.01*(t >= 10)", 10.0, 0.01),
    ("where(t % 3 == 1, 10, -1)", 4.0, 10.0),
    ("1/(t - 1)", 1.0, math.inf),
]


@pytest.mark.parametrize(("formula", "t", "value"), SCHEDULES)
def test_schedules(formula: str, t: float, value: float) -> None:
    schedule = compile_schedule(formula)
    assert schedule(t) == value
    assert type(schedule(int(t))) is float
    assert np.array_equal(schedule(np.array([t, t])), [value, value])


def test_a_schedule_knows_no_x() -> None:
    with pytest.raises(OptvizError, match="unknown name x; allowed: t, pi, e, a"):
        compile_schedule("x*a", {"a": 1})


MADE = [  # a condition of constants, and whether the branch that it leaves is a number that can be divided by
    ("x/where(1 > 2, y, 0)", True),
    ("x % where(2 > 1, 0, y)", True),
    ("x + where(2 > 1, 0, y)", True),
    ("x**(0 + (pi**-3) % where(1e-320 > -3, 0, y))", False),
    ("log(where(sqrt(1)/(1/3/pi) <= 1e308, min(0.1, 0), exp(y) - 1/3*x))", False),
    ("1/where(2 > 1, 0, y) + x", False),
    ("where(2 > 1, 0, y)**-1 + x", False),
]


@pytest.mark.parametrize(("formula", "is_sound"), MADE)
def test_a_choice_that_is_made_already_is_made_in_the_text(formula: str, is_sound: bool) -> None:
    if not is_sound:
        with pytest.raises(OptvizError, match="is not a finite number"):
            compile_formula(formula)
        return
    objective = compile_formula(formula)
    points = np.array([[1.5, -2.0], [0.5, 3.0]])
    alone = [objective.value(point, 1.0) for point in points.T]
    np.testing.assert_array_equal(objective.value(points, 1.0), alone)
    slopes = [objective.gradient(point, 1.0) for point in points.T]
    np.testing.assert_array_equal(objective.gradient(points, 1.0), np.transpose(slopes))
