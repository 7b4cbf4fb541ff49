"""Maps where each start of a grid ends: which minimum it reaches and when, or that it stops, moves on or diverges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz._version import __version__
from optviz.engine.batch import Summary, run_batch
from optviz.engine.export import as_written, sentence
from optviz.engine.judge import Array
from optviz.engine.noise import NO_NOISE, GradientNoise
from optviz.engine.statistics import BasinShape, basin_shape, share_interval
from optviz.engine.tally import NEVER
from optviz.optimizers import BoundRule
from optviz.problems import Finish, Problem, find_minima, grid_points
from optviz.problems.bounds import Bounds, Point
from optviz.words import ENGLISH, Words

POINTS_AT_ONCE = 1 << 16  # starts that are run together, so that memory grows with what is kept alone
MOST_NAMED = 8  # local minima with a colour of their own; more are told as one
OTHER_MINIMUM, STOPPED, MOVING, DIVERGED = -1, -2, -3, -4  # codes of ends; from 0 on they are minima
ENDS = {
    OTHER_MINIMUM: "another local minimum",
    STOPPED: "stopped elsewhere",
    MOVING: "still moving",
    DIVERGED: "diverged",
}

FLOW_STEPS, OUTSIDE = 65_000, 65_535  # places along a side of the box that a flow tells apart, and none of them

Columns: TypeAlias = dict[str, NDArray[Any]]
Flow: TypeAlias = NDArray[np.uint16]


@dataclass(frozen=True)
class Basins:
    """Where one racer's starts end; arrays are (rows, columns), the lowest y first."""

    label: str
    rule: BoundRule
    codes: NDArray[np.int8]  # a minimum's number, or one of ENDS
    steps: NDArray[np.int32]  # when: arrived at its minimum, diverged; the last step for all others
    flow: NDArray[np.uint16] | None = None  # (shown, 2, starts) where each is at some steps, see ``Flow``

    @cached_property
    def shape(self) -> BasinShape:
        """How interlaced the basins are."""
        return basin_shape(self.codes)

    def area(self, code: int) -> tuple[float, float, float]:
        """Return the share of starts that end so, and its 95 % interval, as if starts were drawn at random."""
        hits = int((self.codes == code).sum())
        return hits / self.codes.size, *share_interval(hits, self.codes.size)


