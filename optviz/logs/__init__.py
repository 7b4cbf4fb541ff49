"""Reads what others logged of their runs: CSV, JSON lines, NPZ, TensorBoard's event files, optviz's own data.

One more format: its reader, and a row in ``_READERS``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from optviz.errors import Issue, OptvizError, legible
from optviz.logs.json_lines import read_json_lines
from optviz.logs.log import Log, log_of
from optviz.logs.table import LOSSES, logs_of, lost_if_nan
from optviz.logs.tensorboard import read_events
from optviz.logs.text import read_table
from optviz.parallel import raise_mmap_threshold
from optviz.words import LONGEST_LABEL

__all__ = ["Log", "files_of", "log_of", "read_all", "read_logs"]

EVENTS = "tfevents"  # in the name of TensorBoard's files
MOST_BYTES = 500_000_000
FOUND = (".csv", ".tsv", ".jsonl", ".npz")  # in folders; .json is of settings there too


def read_all(paths: Sequence[Path]) -> dict[str, list[Log]]:
    """Return the runs of each file, by its path. Raises OptvizError with what is wrong with every file."""
    logs: dict[str, list[Log]] = {}
    issues: list[Issue] = []
    for path in paths:
        try:
            logs[str(path)] = read_logs(path)
        except OSError as error:
            issues.append(Issue(f"cannot be read: {error.strerror or error}", where=str(path)))
        except OptvizError as error:
            issues += [Issue(one.message, hint=one.hint, where=str(path)) for one in error.issues]
    if issues:
        raise OptvizError(issues)
    return logs


def read_logs(path: Path) -> list[Log]:
    """Return every run that a file holds, or a folder of TensorBoard's. Raises OptvizError, OSError."""
    path.stat()  # raises what is wrong where there is none
    raise_mmap_threshold()
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


def _json(path: Path) -> list[Log]:
    """Read what optviz exported."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        runs = [(str(one["label"]), np.array(one["x"], float), np.array(one["f"], float)) for one in document["racers"]]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise OptvizError("is no data of optviz; other logs are JSON lines (.jsonl)") from None
    logs = (log_of(label, None, f, x if x.ndim == 2 and x.shape[1] <= 2 else None) for label, x, f in runs)
    return [log for log in logs if log is not None]


def _npz(path: Path) -> list[Log]:
    """Read optviz's own ``label/x`` and ``label/f``, arrays named as columns of a table, or of losses by run."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
            given = {name: held[name] for name in held.files}
        if none := [name for name, values in given.items() if values.dtype.kind not in "biuf"]:
            raise OptvizError(f"{legible(none[0])} holds no numbers, but {given[none[0]].dtype}")
        arrays = {name: np.asarray(values, dtype=np.float64) for name, values in given.items()}
    except ValueError:  # of NumPy, which tells how to load objects all the same
        raise OptvizError("is no NPZ file of numbers") from None
    except (OSError, EOFError, BadZipFile) as error:
        raise OptvizError(f"cannot be read: {error}") from None
    own = [name.removesuffix("/f") for name in arrays if name.endswith("/f") and arrays[name].ndim == 1]
    if own:
        logs = [log_of(run, None, arrays[f"{run}/f"], _points(arrays.get(f"{run}/x"))) for run in own]
    elif {"x", *LOSSES} & arrays.keys():
        columns = {name: lost_if_nan(values) for name, values in arrays.items() if values.ndim == 1}
        if (points := arrays.get("x")) is not None and points.ndim == 2:
            columns |= {f"x{i}": lost_if_nan(column) for i, column in enumerate(points.T)}
        if not columns:
            return []
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
    ".csv": read_table,
    ".tsv": read_table,
    ".jsonl": read_json_lines,
    ".json": _json,
    ".npz": _npz,
}
