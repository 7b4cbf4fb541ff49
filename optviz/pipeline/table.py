"""Collects the numbers of a race that its scenario asks for as a table: a row a step, a column a racer's series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optviz.engine.judge import Array
from optviz.engine.result import Result
from optviz.scenario import Scenario
from optviz.scenario.columns import STEP, Column, columns_of

Cell = float | None  # None where a racer has no finite number: the start has no gradient, who diverged has no f

ROWS = 11  # of a table whose steps nobody named


@dataclass(frozen=True)
class Table:
    """The numbers, the steps first."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(scenario: Scenario, result: Result) -> Table | None:
    """Return the table that the scenario asks for, if it does."""
    asked = scenario.table
    if asked is None:
        return None
    columns = [one for name in asked.columns for one in columns_of(name, scenario.optimizers, result.problem)]
    steps = asked.steps or tuple(np.unique(np.rint(np.linspace(0, result.steps, ROWS)).astype(int)).tolist())
    numbers = [_numbers(column, result, steps) for column in columns]
    return Table((STEP, *(column.head for column in columns)), tuple(zip(steps, *numbers, strict=True)))


def _numbers(column: Column, result: Result, steps: Sequence[int]) -> list[Cell]:
    series, first = _recorded(column, result)
    at = np.asarray(steps) - first
    kept = (at >= 0) & (at < len(series))
    values = np.full(len(at), np.nan)
    values[kept] = series[at[kept]]
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _recorded(column: Column, result: Result) -> tuple[Array, int]:
    """Return a column's series (n,), and the step of its first number."""
    racer, (_, at, name, coordinate) = result.racers[column.racer], column
    trajectory = racer.trajectory
    if name == "average_regret":
        return (np.empty(0) if result.regrets is None else result.regrets[at]), 1
    if name == "|g|":
        return np.linalg.norm(trajectory.gradient, axis=1), 1
    state = name.removeprefix("state.")
    whole: Array = getattr(trajectory, name) if state == name else trajectory.state[state]
    first = 0 if name in ("x", "f") else 1
    return (whole if coordinate is None else whole[:, coordinate]), first
