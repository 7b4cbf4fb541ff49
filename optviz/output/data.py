"""The numbers of a race as JSON, CSV (a line a step) and NPZ (arrays); every float reads back exactly."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Document = Mapping[str, Any]  # what Race.to_dict gives; its series may be lists or arrays
Column = tuple[int, NDArray[np.float64]]  # the step of its first entry, its entries

FIRST_STEP = {
    "x": 0,
    "f": 0,
    "gradient": 1,
    "effective_lr": 1,
}  # a racer's series; those of its state begin with 1
CHUNK = 10_000  # entries of a series that are text at one time


def write_json(path: Path, document: Document) -> None:
    """One object, a line for each key, each series on its line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_pieces(document, "\n"))
        file.write("\n")


def _pieces(value: Any, line: str) -> Iterator[str]:
    """The text of ``value`` in pieces, so that a series of a million steps is never text all at once."""
    if isinstance(value, Mapping):
        yield from _object(value, line)
    elif _is_series(value):
        yield from _series(value)
    elif isinstance(value, list | tuple):
        yield from _list(value, line)
    else:
        yield _scalar(value)


def _object(value: Document, line: str) -> Iterator[str]:
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
        part = values[start : start + CHUNK]
        entries = part.tolist() if isinstance(part, np.ndarray) else part
        yield separator + _finite(json.dumps(entries, ensure_ascii=False))[1:-1]
        separator = ", "
    yield "]" if len(values) else "[]"


def _scalar(value: Any) -> str:
    if isinstance(value, np.generic | np.ndarray):
        value = value.item()
    text = json.dumps(value, ensure_ascii=False)
    return _finite(text) if isinstance(value, float) else text


def _finite(numbers: str) -> str:
    """JSON has neither infinity nor NaN: 1e999 reads as infinity, and what is no number is null."""
    return numbers.replace("Infinity", "1e999").replace("NaN", "null")


def write_csv(path: Path, document: Document) -> None:
    """A line for each racer and step; step 0 is the start, without a gradient. What is missing is empty."""
    racers = [(racer, _columns(racer)) for racer in document["racers"]]
    names = list(dict.fromkeys(name for _, columns in racers for name in columns))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["label", "optimizer", "step", *names])
        for racer, columns in racers:
            writer.writerows(_rows(racer, columns, names))


def _columns(racer: Document) -> dict[str, Column]:
    """Each series of a racer, one column a coordinate."""
    columns: dict[str, Column] = {}
    for name, (first, series) in _series_of(racer).items():
        entries = series.reshape(len(series), -1)
        for axis, entry in zip(_column_names(name, entries.shape[1]), entries.T, strict=True):
            columns[axis] = first, entry
    return columns


def _column_names(name: str, size: int) -> list[str]:
    """x and y in the plane; further or other coordinates by number."""
    if size == 1:
        return [name]
    axes = ["x", "y"] if size == 2 else [f"x{k}" for k in range(1, size + 1)]
    return axes if name == "x" else [f"{name}_{axis}" for axis in axes]


def _rows(racer: Document, columns: Mapping[str, Column], names: list[str]) -> Iterator[tuple[Any, ...]]:
    last = max((first + len(entries) for first, entries in columns.values()), default=0)
    for start in range(0, last, CHUNK):
        steps = range(start, min(start + CHUNK, last))
        cells = [_cells(columns.get(name), steps) for name in names]
        for step, *row in zip(steps, *cells, strict=True):
            yield racer["label"], racer["optimizer"], step, *row


def _cells(column: Column | None, steps: range) -> list[float | str]:
    """What the column has at ``steps``, as Python floats, which csv writes so that they read back exactly."""
    if column is None:
        return [""] * len(steps)
    first, entries = column
    there: list[float | str] = entries[max(steps.start - first, 0) : max(steps.stop - first, 0)].tolist()
    before = max(first - steps.start, 0)
    return [""] * before + there + [""] * (len(steps) - before - len(there))


def write_npz(path: Path, document: Document) -> None:
    """float64 arrays "0/x", "0/f", "0/gradient", "0/effective_lr", "0/state/m" ... of racer 0 and so on.

    "about" is the JSON document without those series. Equal races give equal bytes.
    """
    arrays = {
        f"{k}/{name}": series
        for k, racer in enumerate(document["racers"])
        for name, (_, series) in _series_of(racer, "state/").items()
    }
    about = {**document, "racers": [_without_series(racer) for racer in document["racers"]]}
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, about=np.array("".join(_pieces(about, "\n"))), **arrays)


def _series_of(racer: Document, state: str = "") -> dict[str, Column]:
    """The racer's series by name, with the step each begins with; not every rule has an effective rate."""
    series = {name: (first, racer[name]) for name, first in FIRST_STEP.items() if racer.get(name) is not None}
    series |= {state + name: (1, values) for name, values in racer.get("state", {}).items()}
    return {name: (first, np.asarray(values, dtype=np.float64)) for name, (first, values) in series.items()}


def _without_series(racer: Document) -> dict[str, Any]:
    return {key: value for key, value in racer.items() if key not in FIRST_STEP and key != "state"}
