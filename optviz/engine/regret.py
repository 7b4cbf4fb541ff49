"""Measures online learning: the average loss of the points played, and the regret against the best fixed point.

At step t the point played is x_{t-1}, where the racer stands when f_t shows itself; its loss is f_t(x_{t-1}).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.formula import Symbols
from optviz.formula.codegen.python import gradient_function, value_function
from optviz.formula.intervals import is_continuous
from optviz.formula.sums import sum_over_steps
from optviz.problems import Bounds, Problem, Sought, enclosed, lowest_point

Array: TypeAlias = NDArray[np.float64]

POINTS_AT_ONCE = 1_000_000  # values of f held at one time
POINTS = 10_000_000  # values of f spent on the best fixed point


def average_loss(x: Array, problem: Problem) -> Array:
    """Return (steps,) the mean of f_1(x_0), ..., f_T(x_{T-1}) for every T along a path x (steps + 1, dim)."""
    t = _steps(1, len(x))
    mean: Array = np.cumsum(_values(problem, x[:-1].T, t)) / t
    return mean


def average_regret(x: Array, problem: Problem, best: Array) -> Array:
    """Return (steps,) R_T / T = (1/T) sum_{t <= T} [f_t(x_{t-1}) - f_t(best)] for every T along x (steps + 1, dim).

    best: (dim,) the point to compare with, see ``best_fixed_point``. (Zinkevich 2003; Reddi, Kale & Kumar 2018,
    section 2.)
    """
    t = _steps(1, len(x))
    losses = _values(problem, x[:-1].T, t) - _values(problem, best[:, np.newaxis], t)
    mean: Array = np.cumsum(losses) / t
    return mean


def _steps(first: int, end: int) -> Array:
    return np.arange(first, end, dtype=np.float64)


def _values(problem: Problem, x: Array, t: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(problem.value(x, t), dtype=np.float64)


# --- the best fixed point -------------------------------------------------------------------------


def best_fixed_point(problem: Problem, steps: int) -> Array | None:
    """Return (dim,) where in its domain f_1 + ... + f_steps is lowest; None without a domain.

    The problem and the number of steps alone decide it, no racer. Where the formula is a sum of products a(x) b(t), the
    sum is taken once and is as cheap as one f_t; else it is taken step by step, and the search is the coarser the more
    steps there are. See ``lowest_point`` for what is proven.
    """
    if problem.domain is None:
        return None
    total = None if problem.symbols is None else sum_over_steps(problem.symbols, steps)
    domain = problem.domain
    return lowest_point(_step_by_step(problem, domain, steps) if total is None else _of_formula(total, domain))[0]


def _of_formula(total: Symbols, domain: Bounds) -> Sought:
    """Return the sum as a formula without t."""

    def enclosure(low: Array, high: Array) -> tuple[Array, Array, Array]:
        return enclosed(total, low, high, np.array([1.0]))

    value = value_function(total.value, total.arguments)
    gradient = gradient_function(total.slopes, total.arguments)
    return Sought(value, gradient, domain, POINTS, enclosure, not is_continuous(total.value, total.arguments[:-1]))


def _step_by_step(problem: Problem, domain: Bounds, steps: int) -> Sought:
    """Return the sum as it is written."""

    def value(x: Array) -> Array:
        totals = np.zeros(x.shape[1:])
        for t in _chunks(steps, totals.size):
            totals += _values(problem, x[..., np.newaxis], t).sum(axis=-1)
        return totals

    def gradient(x: Array) -> Array:
        slopes = np.zeros(x.shape)
        for t in _chunks(steps, x.size):
            slopes += problem.gradient(x[..., np.newaxis], t).sum(axis=-1)
        return slopes

    def enclosure(low: Array, high: Array) -> tuple[Array, Array, Array]:
        assert problem.symbols is not None
        bounds = [enclosed(problem.symbols, low, high, t) for t in _chunks(steps, low.shape[1])]
        bound, least, greatest = (sum(parts) for parts in zip(*bounds, strict=True))
        return np.asarray(bound), np.asarray(least), np.asarray(greatest)

    known = problem.symbols
    jumps = known is not None and not is_continuous(known.value, known.arguments[:-1])
    return Sought(value, gradient, domain, POINTS // steps, None if known is None else enclosure, jumps)


def _chunks(steps: int, points: int) -> Iterator[Array]:
    """Yield t from 1 to ``steps`` in parts, so that every part times ``points`` stays small."""
    share = max(1, POINTS_AT_ONCE // max(1, points))
    for first in range(1, steps + 1, share):
        yield _steps(first, min(first + share, steps + 1))
