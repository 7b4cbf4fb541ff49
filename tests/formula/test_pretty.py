"""Formulas as plain text."""

from __future__ import annotations

import pytest

from optviz.formula.pretty import pretty

TITLES = [
    ("x - x**3", "x - x³"),
    ("2 * x ** 12", "2·x¹²"),
    ("x**2.5*y", "x**2.5·y"),
    ("x**-2", "x**-2"),
    ("x**y", "x**y"),
]


@pytest.mark.parametrize(("formula", "title"), TITLES)
def test_pretty(formula: str, title: str) -> None:
    assert pretty(formula) == title
