"""Reads gradient noise that somebody else drew: a row a step, a column a coordinate."""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path
from typing import TypeAlias

from optviz.errors import legible
from optviz.scenario.document import Document
from optviz.scenario.models import Noise

Rows: TypeAlias = tuple[tuple[float, ...], ...]

MOST_DRAWS = 12_000  # numbers that are used: every output holds them, in a scenario that can be read again
MOST_BYTES = 50_000_000  # of a file of draws
_BETWEEN = re.compile(r"\s*[,;]\s*|\s+")


def with_draws(document: Document, noise: Noise, steps: int, path: str = "noise") -> Noise:
    """Return the noise that stands at a path with the rows that the steps use in the place of their file.

    The file is looked for in the scenario's folder; one that a flag or Python names, in the working folder. Mistakes
    are reported to the document.
    """
    if noise.file is None:
        if noise.draws is not None:
            noise = noise.model_copy(update={"draws": _used(document, f"{path}.draws", "", noise.draws, steps)})
        return noise
    at = f"{path}.file"
    is_of_file = document.folder is not None and document.origin(at) is None
    file = (document.folder or Path()) / noise.file if is_of_file else Path(noise.file)
    name = legible(noise.file)
    try:
        rows = _used(document, at, f"{name} has ", _rows(_text(file)), steps)
    except ValueError as error:
        document.report(at, f"{name} {error}", "a row a step, a column a coordinate")
    except OSError as error:
        hint = f"it is looked for in {file.parent.absolute()}" if isinstance(error, FileNotFoundError) else ""
        document.report(at, f"{name} cannot be read: {error.strerror or error}", hint)
    else:
        noise = noise.model_copy(update={"draws": rows, "file": None})
    document.drawn[path] = file
    return noise


def embed(document: Document, noise: Noise) -> None:
    """Write the rows into the document's text and data, where these name a file: an output must hold its scenario."""
    rows = [row[0] if len(row) == 1 else list(row) for row in noise.draws or ()]
    document.data["noise"] = {"draws": rows}
    key, value = document.keys.get("noise.file"), document.values.get("noise.file")
    lines = document.text.splitlines(keepends=True)
    if key is None or value is None or key.line != value.line or not value.width:
        document.text = ""  # it is made from the data
        return
    line = lines[key.line - 1]
    lines[key.line - 1] = f"{line[: key.column - 1]}draws: {rows!r}{line[value.column - 1 + value.width :]}"
    document.text = "".join(lines)


def _used(document: Document, key: str, whose: str, rows: Rows, steps: int) -> Rows:
    """Return a row for each step, and report if there are too few or too many numbers to keep."""
    if len(rows) < steps:
        document.report(key, f"{whose}{len(rows)} rows, fewer than the {steps} steps", f"steps: {len(rows)} at most")
    count = min(len(rows), steps) * len(rows[0])
    if count > MOST_DRAWS:
        document.report(key, f"{count} numbers are more than an output can keep", f"{MOST_DRAWS} at most")
    return rows[:steps]


def _text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise ValueError(f"is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None


def _rows(text: str) -> Rows:
    """Return rows of numbers between commas, semicolons or blanks; a first line of words is their names."""
    rows: list[tuple[float, ...]] = []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    for number, line in lines:
        cells = [_number(cell) for cell in _BETWEEN.split(line)]
        if number == lines[0][0] and all(cell is None for cell in cells):
            continue
        row = tuple(cell for cell in cells if cell is not None)
        if len(row) < len(cells):
            raise ValueError(f"has no row of finite numbers on line {number}: {legible(line)}")
        if rows and len(row) != len(rows[0]):
            raise ValueError(f"has {len(row)} columns on line {number}, {len(rows[0])} above")
        rows.append(row)
    if not rows:
        raise ValueError("has no row of numbers")
    return tuple(rows)


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if isfinite(number) else None