@dataclass(frozen=True)
class BasinStudy:
    """The basins of every racer on one grid."""

    title: str
    problem: Problem
    box: Bounds
    grid: int  # starts a side
    minima: tuple[Point, ...]  # that have a code: the lowest first
    lowest: int  # how many of these are lowest
    maps: tuple[Basins, ...]
    indices: tuple[int, ...]  # of the racers among all of the scenario
    finish: Finish
    steps: int
    scenario: Mapping[str, object]  # every key, in plain values
    terms: tuple[str, ...]
    small_print: tuple[str, ...]  # the terms in the language of the picture, as "say" says them
    say: Words
    shown: tuple[int, ...] = ()  # the steps at which the flow is kept
    failed: Mapping[str, str] = field(default_factory=dict)  # why, by the name of a cell; its racer is left out

    @property
    def codes(self) -> list[int]:
        """The ends that occur: minima in their order, then the others."""
        seen = {int(code) for one in self.maps for code in np.unique(one.codes)}
        return [
            *(code for code in range(len(self.minima)) if code < self.lowest or code in seen),
            *(code for code in ENDS if code in seen),
        ]

    def name_of(self, code: int, say: Words = ENGLISH) -> str:
        """Return what an end is called."""
        if code < 0:
            return say(ENDS[code])
        kind = say("minimum" if code < self.lowest else "local minimum")
        return f"{kind} ({', '.join(f'{value:.3g}' for value in self.minima[code])})"

    @property
    def starts(self) -> Array:
        """(2, rows * columns) the starts, x changing fastest."""
        return grid_points(self.box, (self.grid, self.grid))

    def document(self) -> dict[str, Any]:
        """Return the JSON document: the terms, and of every racer areas, entropies and the boundary's dimension."""
        racers = []
        for one in self.maps:
            areas = []
            for code in self.codes:
                share, low, high = one.area(code)
                minimum = list(self.minima[code]) if code >= 0 else None
                areas.append({"end": self.name_of(code), "minimum": minimum, "share": share, "low": low, "high": high})
            racers.append({"label": one.label, "optimizer": one.rule.name, "areas": areas, **vars(one.shape)})
        return {
            "optviz": __version__,
            "scenario": as_written(self.scenario),
            "protocol": list(self.terms),
            "grid": self.grid,
            "box": [list(side) for side in self.box],
            "racers": racers,
        }

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield a header, then a row for each racer and start: where it begins, how it ends, and when."""
        yield "racer", "row", "column", "x0", "x1", "end", "step"
        starts = self.starts.T.tolist()
        names = {code: self.name_of(code) for code in [*range(len(self.minima)), *ENDS]}
        for one in self.maps:
            ends = zip(one.codes.ravel().tolist(), one.steps.ravel().tolist(), starts, strict=True)
            for number, (code, step, start) in enumerate(ends):
                yield one.label, *divmod(number, self.grid), *start, names[code], step

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return 'label/ends' and 'label/steps' (rows, columns), 'starts' and 'minima'; what a code of an end means.

        'codes' are those that occur, 'names' what they stand for, in the same order.
        """
        named: dict[str, NDArray[Any]] = {"starts": self.starts, "minima": np.array(self.minima)}
        named |= {
            "codes": np.array(self.codes, np.int8),
            "names": np.array([self.name_of(code) for code in self.codes]),
        }
        for one in self.maps:
            named |= {f"{one.label}/ends": one.codes, f"{one.label}/steps": one.steps}
        return named

    @property
    def alt_text(self) -> str:
        """Describe the maps and what they tell."""
        said = [sentence(self.title), self.say("Terms: {terms}.", terms="; ".join(self.small_print))]
        for one in self.maps:
            shares = [f"{100 * one.area(code)[0]:.3g} % {self.name_of(code, self.say)}" for code in self.codes]
            said.append(f"{one.label}: {', '.join(shares)}.")
        return " ".join(said)


def run_starts(
    rule: BoundRule, problem: Problem, finish: Finish, box: Bounds, grid: int, which: slice, noise: GradientNoise
) -> Columns:
    """Run a rule from some starts of a grid, x changing fastest; return ``codes`` and ``steps`` of how each ends.

    One that comes to rest at any local minimum has the code OTHER_MINIMUM. What becomes of a start does not depend on
    the others that it is run with.
    """
    starts = grid_points(box, (grid, grid))[:, which]
    parts = [starts[:, first : first + POINTS_AT_ONCE] for first in range(0, starts.shape[1], POINTS_AT_ONCE)]
    found = [run_batch(rule, problem, part, finish=finish, noise=noise, expect=len(parts)) for part in parts]
    ends = [_ends(summary, rule, problem) for summary in found]
    return {name: np.concatenate([part[name] for part in ends]) for name in ends[0]}


def run_resting(
    rule: BoundRule,
    problem: Problem,
    local: Sequence[Point],
    finish: Finish,
    box: Bounds,
    grid: int,
    which: NDArray[np.int64],
    noise: GradientNoise,
) -> Columns:
    """Run the starts of these numbers, which rest at local minima, once more; return their codes and steps.

    A start is at one of ``local`` from the first step after which it stays within the finish's distance of it.
    """
    codes = np.full(len(which), OTHER_MINIMUM, np.int8)
    steps = np.full(len(which), rule.steps, np.int32)
    if finish.distance is not None:
        starts = grid_points(box, (grid, grid))[:, which]
        near = replace(problem, minima=tuple(local), local_minima=())
        again = run_batch(rule, near, starts, finish=Finish(finish.distance), noise=noise, rests=False)
        known = again.arrived_at != NEVER
        codes[known] = len(problem.minima) + _nearest(again.x[:, known], local)
        steps[known] = again.arrived_at[known]
    return {"codes": codes, "steps": steps}


