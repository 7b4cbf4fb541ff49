"""Runs a rule on a problem: one trajectory, or ten thousand at once.

Two code paths share the equations: Python floats for a single low-dimensional run, a million steps in seconds; NumPy
arrays (dim, *batch) otherwise, large batches split across threads. Results are bit-identical.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optviz.engine.noise import NO_NOISE, GradientNoise
from optviz.errors import Issue, OptvizError
from optviz.formula.arithmetic import maximum, minimum
from optviz.optimizers.bound_rule import BoundRule, Schedule
from optviz.optimizers.clip import Clip
from optviz.optimizers.noise import Draws
from optviz.optimizers.recorded import RecordedStep
from optviz.optimizers.rule import Grad, State, X
from optviz.parallel import cores, ordered, raise_mmap_threshold
from optviz.problems import Finish, Problem, start_issues

Array: TypeAlias = NDArray[np.float64]
Record: TypeAlias = Literal["all", "x", "last"]

STEPS_BETWEEN_CHECKS = 256  # whether a single run is still finite
MOST_FLOAT_DIMENSIONS = 4  # up to here floats, one coordinate after the other, are faster than arrays
POINTS_PER_CORE = 20_000  # fewer points of a batch do not repay a thread of their own


@dataclass(frozen=True, repr=False)
class Trajectory:
    """Where a rule went. A single run is cut at its last finite step; a batch is not, its NaN and inf stay.

    With ``record="x"`` gradient and state are empty; with "last" x and f hold the last point alone, uncut.
    """

    x: Array  # (steps + 1, dim, *batch), x[0] is the start
    f: Array  # (steps + 1, *batch); of an online problem f[0] = f_1(x_0) and f[t] = f_t(x_t)
    gradient: Array  # (steps, dim, *batch), the first one the rule received at step t: with noise, clipped
    state: dict[str, Array]  # name -> (steps, dim, *batch), after the step
    effective_lr: Array | None  # (steps, dim, *batch), None where the rule has no such factor
    lr: Array  # (steps, *batch of lr), that of the base for a rule around another
    diverged_at: int | None  # the first step that gave a number which is not finite
    evaluations: NDArray[np.int64]  # gradients asked for at each step kept, and at the step that diverged

    @property
    def gradient_evaluations(self) -> int:
        """Gradients asked for in all."""
        return int(self.evaluations.sum())

    def __repr__(self) -> str:
        """Return the shape, without the numbers."""
        return f"<Trajectory: {self.steps} steps, x {self.x.shape}>"

    @property
    def steps(self) -> int:
        """Steps kept."""
        return len(self.lr)

    def up_to(self, step: int) -> Trajectory:
        """Return the first ``step`` steps of a single run that got as far."""
        return Trajectory(
            x=self.x[: step + 1],
            f=self.f[: step + 1],
            gradient=self.gradient[:step],
            state={name: column[:step] for name, column in self.state.items()},
            effective_lr=None if self.effective_lr is None else self.effective_lr[:step],
            lr=self.lr[:step],
            diverged_at=None,
            evaluations=self.evaluations[:step],
        )


@dataclass(frozen=True)
class RunSettings:
    """All that decides a run."""

    rule: BoundRule
    problem: Problem
    start: Array  # (dim, *batch)
    noise: Draws | None
    record: Record

    @property
    def is_single(self) -> bool:
        """Whether one point runs, not a batch."""
        return self.start.ndim == 1

    def slice_batch(self, part: slice | NDArray[np.int64]) -> RunSettings:
        """Return the settings for a part of the batch's last axis."""
        width = self.start.shape[-1]
        rule = self.rule.map_batches(lambda values: values[..., part] if values.shape[-1:] == (width,) else values)
        return replace(self, rule=rule, start=self.start[..., part])


