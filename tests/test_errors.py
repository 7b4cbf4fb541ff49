"""Texts that leave the program."""

from __future__ import annotations

import pytest

from optviz.errors import csv_cells, first_line


def test_a_spreadsheet_executes_no_text_and_numbers_stay_numbers() -> None:
    row = ["=1+1", "+a", "-b", "@c", "\td", "Adam", -0.5, -3, None, ""]
    assert csv_cells(row) == ["'=1+1", "'+a", "'-b", "'@c", "'\td", "Adam", -0.5, -3, None, ""]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("no rates below 0\nor above 1"), "no rates below 0"),
        (ValueError("\n  no rates"), "no rates"),
        (RuntimeError(), "RuntimeError"),
        (RuntimeError(" \n"), "RuntimeError"),
        (KeyError("momentum"), "KeyError: 'momentum'"),
        (IndexError(), "IndexError"),
    ],
)
def test_an_error_of_somebody_elses_is_told_in_a_line(error: Exception, line: str) -> None:
    assert first_line(error) == line
