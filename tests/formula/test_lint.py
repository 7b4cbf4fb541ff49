"""Every mistake in a formula is found at once, with its place and a remedy; hostile text is refused quickly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.errors import Issue, OptvizError
from optviz.formula import Objective, compile_formula, lint
from optviz.formula.language import HINTS, REPLACEMENTS

REFUSED: list[tuple[str, list[tuple[int | None, int, str, str]]]] = [  # formula, [(column, width, message, hint)]
    ("", [(None, 0, "the formula is empty", "")]),
    ("  ", [(None, 0, "the formula is empty", "")]),
    ("x^2", [(2, 1, "^ is not part of a formula", "write ** for a power")]),
    ("2x", [(2, 1, "no operator between 2 and x", "write 2*x")]),
    ("2 (x + 1)", [(3, 1, "no operator between 2 and (", "write 2*(...)")]),
    ("(x)(x)", [(4, 1, "no operator between ) and (", "write (...)*(...)")]),
    ("x y", [(3, 1, "no operator between x and y", "write x*y")]),
    ("xy", [(1, 2, "unknown name xy", "write x*y")]),
    ("X + x", [(1, 1, "unknown name X", "did you mean x?")]),
    ("x1 + y", [(1, 2, "unknown name x1", "the coordinates are called x and y")]),
    ("x + z", [(5, 1, "unknown name z", "allowed: x, y, t, pi, e")]),
    ("sinn(x)", [(1, 4, "unknown function sinn", "did you mean sin?")]),
    ("ln(x)", [(1, 2, "unknown function ln", "log is the natural logarithm")]),
    ("x(x + 1)", [(1, 1, "x is not a function", "write x*(...)")]),
    ("x + sin", [(5, 3, "sin has no argument", "write sin(x)")]),
    ("sin x", [(1, 3, "sin has no brackets", "write sin(x)")]),
    ("cos x*sin(x)", [(1, 3, "cos has no brackets", "write cos(x)")]),
    ("sin()", [(1, 3, "sin takes 1 argument, not 0", "write sin(x)")]),
    ("x + sin(x, y)", [(5, 3, "sin takes 1 argument, not 2", "write sin(x)")]),
    ("atan2(x)", [(1, 5, "atan2 takes 2 arguments, not 1", "write atan2(a, b)")]),
    ("max(x)", [(1, 3, "max takes at least 2 arguments, not 1", "write max(a, b)")]),
    ("where(x, y)", [(1, 5, "where takes 3 arguments, not 2", "write where(condition, a, b)")]),
    ("x +", [(3, 1, "a value is missing after +", "")]),
    ("x + * y", [(5, 1, "a value is missing between + and *", "")]),
    ("* x", [(1, 1, "a value is missing before *", "")]),
    ("x*()", [(4, 1, "a value is missing between ( and )", "")]),
    ("max(x,)", [(7, 1, "a value is missing between , and )", "")]),
    ("max(x, y,)", [(10, 1, "a value is missing between , and )", "")]),
    ("sin(*x)", [(5, 1, "a value is missing between ( and *", "")]),
    ("sin(**x)", [(5, 2, "a value is missing between ( and **", "")]),
    ("((x)", [(1, 1, "this ( is never closed", "")]),
    ("x)", [(2, 1, "this ) closes nothing", "")]),
    (
        "&(",
        [
            (1, 1, "& is not part of a formula", "write and"),
            (1, 1, "a value is missing before and", ""),
            (2, 1, "a value is missing after (", ""),
            (2, 1, "this ( is never closed", ""),
        ],
    ),
    ("not ()", [(6, 1, "a value is missing between ( and )", "")]),
    (")", [(1, 1, "a value is missing before )", ""), (1, 1, "this ) closes nothing", "")]),
    ("max(x, (y", [(4, 1, "this ( is never closed", ""), (8, 1, "this ( is never closed", "")]),
    ("(", [(1, 1, "a value is missing after (", ""), (1, 1, "this ( is never closed", "")]),
    ("1,5*x", [(2, 1, "a comma outside a function's brackets", "the decimal sign is a point")]),
    ("x = 3", [(3, 1, "= is not part of a formula", "write == to compare")]),
    (
        "x => 3",
        [
            (3, 1, "= is not part of a formula", "write == to compare"),
            (4, 1, "a value is missing between == and >", ""),
        ],
    ),
    ("x//2", [(2, 2, "// is not part of a formula", "write floor(a/b)")]),
    (
        "x[0]",
        [
            (1, 1, "x is not a function", "write x*(...)"),
            (2, 1, "[ is not part of a formula", "write ("),
            (4, 1, "] is not part of a formula", "write )"),
        ],
    ),
    ("x.real", [(2, 1, ". is not part of a formula", "functions stand alone: sin(x), not np.sin(x)")]),
    ("np.sin(x)", [(3, 1, ". is not part of a formula", "functions stand alone: sin(x), not np.sin(x)")]),
    ("'x'", [(1, 1, "' is not part of a formula", "")]),
    (
        "x + (y := 2)",
        [(8, 1, ": is not part of a formula", ""), (9, 1, "= is not part of a formula", "write == to compare")],
    ),
    (
        "max(x, key=x)",
        [
            (8, 3, "unknown name key", "allowed: x, y, t, pi, e"),
            (11, 1, "= is not part of a formula", "write == to compare"),
        ],
    ),
    (
        "lambda: x",
        [
            (1, 6, "lambda is not part of a formula", "write the expression alone"),
            (7, 1, ": is not part of a formula", ""),
        ],
    ),
    (
        "x if x else 1",
        [
            (3, 2, "if is not part of a formula", "write where(condition, a, b)"),
            (8, 4, "else is not part of a formula", "write where(condition, a, b)"),
        ],
    ),
    ("x is 1", [(3, 2, "is is not part of a formula", "write ==")]),
    ("2j*x", [(2, 1, "no operator between 2 and j", "write 2*j"), (2, 1, "unknown name j", "allowed: x, y, t, pi, e")]),
    ("True + x", [(1, 4, "True is not part of a formula", "write 1")]),
    ("None*x", [(1, 4, "None is not part of a formula", "")]),
    ("x² + 1", [(2, 1, "² is not part of a formula", "write **2")]),
    ("2π", [(2, 1, "π is not part of a formula", "write pi"), (2, 1, "no operator between 2 and pi", "write 2*pi")]),
    ("2·x", [(2, 1, "· is not part of a formula", "write *")]),
    (
        "x && y || x",
        [(3, 2, "&& is not part of a formula", "write and"), (8, 2, "|| is not part of a formula", "write or")],
    ),
    ("|x|", [(1, 1, "| is not part of a formula", "write abs(x), or the word or")]),
    ("x\x00", [(2, 1, "'\\x00' is not part of a formula", "")]),
    ("\u200bx", [(1, 1, "'\\u200b' is not part of a formula", "")]),
    ("x not x", [(3, 3, "no operator between x and not", "write x and not")]),
    ("2*not x", [(3, 3, "not cannot stand here", "put brackets around each part")]),
    ("-not x", [(2, 3, "not cannot stand here", "put brackets around each part")]),
    ("007*x", [(1, 3, "007 starts with a zero", "write 7")]),
    (
        "0x1F",
        [(2, 3, "no operator between 0 and x1F", "write 0*x1F"), (2, 3, "unknown name x1F", "allowed: x, y, t, pi, e")],
    ),
    (
        "1_000*x",
        [
            (2, 4, "no operator between 1 and _000", "write 1*_000"),
            (2, 4, "unknown name _000", "allowed: x, y, t, pi, e"),
        ],
    ),
    ("x + 9**9**9", [(5, 7, "9**9**9 is not a finite number", "")]),
    ("x*(1/0)", [(4, 3, "1/0 is not a finite number", "")]),
    (" x + log(-1)", [(6, 7, "log(-1) is not a finite number", "")]),
    ("1e999*x", [(1, 5, "1e999 is not a finite number", "")]),
    ("x + 1/0 + sqrt(-1)", [(5, 3, "1/0 is not a finite number", ""), (11, 8, "sqrt(-1) is not a finite number", "")]),
    ("x +\n yy", [(6, 2, "unknown name yy", "write y*y")]),
    (
        "2x^2 + sinn(x) + max(x) - (z",
        [
            (2, 1, "no operator between 2 and x", "write 2*x"),
            (3, 1, "^ is not part of a formula", "write ** for a power"),
            (8, 4, "unknown function sinn", "did you mean sin?"),
            (18, 3, "max takes at least 2 arguments, not 1", "write max(a, b)"),
            (27, 1, "this ( is never closed", ""),
            (28, 1, "unknown name z", "allowed: x, y, t, pi, e"),
        ],
    ),
]


@pytest.mark.parametrize(("formula", "expected"), REFUSED)
def test_refused(formula: str, expected: list[tuple[int | None, int, str, str]]) -> None:
    with pytest.raises(OptvizError) as refused:
        compile_formula(formula)
    assert [(i.column, i.width, i.message, i.hint) for i in refused.value.issues] == expected
    assert all(issue.path == "" for issue in refused.value.issues)


@pytest.mark.parametrize("formula", ["y**2", "3 + pi", "1/t"])
def test_a_formula_needs_x(formula: str) -> None:
    with pytest.raises(OptvizError, match="no x; "):
        compile_formula(formula)


@pytest.mark.parametrize("text", sorted(set(REPLACEMENTS) | set(HINTS)))
def test_every_foreign_sign_is_told_what_to_be_written(text: str) -> None:
    with pytest.raises(OptvizError) as refused:
        compile_formula(f"x {text} x")
    issue = next(issue for issue in refused.value.issues if issue.message == f"{text} is not part of a formula")
    assert (issue.column, issue.width) == (3, len(text))
    assert issue.hint


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
    "Python": ("__import__('os').system('ls')", "' is not part of a formula"),
}


@pytest.mark.parametrize("name", ABSURD)
def test_absurd_formulas_are_refused(name: str) -> None:
    formula, message = ABSURD[name]
    with pytest.raises(OptvizError) as refused:
        compile_formula(formula)
    assert message in str(refused.value)
    assert len(refused.value.issues) <= 20
    assert all(len(str(issue)) < 300 for issue in refused.value.issues)


def attempt(text: str) -> tuple[Objective | None, tuple[Issue, ...]]:
    try:
        return compile_formula(text), ()
    except OptvizError as refused:
        return None, refused.issues


@given(st.text(alphabet="xyt12.e+-*/%()<>=, \n&^sincosmaxwhere", max_size=40))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    compiled, issues = attempt(text)
    for issue in issues:
        assert issue.column is None or 1 <= issue.column <= issue.column + issue.width - 1 <= len(text)
    assert compiled is None or compiled.value(np.ones((compiled.dim, 2)), 1.0).shape == (2,)


@given(st.text(max_size=60))
def test_any_unicode_is_a_formula_or_refused(text: str) -> None:
    compiled, issues = attempt(text)
    assert (compiled is None) == bool(issues)


FOREIGN = ["x.real", "x[0]", "(lambda: 1)", "[x]", "{x}", "'x'", "x if x else x", "f(x)", "sin(x, key=x)", "x // x"]
FOREIGN += ["sin.a(x)", "z", "~x", "x is x", "x in x", "(a := 1)", "f'{x}'", "1j", "None", "x @ x", "sin(*x)"]


@pytest.mark.parametrize("text", FOREIGN)
def test_the_rest_of_python_is_refused(text: str) -> None:
    compiled, issues = attempt(text)
    assert compiled is None
    assert issues


def test_a_full_parser_stack_is_an_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **named: object) -> None:
        raise RecursionError

    monkeypatch.setattr(lint.ast, "parse", full)
    with pytest.raises(OptvizError, match="nested too deeply"):
        lint.lint("x", ["x"])