def run(
    rule: BoundRule, problem: Problem, start: ArrayLike, *, noise: GradientNoise = NO_NOISE, record: Record = "all"
) -> Trajectory:
    """Run ``rule.steps`` updates from ``start``.

    rule: made by ``optimizers.bind``; its hyperparameters may be arrays of shape batch.
    start: (dim,) or (dim, *batch), a number in 1-D.
    noise: of the race; a rule with noise of its own has that.
    record: "all", "x" (no gradient, no state), or "last" (the last point alone).
    Raises OptvizError for a start of another dimension, or where the function is not finite. Divergence raises
    nothing: see ``Trajectory.diverged_at``.
    """
    begin = start if rule.rule.begins is None else rule.rule.begins
    draws = noise.draw(rule, problem.dim)
    settings = RunSettings(rule, problem, start_points(begin, problem.dim, rule.batch), draws, record)
    with np.errstate(all="ignore"):  # divergence is an outcome, not a warning
        issues = start_issues(problem, settings.start) if settings.is_single else []
        if issues:
            raise OptvizError(issues)
        return _trajectory(settings, _record_run(settings))


# --- before the run -------------------------------------------------------------------------------


def start_points(start: ArrayLike, dim: int, batch_of_rule: tuple[int, ...]) -> Array:
    """Lay the start out as (dim, *batch), where batch joins the axes of the start and of the hyperparameters."""
    points = np.atleast_1d(np.asarray(start, dtype=np.float64))
    if len(points) != dim:
        raise OptvizError(Issue(f"must have {dim} coordinates, got {len(points)}", "start"))
    own = points.shape[1:]
    batch = np.broadcast_shapes(own, batch_of_rule)
    aligned = points.reshape(dim, *(1,) * (len(batch) - len(own)), *own)
    return np.array(np.broadcast_to(aligned, (dim, *batch)))


# --- the run --------------------------------------------------------------------------------------


class Recorder(Protocol):
    """What is told of every step; the run ends early where it is over."""

    @property
    def is_over(self) -> bool: ...

    def add(self, t: int, moved: State, gradient: X, evaluations: int) -> None: ...


class GradientCounter:
    """The gradient of the current step, with noise, then clipped; it keeps what it returned since the step began."""

    def __init__(self, problem: Problem, factors: Any, added: Any, clip: Clip | None) -> None:
        self.problem = problem
        self.gradient: Callable[[X, Any], X] = problem.gradient
        self.clip = clip
        self.factors, self.added = factors, added  # of the noise: one entry a step, or None
        self.t = 0.0
        self.factor: X = 1.0
        self.disturbance: X = 0.0
        self.returned: list[X] = []

    def begin(self, step: int) -> None:
        """Turn to a step: its function and its noise."""
        self.t = float(step)
        self.returned = []
        if self.factors is not None:
            self.factor = self.factors[step - 1]
        if self.added is not None:
            self.disturbance = self.added[step - 1]

    def __call__(self, x: X) -> X:
        g = self._given(x)
        self.returned.append(g)
        return g

    def _given(self, x: X) -> X:
        g = self.gradient(x, self.t)
        if self.factors is not None:
            g = g * self.factor
        if self.added is not None:
            g = g + self.disturbance
        return g if self.clip is None else self.clip(g)

    def value(self, x: X) -> X:
        """Return the value of this step's function, for an optimizer that searches along a line."""
        value: X = self.problem.value(x, self.t)
        return value

    def first(self, x: X) -> X:
        """Return the first gradient of this step; for a rule that asked for none, the one at x, not counted."""
        return self.returned[0] if self.returned else self._given(x)


