"""Writes the numbers of a race as JSON, CSV (a line a step) and NPZ (arrays), and its description as text.

Every finite float reads back exactly.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz._version import __version__
from optviz.engine.export import DataExport, jsonable
from optviz.errors import csv_cells
from optviz.output import MADE_WITH

CHUNK = 10_000  # entries of a series that are converted to text at a time


def write_json(path: Path, export: DataExport) -> None:
    """Write one object: each key and each series on a line of its own; null for a number that is not finite."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_pieces(export.document(), "\n"))
        file.write("\n")


def write_csv(path: Path, export: DataExport) -> None:
    """Write a row per racer and step; an empty cell where there is no finite number."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(map(csv_cells, export.csv_rows()))


def write_npz(path: Path, export: DataExport) -> None:
    """Write every series as an array; NumPy dates all entries 1980, so that equal races give equal bytes."""
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **export.arrays())
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = f"{MADE_WITH}{__version__}".encode()


def write_words(path: Path, export: DataExport) -> None:
    """Write the alt text of the film; the last line names the program that wrote it."""
    path.write_text(f"{export.alt_text}\n\n{MADE_WITH}{__version__}\n", encoding="utf-8", newline="\n")


def _pieces(value: Any, line: str) -> Iterator[str]:
    """Yield the text of ``value`` in pieces, so that a series of a million steps is never text all at once.

    line: a line feed and the indentation of the line on which ``value`` begins.
    """
    if isinstance(value, Mapping):
        named = ((f"{json.dumps(key, ensure_ascii=False)}: ", item) for key, item in value.items())
        yield from _enclosed("{}", named, line)
    elif _is_series(value):
        yield from _series(value)
    elif isinstance(value, list | tuple):
        yield from _enclosed("[]", (("", item) for item in value), line)
    else:
        yield json.dumps(jsonable(value), ensure_ascii=False, allow_nan=False)


def _enclosed(brackets: str, items: Iterable[tuple[str, Any]], line: str) -> Iterator[str]:
    """Yield items, each after its prefix and on a line of its own, between brackets."""
    inner = line + " "
    separator = brackets[0]
    for prefix, item in items:
        yield separator + inner + prefix
        yield from _pieces(item, inner)
        separator = ","
    yield line + brackets[1] if separator == "," else brackets


def _is_series(value: Any) -> bool:
    """Return whether ``value`` is numbers, or lists of numbers, that belong on one line."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, list | tuple) and len(value) > 0 and isinstance(value[0], int | float | list | tuple)


def _series(values: Sequence[Any] | NDArray[Any]) -> Iterator[str]:
    separator = "["
    for start in range(0, len(values), CHUNK):
        entries = jsonable(values[start : start + CHUNK])
        yield separator + json.dumps(entries, ensure_ascii=False, allow_nan=False)[1:-1]
        separator = ", "
    yield "]" if len(values) else "[]"
