"""Sweeps one or two hyperparameters over ranges: what each value gives, where a rule works, where it diverges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from optviz._version import __version__
from optviz.engine.batch import run_batch
from optviz.engine.export import as_written, sentence
from optviz.engine.judge import OUTCOMES, Array, has_finish_line
from optviz.engine.statistics import BasinShape, basin_shape
from optviz.engine.tally import NEVER
from optviz.engine.tuning import Course, medians
from optviz.optimizers import BoundRule, Range
from optviz.problems import Finish, Problem
from optviz.words import Words

RUNS_AT_ONCE = 1 << 16  # cells times starts that are run together
NEAR_BEST = 0.05  # of the way from the start's f to the best of a racer: without a finish line a value works within it
COARSE = 48  # cells a side of the grids on which a boundary is followed
Measure: TypeAlias = Literal["final", "steps", "outcome"]
MEASURES: tuple[Measure, ...] = get_args(Measure)  # what a picture shows of each cell

Columns: TypeAlias = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class SweepAxis:
    """One hyperparameter and the values that it takes, evenly spaced on its scale."""

    name: str
    range: Range
    count: int

    @cached_property
    def values(self) -> Array:
        """(count,) the values, both ends among them."""
        return self.range.at(np.linspace(0, 1, self.count))


@dataclass(frozen=True)
class Sweep:
    """What a racer's cells gave; arrays are (n,) for one axis and (n of the first, n of the second) for two."""

    label: str
    rule: BoundRule  # with the values that the scenario gives
    final: Array  # median over the starts of the last f, infinite where half diverged
    arrival: Array  # median step of arrival, infinite where half did not
    arrived: Array  # share of the starts that arrived
    survived: Array  # median of the steps with finite numbers; all of them where half did not diverge
    outcome: NDArray[np.int8]  # the most frequent, as an index into OUTCOMES
    works: NDArray[np.bool_]  # the median arrives; without a finish line it comes near the best
    course: NDArray[np.float32] | None = None  # (shown, cells) the median f after some steps

    @property
    def best(self) -> tuple[int, ...]:
        """The cell with the lowest median f; of equal ones the one in the middle."""
        equal = np.flatnonzero(self.final.ravel() == self.final.min())
        return tuple(int(index) for index in np.unravel_index(equal[len(equal) // 2], self.final.shape))

    @property
    def share(self) -> float:
        """The share of the range on which it works."""
        return float(self.works.mean())

    @cached_property
    def boundary(self) -> BasinShape:
        """The shape of the boundary between cells that diverge and others, of two axes."""
        return basin_shape((self.outcome == OUTCOMES.index("diverged")).astype(np.int8))


@dataclass(frozen=True)
class SweepStudy:
    """The sweeps of all racers that have the axes."""

    title: str
    problem: Problem
    axes: tuple[SweepAxis, ...]
    sweeps: tuple[Sweep, ...]
    indices: tuple[int, ...]  # of the racers among all of the scenario
    finish: Finish
    steps: int
    scenario: Mapping[str, object]  # every key, in plain values
    terms: tuple[str, ...]
    small_print: tuple[str, ...]  # the terms in the language of the picture, as "say" says them
    say: Words
    shown: tuple[int, ...] = ()  # the steps at which the course of f is kept
    measure: Measure = "final"
    failed: Mapping[str, str] = field(default_factory=dict)  # why, by the name of a cell; its racer is left out

    def decades(self, one: Sweep) -> float | None:
        """Return over how many powers of ten of the only axis a racer works; None of two axes, or of a linear one."""
        if len(self.axes) > 1 or self.axes[0].range.scale == "linear":
            return None
        return one.share * self.axes[0].range.decades

    def value_at(self, cell: Sequence[int]) -> dict[str, float]:
        """Return the values of a cell, by name."""
        return {axis.name: float(axis.values[index]) for axis, index in zip(self.axes, cell, strict=True)}

    def document(self) -> dict[str, Any]:
        """Return the JSON document: axes, terms, and of every racer where it works and what is best."""
        racers = []
        for one in self.sweeps:
            facts = {
                "label": one.label,
                "optimizer": one.rule.name,
                "given": {axis.name: value_of(one.rule, axis.name) for axis in self.axes},
                "best": self.value_at(one.best),
                "best_final_f": float(one.final[one.best]),
                "works_on": one.share,
                **({"decades": self.decades(one)} if len(self.axes) == 1 else {"boundary": vars(one.boundary)}),
                "final_f": one.final,
                "arrived_at": one.arrival,
                "arrived": one.arrived,
                "survived": one.survived,
                "outcome": np.array(OUTCOMES)[one.outcome],
                "works": one.works,
            }
            racers.append(facts)
        return {
            "optviz": __version__,
            "scenario": as_written(self.scenario),
            "protocol": list(self.terms),
            "axes": written(self.axes),
            "racers": racers,
            "failed": dict(self.failed),
        }

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield a header, then a row for each racer and cell."""
        names = [axis.name for axis in self.axes]
        yield "racer", "cell", *names, "final_f", "arrived_at", "arrived", "survived", "outcome", "works"
        for one in self.sweeps:
            for number, cell in enumerate(np.ndindex(one.final.shape)):
                final, arrival = float(one.final[cell]), float(one.arrival[cell])
                yield (
                    *(one.label, number, *self.value_at(cell).values()),
                    *(value if math.isfinite(value) else None for value in (final, arrival)),
                    *(float(one.arrived[cell]), float(one.survived[cell]), OUTCOMES[one.outcome[cell]]),
                    "yes" if one.works[cell] else "no",
                )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the axes' values by name, and 'label/final_f' and so on, an array a racer and quantity.

        An outcome is a place in 'outcomes'.
        """
        named: dict[str, NDArray[Any]] = {axis.name: axis.values for axis in self.axes} | {
            "outcomes": np.array(OUTCOMES)
        }
        for one in self.sweeps:
            columns: dict[str, NDArray[Any]] = {"final_f": one.final, "arrived_at": one.arrival, "arrived": one.arrived,
                       "survived": one.survived, "outcome": one.outcome, "works": one.works}  # fmt: skip
            named |= {f"{one.label}/{name}": column for name, column in columns.items()}
        return named

    @property
    def alt_text(self) -> str:
        """Describe the picture and what it tells."""
        said = [sentence(self.title), self.say("Terms: {terms}.", terms="; ".join(self.small_print))]
        for one in self.sweeps:
            values = self.say.listed([f"{name} {value:.3g}" for name, value in self.value_at(one.best).items()])
            part = "{share} % of the plane" if len(self.axes) > 1 else "{share} % of the range"
            reach, decades = self.say(part, share=f"{100 * one.share:.3g}"), self.decades(one)
            if decades is not None:
                reach = self.say("{count} decades", count=f"{decades:.2g}")
            told, f = "{name} works over {reach}; best with {values}, f {f}.", f"{one.final[one.best]:.3g}"
            said.append(self.say(told, name=one.label, reach=reach, values=values, f=f))
        return " ".join(said)


def written(axes: Sequence[SweepAxis]) -> list[dict[str, object]]:
    """Return axes in plain values."""
    return [
        {
            "name": axis.name,
            "low": axis.range.low,
            "high": axis.range.high,
            "scale": axis.range.scale,
            "count": axis.count,
        }
        for axis in axes
    ]


def value_of(rule: BoundRule, name: str) -> float | None:
    """Return the number that a rule has for a hyperparameter; None where it is a formula or a range."""
    *inside, own = name.split(".")
    values = rule.values if not inside else (rule.base or rule).values
    value = values.get(own)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def default_of(rule: BoundRule, name: str) -> float | None:
    """Return the default that a rule has for a hyperparameter."""
    *inside, own = name.split(".")
    default = (rule if not inside else rule.base or rule).rule.parameters[own].default
    return float(default) if isinstance(default, int | float) else None


def sweep(
    label: str,
    rule: BoundRule,
    axes: Sequence[SweepAxis],
    courses: Sequence[Course],
    finish: Finish,
    shown: Sequence[int] = (),
) -> Sweep:
    """Run a rule with every combination of the axes' values on every course.

    shown: steps after which the median f of each cell is kept, rising from 0.
    """
    every = slice(0, prod(axis.count for axis in axes))
    return lay_out(label, rule, axes, run_cells(rule, axes, courses, finish, every, shown), courses[0], finish)


def run_cells(
    rule: BoundRule,
    axes: Sequence[SweepAxis],
    courses: Sequence[Course],
    finish: Finish,
    which: slice,
    shown: Sequence[int] = (),
) -> Columns:
    """Run a rule with some combinations of the axes' values, the last axis changing fastest; return their numbers.

    Each is (cells,), but ``course``, where steps are shown: (shown, cells). A cell's numbers are the same whichever
    others it is run with.
    """
    places = np.unravel_index(np.arange(which.start, which.stop), [axis.count for axis in axes])
    cells = {axis.name: axis.values[place] for axis, place in zip(axes, places, strict=True)}
    at_once = max(1, RUNS_AT_ONCE // sum(course.starts.shape[1] for course in courses))
    parts = []
    for first in range(0, which.stop - which.start, at_once):
        part = slice(first, first + at_once)
        batched = rule.with_values({name: values[part, np.newaxis] for name, values in cells.items()})
        parts.append(_cells(batched, courses, finish, shown))
    return joined(parts)


def joined(parts: Sequence[Columns]) -> Columns:
    """Return the numbers of all cells from those of consecutive parts."""
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def lay_out(
    label: str, rule: BoundRule, axes: Sequence[SweepAxis], columns: Columns, course: Course, finish: Finish
) -> Sweep:
    """Lay the numbers of all cells out on the axes. course: the first that they were run on."""
    shape = tuple(axis.count for axis in axes)
    works = _works(course, finish, columns["final"], columns["arrival"]).reshape(shape)
    by_cell = {name: column.reshape(shape) for name, column in columns.items() if name != "course"}
    return Sweep(label, rule, works=works, course=columns.get("course"), **by_cell)


def _works(course: Course, finish: Finish, final: Array, arrival: Array) -> NDArray[np.bool_]:
    """Return (cells,) whether values work: they arrive or, where there is no finish line, end near the best."""
    if has_finish_line(course.problem, finish):
        return np.isfinite(arrival)
    begin = float(np.asarray(course.problem.value(course.starts, 1.0)).mean())
    return np.asarray(final <= final.min() + NEAR_BEST * max(0.0, begin - float(final.min())))


def _cells(rule: BoundRule, courses: Sequence[Course], finish: Finish, shown: Sequence[int]) -> Columns:
    """Return the numbers of some cells, (cells,) each; ``course`` is (shown, cells)."""
    found, kept = [], []
    for course in courses:
        rows: list[Array] = []

        def watch(step: int, x: Array, _: object, course: Course = course, rows: list[Array] = rows) -> None:
            with np.errstate(all="ignore"):
                f = np.asarray(course.problem.value(x, float(step)), dtype=np.float64)
            rows.append(np.where(np.isfinite(f) & np.isfinite(x).all(axis=0), f, np.inf))

        found.append(
            run_batch(
                *(rule, course.problem, course.starts),
                finish=finish,
                noise=course.noise,
                moments=shown[1:],
                watch=watch if len(shown) else None,
            )
        )
        if len(shown):
            begin = np.asarray(course.problem.value(course.starts, 1.0), dtype=np.float64)
            kept.append(np.stack([np.broadcast_to(begin, found[-1].f.shape), *rows]))
    outcome = np.hstack([one.outcome for one in found])
    survived = np.hstack(
        [np.where(one.diverged_at == NEVER, rule.steps, np.maximum(one.diverged_at - 1, 0)) for one in found]
    )
    final = np.where(outcome == "diverged", np.inf, np.hstack([one.f for one in found]))
    arrival = np.hstack([np.where(one.arrived_at == NEVER, np.inf, one.arrived_at) for one in found])
    counts = np.stack([(outcome == name).sum(axis=1) for name in OUTCOMES])
    columns: Columns = {
        "final": medians(final),
        "arrival": medians(arrival),
        "arrived": counts[0] / outcome.shape[1],
        "survived": medians(survived.astype(np.float64)),
        "outcome": np.argmax(counts, axis=0).astype(np.int8),
    }
    if len(shown):
        whole = np.concatenate(kept, axis=2)
        with np.errstate(over="ignore"):  # what float32 cannot hold is as good as infinite in a picture
            columns["course"] = np.stack([medians(row) for row in whole]).astype(np.float32)
    return columns


# --- diving into the boundary ---------------------------------------------------------------------


@dataclass(frozen=True)
class Dive:
    """Pictures of the boundary between learning and divergence, each nearer than the one before."""

    centre: tuple[float, float]  # values of the two axes
    axes: tuple[tuple[SweepAxis, SweepAxis], ...]  # of each picture
    sweeps: tuple[Sweep, ...]


def boundary_near(
    rule: BoundRule,
    axes: Sequence[SweepAxis],
    courses: Sequence[Course],
    finish: Finish,
    centre: tuple[float, float],
    decades: float,
) -> Array:
    """Return (2,) the place, as shares of the axes, of the boundary nearest to a centre.

    It is followed on coarse grids that narrow by ``decades`` powers of ten: the last picture must still hold it.
    """
    place = np.array([axis.range.share_of(value) for axis, value in zip(axes, centre, strict=True)])
    width, least = 1.0, 10.0**-decades
    while True:
        place = _onto_boundary(rule, _around(axes, place, width, COARSE), courses, finish, place, width)
        if width <= least:
            return place
        width = max(least, 4 * width / COARSE)


def approach(
    axes: Sequence[SweepAxis], place: Array, decades: float, pictures: int
) -> list[tuple[SweepAxis, SweepAxis]]:
    """Return the axes of every picture of a dive, the whole ranges first, each nearer than the one before."""
    widths = [10.0 ** (-decades * number / max(1, pictures - 1)) for number in range(pictures)]
    return [_around(axes, place, width) for width in widths]


def _middle(place: Array, width: float) -> Array:
    """Return the middle of a part of the ranges, ``width`` of them wide, that holds a place and leaves no range."""
    return np.clip(place, width / 2, 1 - width / 2)


def _around(
    axes: Sequence[SweepAxis], place: Array, width: float, count: int | None = None
) -> tuple[SweepAxis, SweepAxis]:
    """Return axes around a place in the ranges (shares), ``width`` of them wide."""
    made = []
    for axis, share in zip(axes, _middle(place, width), strict=True):
        low, high = (float(axis.range.at(share + side * width / 2)) for side in (-1, 1))
        made.append(replace(axis, range=replace(axis.range, low=low, high=high), count=count or axis.count))
    return made[0], made[1]


def _onto_boundary(
    rule: BoundRule, axes: Sequence[SweepAxis], courses: Sequence[Course], finish: Finish, place: Array, width: float
) -> Array:
    """Return the nearest place at which divergence begins, in axes around it; the same place without one."""
    gone = sweep("", rule, axes, courses, finish).outcome == OUTCOMES.index("diverged")
    edges = np.zeros_like(gone)
    edges[:-1] |= gone[:-1] != gone[1:]
    edges[:, :-1] |= gone[:, :-1] != gone[:, 1:]
    cells = np.argwhere(edges)
    if not len(cells):
        return place
    places = _middle(place, width) + width * ((cells + 0.5) / (np.array(gone.shape) - 1) - 0.5)
    return np.asarray(places[np.argmin(((places - place) ** 2).sum(axis=1))])