@dataclass
class Recording:
    """The columns that a run fills, one row per step; to record less is to have fewer columns."""

    x: Array  # (steps + 1, *shape)
    gradient: Array  # (steps, *shape)
    state: dict[str, Array]
    columns: list[tuple[int, Array]]  # place in what a step returns, and the column to fill
    evaluations: NDArray[np.int64]  # (steps,) gradients asked for
    last: X  # the point
    steps: int = 0  # taken
    is_over: ClassVar[bool] = False

    def add(self, t: int, moved: State, gradient: X, evaluations: int) -> None:
        """Record step t: the point and the state after it, its first gradient, and how many it asked for."""
        self.last, self.steps = moved[0], t
        self.evaluations[t - 1] = evaluations
        if len(self.x):
            self.x[t] = moved[0]
        if len(self.gradient):
            self.gradient[t - 1] = gradient
        for place, column in self.columns:
            column[t - 1] = moved[place]

    def slice_batch(self, part: slice) -> Recording:
        """Return the part for a slice of the batch's last axis; it shares this memory."""
        columns = [(place, column[..., part]) for place, column in self.columns]
        last = np.asarray(self.last)[..., part]
        return Recording(self.x[..., part], self.gradient[..., part], {}, columns, self.evaluations, last)


def _empty_recording(settings: RunSettings, start: X) -> Recording:
    shape, steps = np.shape(start), settings.rule.steps
    rows = steps if settings.record == "all" else 0
    x = np.empty((0 if settings.record == "last" else steps + 1, *shape))
    x[:1] = start
    state = {name: np.empty((rows, *shape)) for name in settings.rule.state if name and rows}
    columns = [(place, state[name]) for place, name in enumerate(settings.rule.state, 1) if name in state]
    return Recording(x, np.empty((rows, *shape)), state, columns, np.zeros(steps, np.int64), start)


def _record_run(settings: RunSettings) -> Recording:
    """Run on floats where that is possible and faster, else on arrays, in as many threads as it repays."""
    dim, step = len(settings.start), settings.rule.rule.step
    if isinstance(step, RecordedStep) and settings.problem.recorded and settings.noise is None:
        return _replayed(settings, step.points[:, 0])
    if settings.is_single and (dim == 1 or (dim <= MOST_FLOAT_DIMENSIONS and settings.rule.is_coordinatewise)):
        try:
            return _recorded(settings.start.item(), settings) if dim == 1 else _run_by_coordinate(settings)
        except (ZeroDivisionError, OverflowError):
            pass  # floats raise where arrays give inf and NaN: the same run on arrays tells the outcome
    evolved = _evolved(settings) if settings.record == "last" and settings.start.ndim == 2 else None
    if evolved is not None:
        return evolved
    slices = batch_slices(settings)
    return _run_in_threads(settings, slices) if len(slices) > 1 else _recorded(settings.start, settings)


def _replayed(settings: RunSettings, losses: Array) -> Recording:
    """Take losses as they were recorded, where there is no function that could be asked for more."""
    steps = settings.rule.steps
    recording = _empty_recording(settings, settings.start.item())
    recording.x[:] = losses[: len(recording.x)]
    recording.gradient[:] = settings.problem.gradient(losses[: len(recording.gradient)], 1.0)
    return replace(recording, last=float(losses[steps]), steps=steps)


def _evolved(settings: RunSettings) -> Recording | None:
    """Run a batch to its last points by compiled stages; None where these do not repay, or cannot be had."""
    from optviz.engine.evolve import choose_target, evolve
    from optviz.engine.judge import finish_line
    from optviz.engine.stages import plan_of

    plan = plan_of(settings, None, finish_line(settings.problem, Finish()))
    if plan is None or plan.symbols.may_overflow:  # stages know no wide exponents
        return None
    target = choose_target(plan, settings.start.shape[1])
    if target is None:
        return None
    ((_, columns),) = evolve(plan, settings.start, target)
    recording = _empty_recording(settings, np.stack(list(columns.values())))
    return replace(recording, steps=plan.steps, evaluations=np.full(plan.steps, len(plan.update.gradients)))


def _recorded(x: X, settings: RunSettings, recording: Recording | None = None) -> Recording:
    recording = recording or _empty_recording(settings, x)
    run_from(x, settings, recording)
    return recording


