"""Runs a batch of points and sums up what became of each: no trajectory, so that memory does not grow with the steps.

Each point is judged as a racer of its own, by the definitions of ``engine.judge``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optviz.engine.judge import is_inside, is_long_enough, outcomes
from optviz.engine.rest import Flags, Rests, kinds_of_rest, rest_radius, rest_steps, stays_at_an_edge
from optviz.engine.run import Array, RunSettings, batch_slices, run, run_from, start_points
from optviz.optimizers import BoundRule
from optviz.optimizers.rule import State, X
from optviz.parallel import ordered
from optviz.problems import Finish, Problem

Steps: TypeAlias = NDArray[np.int64]
Watch: TypeAlias = Callable[[int, Array, dict[str, Array]], object]  # step, points (dim, *batch), recorded state

NEVER = -1
POINTS_RUN_AGAIN = 4096  # at a time, with their whole path, to see whether they stayed in one place


@dataclass(frozen=True)
class Summary:
    """What became of every point of a batch. Steps count from 0, the start; NEVER where it did not happen.

    A point that diverged is summed up to its last finite step, as the trajectory of a single run is.
    """

    x: Array  # (dim, *batch) the last point
    f: Array  # (*batch) the value there
    lowest_f: Array  # (*batch) the lowest value that it met
    lowest_x: Array  # (dim, *batch) where it first met it
    entered_at: Steps  # (*batch) the first step within the finish
    arrived_at: Steps  # (*batch) the first step from which it stays there to the end
    diverged_at: Steps  # (*batch) the step whose update left the finite numbers, 0 for a start that is off the function
    stopped_at: NDArray[np.str_]  # (*batch) where it came to rest outside the finish, "" where it did not
    outcome: NDArray[np.str_]  # (*batch) "arrived", "stopped", "moving" or "diverged"
    gradient_evaluations: Steps  # (*batch) those of the steps kept, and of the step that diverged


def run_batch(
    rule: BoundRule,
    problem: Problem,
    starts: ArrayLike,
    *,
    finish: Finish,
    noise: Array | None = None,
    every: int = 1,
    watch: Watch | None = None,
) -> Summary:
    """Run ``rule.steps`` updates from every start and sum up what became of each.

    rule: made by ``optimizers.bind``; its hyperparameters may be arrays of shape batch.
    starts: (dim, *batch); batch joins the axes of the starts and of the hyperparameters.
    noise: (steps, dim), added to every gradient of its step.
    watch: called after every ``every``-th step with the step, the points and the recorded state, which it may keep.
    Raises OptvizError for starts of another dimension; a start that is off the function diverges at step 0.
    """
    points = start_points(starts, problem.dim, rule.batch)
    batch = points.shape[1:]
    flat = rule.map_batches(lambda values: np.broadcast_to(values, batch).ravel())
    settings = RunSettings(flat, problem, points.reshape(problem.dim, -1), noise, "last")
    shown = None if watch is None else _Shown(watch, every, flat.state, batch)
    with np.errstate(all="ignore"):  # divergence is an outcome, not a warning
        tally = _run(settings, finish, shown)
        return _summary(tally, settings, finish, batch)


@dataclass
class _Tally:
    """What is known of each point so far: (n,) or (dim, n) columns, brought up to date after every step."""

    problem: Problem
    finish: Finish
    tail_from: int  # the step from which on a point at rest stays in one place
    x: Array
    f: Array
    lowest_x: Array
    lowest_f: Array
    entered_at: Steps
    since: Steps  # of the stay within the finish that goes on
    diverged_at: Steps
    evaluations: Steps  # of the gradient
    path: tuple[Array, Array]  # the lowest and the highest coordinates
    tail: tuple[Array, Array]  # and those from ``tail_from`` on
    shown: _Shown | None = None

    def add(self, t: int, moved: State, gradient: X, evaluations: int) -> None:
        """Count in step t: the points after it, its first gradient, and how many it asked for."""
        self.evaluations[self.diverged_at == NEVER] += evaluations
        self.update(t, np.asarray(moved[0]), np.asarray(np.isfinite(gradient).all(axis=0)))
        if self.shown is not None:
            self.shown(t, moved)

    def update(self, t: int, x: Array, finite: Flags) -> None:
        """Count in points (dim, n), where those before them and their gradients are finite."""
        f = np.broadcast_to(np.asarray(self.problem.value(x, float(max(t, 1))), dtype=np.float64), self.f.shape)
        running = self.diverged_at == NEVER
        live = running & finite & np.isfinite(x).all(axis=0) & np.isfinite(f)
        self.diverged_at[running & ~live] = t
        np.copyto(self.x, x, where=live)
        np.copyto(self.f, f, where=live)
        lower = live & ((f < self.lowest_f) | (t == 0))
        np.copyto(self.lowest_x, x, where=lower)
        np.copyto(self.lowest_f, f, where=lower)
        inside = live & is_inside(x.T, f, self.problem, self.finish)
        self.entered_at[inside & (self.entered_at == NEVER)] = t
        self.since[inside & (self.since == NEVER)] = t
        self.since[~inside] = NEVER
        for (low, high), first in ((self.path, 0), (self.tail, self.tail_from)):
            if t >= first:
                np.copyto(low, x if t == first else np.minimum(low, x), where=live)
                np.copyto(high, x if t == first else np.maximum(high, x), where=live)


@dataclass(frozen=True)
class _Shown:
    """Shows the batch, in its own shape, after every k-th step."""

    watch: Watch
    every: int
    names: Sequence[str | None]
    batch: tuple[int, ...]

    def __call__(self, t: int, moved: State) -> None:
        if t % self.every == 0:
            x, *state = (np.broadcast_to(one, np.shape(moved[0])).copy() for one in moved)
            shaped = [one.reshape(-1, *self.batch) for one in (x, *state)]
            recorded = zip(self.names, shaped[1:], strict=True)
            self.watch(t, shaped[0], {name: column for name, column in recorded if name})


def _run(settings: RunSettings, finish: Finish, shown: _Shown | None) -> _Tally:
    """Run the whole batch, in as many threads as it repays."""

    def run_slice(part: slice) -> _Tally:
        with np.errstate(all="ignore"):  # which holds for one thread
            tally = _begun(settings.slice_batch(part), finish, shown)
            run_from(settings.start[..., part], settings.slice_batch(part), tally)
            return tally

    slices = batch_slices(settings) if shown is None else []
    if len(slices) < 2:
        return run_slice(slice(None))
    return _joined(list(ordered(run_slice, slices, ahead=len(slices))))


def _begun(settings: RunSettings, finish: Finish, shown: _Shown | None) -> _Tally:
    """The tally before step 1."""
    x, count = settings.start, settings.start.shape[1]
    numbers = np.full((2, count), np.nan)
    entered, since, diverged = np.full((3, count), NEVER)
    path, tail = ((x.copy(), x.copy()) for _ in range(2))
    tail_from = max(0, settings.rule.steps - rest_steps(settings.rule.steps))
    tally = _Tally(
        settings.problem, finish, tail_from, x.copy(), numbers[0], x.copy(), numbers[1],
        entered, since, diverged, np.zeros(count, np.int64), path, tail, shown,
    )  # fmt: skip
    tally.update(0, x, np.ones(count, dtype=bool))
    return tally


def _joined(parts: list[_Tally]) -> _Tally:
    """One tally of slices of a batch."""
    columns: dict[str, Any] = {}
    for name, value in vars(parts[0]).items():
        if isinstance(value, np.ndarray):
            columns[name] = np.concatenate([getattr(part, name) for part in parts], axis=-1)
        elif isinstance(value, tuple):
            corners = zip(*(getattr(part, name) for part in parts), strict=True)
            columns[name] = tuple(np.concatenate(corner, axis=-1) for corner in corners)
    return replace(parts[0], **columns)


# --- after the run --------------------------------------------------------------------------------


def _summary(tally: _Tally, settings: RunSettings, finish: Finish, batch: tuple[int, ...]) -> Summary:
    steps, since, diverged = settings.rule.steps, tally.since, tally.diverged_at
    stopped_at = _stopped_at(tally, settings, finish)
    arrived_at = np.where((since != NEVER) & is_long_enough(since, steps), since, NEVER)
    columns = {
        "f": tally.f,
        "lowest_f": tally.lowest_f,
        "entered_at": tally.entered_at,
        "arrived_at": arrived_at,
        "diverged_at": diverged,
        "stopped_at": stopped_at,
        "outcome": outcomes(diverged != NEVER, arrived_at != NEVER, stopped_at != ""),
        "gradient_evaluations": tally.evaluations,
    }
    shaped: dict[str, Any] = {name: column.reshape(batch) for name, column in columns.items()}
    return Summary(tally.x.reshape(-1, *batch), lowest_x=tally.lowest_x.reshape(-1, *batch), **shaped)


def _stopped_at(tally: _Tally, settings: RunSettings, finish: Finish) -> Rests:
    """(n,) where each point came to rest outside the finish, "" where it did not."""
    problem = settings.problem
    kinds: Rests = np.full(len(tally.f), "", dtype="U32")
    if problem.network is not None:
        return kinds
    free = np.flatnonzero((tally.diverged_at == NEVER) & (tally.since == NEVER))
    radius = rest_radius(problem, finish, *(corner[:, free].T for corner in tally.path))
    low, high = (corner[:, free].T for corner in tally.tail)
    if problem.online:
        kinds[free[stays_at_an_edge(problem, low, high, radius)]] = "edge"
        return kinds
    stayed = _stayed(tally.x[:, free].T, low, high, radius, settings, free)
    kinds[free[stayed]] = kinds_of_rest(problem, tally.x[:, free[stayed]].T, radius[stayed])
    return kinds


def _stayed(x: Array, low: Array, high: Array, radius: Array, settings: RunSettings, indices: Steps) -> Flags:
    """Return (n,) whether the last steps lie within one radius of the last of them.

    The corners of those steps tell of nearly all; the others are run again with their path.
    """
    reach = np.maximum(high - x, x - low)
    stayed: Flags = np.sqrt((reach**2).sum(axis=1)) <= radius
    unsure = np.flatnonzero(~stayed & (reach.max(axis=1, initial=0.0) <= radius))
    count = rest_steps(settings.rule.steps)
    for first in range(0, len(unsure), POINTS_RUN_AGAIN):
        part = unsure[first : first + POINTS_RUN_AGAIN]
        again = settings.slice_batch(indices[part])
        path = run(again.rule, again.problem, again.start, noise=again.noise, record="x").x[-count - 1 :]
        stayed[part] = np.sqrt(((path - path[-1]) ** 2).sum(axis=1)).max(axis=0) <= radius[part]
    return stayed
