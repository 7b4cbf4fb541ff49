"""Reads tables that are written as text, with names of columns in the first line, between commas, semicolons or tabs.

A table in which every row has its cells and no quote is odd is cut at once; any other is read row by row.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from optviz.errors import Issue, OptvizError, legible
from optviz.logs.cells import are_quoted, cut
from optviz.logs.log import Log
from optviz.logs.table import Cells, logs_of

SOMETHING = re.compile(rb"\S")


def read_text(path: Path) -> bytes:
    """Return what a file holds, its lines between line feeds. Raises OptvizError, OSError."""
    raw = path.read_bytes().removeprefix(BOM_UTF8)
    try:
        raw.isascii() or raw.decode()
    except UnicodeDecodeError:
        raise OptvizError("is no text in UTF-8") from None
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw


def read_table(path: Path) -> list[Log]:
    """Return the runs of a table. Raises OptvizError, OSError."""
    text = read_text(path).lstrip(b"\n")
    first = io.BytesIO(text).readline()
    if not SOMETHING.search(text, len(first)):
        raise OptvizError("has no row of numbers")
    head = first.decode()
    between = max(",;\t", key=head.count)
    (names,) = _rows(head, between)
    if all(map(_is_number, names)):
        raise OptvizError(Issue("names no columns", hint="its first line must, such as step,loss"))
    if twice := [name for name, count in Counter(names).items() if name and count > 1]:
        raise OptvizError(f"has two columns called {legible(twice[0])}")
    columns = None if head.count('"') % 2 else _at_once(text, between, names, len(first))
    return logs_of(columns or _row_by_row(text.decode(), between), path.stem)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _at_once(text: bytes, between: str, names: list[str], after: int) -> dict[str, Cells] | None:
    """Read a table with whole rows, whose quotes, if there are any, stand around cells alone; else None."""
    table = cut(text, between, after=after)
    columns = table.columns(len(names))
    if columns is None and table.quotes:
        table = table.without_quoted_edges()
        columns = table.columns(len(names))
    if columns is not None and table.quotes:
        quoted = are_quoted(table.raw, table.edges[:-1], table.edges[1:])
        columns = [replace(one, quoted=quoted[number :: len(names)]) for number, one in enumerate(columns)]
        if 2 * np.count_nonzero(quoted) != table.quotes:
            return None
    return None if columns is None else dict(zip(names, columns, strict=True))


def _row_by_row(text: str, between: str) -> dict[str, Cells]:
    """Read any table, or say which line is wrong."""
    head, *body = _rows(text, between)
    if not body:  # as a quote of the head is nowhere closed
        raise OptvizError("has no row of numbers")
    for number, row in enumerate(body, start=1):
        if len(row) != len(head):
            raise OptvizError(f"row {number} has {len(row)} cells, the first line {len(head)}")
    return dict(zip(head, zip(*body, strict=True), strict=True))


def _rows(text: str, between: str) -> list[list[str]]:
    """Return the cells of each row that has some."""
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=between) if row]
    except csv.Error as error:
        raise OptvizError(f"is no table: {error}") from None
