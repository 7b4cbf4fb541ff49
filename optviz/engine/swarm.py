"""Races every rule from many starts: each run is a race of its own, each racer is judged by its median."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.judge import Array, Judgement, Outcome, distance_to_minima, judge
from optviz.engine.run import Trajectory, run
from optviz.engine.statistics import Median, median_of
from optviz.engine.tally import NEVER
from optviz.engine.tuning import Course
from optviz.optimizers import BoundRule
from optviz.problems import Finish, Problem
from optviz.words import ENGLISH, Words

if TYPE_CHECKING:
    from optviz.engine.batch import Summary


@dataclass(frozen=True)
class Runs:
    """Every run of one racer: from each start, under each seed in turn."""

    rule: BoundRule
    courses: Sequence[Course] = field(repr=False)
    finish: Finish
    x: Array = field(repr=False)  # (steps + 1, dim, runs); what is not finite stays
    f: Array = field(repr=False)  # (steps + 1, runs)
    summaries: Sequence[Summary] = field(repr=False)  # one a course

    @property
    def count(self) -> int:
        """How many runs there are."""
        return int(self.f.shape[1])

    @cached_property
    def arrivals(self) -> Array:
        """(runs,) the step of arrival, infinite for those that did not."""
        steps = self._column("arrived_at")
        return np.where(steps == NEVER, np.inf, steps)

    @cached_property
    def outcomes(self) -> Counter[Outcome]:
        """How many runs arrived, stopped, still move, diverged."""
        return Counter(self._column("outcome").tolist())

    @cached_property
    def arrival(self) -> Median:
        """The median step of arrival and its 95 % interval; runs that did not arrive count as infinite."""
        return median_of(self.arrivals)

    @cached_property
    def values(self) -> Array:
        """(steps + 1, runs) f, infinite from the step at which a run diverged."""
        gone = self._column("diverged_at")
        steps = np.arange(len(self.f))[:, np.newaxis]
        return np.where((gone != NEVER) & (steps >= gone), np.inf, self.f)

    @cached_property
    def quartiles(self) -> Array:
        """(3, steps + 1) the lower quartile, the median and the upper quartile of f over the runs."""
        return quartiles_of(self.values)

    def distances(self, problem: Problem) -> Array:
        """Return (steps + 1, runs) the distance to the nearest lowest minimum, infinite from where a run diverged."""
        points = np.moveaxis(self.x, 2, 1).reshape(-1, self.x.shape[1])
        with np.errstate(all="ignore"):
            distances = distance_to_minima(points, problem).reshape(self.f.shape)
        return np.where(np.isfinite(self.values) & np.isfinite(distances), distances, np.inf)

    def judgement(self) -> Judgement:
        """Return what became of the racer in the median."""
        steps = len(self.f) - 1
        last, half = self.quartiles[1], (self.count + 1) // 2
        diverged_at = None if math.isfinite(last[-1]) else int(np.argmin(np.isfinite(last)))
        at = self.arrival.value
        arrived = math.isfinite(at) and diverged_at is None
        stays = np.array([[math.ceil(at), steps + 1]] if arrived else [], dtype=np.int64).reshape(-1, 2)
        rests = Counter(kind for kind in self._column("stopped_at").tolist() if kind)
        rest, often = rests.most_common(1)[0] if rests else (None, 0)
        return SwarmJudgement(steps, stays, rest if often >= half and not arrived else None, diverged_at, self)

    def median_trajectory(self) -> Trajectory:
        """Return the median of the runs after every step, a coordinate at a time, while half of them are finite."""
        found = self.judgement()
        kept = len(self.f) - 1 if found.diverged_at is None else max(0, found.diverged_at - 1)
        gone = self._column("diverged_at")
        steps = np.arange(len(self.f))[:, np.newaxis, np.newaxis]
        x = np.where((gone != NEVER) & (steps >= gone), np.nan, self.x)[: kept + 1]
        middle = np.nanmedian(x, axis=2) if np.isnan(x).any() else np.median(x, axis=2)
        lr = np.broadcast_to(np.float64(math.nan), (kept,))
        most = max(int(one.gradient_evaluations.max()) for one in self.summaries)
        empty, evaluations = np.empty((0, x.shape[1])), np.array([most])
        return Trajectory(middle, self.quartiles[1][: kept + 1], empty, {}, None, lr, found.diverged_at, evaluations)

    def single(self) -> Iterator[tuple[Trajectory, Judgement]]:
        """Yield each run whole and judged, as a race of its own gives it; it is run again for what was not kept."""
        for course, summary in zip(self.courses, self.summaries, strict=True):
            whole = run(self.rule, course.problem, course.starts, noise=course.noise)
            for one in range(course.starts.shape[1]):
                gone = int(summary.diverged_at[one])
                path = _cut(whole, one, None if gone == NEVER else gone)
                yield path, judge(path, course.problem, self.finish)

    def in_words(self, say: Words = ENGLISH) -> str:
        """Say how many arrived and when, in the median, with its interval."""
        counts = self.outcomes
        others = [
            say(f"{{count}} {name}", count=counts[name]) for name in ("stopped", "moving", "diverged") if counts[name]
        ]
        said = ", ".join([say("{some} of {all} arrived", some=counts["arrived"], all=self.count), *others])
        return f"{interval_words(self.arrival, say)}; {said}" if math.isfinite(self.arrival.value) else said

    def facts(self) -> Mapping[str, object]:
        """Return what is told of the swarm, in plain values."""
        at = self.arrival
        return {
            "count": self.count,
            "outcomes": {name: self.outcomes[name] for name in ("arrived", "stopped", "moving", "diverged")},
            "arrived_at": {"median": at.value, "low": at.low, "high": at.high},
            "final_f": dict(zip(("lower_quartile", "median", "upper_quartile"), self.quartiles[:, -1], strict=True)),
        }

    def _column(self, name: str) -> NDArray[Any]:
        return np.concatenate([getattr(one, name) for one in self.summaries])


@dataclass(frozen=True)
class SwarmJudgement(Judgement):
    """What became of a racer with many runs: of their median."""

    runs: Runs | None = None

    @property
    def arrived_at(self) -> int | None:
        """The median step of arrival, rounded up; None where half of the runs or more did not arrive."""
        return int(self.stays[0, 0]) if len(self.stays) else None

    def __str__(self) -> str:
        """Say how many arrived and when, in the median, with its interval."""
        assert self.runs is not None  # given where one is made
        return self.runs.in_words()


def interval_words(median: Median, say: Words = ENGLISH) -> str:
    """Write a median step and its interval: ``median 142 (120 to 160)``; an infinite end is ``never``."""
    low, high = (f"{end:g}" if math.isfinite(end) else say("never") for end in (median.low, median.high))
    known = math.isfinite(median.low) or math.isfinite(median.high)
    key = "median {step} ({low} to {high})" if known else "median {step}"
    return say(key, step=f"{median.value:g}", low=low, high=high)


def swarm(rule: BoundRule, courses: Sequence[Course], finish: Finish, expect: int = 1) -> Runs:
    """Run a rule on every course from all its starts. A start that is off the function diverges at step 0.

    expect: how many swarms such as this one there will be.
    """
    from optviz.engine.batch import run_batch

    paths, summaries = [], []
    for course in courses:
        paths.append(np.empty((rule.steps + 1, course.problem.dim + 1, course.starts.shape[1])))
        given = rule, course.problem, course.starts
        expected = expect * len(courses)
        summaries.append(run_batch(*given, finish=finish, noise=course.noise, path=paths[-1], expect=expected))
    whole = np.concatenate(paths, axis=2)
    return Runs(rule, courses, finish, whole[:, :-1], whole[:, -1], summaries)


def quartiles_of(values: Array) -> Array:
    """Return (3, rows) the lower quartile, the median and the upper quartile of each row of (rows, n) numbers."""
    ordered = np.sort(values, axis=1)
    return np.array([_quantile(ordered, share) for share in (0.25, 0.5, 0.75)])


def _quantile(ordered: Array, share: float) -> Array:
    """Return (rows,) a quantile of sorted rows (rows, n), between two numbers in proportion; infinite if one is."""
    place = share * (ordered.shape[1] - 1)
    low, high = ordered[:, math.floor(place)], ordered[:, math.ceil(place)]
    part = place - math.floor(place)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(low == high, low, low + part * (high - low)) if part else low


def _cut(whole: Trajectory, one: int, diverged_at: int | None) -> Trajectory:
    """Return one run of a batch as a single run is kept: up to its last finite step."""
    kept = whole.steps if diverged_at is None else max(0, diverged_at - 1)
    rates = whole.effective_lr
    return replace(
        whole,
        x=whole.x[: kept + 1, :, one],
        f=whole.f[: kept + 1, one],
        gradient=whole.gradient[:kept, :, one],
        state={name: column[:kept, :, one] for name, column in whole.state.items()},
        effective_lr=None if rates is None else rates[:kept, :, one],
        lr=whole.lr[:kept],
        diverged_at=diverged_at,
        evaluations=whole.evaluations[: kept + (diverged_at is not None)],
    )
