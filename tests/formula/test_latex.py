"""Titles in the author's own order, as Matplotlib reads them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from optviz.formula.language import FORMULA_FUNCTIONS
from optviz.formula.latex import latex

PRINTED = [
    ("x - x**3", "x - x^{3}"),
    ("2*x*y", "2 x y"),
    ("x*2", r"x \cdot 2"),
    ("(1 - x)**2 + 100*(y - x**2)**2", "(1 - x)^{2} + 100 (y - x^{2})^{2}"),
    ("2*x**2 + 2*x*y + 2*y**2 - 6*x", "2 x^{2} + 2 x y + 2 y^{2} - 6 x"),
    ("x - (y - 1)", "x - (y - 1)"),
    ("x + -y", "x + (-y)"),
    ("-x*y", "-x y"),
    ("x*-y", "x (-y)"),
    ("(-x)**2", "(-x)^{2}"),
    ("x/2", r"\frac{x}{2}"),
    ("(x/2)**2", r"\left(\frac{x}{2}\right)^{2}"),
    ("2*(1/3)", r"2 \cdot \frac{1}{3}"),
    ("(x + 1)/y*x", r"\frac{x + 1}{y} x"),
    ("sin(x)**2", r"\sin^{2}(x)"),
    ("sin(x)**-1", r"(\sin(x))^{-1}"),
    ("sin(x)**(2*m)", r"\sin^{2 m}(x)"),
    ("sin(2*pi*x)", r"\sin(2 \pi x)"),
    ("exp(x/2)", r"\exp\left(\frac{x}{2}\right)"),
    ("sqrt(abs(x))", r"\sqrt{|x|}"),
    ("abs(abs(x) - 1)", r"\left||x| - 1\right|"),
    ("log(x) + log10(x) + log2(x)**2", r"\ln(x) + \log_{10}(x) + (\log_{2}(x))^{2}"),
    ("floor(x) + ceil(y)", r"\lfloor x \rfloor + \lceil y \rceil"),
    ("atan2(y, x)", r"\mathrm{atan2}(y, x)"),
    ("1e-05*x", "10^{-5} x"),
    ("2.5e-07*x", r"2.5 \cdot 10^{-7} x"),
    ("0.5*x + 3.0", "0.5 x + 3"),
    ("alpha*x + a1*y + my_rate", r"\alpha x + a_{1} y + \mathrm{my\_rate}"),
    ("where(t % 3 == 1, C*x, -x)", r"C x\ \mathrm{if}\ t\ \mathrm{mod}\ 3 = 1,\ \mathrm{else}\ -x"),
    (
        "where(t % 10 == 1, 10, 0.1)*x",
        r"(10\ \mathrm{if}\ t\ \mathrm{mod}\ 10 = 1,\ \mathrm{else}\ 0.1) x",
    ),
    ("(x < 1 or x >= 2) and not x != 3", r"(x < 1\ \mathrm{or}\ x \geq 2)\ \mathrm{and}\ \mathrm{not}\ x \neq 3"),
    ("x**y**2", "x^{y^{2}}"),
    ("(x**y)**2", "(x^{y})^{2}"),
    ("x*(y % 2)", r"x (y\ \mathrm{mod}\ 2)"),
]


def printed(formula: str) -> str:
    return latex(ast.parse(formula, mode="eval").body)


@pytest.mark.parametrize(("formula", "expected"), PRINTED)
def test_printed(formula: str, expected: str) -> None:
    assert printed(formula) == expected
    MathTextParser("path").parse(f"${expected}$")


def grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    infix = st.sampled_from(["+", "-", "*", "/", "%", "**", "<", "==", "!=", "<=", "and", "or"])
    one = st.sampled_from([name for name, function in FORMULA_FUNCTIONS.items() if function.least == 1])
    return st.one_of(
        st.builds("({}) {} ({})".format, parts, infix, parts),
        st.builds("{}({})".format, one, parts),
        st.builds("where({0}, {1}, {0})".format, parts, parts),
        st.builds("-({})".format, parts),
        st.builds("not ({})".format, parts),
        st.builds("max({}, {})".format, parts, parts),
    )


@given(st.recursive(st.sampled_from(["x", "y", "t", "2", "0.1", "1e-9", "pi", "beta_2", "C"]), grown, max_leaves=8))
@pytest.mark.thorough
def test_mathtext_reads_whatever_is_printed(formula: str) -> None:
    MathTextParser("path").parse(f"${printed(formula)}$")
