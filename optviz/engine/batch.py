"""Runs a batch of points and sums up what became of each: no trajectory, so that memory does not grow with the steps.

Each point is judged as a racer of its own, by the definitions of ``engine.judge``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optviz.engine.evolve import Lanes, Target, choose_target, evolve
from optviz.engine.judge import FinishLine, finish_line, is_long_enough, outcomes
from optviz.engine.noise import NO_NOISE, GradientNoise
from optviz.engine.rest import KINDS, Flags, Kinds, kinds_of_rest, rest_radius, rest_steps, stays_at_an_edge
from optviz.engine.rest_kernels import Naming, choose_naming
from optviz.engine.run import Array, RunSettings, batch_slices, run_from, start_points
from optviz.engine.stages import Plan, plan_of
from optviz.engine.tally import NEVER, Approach, Tally
from optviz.formula.widened import widened
from optviz.optimizers import BoundRule
from optviz.optimizers.rule import State, X
from optviz.parallel import ordered, raise_mmap_threshold
from optviz.problems import Finish, Problem

Steps: TypeAlias = NDArray[np.int64]
# step, points (dim, *batch), and what returns the recorded state
Watch: TypeAlias = Callable[[int, Array, Callable[[], dict[str, Array]]], object]


@dataclass(frozen=True)
class Summary:
    """What became of every point of a batch. Steps count from 0, the start; NEVER where it did not happen.

    A point that diverged is summed up to its last finite step, as the trajectory of a single run is.
    """

    x: Array  # (dim, *batch) the last point
    f: Array  # (*batch) the value there
    closest_f: Array  # (*batch) of the values that it met the one closest to the least; infinite where that is unknown
    entered_at: Steps  # (*batch) the first step within the finish
    arrived_at: Steps  # (*batch) the first step from which it stays there to the end
    diverged_at: Steps  # (*batch) the step whose update left the finite numbers, 0 for a start that is off the function
    kinds: Kinds  # (*batch) the places among KINDS of where they came to rest outside the finish
    gradient_evaluations: Steps  # (*batch) those of the steps kept, and of the step that diverged

    @cached_property
    def stopped_at(self) -> NDArray[np.str_]:
        """(*batch) where it came to rest outside the finish, "" where it did not."""
        return np.array(KINDS)[self.kinds]

    @cached_property
    def outcome(self) -> NDArray[np.str_]:
        """(*batch) "arrived", "stopped", "moving" or "diverged"."""
        return outcomes(self.diverged_at != NEVER, self.arrived_at != NEVER, self.kinds != 0)


def run_batch(
    rule: BoundRule,
    problem: Problem,
    starts: ArrayLike,
    *,
    finish: Finish,
    noise: GradientNoise = NO_NOISE,
    moments: Collection[int] = (),
    watch: Watch | None = None,
    path: Array | None = None,
    expect: int = 1,
    rests: bool = True,
    of: int | None = None,
) -> Summary:
    """Run ``rule.steps`` updates from every start and sum up what became of each.

    rule: made by ``optimizers.bind``; its hyperparameters may be arrays of shape batch.
    starts: (dim, *batch); batch joins the axes of the starts and of the hyperparameters.
    noise: of the race; a rule with noise of its own has that.
    expect: how many batches such as this one there will be, for which compiling may repay.
    watch: called after the steps in ``moments``, from 1, with the step, the points, which it may keep, and a function
        that returns the recorded state, for as long as the call lasts.
    path: (steps + 1, dim + 1, *batch), contiguous, to be filled with every point and its value; what follows a
        divergence may be anything.
    rests: whether points that stopped are told from those that move, which takes a look at the function around them.
    of: how many points there were where these are run once more, so that they are run as they were then.
    Raises OptvizError for starts of another dimension; a start that is off the function diverges at step 0.
    """
    raise_mmap_threshold()
    points = start_points(starts, problem.dim, rule.batch)
    batch = points.shape[1:]
    count = points[0].size
    flat = rule.map_batches(lambda one: one if one.shape == (count,) else np.broadcast_to(one, batch).ravel())
    settings = RunSettings(flat, problem, points.reshape(problem.dim, -1), noise.draw(rule, problem.dim), "last")
    shown = None if watch is None else _Shown(watch, frozenset(moments), flat.state, batch)
    with np.errstate(all="ignore"):  # divergence is an outcome, not a warning
        flat_path = None if path is None else path.reshape(*path.shape[:2], -1)
        counted = _counted(settings, finish, shown, flat_path, expect=expect, of=of, rests=rests)
        return _summary(counted, settings, finish, batch, expect if rests else None)


@dataclass(frozen=True)
class _Counted:
    """The columns of a tally after the last step, (n,) each, and how many gradients each point asked for."""

    columns: Mapping[str, Array]
    evaluations: Steps
    dim: int
    steps: int
    name: Naming  # the places where they rest, by what computed them

    def point(self, name: str) -> Array:
        """Return (dim, n) the coordinates of that name."""
        return np.stack([self.columns[f"{name}_{i}"] for i in range(self.dim)])

    def replace(self, places: Steps, by: _Counted) -> None:
        """Write what became of the points at these places when they were run once more."""
        for name, column in by.columns.items():
            self.columns[name][places] = column
        self.evaluations[places] = by.evaluations

    @property
    def diverged_at(self) -> Steps:
        """(n,) NEVER for a point that is finite to the end."""
        kept = self.columns["kept"]
        return np.where(kept == self.steps + 1, NEVER, kept).astype(np.int64)


@dataclass(frozen=True)
class _Shown:
    """Shows the batch, in its own shape, after some steps."""

    watch: Watch
    moments: frozenset[int]
    names: Sequence[str | None]
    batch: tuple[int, ...]

    def __call__(self, t: int, x: Array, states: Callable[[], Sequence[X]]) -> None:
        def shaped(column: X) -> Array:
            return np.broadcast_to(column, x.shape).reshape(-1, *self.batch).copy()

        def state() -> dict[str, Array]:
            return {name: shaped(column) for name, column in zip(self.names, states(), strict=True) if name}

        self.watch(t, x.reshape(-1, *self.batch), state)


def _counted(
    settings: RunSettings,
    finish: Finish,
    shown: _Shown | None = None,
    path: Array | None = None,
    goal: Array | None = None,
    expect: int = 1,
    of: int | None = None,
    rests: bool = True,
) -> _Counted:
    """Run the batch: by compiled stages where rule and function can be written down, else by their own code.

    goal: (dim, n) to measure only how far from it the points of the end lie.
    """
    problem, steps = settings.problem, settings.rule.steps
    line = finish_line(problem, finish)
    has_path = rests and problem.window is None and not line.minima and problem.network is None
    has_line = bool(line.minima) or line.gap is not None
    kind = Tally if goal is None else Approach
    tally = kind(problem.dim, has_path, has_line, max(0, steps - rest_steps(steps)) if rests else None)
    known = {} if goal is None else {f"tail_low_{i}": goal[i] for i in range(problem.dim)}
    plan = plan_of(settings, tally, line)
    target = choose_target(plan, of or settings.start.shape[1], expect) if plan else None
    if shown is not None and target is not None and plan is not None and plan.symbols.may_overflow:
        before = _counted(settings, finish, goal=goal, expect=expect, of=of)
        if (before.diverged_at != NEVER).any():  # nobody is shown twice: points that stages lose need wide exponents
            target = None
    if plan is None or target is None:
        return _counted_in_python(settings, tally, line, known, shown, path)
    moments = {t for t in shown.moments if 1 <= t <= steps} if shown else set()
    for t, columns in evolve(plan, settings.start, target, moments, known, path):
        if shown is not None and t in moments:
            moments.discard(t)  # the last step comes twice: as a moment, and as the end
            x = np.stack([columns[f"x_{i}"] for i in range(problem.dim)])
            shown(t, x, partial(plan.states, t, columns))
    name = choose_naming(problem, plan, target, of or settings.start.shape[1], expect)
    counted = _Counted(columns, _evaluations(plan, columns), problem.dim, steps, name)
    lost = np.flatnonzero(plan.symbols.may_overflow & (counted.diverged_at != NEVER)).astype(np.int64)
    if len(lost):
        of_lost = {name: values[lost] for name, values in known.items()}
        own_path = None if path is None else np.empty((*path.shape[:2], len(lost)))
        again = settings.slice_batch(lost)
        counted.replace(lost, _counted_with_wide_exponents(again, tally, line, of_lost, target, counted, own_path))
        if path is not None:
            path[..., lost] = own_path
    return counted


def _counted_with_wide_exponents(
    settings: RunSettings,
    tally: Tally,
    line: FinishLine,
    known: Mapping[str, Array],
    target: Target,
    before: _Counted,
    path: Array | None,
) -> _Counted:
    """Run points once more that floats lost on the way: ``before`` is what was counted of all points."""
    plan = plan_of(settings, tally, line) if isinstance(target, Lanes) else None  # calls would have other last bits
    if plan is None:
        return _counted_in_python(settings, tally, line, known, path=path)
    wide = plan.on(widened(plan.symbols), line)
    *_, (_, columns) = evolve(wide, settings.start, target, known=known, path=path)
    return replace(before, columns=columns, evaluations=_evaluations(plan, columns))


def _evaluations(plan: Plan, columns: Mapping[str, Array]) -> Steps:
    """Return (n,) how many gradients each point asked for."""
    return len(plan.update.gradients) * np.minimum(columns["kept"], plan.steps).astype(np.int64)


def _counted_in_python(
    settings: RunSettings,
    tally: Tally,
    line: FinishLine,
    known: Mapping[str, Array],
    shown: _Shown | None = None,
    path: Array | None = None,
) -> _Counted:
    """Run on arrays by the rule's and the function's own code, in as many threads as it repays."""

    def run_slice(part: slice) -> _Count:
        with np.errstate(all="ignore"):  # which holds for one thread
            own = settings.slice_batch(part)
            begun = tally.begin(own.start) | {name: values[part] for name, values in known.items()}
            own_path = None if path is None else path[..., part]
            count = _Count(
                own.problem, tally, line, begun, np.zeros(own.start.shape[1], int), shown, own_path, own.rule.steps
            )
            count.update(0, own.start)
            run_from(own.start, own, count)
            count.finish()
            return count

    slices = batch_slices(settings) if shown is None else []
    parts = list(ordered(run_slice, slices if len(slices) > 1 else [slice(None)], ahead=max(1, len(slices))))
    names = parts[0].columns
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in names}
    evaluations = np.concatenate([part.evaluations for part in parts])
    return _Counted(columns, evaluations, tally.dim, settings.rule.steps, partial(kinds_of_rest, settings.problem))


@dataclass
class _Count:
    """Counts the steps of a run on arrays."""

    problem: Problem
    tally: Tally
    line: FinishLine
    columns: dict[str, Any]
    evaluations: Steps
    shown: _Shown | None
    path: Array | None
    steps: int
    t: int = 0
    is_over: bool = False  # all have diverged, and nothing else is wanted

    def add(self, t: int, moved: State, gradient: X, evaluations: int) -> None:
        """Count in step t: the points after it, its first gradient, and how many it asked for."""
        running = np.broadcast_to(self.columns["kept"] == t, self.evaluations.shape)
        self.evaluations[running] += evaluations
        self.columns |= self.tally.receive(np.asarray(gradient), self.columns)
        self.update(t, np.asarray(moved[0]))
        if self.shown is not None and t in self.shown.moments:
            self.shown(t, np.asarray(moved[0]), lambda: moved[1:])

    def update(self, t: int, x: Array) -> None:
        """Count in the points x (dim, n) after step t."""
        f = np.asarray(self.problem.value(x, float(max(t, 1))), dtype=np.float64)
        if self.path is not None:
            self.path[t, :-1], self.path[t, -1] = x, f
        late = self.tally.is_late(t)
        self.columns |= self.tally.count(t, x, f, self.columns, self.line, late=late)
        self.t, self.is_over = t, self.shown is None and bool((self.columns["kept"] <= t).all())

    def finish(self) -> None:
        """Bring the columns and the path of points that have all diverged to the last step."""
        self.columns = {name: np.broadcast_to(one, self.evaluations.shape) for name, one in self.columns.items()}
        if self.tally.has_line:
            self.columns["outside"] = np.where(self.columns["outside"] == self.t, self.steps, self.columns["outside"])
        if self.path is not None:
            self.path[self.t + 1 :] = np.nan


# --- after the run --------------------------------------------------------------------------------


def _summary(
    counted: _Counted, settings: RunSettings, finish: Finish, batch: tuple[int, ...], expect: int | None
) -> Summary:
    """Sum up what was counted. expect: None for points at rest that are not told from those that move."""
    steps, columns, diverged_at = settings.rule.steps, counted.columns, counted.diverged_at
    entered, outside = (columns.get(name, np.full(len(diverged_at), first)) for name, first in (
        ("entered", np.inf), ("outside", steps)
    ))  # fmt: skip
    since = np.where(outside == steps, NEVER, outside + 1)  # the stay within the finish that goes on at the end
    kinds: Kinds = np.zeros(len(diverged_at), dtype=np.int8)
    if expect is not None and settings.problem.network is None:
        kinds = _kinds(counted, since == NEVER, settings, finish, expect)
    arrived = (since != NEVER) & is_long_enough(since, steps)
    flat: dict[str, Any] = {
        "f": columns["last_f"],
        "closest_f": columns["closest_f"],
        "entered_at": np.where(np.isfinite(entered), entered, NEVER).astype(np.int64),
        "arrived_at": np.where(arrived, since, NEVER).astype(np.int64),
        "diverged_at": diverged_at,
        "kinds": kinds,
        "gradient_evaluations": counted.evaluations,
    }
    shaped = {name: column.reshape(batch) for name, column in flat.items()}
    return Summary(counted.point("last").reshape(-1, *batch), **shaped)


def _kinds(counted: _Counted, outside: Flags, settings: RunSettings, finish: Finish, expect: int) -> Kinds:
    """Name where each point came to rest outside the finish."""
    problem, free = settings.problem, (counted.diverged_at == NEVER) & outside
    kinds = np.zeros(len(outside), dtype=np.int8)
    x, begun, low, high = map(counted.point, ("last", "tail", "tail_low", "tail_high"))
    has_path = "path_low_0" in counted.columns  # any box will do, where the window or the line gives the radius
    path = (counted.point("path_low"), counted.point("path_high")) if has_path else (low, high)
    radius = rest_radius(problem, finish, *path)
    if problem.online:
        kinds[free & stays_at_an_edge(problem, low, high, radius)] = KINDS.index("edge")
        return kinds
    reach = np.maximum(high - x, x - low)  # of the box from the last point: it tells of nearly all who stayed
    stayed: Flags = np.sqrt((reach**2).sum(axis=0)) <= radius
    moved = np.maximum(reach.max(axis=0, initial=0.0), np.sqrt(((x - begun) ** 2).sum(axis=0))) > radius
    unsure = np.flatnonzero(free & ~(stayed | moved))
    if len(unsure):  # once more, and measured from where they end
        own, goal = settings.slice_batch(unsure), x[:, unsure]
        again = _counted(own, finish, goal=goal, expect=expect, of=settings.start.shape[1])
        stayed[unsure] = np.sqrt(again.columns["tail_high_0"]) <= radius[unsure]
    stays = np.flatnonzero(free & stayed)
    if len(stays):
        kinds[stays] = counted.name(x[:, stays], radius[stays])
    return kinds
