"""Judges a trajectory: whether its racer arrived, came to rest elsewhere, still moves or diverged.

Arriving is staying: a racer arrives at the first step from which it never leaves the finish again. Each racer is
judged by its own path, the problem and the finish line alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.run import Trajectory
from optviz.problems import SAME_VALUE, Finish, Problem

Array: TypeAlias = NDArray[np.float64]
Outcome: TypeAlias = Literal["arrived", "stopped", "moving", "diverged"]
Rest: TypeAlias = Literal["local minimum", "saddle", "plateau", "edge", "short of the finish"]

LATE_SHARE, MOST_LATE_STEPS = 0.05, 10  # of the steps at the end: a stay that begins there does not count yet
REST_SHARE, LEAST_REST_STEPS = 0.1, 10  # of the steps at the end, over which a racer at rest stays in one place
RADIUS_SHARE = 0.01  # of the diagonal of the window, or of the box of the racer's own path
FLAT = 1e-9  # a gradient below is zero
CURVATURE_SHARE = 1e-3  # of the radius, over which the gradient is differenced
PROBE_SHARE = 0.1  # of the radius: how far around a point of rest its neighbours are compared with it
PROBES = 16  # directions in two dimensions


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
        since, late = self.inside_since(self.steps), min(LATE_SHARE * self.steps, MOST_LATE_STEPS)
        return since if since is not None and (since == 0 or since <= self.steps - late) else None

    @property
    def outcome(self) -> Outcome:
        """What the racer is after its last step."""
        if self.diverged_at is not None:
            return "diverged"
        if self.arrived_at is not None:
            return "arrived"
        return "moving" if self.stopped_at is None else "stopped"

    def inside_since(self, step: int) -> int | None:
        """Return the step since which the racer has been within the finish without a break; None outside it."""
        if self.diverged_at is not None and self.diverged_at <= step:
            return None
        index = int(np.searchsorted(self.stays[:, 0], step, side="right")) - 1
        return int(self.stays[index, 0]) if index >= 0 and step < self.stays[index, 1] else None

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


RESTS: dict[Rest, str] = {
    "local minimum": "stopped at a local minimum",
    "saddle": "stopped at a saddle",
    "plateau": "stopped on a plateau",
    "edge": "stopped at an edge",
    "short of the finish": "stopped short of the finish",
}


def judge(trajectory: Trajectory, problem: Problem, finish: Finish) -> Judgement:
    """Judge a single run that recorded its path."""
    inside = np.concatenate([[False], _is_inside(trajectory, problem, finish), [False]])
    stays = np.flatnonzero(inside[1:] != inside[:-1]).reshape(-1, 2)
    if trajectory.diverged_at is not None:
        return Judgement(trajectory.steps, stays, None, trajectory.diverged_at)
    rests_outside = problem.network is None and not inside[-2]
    return Judgement(trajectory.steps, stays, _rest(trajectory, problem, finish) if rests_outside else None)


def has_finish_line(problem: Problem, finish: Finish) -> bool:
    """Return whether there is a finish line that a racer could reach."""
    return bool(finish.distance is not None and problem.minima) or (
        finish.gap is not None and _lowest_value(problem) is not None
    )


def distance_to_minima(x: Array, problem: Problem) -> Array:
    """Return (rows,) the distance of every point of x (rows, dim) to its nearest lowest minimum; there must be one."""
    # one minimum after the other: a million points times twenty minima would not fit into memory
    distances = (np.sqrt(((x - np.asarray(point)) ** 2).sum(axis=1)) for point in problem.minima)
    return reduce(np.minimum, distances)


def _is_inside(trajectory: Trajectory, problem: Problem, finish: Finish) -> NDArray[np.bool_]:
    """(steps + 1,) whether each point lies within the finish."""
    inside = np.zeros(len(trajectory.f), dtype=bool)
    if finish.distance is not None and problem.minima:
        inside |= distance_to_minima(trajectory.x, problem) <= finish.distance
    target = _lowest_value(problem)
    if finish.gap is not None and target is not None:
        inside |= np.abs(trajectory.f - target) <= finish.gap
    return inside


def _lowest_value(problem: Problem) -> float | None:
    """Return what the gap is measured from; the least loss of a network is not known and counts as 0."""
    return 0.0 if problem.network is not None else problem.f_min


# --- coming to rest -------------------------------------------------------------------------------


@np.errstate(all="ignore")  # what is not finite near the last point is no place to rest
def _rest(trajectory: Trajectory, problem: Problem, finish: Finish) -> Rest | None:
    """Return where a racer outside the finish has come to rest, None where it has not."""
    radius = _radius(trajectory, problem, finish)
    count = max(LEAST_REST_STEPS, math.ceil(REST_SHARE * trajectory.steps))
    tail, last = trajectory.x[-count - 1 :], trajectory.x[-1]
    if problem.online:
        return "edge" if _stays_at_an_edge(tail, problem, radius) else None
    if np.sqrt(((tail - last) ** 2).sum(axis=1)).max() > radius:
        return None
    held = _held_by_edges(problem, last, radius)
    resting = _resting_point(problem, last, held, radius)
    return None if resting is None else _kind_of(problem, resting, held, radius)


def _radius(trajectory: Trajectory, problem: Problem, finish: Finish) -> float:
    """Return how far apart two points may lie and count as one place."""
    if finish.distance is not None and problem.minima:
        return finish.distance
    box = trajectory.x if problem.window is None else np.array(problem.window).T
    return RADIUS_SHARE * float(np.linalg.norm(box.max(axis=0) - box.min(axis=0)))


def _stays_at_an_edge(tail: Array, problem: Problem, radius: float) -> bool:
    """Return whether all points of a path lie within one radius of one and the same edge of the domain."""
    if problem.domain is None:
        return False
    low, high = np.array(problem.domain).T
    return bool((np.abs(tail - low) <= radius).all(axis=0).any() or (np.abs(tail - high) <= radius).all(axis=0).any())


def _held_by_edges(problem: Problem, x: Array, radius: float) -> Array:
    """(dim,) -1 or 1 where the slope presses the point against the domain's low or high edge, else 0."""
    if problem.domain is None:
        return np.zeros(len(x))
    (low, high), slope = np.array(problem.domain).T, problem.gradient(x, 1.0)
    at_low, at_high = (x - low <= radius) & (slope > FLAT), (high - x <= radius) & (slope < -FLAT)
    held: Array = at_high.astype(float) - at_low
    return held


