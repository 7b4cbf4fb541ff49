"""Names the places where points of a batch rest in machine code: the equations of ``engine.rest``, called with symbols.

A look at the function around a point is a program of stages: where to look, the formula's kernel at each such place,
and what that tells. A point that it cannot tell about is left to arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial, reduce
from itertools import chain
from operator import add
from typing import Any, TypeAlias

import numpy as np

from optviz.engine.evolve import LATER_USES, Advance, Lanes, Target, blocks_of, rows_of
from optviz.engine.rest import (
    DIRECTIONS,
    Array,
    Kinds,
    curvature,
    kind_at,
    kinds_of_rest,
    newton_step,
    probes,
    resting_place,
    shifted,
)
from optviz.engine.stages import Plan, Stage, kernel_of
from optviz.formula.arithmetic import where
from optviz.formula.codegen.kernel import Kernel
from optviz.formula.graph import Graph
from optviz.formula.symbol import Symbol, symbol_of
from optviz.problems import Problem

Naming: TypeAlias = Callable[[Array, Array], Kinds]  # of the last points (dim, n) and their radii
Points: TypeAlias = tuple[tuple[float, ...], ...]

LEAST_WORK = 400_000  # points to be named, of all batches that there will be, below which arrays are as fast
MOST_POINTS = 1 << 14  # looked around at a time
UNKNOWN = -1.0  # what is left to arrays


def choose_naming(problem: Problem, plan: Plan, target: Target, points: int, expect: int) -> Naming:
    """Return what names the places where points of a batch rest.

    points: how many the batch has; expect: how many such batches there will be.
    Neither what is kept nor how many of them stayed decides, as with ``choose_target``.
    """
    repays = points * (expect + LATER_USES) >= LEAST_WORK
    if not repays or problem.domain is not None or not isinstance(target, Lanes):
        return partial(kinds_of_rest, problem)
    return partial(_name_in_lanes, problem, plan.slopes.kernel)


def _name_in_lanes(problem: Problem, slopes: Kernel, last: Array, radius: Array) -> Kinds:
    """Name the places where racers stay within one radius of their last points."""
    parts = [slice(first, first + MOST_POINTS) for first in range(0, len(radius), MOST_POINTS)]
    return np.concatenate([_named(problem, slopes, last[:, part], radius[part]) for part in parts])


def _named(problem: Problem, slopes: Kernel, last: Array, radius: Array) -> Kinds:
    places = problem.minima, problem.local_minima, problem.f_min
    rest, kind = _programs(slopes, problem.dim, *places)
    *resting, is_known = _results(rest, [radius, *last], 2 * problem.dim, problem.dim + 1)
    kinds = np.where(is_known == 0.0, UNKNOWN, 0.0)
    at_rest = np.flatnonzero((is_known != 0.0) & np.isfinite(resting).all(axis=0))
    around = [radius[at_rest], *(z[at_rest] for z in resting)]
    if len(at_rest):
        (kinds[at_rest],) = _results(kind, around, len(DIRECTIONS[problem.dim]), 1)
    unknown = np.flatnonzero(kinds == UNKNOWN)
    if len(unknown):
        kinds[unknown] = kinds_of_rest(problem, last[:, unknown], radius[unknown])
    return kinds.astype(np.int8)


def _results(program: Advance, rows: Sequence[Array], others: int, results: int) -> Array:
    """Run a program that looks at a point and at ``others`` around it; return its results (results, n)."""
    further = _first(len(rows) - 1, 1 + others) + results - len(rows)
    blocks = blocks_of(rows, len(rows[0]), Lanes(), further)
    program(blocks, 0, 1, None)
    return rows_of(blocks[:, -results:], len(rows[0]))


def _first(dim: int, number: int) -> int:
    """Return the first row of a place that is looked at: coordinates, value, slopes; the radius stands before all."""
    return 1 + number * (1 + 2 * dim)


@lru_cache(maxsize=128)
def _programs(slopes: Kernel, dim: int, minima: Points, others: Points, f_min: float | None) -> list[Advance]:
    """Compile what tells where points come to rest, and whether it can tell; and of what kind such a place is."""
    places = [*minima, *others]
    known = [z for place in places for z in place] + ([] if f_min is None else [f_min])
    numbers, step = np.array([[*known, 0.0]]), np.ones((1, 2))
    looks = [Stage(slopes, _first(dim, number), step) for number in range(1 + len(DIRECTIONS[dim]))]
    shift, land, probe, tell = _kernels(dim, len(minima), len(others), f_min is not None)
    rest = [Stage(shift, 0, numbers), *looks[: 1 + 2 * dim], Stage(land, 0, numbers)]
    kind = [Stage(probe, 0, numbers), *looks, Stage(tell, 0, numbers)]
    return Lanes().prepare([rest, kind])


@lru_cache(maxsize=64)
def _kernels(dim: int, minima: int, others: int, has_least: bool) -> list[Kernel]:
    """Make the kernels around the looks: for the curvature around a point, then for the values around it."""
    graph = Graph()
    probed = 1 + len(DIRECTIONS[dim])
    rows = {"radius": 0}
    for number in range(max(probed, 1 + 2 * dim)):
        names = [*(f"x{number}_{i}" for i in range(dim)), f"f{number}", *(f"g{number}_{i}" for i in range(dim))]
        rows |= {name: _first(dim, number) + place for place, name in enumerate(names)}
    known = [[f"place{number}_{i}" for i in range(dim)] for number in range(minima + others)]
    numbers = {name: place for place, name in enumerate([*chain(*known), *["f_min"] * has_least])}

    def symbol(name: str) -> Symbol:
        return symbol_of(graph.variable(name))

    def point(name: str) -> list[Symbol]:
        return [symbol(f"{name}_{i}") for i in range(dim)]

    def kernel(results: dict[int, Any]) -> Kernel:
        return kernel_of(dim, rows, numbers, {row: value.nodes[0] for row, value in results.items()})

    def looking(points: Sequence[Sequence[Symbol]]) -> Kernel:
        return kernel({rows[f"x{number}_{i}"]: z for number, one in enumerate(points, 1) for i, z in enumerate(one)})

    radius, x = symbol("radius"), point("x0")
    places = [[symbol(name) for name in place] for place in known]
    slopes = [point(f"g{number}") for number in range(1 + 2 * dim)]
    bends = curvature(slopes[1:], radius)
    step, is_plain, is_finite = newton_step(slopes[0], bends)
    step = [where(is_plain, along, np.nan) for along in step]
    rest = resting_place(x, step, slopes[0], x, radius, places)
    is_told = (rest[0] == rest[0]) | is_plain | ~is_finite
    land = [*rest, where(_are_finite(chain(*slopes)) & is_told, 1.0, 0.0)]
    heights = [symbol(f"f{number}") for number in range(probed)]
    least = symbol("f_min") if has_least else None
    kind = kind_at(x, heights[0], heights[1:], radius, places[:minima], least)
    return [
        looking(shifted(x, radius)),
        kernel(dict(enumerate(land, _first(dim, 1 + 2 * dim)))),
        looking(probes(x, radius)),
        kernel({_first(dim, probed): where(_are_finite(heights), kind, UNKNOWN)}),
    ]


def _are_finite(numbers: Iterable[Symbol]) -> Any:
    return reduce(add, [number * 0.0 for number in numbers]) == 0.0
