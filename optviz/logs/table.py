"""Reads runs from a table of columns, long (a row a run and step) or wide (a row a step), by the columns' names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import inf, isnan, nan
from typing import Any, TypeAlias

import numpy as np

from optviz.errors import Issue, OptvizError, legible
from optviz.logs.cells import Column, Texts
from optviz.logs.log import Floats, Log, log_of

STEPS = ("step", "steps", "_step", "global_step", "iteration", "iter", "epoch", "t")
LABELS = ("label", "racer", "run", "name", "optimizer")
LOSSES = ("f", "loss", "value", "train_loss", "train/loss", "objective")
POINTS = (("x", "y"), ("x0", "x1"), ("x_0", "x_1"))
WANDB = " - "  # between a run's name and what was logged of it, in a chart's CSV export
WANDB_ENDS = ("__MIN", "__MAX")  # of columns with the range of a smoothed one


Cells: TypeAlias = Sequence[object] | Floats | Texts | Column  # of one column: numbers, texts, nothing


def logs_of(columns: Mapping[str, Cells], name: str) -> list[Log]:
    """Return every run of a table; ``name`` is that of a table with one run. Raises OptvizError."""
    known = {column.strip().lower(): column for column in columns}
    steps = _first(known, STEPS)
    label = _first(known, LABELS)
    losses = _losses(known)
    point = [known[one] for pair in POINTS for one in pair if pair[0] in known and one in known][:2]
    counted = None if steps is None else numbers(columns[steps], steps)
    if not losses and not point:
        return _wide(columns, {steps, label}, counted)
    x = np.column_stack([numbers(columns[one], one) for one in point]) if point else None
    values: dict[str, Floats | None] = {one: numbers(columns[one], one) for one in (losses[:1] if point else losses)}
    values = values or {"": None}
    if label is None:
        return _kept([log_of(name if len(values) == 1 else loss, counted, f, x) for loss, f in values.items()])
    told = _texts(columns[label])
    rows_of = np.split(np.argsort(told.which, kind="stable"), np.cumsum(np.bincount(told.which))[:-1])
    return _kept(
        [
            log_of(
                run if len(values) == 1 else f"{run} {loss}",
                *(None if one is None else one[rows] for one in (counted, f, x)),
            )
            for run, rows in zip(told.texts, rows_of, strict=True)
            for loss, f in values.items()
        ]
    )


def _texts(cells: Cells) -> Texts:
    """Return a column of texts, or of what stands for them."""
    if isinstance(cells, Texts):
        return cells
    if isinstance(cells, Column):
        return cells.bare().texts()
    found: dict[str, int] = {}
    held = cells.tolist() if isinstance(cells, np.ndarray) else cells
    which = np.array([found.setdefault(str(cell), len(found)) for cell in held])
    return Texts(list(found), which)


def numbers(cells: Cells, column: str) -> Floats:
    """Return a column's numbers, NaN for an empty cell, inf for one that says NaN: a run that went there is lost.

    Raises OptvizError naming the first cell that is no number. Numbers are returned as they are.
    """
    if isinstance(cells, np.ndarray):
        return cells
    if isinstance(cells, Column):
        cells = cells.bare()
        try:
            return cells.numbers(number_of)
        except ValueError:
            cells = cells.tolist()
    if isinstance(cells, Texts):
        cells = [cells.texts[which] for which in cells.which.tolist()]
    with suppress(TypeError, ValueError, OverflowError):
        quick = np.array(cells, np.float64)
        if not np.isnan(quick).any():  # else a cell is empty, or says NaN
            return quick
    found = np.empty(len(cells))
    for row, cell in enumerate(cells):
        try:
            found[row] = number_of(cell)
        except (TypeError, ValueError):
            hint = "write a decimal point for the comma" if re.fullmatch(r"[-+]?\d+,\d+", str(cell)) else ""
            message = f"row {row + 1} of {legible(column)!r} is no number: {legible(cell)}"
            raise OptvizError(Issue(message, hint=hint)) from None
    return found


def number_of(cell: Any) -> float:
    """Return the number that a cell holds, NaN for an empty one. Raises TypeError, ValueError."""
    if cell is None or cell == "":
        return nan
    try:
        number = float(cell)
    except OverflowError:  # a whole number that no float holds
        return inf if cell > 0 else -inf
    return inf if isnan(number) else number


def lost_if_nan(values: Floats) -> Floats:
    """Return numbers of which each was logged: a run that came to one that is none is lost."""
    return np.where(np.isnan(values), inf, values)


def _wide(columns: Mapping[str, Cells], others: set[str | None], steps: Floats | None) -> list[Log]:
    """Return a run for every column of numbers, under the column's name, or that of the run before `` - ``."""
    losses = [column for column in columns if column not in others and not column.endswith(WANDB_ENDS)]
    exported = [column for column in losses if WANDB in column]
    chosen = exported or losses
    if not chosen:
        wanted = ", ".join((STEPS[0], LABELS[0], *LOSSES[:2], *POINTS[0]))
        hint = f"columns with a meaning are called {wanted}"
        raise OptvizError(Issue(f"holds no losses and no points, but {', '.join(map(legible, columns))}", hint=hint))
    measured = {column.split(WANDB)[1] for column in exported}
    names = {column: column.split(WANDB)[0] if len(measured) == 1 else column for column in chosen}
    return _kept([log_of(names[column], steps, numbers(columns[column], column), None) for column in chosen])


def _losses(known: Mapping[str, str]) -> list[str]:
    """Return the columns of losses: the first of ``LOSSES``, and others such as val_loss, if no chart's export."""
    first = _first(known, LOSSES)
    ends_in_loss = (name for name in known if re.split(r"[\W_]+", name)[-1] == "loss" and WANDB not in name)
    return [*([] if first is None else [first]), *(known[name] for name in ends_in_loss if name not in LOSSES)]


def _first(known: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((known[name] for name in names if name in known), None)


def _kept(logs: Sequence[Log | None]) -> list[Log]:
    return [log for log in logs if log is not None]
