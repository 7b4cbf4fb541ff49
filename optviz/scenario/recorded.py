"""Reads racers that were recorded elsewhere: ``recorded: {file: run.csv, run: Adam, label: Mine}``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optviz.errors import OptvizError, did_you_mean, join, legible
from optviz.logs import Log, log_of, read_logs
from optviz.optimizers import BoundRule
from optviz.optimizers.parameters import Parameter
from optviz.optimizers.recorded import PARAMETERS, RECORDED, recorded_rule
from optviz.scenario.document import Document
from optviz.scenario.messages import said

HELD = frozenset({"losses", "points"})  # keys under which rows stand in a scenario
MOST_HELD = 12_000  # numbers of all runs


@dataclass(frozen=True)
class Recorded:
    """A run from a file."""

    log: Log
    file: str
    path: Path | None  # None where the scenario holds the rows
    run: str | None

    name = RECORDED

    @property
    def parameters(self) -> dict[str, Parameter]:
        """None: what its hyperparameters were is not known."""
        return {}


def recorded_racer(document: Document, path: str, given: object, beside: Sequence[str]) -> Recorded | None:
    """Return the run that an entry names; a mistake is reported. beside: keys that may stand there too."""
    item = {"file": given} if isinstance(given, str) else given
    if isinstance(item, dict) and HELD & item.keys():
        return _held(document, path, item)
    if not isinstance(item, dict) or not isinstance(item.get("file"), str) or not item["file"]:
        at, named = (f"{path}.file", item["file"]) if isinstance(item, dict) and "file" in item else (path, given)
        wrong = "names no file" if isinstance(named, dict) else f"must name a file, got {said(named)}"
        document.report(at, wrong, "such as recorded: {file: run.csv}")
        return None
    for key in item:
        if key not in (*PARAMETERS, *beside):
            hint = did_you_mean(str(key), [*PARAMETERS, *beside])
            document.report(join(path, key), "unknown key", hint, at_key=True)
    file, run = item["file"], item.get("run")
    is_of_file = document.folder is not None and document.origin(f"{path}.file") is None
    found = (document.folder or Path()) / file if is_of_file else Path(file)
    logs = _logs(document, f"{path}.file", found, file)
    log = _picked(document, path, logs, file, None if run is None else str(run)) if logs else None
    return None if log is None else Recorded(log, file, found, None if run is None else log.label)


def _held(document: Document, path: str, item: dict[str, Any]) -> Recorded | None:
    """Return the run whose rows stand in the scenario itself, as outputs hold it."""
    try:
        columns = {key: np.array(item[key], dtype=np.float64) for key in ("steps", *HELD) if item.get(key) is not None}
        f, x, steps = (columns.get(key) for key in ("losses", "points", "steps"))
        rows = {len(column) for column in columns.values()}
        if len(rows) > 1 or (f is not None and f.ndim > 1) or (x is not None and (x.ndim != 2 or x.shape[1] > 2)):
            raise ValueError
        log = log_of(str(item.get("run", "recorded")), steps, f, x)
    except (TypeError, ValueError):
        document.report(
            path, "must hold as many steps as losses or points", "such as {steps: [0, 10], losses: [1, 0.5]}"
        )
        return None
    except OptvizError as error:
        document.report(path, error.issues[0].message)
        return None
    if log is None:
        document.report(path, "holds no run")
        return None
    return Recorded(log, str(item.get("file", "")), None, None if item.get("run") is None else log.label)


def hold(document: Document, racers: Sequence[BoundRule]) -> None:
    """Write rows into the document's data, in the place of files of racers: an output must hold its scenario."""
    entries = document.data["optimizers"]
    assert isinstance(entries, list)
    for number, (entry, rule) in enumerate(zip(entries, racers, strict=True)):
        if rule.noise is not None and any(path.startswith(f"optimizers[{number}].") for path in document.drawn):
            ((name, given),) = entry.items()
            entry[name] = {**given, "noise": rule.noise.written}
            document.text = ""
        if rule.name == RECORDED and HELD & rule.values.keys():
            given = entry[RECORDED]
            entry[RECORDED] = {**({} if isinstance(given, str) else given), **rule.hyperparameters}
            document.text = ""  # it is made from the data


def _logs(document: Document, path: str, file: Path, written: str) -> list[Log]:
    if file not in document.logs:
        try:
            document.logs[file] = read_logs(file)
        except OptvizError as error:
            for issue in error.issues:
                document.report(path, f"{legible(written)} {issue.message}", issue.hint)
            return []
        except OSError as error:
            hint = f"it is looked for in {file.parent.absolute()}" if isinstance(error, FileNotFoundError) else ""
            document.report(path, f"{legible(written)} cannot be read: {error.strerror or error}", hint)
            return []
    return document.logs[file]


def _picked(document: Document, path: str, logs: list[Log], file: str, run: str | None) -> Log | None:
    """Return the run of that name, or the only one."""
    by_label = {log.label: log for log in logs}
    if run is None and len(logs) > 1:
        names = ", ".join(map(legible, by_label))
        document.report(f"{path}.file", f"{legible(file)} holds {len(logs)} runs", f"name one, as run: {names}")
        return None
    if run is not None and run not in by_label:
        document.report(f"{path}.run", f"{legible(file)} has no run {said(run)}", did_you_mean(run, by_label))
        return None
    return logs[0] if run is None else by_label[run]


def bound_log(document: Document, path: str, recorded: Recorded, steps: int | None) -> BoundRule | None:
    """Return the rule that replays a run: through its points where there is a function, else through its losses.

    steps: how far at most; None for the whole run.
    """
    log = recorded.log.held()
    points: Any = log.x
    if document.data.get("function") is None:
        points = None if log.f is None else log.f[:, None]
    if points is None:
        lacks = "losses" if document.data.get("function") is None else "points"
        hint = "name the function" if lacks == "losses" else "without a function, losses are replayed"
        document.report(f"{path}.file", f"{legible(recorded.file)} has no {lacks} of {said(log.label)}", hint)
        return None
    if not np.isfinite(points[0]).all():
        lost = f"{legible(recorded.file)}: {said(log.label)} begins with what is not finite, so there is no race"
        document.report(f"{path}.file", lost, "leave its first rows out")
        return None
    where: dict[str, Any] = {"file": recorded.file, **({} if recorded.run is None else {"run": recorded.run})}
    rows = recorded.log.f if recorded.log.x is None or document.data.get("function") is None else recorded.log.x
    entries = document.data["optimizers"]
    if rows is not None and isinstance(entries, list) and rows.size + len(rows) <= MOST_HELD // len(entries):
        where |= {"steps": recorded.log.steps.tolist(), "losses" if rows.ndim == 1 else "points": rows.tolist()}
    return recorded_rule(log.label, points, steps, where)