def lay_out(label: str, rule: BoundRule, ends: Columns, grid: int, flow: Flow | None = None) -> Basins:
    """Lay the ends of all starts out as a map."""
    return Basins(label, rule, ends["codes"].reshape(grid, grid), ends["steps"].reshape(grid, grid), flow)


def flow_of(
    rule: BoundRule,
    problem: Problem,
    box: Bounds,
    grid: int,
    which: slice,
    shown: Sequence[int],
    noise: GradientNoise = NO_NOISE,
) -> Flow:
    """Return where some starts are after the steps shown, rising from 0: (shown, 2, starts) shares of the box's sides.

    A share is a whole number from 0 to FLOW_STEPS - 1; OUTSIDE where a point has left the box or is not finite.
    """
    starts = grid_points(box, (grid, grid))[:, which]
    low, high = np.array(box).T[:, :, np.newaxis]
    places = {step: place for place, step in enumerate(shown)}
    flow = np.full((len(shown), 2, starts.shape[1]), OUTSIDE, np.uint16)

    def keep(part: slice, step: int, x: Array, _: object = None) -> None:
        shares = (x - low) / (high - low)
        inside = ((shares >= 0) & (shares < 1)).all(axis=0)
        flow[places[step], :, part] = np.where(inside, shares * FLOW_STEPS, OUTSIDE)

    with np.errstate(all="ignore"):  # what is not finite lies outside
        for first in range(0, starts.shape[1], POINTS_AT_ONCE):
            part = slice(first, first + POINTS_AT_ONCE)
            keep(part, 0, starts[:, part])
            given = rule, problem, starts[:, part]
            watch = partial(keep, part)
            run_batch(*given, finish=Finish(), noise=noise, moments=shown, watch=watch, rests=False)
    return flow


def local_minima(problem: Problem, box: Bounds, ends: Iterable[Columns]) -> tuple[Point, ...]:
    """Return the local minima that have codes: those known, else those found, if runs end there and they are few."""
    if not any((one["codes"] == OTHER_MINIMUM).any() for one in ends):
        return ()
    known = problem.local_minima or _others(problem, find_minima(problem, box))
    return tuple(known) if len(known) <= MOST_NAMED else ()


def _others(problem: Problem, found: Sequence[Point]) -> list[Point]:
    """Return the points that are none of the lowest minima."""
    value = problem.value
    least = problem.f_min if problem.f_min is not None else -np.inf
    return [point for point in found if float(value(np.array(point), 1.0)) > least + 1e-6 * (1 + abs(least))]


def _ends(summary: Summary, rule: BoundRule, problem: Problem) -> Columns:
    """Code how runs end."""
    codes = np.full(len(summary.outcome), MOVING, np.int8)
    steps = np.full(len(summary.outcome), rule.steps, np.int32)
    codes[summary.outcome == "stopped"] = STOPPED
    gone = summary.outcome == "diverged"
    codes[gone], steps[gone] = DIVERGED, summary.diverged_at[gone]
    there = summary.outcome == "arrived"
    codes[there], steps[there] = _nearest(summary.x[:, there], problem.minima), summary.arrived_at[there]
    codes[summary.stopped_at == "local minimum"] = OTHER_MINIMUM
    return {"codes": codes, "steps": steps}


def _nearest(x: Array, minima: Sequence[Point]) -> NDArray[np.int8]:
    """Return (n,) the number of the minimum nearest to each point of x (2, n)."""
    nearest, least = np.zeros(x.shape[1], np.int8), np.full(x.shape[1], np.inf)
    for number, (first, second) in enumerate(minima):
        square = (x[0] - first) ** 2 + (x[1] - second) ** 2
        nearest[square < least] = number
        np.minimum(square, least, out=least)
    return nearest
