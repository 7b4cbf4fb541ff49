"""Judges a trajectory: whether its racer arrived, came to rest elsewhere, still moves or diverged.

Arriving is staying: a racer arrives at the first step from which it never leaves the finish again. Each racer is
judged by its own path, the problem and the finish line alone.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add, or_
from typing import Any, Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from optviz.engine.rest import KINDS, Rest, kinds_of_rest, rest_radius, rest_steps, stays_at_an_edge
from optviz.engine.run import Trajectory
from optviz.formula.arithmetic import absolute, minimum
from optviz.problems import Finish, Problem

Array: TypeAlias = NDArray[np.float64]
Outcome: TypeAlias = Literal["arrived", "stopped", "moving", "diverged"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

LATE_SHARE, MOST_LATE_STEPS = 0.05, 10  # of the steps at the end: a stay that begins there does not count yet


@dataclass(frozen=True)
class Judgement:
    """What became of one racer; steps count from 0, the start."""

    steps: int  # that the racer was given
    stays: NDArray[np.int64]  # (n, 2) the first step of every stay within the finish, and the step after its last
    stopped_at: Rest | None = None  # where it came to rest
    diverged_at: int | None = None

    @property
    def entered_at(self) -> int | None:
        """The first step within the finish: a fly-by if the racer left again."""
        return int(self.stays[0, 0]) if len(self.stays) else None

    @property
    def arrived_at(self) -> int | None:
        """The first step from which the racer stays within the finish; None while that is too short to count."""
        since = self.inside_since(self.steps)
        return since if since is not None and is_long_enough(since, self.steps) else None

    @property
    def outcome(self) -> Outcome:
        """What the racer is after its last step."""
        happened = (at is not None for at in (self.diverged_at, self.arrived_at, self.stopped_at))
        return cast(Outcome, outcomes(*happened).item())

    def inside_since(self, step: int) -> int | None:
        """Return the step since which the racer has been within the finish without a break; None outside it."""
        if self.diverged_at is not None and self.diverged_at <= step:
            return None
        step = min(step, self.steps)  # where a racer ended before the race
        firsts, ends = self._stays
        index = bisect_right(firsts, step) - 1
        return firsts[index] if index >= 0 and step < ends[index] else None

    @cached_property
    def _stays(self) -> tuple[list[int], list[int]]:
        firsts, ends = self.stays.T.tolist()
        return firsts, ends

    def __str__(self) -> str:
        """Say in a few words what became of the racer."""
        if self.diverged_at is not None:
            return f"diverged at step {self.diverged_at}"
        arrived, inside = self.arrived_at, self.inside_since(self.steps)
        if self.outcome == "stopped":
            said = RESTS[self.stopped_at] if self.stopped_at else ""
        elif arrived is not None:
            said = f"arrived at step {arrived}"
        else:
            said = "moving" if inside is None else f"moving, inside since {inside}"
        before = self.entered_at not in (None, arrived, inside)
        return said + (f" (entered at {self.entered_at})" if before else "")


def is_long_enough(since: Any, steps: int) -> Any:
    """Return whether stays from ``since`` (a step or an array) to the end are arrivals; from the start they are."""
    return (since == 0) | (since <= steps - min(LATE_SHARE * steps, MOST_LATE_STEPS))


def outcomes(diverged: Any, arrived: Any, stopped: Any) -> NDArray[np.str_]:
    """Return what racers are after their last step, of flags or arrays of flags."""
    places = np.where(diverged, 3, np.where(arrived, 0, np.where(stopped, 1, 2)))  # among OUTCOMES
    return np.array(OUTCOMES)[places]


RESTS: dict[Rest, str] = {
    "local minimum": "stopped at a local minimum",
    "saddle": "stopped at a saddle",
    "plateau": "stopped on a plateau",
    "edge": "stopped at an edge",
    "short of the finish": "stopped short of the finish",
}


def judge(trajectory: Trajectory, problem: Problem, finish: Finish) -> Judgement:
    """Judge a single run that recorded its path."""
    within = is_inside(trajectory.x.T, trajectory.f, finish_line(problem, finish))
    inside = np.zeros(len(trajectory.f) + 2, dtype=bool)
    inside[1:-1] = False if within is None else within
    stays = np.flatnonzero(inside[1:] != inside[:-1]).reshape(-1, 2)
    if trajectory.diverged_at is not None:
        return Judgement(trajectory.steps, stays, None, trajectory.diverged_at)
    rests_outside = problem.has_land and not inside[-2]
    return Judgement(trajectory.steps, stays, _rest(trajectory, problem, finish) if rests_outside else None)


def stop_inside(trajectory: Trajectory, problem: Problem, finish: Finish, inside: int) -> Trajectory:
    """Return a single run up to where it has been within the finish for ``inside`` steps; all of it without that."""
    within = is_inside(trajectory.x.T, trajectory.f, finish_line(problem, finish))
    if within is None:
        return trajectory
    outside = np.flatnonzero(np.concatenate([[True], ~np.asarray(within), [True]])) - 1
    ends = outside[:-1][np.diff(outside) > inside + 1] + 1 + inside
    return trajectory if not len(ends) else trajectory.up_to(int(ends[0]))


@dataclass(frozen=True)
class FinishLine:
    """The numbers of a finish on a problem; in a traced computation they are symbols."""

    minima: Sequence[Sequence[Any]]  # () without a distance
    square: Any  # the largest square of a distance that counts as within
    target: Any  # what the gap is measured from; NaN where that is not known
    gap: Any  # None: the value does not count
    is_least_unknown: bool = False  # then the gap is that of a loss above 0, and each lower value counts


def finish_line(problem: Problem, finish: Finish) -> FinishLine:
    """Return the numbers of a finish; the least loss of a network or of a recorded run is not known."""
    target = problem.f_min if problem.has_land else 0.0
    minima = () if finish.distance is None else problem.minima
    square = None if finish.distance is None else _largest_square(finish.distance)
    gap = None if target is None else finish.gap
    return FinishLine(minima, square, math.nan if target is None else target, gap, not problem.has_land)


def _largest_square(distance: float) -> float:
    """Return the largest number whose root is not above the distance, so that batches need take no roots."""
    square = distance * distance
    while math.sqrt(square) > distance:
        square = math.nextafter(square, 0.0)
    while square < math.inf and math.sqrt(math.nextafter(square, math.inf)) <= distance:
        square = math.nextafter(square, math.inf)
    return square


def has_finish_line(problem: Problem, finish: Finish) -> bool:
    """Return whether there is a finish line that a racer could reach."""
    line = finish_line(problem, finish)
    return bool(line.minima) or line.gap is not None


def distance_to_minima(x: Array, problem: Problem) -> Array:
    """Return (rows,) the distance of every point of x (rows, dim) to its nearest lowest minimum; there must be one."""
    distance: Array = np.sqrt(_square(x.T, problem.minima))
    return distance


def _square(x: Any, minima: Sequence[Sequence[Any]]) -> Any:
    """Return the square of the distance of the coordinates to the nearest of some points."""
    # one minimum after the other: a million points times twenty minima would not fit into memory
    squares = (reduce(add, [z * z for z in (a - b for a, b in zip(x, point, strict=True))]) for point in minima)
    with np.errstate(over="ignore"):  # farther than floats can say is infinitely far
        return reduce(minimum, squares)


def is_inside(x: Any, f: Any, line: FinishLine) -> Any:
    """Return whether points, given by coordinates and value, lie within the finish; None where there is no line.

    Coordinates and value are arrays of one shape, or symbols.
    """
    conditions = [_square(x, line.minima) <= line.square] if line.minima else []
    if line.gap is not None:
        above = f - line.target
        conditions.append((above if line.is_least_unknown else absolute(above)) <= line.gap)
    return reduce(or_, conditions) if conditions else None


def _rest(trajectory: Trajectory, problem: Problem, finish: Finish) -> Rest | None:
    """Return where a racer outside the finish has come to rest, None where it has not."""
    x, last = trajectory.x, trajectory.x[-1]
    radius = rest_radius(problem, finish, *_corners(x))
    tail = x[-rest_steps(trajectory.steps) - 1 :]
    if problem.online:
        return "edge" if stays_at_an_edge(problem, *_corners(tail), radius) else None
    with np.errstate(over="ignore"):  # farther than floats can say is far
        if np.sqrt(((tail - last) ** 2).sum(axis=1)).max() > radius:
            return None
    (kind,) = kinds_of_rest(problem, last[:, np.newaxis], radius)
    return KINDS[kind] or None


def _corners(x: Array) -> tuple[Array, Array]:
    """Return (dim, 1) the least and the largest coordinates of a path."""
    return x.min(axis=0)[:, np.newaxis], x.max(axis=0)[:, np.newaxis]