def _resting_point(problem: Problem, x: Array, held: Array, radius: float) -> Array | None:
    """Return (dim,) the point within one radius of x where the gradient, projected at the edges, is zero.

    It is x itself where the gradient is zero there already, a known minimum (at a kink the gradient has no zero), or
    where a Newton step leads.
    """
    for known in (*problem.minima, *problem.local_minima):
        if np.linalg.norm(x - np.array(known)) <= radius:
            return np.array(known)
    slope, free = problem.gradient(x, 1.0), held == 0
    on_edge = x if problem.domain is None else np.where(free, x, _corner(problem, held))
    if np.linalg.norm(slope[free]) < FLAT:
        return on_edge
    step = np.zeros(len(x))
    step[free] = _newton_step(problem, x, slope, free, CURVATURE_SHARE * radius)
    step += on_edge - x
    return x + step if np.linalg.norm(step) <= radius else None


def _corner(problem: Problem, held: Array) -> Array:
    low, high = np.array(problem.domain).T
    corner: Array = np.where(held < 0, low, high)
    return corner


def _newton_step(problem: Problem, x: Array, slope: Array, free: NDArray[np.bool_], h: float) -> Array:
    """Return the step along the free coordinates to the zero of the linearised gradient; infinite without curvature."""
    shifts = np.eye(len(x))[free] * h
    rows = [problem.gradient(x + shift, 1.0) - problem.gradient(x - shift, 1.0) for shift in shifts]
    curvature = np.array(rows)[:, free] / (2 * h)
    if not np.isfinite(curvature).all():
        return np.full(len(rows), np.inf)
    bends, axes = np.linalg.eigh((curvature + curvature.T) / 2)
    along = axes.T @ slope[free]
    step = np.divide(-along, bends, out=np.where(np.abs(along) < FLAT, 0.0, np.inf), where=bends != 0)
    return np.asarray(axes @ step) if np.isfinite(step).all() else np.full(len(rows), np.inf)


def _kind_of(problem: Problem, point: Array, held: Array, radius: float) -> Rest:
    """Name a point of zero gradient by the values around it."""
    lowest = [np.array(known) for known in problem.minima]
    height = float(problem.value(point, 1.0))
    if any(np.linalg.norm(point - known) <= radius for known in lowest) or _is_lowest(problem, height):
        return "short of the finish"
    if held.any():
        return "edge"
    reach = PROBE_SHARE * radius
    around = point[:, np.newaxis] + reach * _directions(len(point))
    if problem.domain is not None:
        around = around.clip(*np.array(problem.domain).T[:, :, np.newaxis])
    rise = np.asarray(problem.value(around, 1.0), dtype=np.float64) - height
    noise = FLAT * reach + 4 * np.finfo(float).eps * abs(height)
    if (np.abs(rise) <= noise).all():
        return "plateau"
    return "local minimum" if (rise >= -noise).all() else "saddle"


def _is_lowest(problem: Problem, height: float) -> bool:
    return problem.f_min is not None and abs(height - problem.f_min) <= SAME_VALUE * (1 + abs(problem.f_min))


def _directions(dim: int) -> Array:
    """(dim, n) unit vectors all around."""
    if dim == 1:
        return np.array([[-1.0, 1.0]])
    angles = np.arange(PROBES) * (2 * np.pi / PROBES)
    return np.array([np.cos(angles), np.sin(angles)])
