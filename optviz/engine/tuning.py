"""Tunes hyperparameters: tries values of a range on the same starts and keeps the one with the lowest median."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.judge import Array
from optviz.engine.noise import NO_NOISE, GradientNoise
from optviz.engine.statistics import TuningCurve, tuning_curve
from optviz.engine.tally import NEVER
from optviz.optimizers import BoundRule, Range
from optviz.optimizers.search import shares_tried
from optviz.problems import Finish, Problem

Metric: TypeAlias = Literal["final", "target"]
Columns: TypeAlias = dict[str, NDArray[Any]]
EXPECT = 8  # batches for which a kernel is compiled, about: a function's serves all racers, a rule's all functions
MEASURES: dict[Metric, str] = {"final": "final f", "target": "steps to arrive"}


@dataclass(frozen=True)
class Course:
    """What every trial is run on: one problem, from some starts, with one sequence of noise."""

    problem: Problem
    starts: Array  # (dim, n)
    noise: GradientNoise = NO_NOISE

    @cached_property
    def begin(self) -> Array:
        """(n,) the values at the starts."""
        return np.asarray(self.problem.value(self.starts, 1.0), dtype=np.float64)


@dataclass(frozen=True)
class Tuning:
    """The trials of one racer: what was tried, how each ended, and which was kept."""

    rule: BoundRule  # with its ranges
    metric: Metric
    tried: dict[str, Array] = field(compare=False)  # (trials,) by name
    final: Array = field(compare=False)  # (trials, runs) the last f, infinite where a run diverged
    arrival: Array = field(compare=False)  # (trials, runs) steps to arrive, infinite where a run did not
    evaluations: int  # gradients of all trials together

    @property
    def ranges(self) -> dict[str, Range]:
        """What was searched, by name."""
        return self.rule.ranges

    @property
    def trials(self) -> int:
        """How many values were tried."""
        return len(self.final)

    @property
    def runs(self) -> int:
        """How many runs judge each trial."""
        return int(self.final.shape[1])

    @property
    def scores(self) -> Array:
        """(trials,) the median over the runs of each trial; infinite where half of them or more have no number."""
        return medians(self.final if self.metric == "final" else self.arrival)

    @property
    def decided_by(self) -> Metric:
        """The metric that told the trials apart: ``final`` where in no trial half of the runs arrive."""
        return self.metric if np.isfinite(self.scores).any() else "final"

    @property
    def is_lost(self) -> bool:
        """Whether in every trial half of the runs or more diverge."""
        return not np.isfinite(medians(self.final)).any()

    @property
    def best(self) -> int:
        """The trial that is kept: the lowest median; of equal ones the middle one, far from those that are worse."""
        scores = self.scores if self.decided_by == self.metric else medians(self.final)
        equal = np.flatnonzero(scores == scores.min())
        first = next(iter(self.tried.values()))
        return int(equal[np.argsort(first[equal], kind="stable")[len(equal) // 2]])

    @property
    def values(self) -> dict[str, float]:
        """The values that are kept, by name."""
        return {name: float(column[self.best]) for name, column in self.tried.items()}

    @property
    def edges(self) -> dict[str, Literal["low", "high"]]:
        """The hyperparameters whose value lies in the outer 5 % of its range, and at which end."""
        found = {name: self.ranges[name].edge_of(value) for name, value in self.values.items()}
        return {name: end for name, end in found.items() if end is not None}

    @property
    def tuned(self) -> BoundRule:
        """The rule with the values that are kept."""
        return self.rule.with_values(self.values)

    def default_of(self, name: str) -> str:
        """Return the value that the rule itself has, as a scenario writes it."""
        *inside, own = name.split(".")
        rule = self.rule if not inside else self.rule.base or self.rule
        return rule.rule.parameters[own].default_text

    def curve(self, least: float = -math.inf) -> TuningCurve:
        """Return what the best of k trials would be; ``least``: what no value can lie below."""
        return tuning_curve(self.scores, 0.0 if self.metric == "target" else least)

    def facts(self) -> dict[str, Any]:
        """Return the protocol and what it found, in plain values."""
        best = self.best
        return {
            "ranges": {name: [found.low, found.high] for name, found in self.ranges.items()},
            "values": self.values,
            "trials": self.trials,
            "runs": self.runs,
            "metric": self.metric,
            "decided_by": self.decided_by,
            "score": float(self.scores[best]),
            "gradient_evaluations": self.evaluations,
            "at_edge": dict(self.edges),
            "lost": self.is_lost,
        }


def medians(values: NDArray[np.float64]) -> Array:
    """Return (...) the medians of (..., runs) numbers, infinite ones being the largest."""
    ordered, runs = np.sort(values, axis=-1), values.shape[-1]
    low, high = ordered[..., (runs - 1) // 2], ordered[..., runs // 2]
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(low == high, low, (low + high) / 2)


def tried_values(rule: BoundRule, trials: int) -> dict[str, Array]:
    """Return (trials,) by name the values of a rule's ranges that are tried.

    Those of one range are evenly spaced on its scale, both ends among them; those of several are Halton's points.
    """
    shares = shares_tried(len(rule.ranges), trials)
    return {name: found.at(own) for (name, found), own in zip(rule.ranges.items(), shares, strict=True)}


def run_trials(
    rule: BoundRule, tried: Mapping[str, Array], course: Course, finish: Finish, part: slice, courses: int = 1
) -> Columns:
    """Run some of a rule's trials on a course; return their ``final`` f, ``arrival`` and ``evaluations``, (part, runs).

    A trial has the same bits whichever others it is run with. courses: how many there are.
    """
    from optviz.engine.batch import run_batch

    batched = rule.with_values({name: column[part, np.newaxis] for name, column in tried.items()})
    of = len(next(iter(tried.values()))) * course.starts.shape[1]
    given, expect = (batched, course.problem, course.starts), EXPECT * courses
    found = run_batch(*given, finish=finish, noise=course.noise, expect=expect, rests=False, of=of)
    return {
        "final": np.where(found.diverged_at != NEVER, np.inf, found.f),
        "arrival": np.where(found.arrived_at == NEVER, np.inf, found.arrived_at),
        "evaluations": found.gradient_evaluations,
    }


def gather_trials(
    rule: BoundRule, metric: Metric, tried: dict[str, Array], runs: Sequence[Sequence[Columns]]
) -> Tuning:
    """Lay out the trials of a rule: of each course, its parts in order."""

    def joined(name: str) -> NDArray[Any]:
        return np.hstack([np.concatenate([part[name] for part in course]) for course in runs])

    return Tuning(rule, metric, tried, joined("final"), joined("arrival"), int(joined("evaluations").sum()))


def widened(tunings: Sequence[Tuning]) -> list[BoundRule]:
    """Return the rules with wider ranges where the best of any racer lies at an edge: wider for every racer alike."""
    ends = sorted({(_plain(name), end) for one in tunings for name, end in one.edges.items()})

    def wider(name: str, given: Range) -> Range:
        return reduce(Range.widened, (end for plain, end in ends if plain == _plain(name)), given)

    return [one.rule.with_values({name: wider(name, given) for name, given in one.ranges.items()}) for one in tunings]


def _plain(name: str) -> str:
    """Return the hyperparameter's own name: lr for base.lr."""
    return name.rpartition(".")[2]