def run_from(x: X, settings: RunSettings, recorder: Recorder) -> None:
    """Run from an array, or from a float in one dimension."""
    noise = settings.noise or Draws()
    factors, added = _per_step(x, noise.factors), _per_step(x, noise.added)
    gradient = GradientCounter(settings.problem, factors, added, settings.rule.clip)
    domain = _domain_like(x, settings.problem.domain)
    rule, steps = settings.rule.iterate()
    step, h = rule.rule.step, rule.h
    moved = rule.begin(x)
    for t in steps:
        gradient.begin(t)
        x = moved[0]
        moved = step(h, t, gradient, *moved)
        if domain is not None:
            moved = (_projected(moved[0], *domain), *moved[1:])
        recorder.add(t, moved, gradient.first(x), len(gradient.returned))
        if recorder.is_over:
            break
        if t % STEPS_BETWEEN_CHECKS == 0 and settings.is_single and not np.all(np.isfinite(moved[0])):
            break


def _run_by_coordinate(settings: RunSettings) -> Recording:
    """Run each coordinate on floats, with a recording of its own: coordinates meet in the gradient alone."""
    noise = settings.noise or Draws()
    gradient = GradientCounter(settings.problem, noise.factors, noise.added, settings.rule.clip)
    domain = settings.problem.domain
    rule, steps = settings.rule.iterate()
    step, h = rule.rule.step, rule.h
    moved = [rule.begin(coordinate) for coordinate in settings.start.tolist()]
    recordings = [_empty_recording(settings, one[0]) for one in moved]
    for t in steps:
        gradient.begin(t)
        slopes: list[float] = np.asarray(gradient(np.array([one[0] for one in moved]))).tolist()
        for i, g in enumerate(slopes):
            moved[i] = step(h, t, _constant(g), *moved[i])
            if domain is not None:
                moved[i] = (_projected(moved[i][0], *domain[i]), *moved[i][1:])
            recordings[i].add(t, moved[i], g, 1)
        if t % STEPS_BETWEEN_CHECKS == 0 and not all(np.isfinite(one[0]) for one in moved):
            break
    return _joined(recordings)


def _constant(g: float) -> Grad:
    return lambda x: g


def _projected(x: X, low: X, high: X) -> X:
    """Return the point of the domain nearest to x."""
    if isinstance(x, float):  # the same without two calls, which a million steps feel
        return low if x < low else high if x > high else x
    return minimum(maximum(x, low), high)


def _joined(coordinates: list[Recording]) -> Recording:
    """Join the recordings of all coordinates to one of points; they shared every evaluation."""
    first = coordinates[0]
    return replace(
        first,
        x=np.stack([one.x for one in coordinates], axis=1),
        gradient=np.stack([one.gradient for one in coordinates], axis=1),
        state={name: np.stack([one.state[name] for one in coordinates], axis=1) for name in first.state},
        columns=[],
        last=np.array([one.last for one in coordinates]),
    )


def _per_step(x: X, numbers: Array | None) -> Any:
    """Shape (steps, dim) numbers of the noise, an entry a step, to meet a gradient at ``x``."""
    if numbers is None or not isinstance(x, np.ndarray):
        return None if numbers is None else numbers[:, 0].tolist()
    return numbers.reshape(*numbers.shape, *(1,) * (x.ndim - 1))


def _domain_like(x: X, domain: tuple[tuple[float, float], ...] | None) -> tuple[X, X] | None:
    """Shape the lower and the upper corner of the domain to be compared with ``x``."""
    if domain is None or not isinstance(x, np.ndarray):
        return None if domain is None else (float(domain[0][0]), float(domain[0][1]))
    corners = np.asarray(domain, dtype=np.float64).T.reshape(2, len(domain), *(1,) * (x.ndim - 1))
    return corners[0], corners[1]


# --- threads --------------------------------------------------------------------------------------


