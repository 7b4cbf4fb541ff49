"""Reads tables that are written as text: between commas, semicolons or tabs, or a JSON object a line.

A table in which nothing is odd is read at once by NumPy, a million rows in a second; any other row by row.
"""

from __future__ import annotations

import csv
import io
import json
from codecs import BOM_UTF8
from collections import Counter
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from optviz.errors import Issue, OptvizError, legible
from optviz.logs.log import Log
from optviz.logs.table import LABELS, WANDB_ENDS, Cells, Texts, logs_of, lost_if_nan, number_of

LONGEST_TEXT = 64  # bytes of a cell that is read at once
BYTES = "latin-1"  # that takes each byte for a letter; what is text is decoded afterwards


def read_table(path: Path) -> list[Log]:
    """Return the runs of a table with a head. Raises OptvizError, OSError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            lines = (line.rstrip("\r\n") for line in file if line.strip())
            head, first = next(lines, ""), next(lines, "")
        except UnicodeDecodeError:
            raise OptvizError("is no text in UTF-8") from None
    if not first:
        raise OptvizError("has no row of numbers")
    between = max(",;\t", key=head.count)
    names, cells = (next(csv.reader([line], delimiter=between)) for line in (head, first))
    if all(map(_is_number, names)):
        raise OptvizError(Issue("has no head", hint="its first line must name the columns, such as step,loss"))
    if twice := [name for name, count in Counter(names).items() if name and count > 1]:
        raise OptvizError(f"has two columns called {legible(twice[0])}")
    columns = None
    if len(names) == len(cells) == len(set(names)):
        columns = _needed_alone(path, names, cells, between) or _at_once(path, names, cells, between, skiprows=1)
    return logs_of(columns or _row_by_row(path, between), path.stem)


def _needed_alone(path: Path, names: list[str], cells: list[str], between: str) -> dict[str, Cells] | None:
    """Read a chart that wandb exports without the ranges in it, two thirds of it; else None."""
    needed = [place for place, name in enumerate(names) if not name.endswith(WANDB_ENDS)]
    if len(needed) == len(names):
        return None
    columns = _at_once(path, names, cells, between, skiprows=1, usecols=needed)
    numbers = [column for column in (columns or {}).values() if isinstance(column, np.ndarray)]
    rows = len(numbers[0]) if numbers else 0
    is_even = path.read_bytes().count(between.encode()) == (len(names) - 1) * (rows + 1)
    return columns if is_even else None  # NumPy does not look for what else stands in a row


def _at_once(
    source: Path | IO[str], names: list[str], cells: list[str], between: str, **taken: Any
) -> dict[str, Cells] | None:
    """Read a table in which no row is short and every column holds numbers or short texts; else None.

    cells: those of its first row. taken: rows and columns, as NumPy's ``loadtxt`` takes them.
    """
    places = taken.get("usecols", range(len(names)))
    texts = [place for place in places if names[place].strip().lower() in LABELS or not _is_number(cells[place] or "0")]
    row = np.dtype([(str(place), f"S{LONGEST_TEXT}" if place in texts else "f8") for place in places])
    taken |= {"delimiter": between, "quotechar": '"', "comments": None, "encoding": BYTES, "ndmin": 1}
    table, has_holes = _loaded(source, row, taken), False
    if table is None and isinstance(source, Path):
        holes = {place: number_of for place in places if place not in texts}
        table, has_holes = _loaded(source, row, taken | {"converters": holes}), True
    if table is None:
        return None
    columns: dict[str, Cells] = {}
    for place in places:
        column = table[str(place)]
        if place not in texts:
            columns[names[place]] = column if has_holes else lost_if_nan(column)
        elif (told := _told(column)) is not None:
            columns[names[place]] = told
        else:
            return None
    return columns


def _loaded(source: Path | IO[str], row: np.dtype[np.void], taken: dict[str, Any]) -> NDArray[np.void] | None:
    """Return the rows of a table, None where a cell is no number."""
    try:
        table: NDArray[np.void] = np.loadtxt(source, row, **taken)
    except ValueError:
        return None
    return table


def _told(column: NDArray[np.bytes_]) -> Texts | None:
    """Return the texts of a column, None where one may have been cut. Raises OptvizError for what is no UTF-8."""
    begins = np.concatenate([[0], np.flatnonzero(column[1:] != column[:-1]) + 1])
    found: dict[bytes, int] = {}
    which = [found.setdefault(text, len(found)) for text in column[begins].tolist()]
    if max(map(len, found)) == LONGEST_TEXT:
        return None
    try:
        texts = [text.decode() for text in found]
    except UnicodeDecodeError:
        raise OptvizError("is no text in UTF-8") from None
    return Texts(texts, np.repeat(which, np.diff([*begins, len(column)])))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _row_by_row(path: Path, between: str) -> dict[str, Cells]:
    """Read any table, or say which line is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            head, *body = [row for row in csv.reader(file, delimiter=between) if row]
        except (csv.Error, UnicodeDecodeError) as error:
            raise OptvizError(f"is no table: {error}") from None
    for number, row in enumerate(body, start=1):
        if len(row) != len(head):
            raise OptvizError(f"row {number} has {len(row)} cells, the head {len(head)}")
    return dict(zip(head, zip(*body, strict=True), strict=True))


