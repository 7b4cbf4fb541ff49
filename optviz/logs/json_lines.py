"""Reads logs with a JSON object a line.

Lines that have one form, their keys in one order, are cut at once as a table; any others are read line by line.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.errors import OptvizError
from optviz.logs.cells import Column, Texts, cut
from optviz.logs.decimals import slices_of
from optviz.logs.log import Log
from optviz.logs.table import LABELS, Cells, logs_of, number_of
from optviz.logs.text import read_text

BEFORE_VALUE = re.compile(rb'\s*\{?\s*"[^"]*"\s*:\s*')
AFTER_VALUES = re.compile(rb"\s*\}\s*$")


def read_json_lines(path: Path) -> list[Log]:
    """Return the runs of a file. Raises OptvizError, OSError."""
    text = read_text(path)
    columns = _at_once(text) or _line_by_line(text.decode())
    if not columns:
        raise OptvizError("has no row of numbers")
    return logs_of(columns, path.stem)


def _at_once(text: bytes) -> dict[str, Cells] | None:
    """Read lines that are written as the first is but for their numbers and texts, which hold no escapes; else None."""
    try:
        row = json.loads(io.BytesIO(text).readline())
        table = cut(text, ",", len(row)) if isinstance(row, dict) and row and b"\\" not in text else None
        if table is None or table.controls != len(table.columns[0].ends):
            return None
        values = [_values(column, is_last=column is table.columns[-1]) for column in table.columns]
        quoted = [column.are_quoted() for column in values]
        if 2 * (np.size(quoted) + np.count_nonzero(quoted)) != table.quotes:
            return None
        columns = {name: _cells(name, *held) for name, held in zip(row, zip(values, quoted, strict=True), strict=True)}
    except (ValueError, RecursionError):
        return None
    return {name: cells for name, cells in columns.items() if cells is not None}


def _values(column: Column, *, is_last: bool) -> Column:
    """Return cells without the key and what ends the line. Raises ValueError where these are not as in the first."""
    first = column.raw[column.begins[0] : column.ends[0]].tobytes()
    before, after = BEFORE_VALUE.match(first), AFTER_VALUES.search(first) if is_last else None
    opening, closing = before[0] if before else b"", after[0] if after else b""
    begins, ends = column.begins + len(opening), column.ends - len(closing)
    if not opening or (begins >= ends).any():
        raise ValueError("no value")
    for places, written in ((column.begins, opening), (ends, closing)):
        if written and (slices_of(column.raw, places, len(written)).view(f"S{len(written)}") != written).any():
            raise ValueError("another key")
    return Column(column.raw, begins, ends)


def _cells(name: str, values: Column, are_quoted: NDArray[np.bool_]) -> Cells | None:
    """Return labels, or numbers; None where a column holds neither. Raises ValueError for numbers beside texts."""
    if name.lower() in LABELS:
        return _labels(values.texts())
    if are_quoted.all():
        return None
    numbers = values.numbers(_number)
    return None if np.isnan(numbers).all() else numbers


def _number(text: str) -> float:
    """Return what a value says that is no plain number, NaN if nothing. Raises ValueError for a text."""
    value = json.loads(text)
    if isinstance(value, str):
        raise ValueError(text)
    return number_of(_plain(value))


def _labels(written: Texts) -> Texts:
    found: dict[object, int] = {}
    which = [found.setdefault(_plain(json.loads(str(text))), len(found)) for text in written.texts]
    return Texts(list(found), np.array(which)[written.which])


def _plain(value: Any) -> int | float | str | None:
    return value if isinstance(value, int | float | str) else None


def _line_by_line(text: str) -> dict[str, Cells]:
    """Read any lines, or say which is wrong; what is no number and no text is nothing."""
    columns: dict[str, list[Any]] = {}
    count = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise OptvizError(f"line {number} is no JSON object")
        for name in row.keys() - columns.keys():
            columns[name] = [None] * count
        for name, column in columns.items():
            column.append(_plain(row.get(name)))
        count += 1
    return {
        name: cells
        for name, cells in columns.items()
        if any(cell is not None for cell in cells)
        and (name.lower() in LABELS or not any(isinstance(cell, str) for cell in cells))
    }
