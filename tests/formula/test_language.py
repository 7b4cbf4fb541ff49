"""What formulas mean, and what is said of those that mean nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.errors import Issue, OptvizError
from optviz.formula import tree
from optviz.formula.formula import Compiled, compile_formula, compile_schedule
from optviz.formula.graph import Graph, Node
from optviz.formula.language import FUNCTIONS
from optviz.formula.parse import Reader

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


REFUSED = [  # formula, column, message, hint
    ("", None, "the formula is empty", ""),
    ("  ", None, "the formula is empty", ""),
    ("x^2", 2, "^ is not part of a formula", "write ** for a power"),
    ("2x", 2, "no operator between 2 and x", "write 2*x"),
    ("2 (x + 1)", 3, "no operator between 2 and (", "write 2*(...)"),
    ("(x)(x)", 4, "no operator between ) and (", "write )*(...)"),
    ("x y", 3, "no operator between x and y", "write x*y"),
    ("xy", 1, "unknown name xy", "write x*y"),
    ("X + x", 1, "unknown name X", "did you mean x?"),
    ("x + z", 5, "unknown name z", "allowed: x, y, t, pi, e"),
    ("sinn(x)", 1, "unknown function sinn", "did you mean sin?"),
    ("ln(x)", 1, "unknown function ln", "log is the natural logarithm"),
    ("x(x + 1)", 1, "x is not a function", "write x*(...)"),
    ("x + sin", 5, "sin has no argument", "write sin(x)"),
    ("sin()", 1, "sin takes 1 argument, not 0", "write sin(x)"),
    ("x + sin(x, y)", 5, "sin takes 1 argument, not 2", "write sin(x)"),
    ("atan2(x)", 1, "atan2 takes 2 arguments, not 1", "write atan2(a, b)"),
    ("max(x)", 1, "max takes at least 2 arguments, not 1", "write max(a, b)"),
    ("where(x, y)", 1, "where takes 3 arguments, not 2", "write where(condition, a, b)"),
    ("x +", 3, "a value is missing after +", ""),
    ("x + * y", 5, "a value is missing between + and *", ""),
    ("* x", 1, "a value is missing before *", ""),
    ("x*()", 4, "a value is missing between ( and )", ""),
    ("max(x,)", 7, "a value is missing between , and )", ""),
    ("sin(*x)", 5, "a value is missing between ( and *", ""),
    ("((x)", 1, "this ( is never closed", ""),
    ("x)", 2, "this ) closes nothing", ""),
    ("1,5*x", 2, "a comma outside a function's brackets", "the decimal sign is a point"),
    ("x = 3", 3, "= is not part of a formula", "write == to compare"),
    ("x//2", 2, "// is not an operator here", "write floor(a/b)"),
    ("x[0]", 2, "[ is not part of a formula", "write ( )"),
    ("x.real", 2, ". is not part of a formula", "functions stand alone: sin(x), not np.sin(x)"),
    ("'x'", 1, "' is not part of a formula", ""),
    ("x + (y := 2)", 8, ": is not part of a formula", ""),
    ("max(x, key=x)", 8, "unknown name key", "allowed: x, y, t, pi, e"),
    ("lambda: x", 1, "lambda is not part of a formula", "write the expression alone"),
    ("x if x else 1", 3, "if is not part of a formula", "write where(condition, a, b)"),
    ("x is 1", 3, "is is not part of a formula", "write =="),
    ("2j*x", 2, "no operator between 2 and j", "write 2*j"),
    ("True + x", 1, "True is not part of a formula", "write 1"),
    ("x² + 1", 2, "² is not part of a formula", "write **2"),
    ("2·x", 2, "· is not part of a formula", "write *"),
    ("x\0", 2, r"'\x00' is not part of a formula", ""),
    ("1or x", 2, "no space between 1 and or", ""),
    ("x not x", 3, "no operator between x and not", ""),
    ("007*x", 1, "007 starts with a zero", "write 7"),
    ("2*not x", 3, "not a formula: invalid syntax", "put brackets around each part"),
    ("x + 9**9**9", 5, "9**9**9 is not a finite number", ""),
    ("x*(1/0)", 4, "1/0 is not a finite number", ""),
    (" x + log(-1)", 6, "log(-1) is not a finite number", ""),
    ("1e999*x", 1, "1e999 is not a finite number", ""),
    ("y**2", None, "the formula has y but no x", "a function of one variable is written in x"),
    ("3 + pi", None, "the formula has no x", "write it in x, or in x and y"),
    ("1/t", None, "the formula has no x", "write it in x, or in x and y"),
]


@pytest.mark.parametrize(("formula", "column", "message", "hint"), REFUSED)
def test_refused(formula: str, column: int | None, message: str, hint: str) -> None:
    with pytest.raises(OptvizError) as refused:
        compile_formula(formula)
    assert (column, message, hint) in [(i.column, i.message, i.hint) for i in refused.value.issues]
    assert all(issue.path == "" for issue in refused.value.issues)


def test_all_mistakes_at_once_by_column() -> None:
    with pytest.raises(OptvizError) as refused:
        compile_formula("2x^2 + sinn(x) + max(x) - (z")
    assert [issue.column for issue in refused.value.issues] == [2, 3, 8, 18, 27, 28]
    with pytest.raises(OptvizError) as refused:
        compile_formula("x + 1/0 + sqrt(-1)")
    assert [issue.column for issue in refused.value.issues] == [5, 11]


ABSURD = {
    "five megabytes": ("x+" * 2_500_000 + "x", "characters; at most"),
    "a chain of sums": ("x" + "+x" * 999, "operators and brackets; at most"),
    "a tower of powers": ("x" + "**x" * 600, "operators and brackets; at most"),
    "minus upon minus": ("-" * 1999 + "x", "operators and brackets; at most"),
    "open brackets": ("(" * 400, "more than 50 brackets inside one another"),
    "brackets": ("(" * 200 + "x" + ")" * 200, "more than 50 brackets inside one another"),
    "calls": ("sin(" * 51 + "x" + ")" * 51, "more than 50 brackets inside one another"),
    "digits": ("9" * 1990 + "*x", "... has 1990 characters; a number has at most 60"),
    "letters": ("x*" + "a" * 1990, "... has 1990 characters; a name has at most 60"),
    "powers of numbers": ("x + 2" + "**2" * 200, "is not a finite number"),
    "no letters": ("#" * 400, "# is not part of a formula"),
    "Python": ("__import__('os').system('ls')", "unknown function __import__"),
}


@pytest.mark.parametrize("name", ABSURD)
def test_absurd_formulas_are_refused(name: str) -> None:
    formula, message = ABSURD[name]
    with pytest.raises(OptvizError) as refused:
        compile_formula(formula)
    assert message in str(refused.value)
    assert len(refused.value.issues) <= 20
    assert all(len(str(issue)) < 300 for issue in refused.value.issues)


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
    ("x", {"x": 1}, "constants.x: x already has a meaning; name the constant otherwise"),
    ("x*pi", {"pi": 3}, "constants.pi: pi already has a meaning; name the constant otherwise"),
    ("x", {"sin": 3}, "constants.sin: sin already has a meaning; name the constant otherwise"),
    ("x", {"not": 3}, "cannot name a constant"),
    ("x", {"a b": 3}, "constants.a b: 'a b' cannot name a constant"),
    ("x", {"lambda": 3}, "constants.lambda: 'lambda' cannot name a constant"),
    ("bta*x", {"beta": 3}, "1: unknown name bta; did you mean beta?"),
]


@pytest.mark.parametrize(("formula", "constants", "said"), WRONG_CONSTANTS)
def test_wrong_constants(formula: str, constants: Mapping[str, float], said: str) -> None:
    with pytest.raises(OptvizError) as refused:
        compile_formula(formula, constants)
    assert any(said in str(issue) for issue in refused.value.issues)


def test_constants_have_their_values() -> None:
    assert compile_formula("a1*x + C", {"a1": 2, "C": 0.5}).value(3.0) == 6.5


def attempt(text: str) -> tuple[Compiled | None, tuple[Issue, ...]]:
    try:
        return compile_formula(text), ()
    except OptvizError as refused:
        return None, refused.issues


@given(st.text(alphabet="xyt12.e+-*/%()<>=, \n&^sincosmaxwhere", max_size=40))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    compiled, issues = attempt(text)
    assert all(issue.column is None or 1 <= issue.column <= len(text) for issue in issues)
    assert compiled is None or compiled.value(np.ones((compiled.dim, 2)), 1.0).shape == (2,)


@given(st.text(max_size=60))
def test_any_unicode_is_a_formula_or_refused(text: str) -> None:
    compiled, issues = attempt(text)
    assert (compiled is None) == bool(issues)


FOREIGN = ["x.real", "x[0]", "(lambda: 1)", "[x]", "{x}", "'x'", "x if x else x", "f(x)", "sin(x, key=x)", "x // x"]
FOREIGN += ["sin.a(x)", "z", "~x", "x is x", "x in x", "(a := 1)", "f'{x}'", "1j", "None", "x @ x", "sin(*x)"]


@pytest.mark.parametrize("text", FOREIGN)
def test_the_second_fence_holds_without_the_first(text: str) -> None:
    """The spelling lets none of these through; the tree's own list of what is allowed would not either."""
    with pytest.raises(OptvizError):
        Reader(text, 0, ("x",), {}).read(tree.tree_of(text))


def test_a_full_parser_stack_is_an_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **named: object) -> None:
        raise RecursionError

    monkeypatch.setattr(tree.ast, "parse", full)
    with pytest.raises(OptvizError, match="nested too deeply"):
        tree.tree_of("x")


def test_every_function_is_tried() -> None:
    for name, function in FUNCTIONS.items():
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
    with pytest.raises(OptvizError, match="1: unknown name x; allowed: t, pi, e, a"):
        compile_schedule("x*a", {"a": 1})
