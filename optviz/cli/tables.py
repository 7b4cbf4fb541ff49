"""Lays out plain text: tables, hanging paragraphs, points."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from optviz.cli.options import TableForm
from optviz.cli.quote import cells_of
from optviz.errors import csv_cells

if TYPE_CHECKING:
    from optviz.engine.result import ResultRow
    from optviz.pipeline.table import Cell, Table

WIDTH = 80  # columns of help and manual
DECIMALS = 6  # of the numbers in a table of a race
PLAIN = (1e-3, 1e6)  # sizes between which the numbers of a column are written without a power of ten


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out columns as wide as they need, under their heads."""
    cells = [heads, *rows]
    widths = [max(map(cells_of, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(word + " " * (width - cells_of(word)) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def numbers(wanted: Table, form: TableForm) -> str:
    """Write a race's numbers for a terminal or in Markdown with six decimals, in CSV so that they read back exactly.

    A column with a number that is too small or too large for that is written in powers of ten throughout.
    """
    if form == TableForm.csv:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(map(csv_cells, [wanted.heads, *wanted.rows]))
        return text.getvalue().rstrip("\n")
    columns = [[head, *_written(column)] for head, *column in zip(wanted.heads, *wanted.rows, strict=True)]
    if form == TableForm.markdown:
        columns = [[columns[0][0], "---:", *columns[0][1:]]] + [[head, "---:", *rest] for head, *rest in columns[1:]]
        columns = [[word.replace("|", "\\|") for word in column] for column in columns]
    widths = [max(map(cells_of, column)) for column in columns]
    padded = [
        [" " * (width - cells_of(word)) + word for word in column]
        for column, width in zip(columns, widths, strict=True)
    ]
    between = ("| ", " | ", " |") if form == TableForm.markdown else ("", "  ", "")
    return "\n".join(between[0] + between[1].join(row) + between[2] for row in zip(*padded, strict=True))


def _written(column: Sequence[Cell]) -> list[str]:
    """Write a column's numbers alike: whole numbers as such, an empty cell for none."""
    sizes = [abs(number) for number in column if number]
    is_whole = all(isinstance(number, int) for number in column)
    is_plain = all(PLAIN[0] <= size < PLAIN[1] for size in sizes)
    form = "d" if is_whole else f".{DECIMALS}f" if is_plain else f".{DECIMALS}e"
    return ["" if number is None else format(number, form) for number in column]


def pairs(rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Lay out names and texts, the texts wrapped behind the longest name; rows without a text are left out."""
    kept = [(name, text) for name, text in rows if text]
    width = max(len(name) for name, _ in kept) + 2
    return "\n".join(hanging(indent + name.ljust(width), text) for name, text in kept)


def hanging(head: str, text: str) -> str:
    """Wrap the text to lines that all begin behind the head."""
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, WIDTH - len(head))]
    return head + ("\n" + " " * len(head)).join(lines)


def indented(lines: Iterable[str]) -> str:
    """Join lines, each two columns to the right."""
    return textwrap.indent("\n".join(lines), "  ")


def ranking(rows: Sequence[ResultRow], measure: str) -> str:
    """Lay out a result, one racer a line, the first place first; ``measure`` heads the last column."""
    cells = [(row.place_text, row.label, row.said, f"{row.f:.6g}") for row in rows]
    return table(("", "racer", "outcome", measure), cells)


def point(coordinates: Sequence[float] | None) -> str:
    """Write a point: ``1.5`` in one dimension, ``(1, 2)`` in more, nothing for None."""
    if coordinates is None:
        return ""
    text = ", ".join(f"{coordinate:.10g}" for coordinate in coordinates)
    return text if len(coordinates) == 1 else f"({text})"
