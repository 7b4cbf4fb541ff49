"""How mathematics in words is cut into pieces that need no setting."""

from __future__ import annotations

import pytest

from optviz.picture.machine.pen import FILES, Face, font, pieces

S = "\u2005"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("step", [("step", "regular")]),
        ("", []),
        ("$f$ − min $f$", [("f", "italic"), (" − min ", "regular"), ("f", "italic")]),
        ("$x - 2 x y^{12}$", [("x", "italic"), (f"{S}−{S}2", "regular"), ("xy", "italic"), ("¹²", "regular")]),
        (
            "$f(x) = -x$",
            [("f", "italic"), ("(", "regular"), ("x", "italic"), (f"){S}={S}−", "regular"), ("x", "italic")],
        ),
        (r"$\frac{1}{x}$", [(r"$\frac{1}{x}$", "regular")]),
        ("of $x_t$", [("of $x_t$", "regular")]),
        ("costs 5 $", [("costs 5 $", "regular")]),
    ],
)
def test_letters_in_italics_all_else_upright(text: str, expected: list[tuple[str, Face]]) -> None:
    assert pieces(text) == expected


def test_words_keep_their_face() -> None:
    assert pieces("of $x$", "bold") == [("of ", "bold"), ("x", "italic")]


@pytest.mark.parametrize("face", FILES)
def test_fonts_come_with_matplotlib(face: Face) -> None:
    assert font(10.0, face) is font(10.0, face)
    assert (font(10.0, face).get_size_in_points(), font(10.0, face).get_name()) == (10.0, "DejaVu Sans")
