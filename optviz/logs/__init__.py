"""Reads what others logged of their runs: CSV, JSON lines, NPZ, TensorBoard's event files, optviz's own data.

One more format: its reader, and a row in ``_READERS``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from optviz.errors import Issue, OptvizError
from optviz.logs.log import Log, log_of
from optviz.logs.table import LOSSES, logs_of
from optviz.logs.tensorboard import read_events
from optviz.words import LONGEST_LABEL

__all__ = ["Log", "files_of", "log_of", "read_logs"]

EVENTS = "tfevents"  # in the name of TensorBoard's files
MOST_BYTES = 500_000_000
FOUND = (".csv", ".tsv", ".jsonl", ".npz")  # in folders; .json is of settings there too
LONGEST_TEXT = 32  # of a cell that is read at once


def read_logs(path: Path) -> list[Log]:
    """Return every run that a file holds, or a folder of TensorBoard's. Raises OptvizError, OSError."""
    path.stat()  # raises what is wrong where there is none
    if path.is_dir():
        logs = _of_folder(path)
    elif EVENTS in path.name:
        logs = read_events([path])
    else:
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            formats = ", ".join([*_READERS, "TensorBoard's event files"])
            raise OptvizError(Issue("has no format that can be replayed", hint=f"these can: {formats}"))
        if path.stat().st_size > MOST_BYTES:
            raise OptvizError(f"is larger than {MOST_BYTES // 1_000_000} MB")
        logs = reader(path)
    if not logs:
        raise OptvizError("holds no run")
    return logs


def files_of(path: Path) -> list[Path]:
    """Return what ``read_logs`` reads for a path: of a folder its tables, and itself where it holds event files."""
    if not path.is_dir():
        return [path]
    tables = [one for suffix in FOUND for one in path.rglob(f"*{suffix}")]
    return [path] * any(path.rglob(f"*{EVENTS}*")) + sorted(tables) or [path]


def _of_folder(folder: Path) -> list[Log]:
    """Return the runs below a folder, each of one folder's event files; one scalar alone has the folder's name."""
    runs: dict[Path, list[Path]] = {}
    for path in sorted(folder.rglob(f"*{EVENTS}*")):
        runs.setdefault(path.parent, []).append(path)
    logs = {run.relative_to(folder).as_posix(): read_events(paths) for run, paths in runs.items()}
    tags = {log.label for found in logs.values() for log in found}
    return [
        replace(log, label=_told(folder, run, log.label, single=len(tags) == 1))
        for run, found in logs.items()
        for log in found
    ]


def _told(folder: Path, run: str, tag: str, *, single: bool) -> str:
    name = folder.name if run == "." else run
    label = name if single else f"{name} {tag}"
    return label if len(label) <= LONGEST_LABEL else "…" + label[1 - LONGEST_LABEL :]


def _csv(path: Path) -> list[Log]:
    """Read a table between commas, semicolons or tabs, with a head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            head, first = file.readline().rstrip("\r\n"), file.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise OptvizError("is no text in UTF-8") from None
    if not first:
        raise OptvizError("has no row of numbers")
    between = max(",;\t", key=head.count)
    names, cells = (next(csv.reader([line], delimiter=between)) for line in (head, first))
    return logs_of(_at_once(path, names, cells, between) or _row_by_row(path, between), path.stem)


def _at_once(path: Path, names: list[str], cells: list[str], between: str) -> dict[str, Any] | None:
    """Read a million rows in a second, where none is short and no cell empty; else None."""
    kinds = ["f8" if _is_number(cell) else f"U{LONGEST_TEXT}" for cell in cells]
    if len(names) != len(cells) or len(set(names)) < len(names):
        return None
    rows = np.dtype([(str(place), kind) for place, kind in enumerate(kinds)])
    try:
        table = np.loadtxt(
            path, rows, delimiter=between, skiprows=1, quotechar='"', comments=None, encoding="utf-8-sig", ndmin=1
        )
    except (ValueError, UnicodeDecodeError):
        return None
    columns = {name: table[str(place)] for place, name in enumerate(names)}
    texts = [column for column in columns.values() if column.dtype.kind == "U"]
    is_whole = all(np.char.str_len(column).max() < LONGEST_TEXT for column in texts)
    return columns if is_whole else None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _row_by_row(path: Path, between: str) -> dict[str, Any]:
    """Read a table that has empty cells, or say which line is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            head, *body = [row for row in csv.reader(file, delimiter=between) if row]
        except (csv.Error, UnicodeDecodeError) as error:
            raise OptvizError(f"is no table: {error}") from None
    for number, row in enumerate(body, start=2):
        if len(row) != len(head):
            raise OptvizError(f"row {number} has {len(row)} cells, the head {len(head)}")
    return dict(zip(head, zip(*body, strict=True), strict=True))


def _json_lines(path: Path) -> list[Log]:
    columns: dict[str, list[Any]] = {}
    with path.open(encoding="utf-8-sig") as file:
        count = 0
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise OptvizError(f"line {number} is no JSON object")
            for name in row.keys() | columns.keys():
                column = columns.setdefault(name, [None] * count)
                value = row.get(name)
                column.append(value if isinstance(value, int | float | str) else None)
            count += 1
    plain = {name: cells for name, cells in columns.items() if any(cell is not None for cell in cells)}
    return logs_of(_of_numbers(plain), path.stem)


def _of_numbers(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the columns without those of texts that name no run."""
    from optviz.logs.table import LABELS

    return {
        name: cells
        for name, cells in columns.items()
        if name.lower() in LABELS or not any(isinstance(cell, str) for cell in cells)
    }


def _json(path: Path) -> list[Log]:
    """Read what optviz exported."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        runs = [(str(one["label"]), np.array(one["x"], float), np.array(one["f"], float)) for one in document["racers"]]
    except (ValueError, KeyError, TypeError):
        raise OptvizError("is no data of optviz; other logs are JSON lines (.jsonl)") from None
    logs = (log_of(label, None, f, x if x.ndim == 2 and x.shape[1] <= 2 else None) for label, x, f in runs)
    return [log for log in logs if log is not None]


def _npz(path: Path) -> list[Log]:
    """Read optviz's own ``label/x`` and ``label/f``, arrays named as columns of a table, or of losses by run."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
            arrays = {name: np.asarray(held[name], dtype=np.float64) for name in held.files}
    except (ValueError, OSError) as error:
        raise OptvizError(f"cannot be read: {error}") from None
    own = [name.removesuffix("/f") for name in arrays if name.endswith("/f") and arrays[name].ndim == 1]
    if own:
        logs = [log_of(run, None, arrays[f"{run}/f"], _points(arrays.get(f"{run}/x"))) for run in own]
    elif {"x", *LOSSES} & arrays.keys():
        columns = {name: values for name, values in arrays.items() if values.ndim == 1}
        if (points := arrays.get("x")) is not None and points.ndim == 2:
            columns |= {f"x{i}": column for i, column in enumerate(points.T)}
        if len({len(column) for column in columns.values()}) > 1:
            raise OptvizError("holds arrays of different lengths")
        return logs_of(columns, path.stem)
    else:
        steps = arrays.pop("step", None)
        logs = [log_of(name, steps, values, None) for name, values in arrays.items() if values.ndim == 1]
    return [log for log in logs if log is not None]


def _points(x: np.ndarray[Any, np.dtype[np.float64]] | None) -> Any:
    return x if x is not None and x.ndim == 2 and x.shape[1] <= 2 else None


_READERS: dict[str, Callable[[Path], list[Log]]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": _json_lines,
    ".json": _json,
    ".npz": _npz,
}
