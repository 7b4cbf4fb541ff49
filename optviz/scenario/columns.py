"""Names the columns of a table: the series that a race will have, of every racer or of one, by coordinate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import isnan
from typing import NamedTuple

from optviz.errors import did_you_mean
from optviz.problems import Problem
from optviz.scenario.models import RacerSpec

STEP = "step"  # always the first column, named or not
MOST_COORDINATES = 2  # of which a name without a number stands for all


class Column(NamedTuple):
    """One column: a racer's numbers, and for a series that has one for every coordinate which of these."""

    head: str
    racer: int
    series: str  # x, f, gradient, |g|, lr, effective_lr, average_regret, or state.v
    coordinate: int | None


def columns_of(name: str, racers: Sequence[RacerSpec], problem: Problem) -> list[Column]:
    """Return the columns that a name stands for: none for ``step``.

    ``f`` is that of every racer that has it, ``Adam/f`` one racer's; ``x`` is every coordinate, ``x0`` the first.
    Raises ValueError(message, hint) where no racer has it.
    """
    if name == STEP:
        return []
    labels = sorted((spec.label for spec in racers if name.startswith(f"{spec.label}/")), key=len)
    wanted = name.removeprefix(f"{labels[-1]}/") if labels else name
    chosen = [racer for racer, spec in enumerate(racers) if not labels or spec.label == labels[-1]]
    found = [column for racer in chosen for column in _of_racer(wanted, racer, racers, problem)]
    if not found:
        raise ValueError(f"no such column: {name}", _nearest(name, racers, problem))
    return found


def _nearest(name: str, racers: Sequence[RacerSpec], problem: Problem) -> str:
    """Return a hint that names the nearest column, of one racer where one was meant, else all of them."""
    names = column_names(racers, problem)
    if "/" in name:
        hint = did_you_mean(name, [f"{spec.label}/{one}" for spec in racers for one in names if one != STEP])
        if hint.endswith("?"):
            return hint
    return did_you_mean(name, names)


def column_names(racers: Sequence[RacerSpec], problem: Problem) -> list[str]:
    """Return every name without a racer's label, the most usual first."""
    every = dict.fromkeys(series for spec in racers for series in _series(spec, problem))
    several = range(min(problem.dim, MOST_COORDINATES + 1)) if problem.dim > 1 else ()
    numbered = [f"{series}{at}" for series in every if _is_vector(series) for at in several]
    alone = [series for series in every if problem.dim <= MOST_COORDINATES or not _is_vector(series)]
    return [STEP, *alone, *numbered]


def _of_racer(wanted: str, racer: int, racers: Sequence[RacerSpec], problem: Problem) -> Iterator[Column]:
    """Yield the columns of one racer, none if its rule has no such numbers."""
    spec, dim = racers[racer], problem.dim
    known = _series(spec, problem)
    numbered = re.fullmatch(r"(.+?)(\d{1,9})", wanted)
    if wanted in known and (dim <= MOST_COORDINATES or not _is_vector(wanted)):
        series, coordinates = wanted, list(range(dim)) if _is_vector(wanted) else [None]
    elif numbered and dim > 1 and _is_vector(numbered[1]) and numbered[1] in known and int(numbered[2]) < dim:
        series, coordinates = numbered[1], [int(numbered[2])]
    else:
        return
    for coordinate in coordinates:
        said = series if coordinate is None or dim == 1 else f"{series}{coordinate}"
        yield Column(f"{spec.label} {said}" if len(racers) > 1 else said, racer, series, coordinate)


def _series(spec: RacerSpec, problem: Problem) -> list[str]:
    """Return the names of what a racer's run records."""
    rule = spec.rule
    return [
        *("x", "f", "gradient", "|g|"),
        *(["effective_lr"] if rule.has_effective_lr else []),
        *([] if isinstance(rule.lr, float) and isnan(rule.lr) else ["lr"]),
        *(["average_regret"] if problem.online and problem.domain else []),
        *(f"state.{name}" for name in rule.state if name is not None),
    ]


def _is_vector(series: str) -> bool:
    """Return whether there is a number for every coordinate."""
    return series in ("x", "gradient", "effective_lr") or series.startswith("state.")