# --- JSON -----------------------------------------------------------------------------------------


def read_json_lines(path: Path) -> list[Log]:
    """Return the runs of a file with a JSON object a line. Raises OptvizError, OSError."""
    try:
        columns = _lines_at_once(path.read_bytes()) or _line_by_line(path)
    except UnicodeDecodeError:
        raise OptvizError("is no text in UTF-8") from None
    if not columns:
        raise OptvizError("has no row of numbers")
    return logs_of(columns, path.stem)


def _lines_at_once(raw: bytes) -> dict[str, Cells] | None:
    """Read lines that have one form, their keys in one order and no value but numbers and short texts; else None.

    The keys are taken out as they are written: quotes inside texts are written otherwise, so no text holds one.
    """
    first = raw.partition(b"\n")[0]
    lines = raw.replace(b"\r\n", b"\n") if b"\r" in raw else raw
    text = (b"\n" + lines.rstrip() + b"\n").decode(BYTES)
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return None
    if (
        raw.startswith(BOM_UTF8)
        or b"\\" in raw
        or not isinstance(row, dict)
        or not row
        or not all(map(_is_plain, row.values()))
    ):
        return None
    count, colon = text.count("\n") - 1, ": " if b'": ' in first else ":"
    comma = ", " if b', "' in first else ","
    for number, key in enumerate(row):
        before, now = (comma, ",") if number else ("\n{", "\n")
        written = f"{before}{json.dumps(key)}{colon}"
        if text.count(written) != count:
            return None
        text = text.replace(written, now)
    cells = ["text" if isinstance(value, str) else str(value) for value in row.values()]
    if text.count('"') != 2 * count * sum(isinstance(value, str) for value in row.values()):
        return None
    if not text.count("}\n") == text.count("}") == count:
        return None
    columns = _at_once(io.StringIO(text.replace("}\n", "\n")), list(row), cells, ",")
    return None if columns is None else {name: cells for name, cells in columns.items() if _is_needed(name, cells)}


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _is_needed(name: str, cells: Cells) -> bool:
    """Whether a column holds numbers, or the names of runs."""
    return name.lower() in LABELS or not isinstance(cells, Texts)


def _line_by_line(path: Path) -> dict[str, Cells]:
    """Read any lines, or say which is wrong; what is no number and no text is nothing."""
    columns: dict[str, list[Any]] = {}
    with path.open(encoding="utf-8-sig") as file:
        count = 0
        for number, line in enumerate(file, start=1):
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
                value = row.get(name)
                column.append(value if isinstance(value, int | float | str) else None)
            count += 1
    return {
        name: cells
        for name, cells in columns.items()
        if any(cell is not None for cell in cells)
        and (name.lower() in LABELS or not any(isinstance(cell, str) for cell in cells))
    }