def batch_slices(settings: RunSettings) -> list[slice]:
    """Cut the last axis of a large batch into equal parts, one a core; no parts where user code may have a memory."""
    problem = settings.problem
    if settings.is_single or problem.custom or problem.network or settings.rule.is_custom:
        return []
    width, points = settings.start.shape[-1], settings.start[0].size
    count = min(cores(), points // POINTS_PER_CORE, width)
    ends = [width * number // count for number in range(count + 1)] if count else []
    return [slice(*pair) for pair in pairwise(ends)]


def _run_in_threads(settings: RunSettings, slices: list[slice]) -> Recording:
    """Run each slice of a batch in a thread, into one recording: its points know nothing of one another."""
    raise_mmap_threshold()
    recording = _empty_recording(settings, settings.start)

    def run_slice(part: slice) -> Recording:
        with np.errstate(all="ignore"):  # which holds for one thread
            return _recorded(settings.start[..., part], settings.slice_batch(part), recording.slice_batch(part))

    parts = list(ordered(run_slice, slices, ahead=len(slices)))
    last = np.concatenate([part.last for part in parts], axis=-1)
    return replace(recording, last=last, steps=parts[0].steps)


# --- after the run --------------------------------------------------------------------------------


def _trajectory(settings: RunSettings, recording: Recording) -> Trajectory:
    """Compute from the recorded columns what the run did not, in a few array operations."""
    shape = settings.start.shape
    points = recording.last if settings.record == "last" else recording.x[: recording.steps + 1]
    x = np.asarray(points, dtype=np.float64).reshape(-1, *shape)
    t = np.array([settings.rule.steps]) if settings.record == "last" else np.arange(len(x))
    f = values_along(settings.problem, x, t)
    gradient = recording.gradient[: recording.steps].reshape(-1, *shape)
    diverged_at = _first_nonfinite_step(x, f, gradient) if settings.is_single and settings.record != "last" else None
    kept = settings.rule.steps if diverged_at is None else diverged_at - 1
    lr = settings.rule.lr
    state = {name: column[:kept].reshape(-1, *shape) for name, column in recording.state.items()}
    return Trajectory(
        x=x[: kept + 1],
        f=f[: kept + 1],
        gradient=gradient[:kept],
        state=state,
        effective_lr=_effective_lr(settings, x[:kept], gradient[:kept], state),
        lr=lr.values[:kept] if isinstance(lr, Schedule) else np.broadcast_to(np.float64(lr), (kept, *np.shape(lr))),
        diverged_at=diverged_at,
        evaluations=recording.evaluations[: diverged_at or recording.steps],
    )


def values_along(problem: Problem, x: Array, t: NDArray[Any]) -> Array:
    """Return the (rows, *batch) values at the points x (rows, dim, *batch); step 0 shares the function of step 1."""
    column = np.maximum(t, 1.0).reshape(-1, *(1,) * (x.ndim - 2))
    f = np.asarray(problem.value(np.moveaxis(x, 1, 0), column), dtype=np.float64)
    return np.broadcast_to(f, (len(x), *x.shape[2:]))


def _first_nonfinite_step(x: Array, f: Array, gradient: Array) -> int | None:
    """Find the first step after which x or f is not finite, or whose gradient was not; the start is finite."""
    finite = np.isfinite(x).all(axis=1) & np.isfinite(f)
    finite[1 : len(gradient) + 1] &= np.isfinite(gradient).all(axis=1)
    return None if finite.all() else int(np.argmin(finite))


def _effective_lr(settings: RunSettings, x: Array, gradient: Array, state: dict[str, Array]) -> Array | None:
    """Compute the rule's rate in all steps at once: to it they are one more axis of a batch."""
    if settings.record != "all":
        return None

    def column(values: NDArray[Any]) -> Any:
        return values.reshape(-1, *(1,) * (settings.start.ndim - 1))

    columns = {name: np.moveaxis(one, 1, 0) for name, one in {**state, "x": x, "g": gradient}.items()}
    t = column(np.arange(1, len(gradient) + 1))
    rule = settings.rule.numeric(lambda schedule: column(schedule.values[: len(gradient)]))
    rate = rule.effective_lr(t, columns)
    if rate is None:
        return None
    return np.moveaxis(np.broadcast_to(np.asarray(rate, dtype=np.float64), columns["g"].shape), 0, 1)
