"""Reads logs with a JSON object a line.

Nearly all lines of a log have one of a few forms, their keys in one order: those of a form are cut at once as a table.
Any others are read line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from optviz.errors import OptvizError
from optviz.logs.cells import LINE_FEED, PADDING, Column, Table, Texts, are_quoted, cut
from optviz.logs.decimals import Bytes, Flags, Places, slices_of
from optviz.logs.log import Log
from optviz.logs.table import LABELS, Cells, logs_of, number_of
from optviz.logs.text import read_text

BEFORE_VALUE = re.compile(rb'\s*\{?\s*"[^"]*"\s*:\s*')
AFTER_VALUES = re.compile(rb"\s*\}\s*$")
MOST_FORMS = 32


class Form(NamedTuple):
    """Lines that differ from their first in nothing but values, (n,) their numbers, and the values by their keys."""

    lines: Places
    values: dict[str, Column]
    texts: dict[str, int]  # how many of the values stand between quotes


def read_json_lines(path: Path) -> list[Log]:
    """Return the runs of a file. Raises OptvizError, OSError."""
    text = read_text(path)
    columns = _at_once(text) or _line_by_line(text.decode())
    if not columns:
        raise OptvizError("has no row of numbers")
    return logs_of(columns, path.stem)


def _at_once(text: bytes) -> dict[str, Cells] | None:
    """Read lines of a few forms, in which nothing is escaped; else None."""
    table = cut(text, ",")
    if b"\\" in text or table.controls != np.count_nonzero(table.raw[table.edges] == LINE_FEED):
        return None
    try:
        forms = _forms(table) or _forms(table.without_quoted_edges())
        return None if forms is None else _columns(forms)
    except (ValueError, RecursionError):
        return None


def _forms(table: Table) -> list[Form] | None:
    """Return the forms of all lines, None where these have too many, or other cells than values."""
    begins, counts = table.lines()
    forms: list[Form] = []
    left = np.arange(len(begins))
    while left.size:
        begin, count = begins[left[0]], counts[left[0]]
        row = json.loads(table.raw[table.edges[begin] + 1 : table.edges[begin + count]].tobytes().decode())
        if not isinstance(row, dict) or len(row) != count or len(forms) == MOST_FORMS:
            return None
        lines = left[counts[left] == count]
        forms.append(_form(table, lines, begins[lines], list(row)))
        is_left = np.ones(len(begins), bool)
        for form in forms:
            is_left[form.lines] = False
        left = np.flatnonzero(is_left)
    quotes = sum(2 * count + 2 * len(form.lines) for form in forms for count in form.texts.values())
    return forms if quotes == table.quotes else None


def _form(table: Table, lines: Places, begins: Places, names: Sequence[str]) -> Form:
    """Return the form of the first of these lines, which begin at these edges. Raises ValueError if it has none."""
    alike = np.ones(len(lines), bool)
    values: list[Column] = []
    for number in range(len(names)):
        edges = table.edges[begins + number] + 1, table.edges[begins + number + 1]
        first = table.raw[edges[0][0] : edges[1][0]].tobytes()
        before, after = BEFORE_VALUE.match(first), AFTER_VALUES.search(first) if number == len(names) - 1 else None
        opening, closing = before[0] if before else b"", after[0] if after else b""
        if not 0 < len(opening) < len(PADDING) > len(closing):
            raise ValueError("no key, or a long one")
        value = Column(table.raw, edges[0] + len(opening), edges[1] - len(closing))
        alike &= (value.begins < value.ends) & _is_written(table.raw, edges[0], opening)
        alike &= _is_written(table.raw, value.ends, closing)
        values.append(value)
    if not alike.all():
        values = [Column(one.raw, one.begins[alike], one.ends[alike]) for one in values]
    texts = [int(np.count_nonzero(are_quoted(one.raw, one.begins - 1, one.ends))) for one in values]
    return Form(lines[alike], dict(zip(names, values, strict=True)), dict(zip(names, texts, strict=True)))


def _is_written(raw: Bytes, places: Places, written: bytes) -> Flags:
    """Return where that text stands."""
    if not written:
        return np.ones(len(places), bool)
    return np.asarray(slices_of(raw, places, len(written)).view(f"S{len(written)}") == written)


def _columns(forms: Sequence[Form]) -> dict[str, Cells]:
    """Return the columns of numbers and of labels. Raises ValueError for what is no JSON, and numbers among texts."""
    rows = sum(len(form.lines) for form in forms)
    found: dict[str, Cells] = {}
    for name in dict.fromkeys(name for form in forms for name in form.values):
        parts = [form for form in forms if name in form.values]
        if name.lower() in LABELS:
            found[name] = _labels(name, parts, rows)
            continue
        numbers = np.full(rows, nan)
        are_texts = [form.texts[name] == len(form.lines) for form in parts]
        for form, is_text in zip(parts, are_texts, strict=True):
            if not is_text:
                numbers[form.lines] = form.values[name].numbers(_number)
        if not any(are_texts) and not np.isnan(numbers).all():
            found[name] = numbers
    return found


def _labels(name: str, forms: Sequence[Form], rows: int) -> Texts:
    """Return a column of labels, in the order of their first rows."""
    found = {str(None): 0}  # where a line has no such key
    which = np.zeros(rows, np.intp)
    for form in forms:
        held = form.values[name].texts()
        numbers = [found.setdefault(str(_plain(json.loads(text))), len(found)) for text in held.texts]
        which[form.lines] = np.array(numbers)[held.which]
    there, first = np.unique(which, return_index=True)
    order = there[np.argsort(first)]
    places = np.empty(len(found), np.intp)
    places[order] = np.arange(len(order))
    return Texts([list(found)[number] for number in order], places[which])


def _number(text: str) -> float:
    """Return what a value says that is no plain number, NaN if nothing. Raises ValueError for a text."""
    value = json.loads(text)
    if isinstance(value, str):
        raise ValueError(text)
    return number_of(_plain(value))


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
        for name in row:
            if name not in columns:
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
