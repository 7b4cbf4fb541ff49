"""Numbers and signs as print writes them."""

import pytest

from optviz.formula.typography import minus, number, short, steady, superscript


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (1e-5, "10⁻⁵"), (2.5e-300, "2.5·10⁻³⁰⁰"), (1e12, "10¹²"), ("0.1/sqrt(t)", "0.1/√t"), (-3, "−3")],
)
def test_short_numbers(value: object, text: str) -> None:
    assert short(value) == text


def test_signs() -> None:
    assert superscript("-12") == "⁻¹²"
    assert minus("1e-05") == "1e−05"


READ = [
    (26, "26", "26.0"),
    (0.68, "0.68", "0.68"),
    (14.26, "14.3", "14.3"),
    (0.0027, "0.0027", "0.0027"),
    (2.7e-4, "2.7·10⁻⁴", "2.7·10⁻⁴"),
    (999.6, "1000", "1000"),
    (0.9996, "1", "1.0"),
    (-0.5, "−0.5", "−0.50"),
    (43210.4, "43210", "43210"),
    (99999.9, "10⁵", "1.00·10⁵"),
    (-1e-5, "−10⁻⁵", "−1.0·10⁻⁵"),
    (4.34e179, "4.34·10¹⁷⁹", "4.34·10¹⁷⁹"),
    (0, "0", "0"),
    (-0.0, "0", "0"),
    (5e-324, "4.94·10⁻³²⁴", "4.9·10⁻³²⁴"),
    (float("nan"), "–", "–"),
    (float("-inf"), "–", "–"),
]


@pytest.mark.parametrize(("value", "text", "changing"), READ)
def test_numbers_as_people_read_them(value: float, text: str, changing: str) -> None:
    assert number(value) == text
    assert steady(value) == changing


def test_as_many_digits_as_are_asked_for() -> None:
    assert number(1 / 3, 6) == "0.333333"
    assert number(1234567.8, 6) == "1.23457·10⁶"
    assert number(0.0835, 1) == "0.08"
