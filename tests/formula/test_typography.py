"""Numbers and signs as print writes them."""

import pytest

from optviz.formula.typography import minus, scientific, short, superscript


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (1e-5, "1e−5"), (2.5e-300, "2.5e−300"), (1e12, "1e12"), ("0.1/sqrt(t)", "0.1/√t"), (-3, "−3")],
)
def test_short_numbers(value: object, text: str) -> None:
    assert short(value) == text


def test_signs() -> None:
    assert superscript("-12") == "⁻¹²"
    assert minus("1e-05") == "1e−05"


@pytest.mark.parametrize(("value", "text"), [(0.00183, "1.8e−03"), (-2e100, "−2.0e+100"), (float("nan"), "–")])
def test_numbers_that_keep_their_width(value: float, text: str) -> None:
    assert scientific(value) == text
