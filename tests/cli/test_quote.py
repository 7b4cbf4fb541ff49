"""A quoted line and the carets below it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.cli.quote import quote

LONG = "x" * 100 + "TOKEN" + "y" * 100


def cells(text: str) -> int:
    """How wide a terminal shows the text."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text
    )


@pytest.mark.parametrize(
    ("text", "column", "width", "line", "carets"),
    [
        ("function: baele", 11, 5, "function: baele", "          ^^^^^"),
        ("stepps: 3", 1, 6, "stepps: 3", "^^^^^^"),
        ("a: [", 5, 0, "a: [", "    ^"),  # behind the end, of unknown width
        ("", 1, 0, "", "^"),
        ("short", 99, 3, "short", "     ^"),
        ("\tx: \t1", 6, 1, "    x:     1", "           ^"),
        ("名: 值", 4, 1, "名: 值", "    ^^"),
        ("e\u0301a: 1", 3, 1, "e\u0301a: 1", " ^"),
        ("\x1b[31mred", 6, 3, "\ufffd[31mred", "     ^^^"),
        ("a\r\x00b", 4, 1, "a\ufffd\ufffdb", "   ^"),
    ],
)
def test_carets_stand_under_the_token(text: str, column: int, width: int, line: str, carets: str) -> None:
    assert quote(text, column, width, 80) == (line, carets)


@pytest.mark.parametrize(
    ("column", "width", "line"),
    [
        (101, 5, "…xxxxxxxxxxxxxTOKENyyyyyyyyyyyyyyyyyyyy…"),
        (1, 1, "x" * 38 + "…"),
        (205, 1, "…" + "y" * 38),
    ],
)
def test_of_a_long_line_the_part_around_the_token_is_shown(column: int, width: int, line: str) -> None:
    shown, carets = quote(LONG, column, width, 40)
    assert shown == line
    assert shown[carets.index("^") :][:width] == LONG[column - 1 :][:width]


def test_a_token_longer_than_the_terminal_is_cut() -> None:
    line, carets = quote("T" * 500, 1, 500, 40)
    assert line == "T" * 38 + "…"
    assert carets == "^" * 38


TEXTS = st.text(st.sampled_from("ab :\t名é\u0301\x07漢"), max_size=300)


@given(TEXTS, st.integers(1, 400), st.integers(0, 400), st.integers(0, 200))
@pytest.mark.thorough
def test_it_fits_and_points_at_the_token(text: str, column: int, width: int, columns: int) -> None:
    line, carets = quote(text, column, width, columns)
    room = max(columns, 20)
    assert cells(line) <= room
    assert len(carets) <= room + 1  # one caret behind the end
    assert set(carets.lstrip()) == {"^"}
    if column <= len(text) and text[column - 1] in "ab:名漢":
        under = ""
        while cells(under) <= len(carets) - len(carets.lstrip()):
            under = line[: len(under) + 1]
        assert under[-1] == text[column - 1]
