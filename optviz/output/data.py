"""The numbers of a race as JSON, CSV (a line a step) and NPZ (arrays); every float reads back exactly."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz._version import __version__
from optviz.engine.export import Export, jsonable
from optviz.output.metadata import MADE_WITH

CHUNK = 10_000  # entries of a series that are text at one time


def write_json(path: Path, export: Export) -> None:
    """One object, a line for each key, each series on its line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_pieces(export.document(), "\n"))
        file.write("\n")


def write_csv(path: Path, export: Export) -> None:
    """The race's rows; csv writes Python floats so that they read back exactly, and None as an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(export.csv_rows())


def write_npz(path: Path, export: Export) -> None:
    """The race's arrays as they are; NumPy dates every entry 1980, so that equal races give equal bytes."""
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **export.arrays())
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = f"{MADE_WITH}{__version__}".encode()


def write_words(path: Path, export: Export) -> None:
    """What the film shows, for those who cannot see it; on a last line of its own, what wrote it."""
    path.write_text(f"{export.alt_text}\n{MADE_WITH}{__version__}\n", encoding="utf-8", newline="\n")


def _pieces(value: Any, line: str) -> Iterator[str]:
    """The text of ``value`` in pieces, so that a series of a million steps is never text all at once."""
    if isinstance(value, Mapping):
        yield from _object(value, line)
    elif _is_series(value):
        yield from _series(value)
    elif isinstance(value, list | tuple):
        yield from _list(value, line)
    else:
        yield json.dumps(jsonable(value), ensure_ascii=False, allow_nan=False)


def _object(value: Mapping[str, Any], line: str) -> Iterator[str]:
    inner = line + " "
    separator = "{"
    for key, item in value.items():
        yield f"{separator}{inner}{json.dumps(key, ensure_ascii=False)}: "
        yield from _pieces(item, inner)
        separator = ","
    yield line + "}" if value else "{}"


def _list(value: Sequence[Any], line: str) -> Iterator[str]:
    inner = line + " "
    separator = "["
    for item in value:
        yield separator + inner
        yield from _pieces(item, inner)
        separator = ","
    yield line + "]" if value else "[]"


def _is_series(value: Any) -> bool:
    """Numbers, or lists of numbers, that belong on one line."""
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
