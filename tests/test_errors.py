"""Texts that leave the program."""

from __future__ import annotations

from optviz.errors import csv_cells


def test_a_spreadsheet_executes_no_text_and_numbers_stay_numbers() -> None:
    row = ["=1+1", "+a", "-b", "@c", "\td", "Adam", -0.5, -3, None, ""]
    assert csv_cells(row) == ["'=1+1", "'+a", "'-b", "'@c", "'\td", "Adam", -0.5, -3, None, ""]
