"""Runs a rule on a problem: one trajectory, or ten thousand at once.

Two roads, one set of equations. A single run in few dimensions walks on Python floats, a million steps in
seconds; everything else walks on arrays (dim, *batch), a large batch in one strip a core. All give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optviz.errors import Issue, OptvizError
from optviz.formula.arithmetic import maximum, minimum
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.hyperparameters import (
    Schedule,
    check_hyperparameters,
    check_schedules,
    complete,
    namespace,
    state_names,
)
from optviz.optimizers.rule import Bound, Grad, Rule, State, X
from optviz.parallel import cores, ordered
from optviz.problems import Problem

Array: TypeAlias = NDArray[np.float64]
Record: TypeAlias = Literal["all", "x", "last"]

LOOK_EVERY = 256  # steps between two looks at whether a single run is still finite
FEW_DIMENSIONS = 4  # up to here floats, one coordinate after the other, are faster than arrays
STRIP = 20_000  # points of a batch that are worth a core of their own: on fewer, threads wait for one another
LARGE = 31 << 20  # bytes; the GNU C library keeps freed blocks that are smaller than one it saw freed, up to 32 MB


@dataclass(frozen=True)
class Trajectory:
    """Where a rule went. A single run is cut at its last finite step; a batch is not, its NaN and inf stay.

    With ``record="x"`` gradient and state are empty; with "last" x and f hold the last point alone, uncut.
    """

    x: Array  # (steps + 1, dim, *batch), x[0] is the start
    f: Array  # (steps + 1, *batch); of an online problem f[0] = f_1(x_0) and f[t] = f_t(x_t)
    gradient: Array  # (steps, dim, *batch), the first one the rule received at step t, noise included
    state: dict[str, Array]  # name -> (steps, dim, *batch), after the step
    effective_lr: Array | None  # (steps, dim, *batch), None where the rule has no such factor
    lr: Array  # (steps, *batch of lr), that of the base for a rule around another
    diverged_at: int | None  # the step whose update left the finite numbers
    gradient_evaluations: int  # those of the steps kept, and of the step that left the finite numbers

    @property
    def steps(self) -> int:
        """Steps kept."""
        return len(self.lr)


@dataclass(frozen=True)
class Course:
    """All that decides a run."""

    rule: Rule
    problem: Problem
    full: Mapping[str, object]  # every hyperparameter, schedules as they are written
    h: SimpleNamespace  # their values; the schedules write each step's into it
    schedules: list[Schedule]
    names: tuple[str | None, ...]  # of the states to record, by place
    start: Array  # (dim, *batch)
    steps: int
    noise: Array | None  # (steps, dim)
    record: Record
    constants: Mapping[str, float] | None  # that schedules may use

    @property
    def is_single(self) -> bool:
        return self.start.ndim == 1

    def strip(self, part: slice) -> Course:
        """The same for a part of the last axis of the batch."""
        full = _part_of(self.full, part, self.start.shape[-1])
        h, schedules = namespace(self.rule, full, self.steps, self.constants)
        return replace(self, full=full, h=h, schedules=schedules, start=self.start[..., part])


def run(
    rule: Rule,
    problem: Problem,
    start: ArrayLike,
    steps: int,
    hyperparameters: Mapping[str, object],
    *,
    noise: Array | None = None,
    record: Record = "all",
    constants: Mapping[str, float] | None = None,
) -> Trajectory:
    """Run ``steps`` updates from ``start``.

    start: (dim,) or (dim, *batch), a number in 1-D.
    hyperparameters: numbers, schedules in t, or arrays of shape batch.
    noise: (steps, dim), added to every gradient of its step.
    record: "all", "x" (no gradient, no state), or "last" (the last point alone).
    constants: names that schedules may use besides t, pi and e.
    Raises OptvizError for hyperparameters that the rule does not have or allow, and for a start where the
    function is not finite. Divergence raises nothing: see ``Trajectory.diverged_at``.
    """
    full = _checked(rule, hyperparameters, steps, constants or {})
    points = _laid_out(start, problem.dim, full)
    h, schedules = namespace(rule, full, steps, constants)
    names = state_names(rule, full)
    course = Course(rule, problem, full, h, schedules, names, points, steps, noise, record, constants)
    with np.errstate(all="ignore"):  # divergence is an outcome, not a warning
        _refuse_a_start_off_the_function(course)
        return _trajectory(course, _walk(course))


# --- before the run -------------------------------------------------------------------------------


def _checked(rule: Rule, given: Mapping[str, object], steps: int, constants: Mapping[str, float]) -> dict[str, object]:
    issues = check_hyperparameters(rule, given, rule.name, constants=constants) or check_schedules(
        rule, given, rule.name, steps, constants=constants
    )
    if issues:
        raise OptvizError(issues)
    return complete(rule, given)


def _laid_out(start: ArrayLike, dim: int, full: Mapping[str, object]) -> Array:
    """The start as (dim, *batch), where batch joins the axes of the start and of every hyperparameter."""
    points = np.atleast_1d(np.asarray(start, dtype=np.float64))
    if len(points) != dim:
        raise OptvizError(Issue(f"must have {dim} coordinates, got {len(points)}", "start"))
    own = points.shape[1:]
    batch = np.broadcast_shapes(own, *_batches(full))
    aligned = points.reshape(dim, *(1,) * (len(batch) - len(own)), *own)
    return np.array(np.broadcast_to(aligned, (dim, *batch)))


def _batches(full: Mapping[str, object]) -> Iterator[tuple[int, ...]]:
    for value in full.values():
        if isinstance(value, np.ndarray):
            yield value.shape
        elif isinstance(value, Mapping):
            yield from _batches(value)


def _part_of(full: Mapping[str, object], part: slice, width: int) -> dict[str, object]:
    """Hyperparameters of a part of a batch whose last axis is ``width`` long."""

    def cut(value: object) -> object:
        if isinstance(value, Mapping):
            return {name: cut(inner) for name, inner in value.items()}
        if isinstance(value, np.ndarray) and value.shape[-1:] == (width,):
            return value[..., part]
        return value

    return {name: cut(value) for name, value in full.items()}


def _refuse_a_start_off_the_function(course: Course) -> None:
    if not course.is_single:
        return
    f = _values(course.problem, course.start[np.newaxis], np.ones(1))[0]
    if not (np.all(np.isfinite(course.start)) and np.isfinite(f)):
        raise OptvizError(Issue(f"the function must be finite there, got {f} at {course.start.tolist()}", "start"))


# --- the run --------------------------------------------------------------------------------------


class Oracle:
    """The gradient of the current step, noise included; it keeps what it said since the step began."""

    def __init__(self, gradient: Callable[[X, Any], X], noise: Any) -> None:
        self.gradient = gradient
        self.noise = noise  # one entry per step, or None
        self.t = 0.0
        self.disturbance: X = 0.0
        self.said: list[X] = []

    def begin(self, step: int) -> None:
        self.t = float(step)
        self.said = []
        if self.noise is not None:
            self.disturbance = self.noise[step - 1]

    def __call__(self, x: X) -> X:
        g = self.gradient(x, self.t)
        if self.noise is not None:
            g = g + self.disturbance
        self.said.append(g)
        return g


@dataclass
class Tape:
    """The columns that a run fills, one row per step; to record less is to have fewer columns."""

    x: Array  # (steps + 1, *shape)
    gradient: Array  # (steps, *shape)
    state: dict[str, Array]
    columns: list[tuple[int, Array]]  # place in the rule's state tuple, and the column to fill
    last: X
    taken: int = 0  # steps
    evaluations: int = 0

    def keep(self, t: int, x: X, said: list[X], state: State) -> None:
        self.last, self.taken = x, t
        self.evaluations += len(said)
        if len(self.x):
            self.x[t] = x
        if len(self.gradient):
            self.gradient[t - 1] = said[0]
        for place, column in self.columns:
            column[t - 1] = state[place]

    def strip(self, part: slice) -> Tape:
        """What a part of the last axis of the batch writes on: the same memory."""
        columns = [(place, column[..., part]) for place, column in self.columns]
        return Tape(self.x[..., part], self.gradient[..., part], {}, columns, self.last[..., part])


def _blank_tape(course: Course, start: X) -> Tape:
    shape = np.shape(start)
    rows = course.steps if course.record == "all" else 0
    x = np.empty((0 if course.record == "last" else course.steps + 1, *shape))
    x[:1] = start
    columns = [(place, np.empty((rows, *shape))) for place, name in enumerate(course.names) if name and rows]
    state = {str(course.names[place]): column for place, column in columns}
    return Tape(x, np.empty((rows, *shape)), state, columns, start)


def _walk(course: Course) -> Tape:
    dim = len(course.start)
    by_coordinate = dim <= FEW_DIMENSIONS and _is_coordinatewise(course.rule, course.h)
    if course.is_single and (dim == 1 or by_coordinate):
        try:
            return _walk_by_coordinate(course) if dim > 1 else _walk_from(course.start.item(), course)
        except (ZeroDivisionError, OverflowError):
            pass  # floats raise where arrays give inf and NaN: the same walk on arrays tells the outcome
    strips = _strips(course)
    return _walk_in_strips(course, strips) if len(strips) > 1 else _walk_from(course.start, course)


def _strips(course: Course) -> list[slice]:
    """Equal parts of the last axis of a large batch, one a core; none where what is asked may have a memory."""
    problem, rule = course.problem, course.rule
    if course.is_single or problem.custom or problem.network or rule is not OPTIMIZERS.get(rule.name):
        return []
    width, points = course.start.shape[-1], course.start[0].size
    count = min(cores(), points // STRIP, width)
    ends = [width * number // count for number in range(count + 1)] if count else []
    return [slice(*pair) for pair in pairwise(ends)]


def _walk_in_strips(course: Course, strips: list[slice]) -> Tape:
    """The points of a batch know nothing of one another: each core walks with some of them, on one tape."""
    np.empty(LARGE, np.uint8)  # given back at once, and with it the habit of clearing every new array's memory
    tape = _blank_tape(course, course.start)

    def walk(part: slice) -> Tape:
        with np.errstate(all="ignore"):  # which holds for one thread
            return _walk_from(course.start[..., part], course.strip(part), tape.strip(part))

    walked = list(ordered(walk, strips, ahead=len(strips)))
    last = np.concatenate([one.last for one in walked], axis=-1)
    return replace(tape, last=last, taken=walked[0].taken, evaluations=walked[0].evaluations)


def _is_coordinatewise(rule: Rule, h: SimpleNamespace) -> bool:
    base: Bound | None = getattr(h, "base", None)
    return rule.coordinatewise and (base is None or _is_coordinatewise(base.rule, base.h))


def _walk_from(x: X, course: Course, tape: Tape | None = None) -> Tape:
    """From an array, or from a float in one dimension."""
    oracle = Oracle(course.problem.gradient, _noise_for(x, course.noise))
    domain = _domain_for(x, course.problem.domain)
    tape = tape or _blank_tape(course, x)
    step, h = course.rule.step, course.h
    state = course.rule.init(h, x)
    for t in _steps(course):
        oracle.begin(t)
        x, state = step(h, oracle, x, t, state)
        x = _projected(x, domain)
        tape.keep(t, x, oracle.said, state)
        if t % LOOK_EVERY == 0 and course.is_single and not np.all(np.isfinite(x)):
            break
    return tape


def _walk_by_coordinate(course: Course) -> Tape:
    """Coordinates that meet in the gradient alone: each walks on floats, with a tape of its own."""
    oracle = Oracle(course.problem.gradient, course.noise)
    x: list[float] = course.start.tolist()
    box = course.problem.domain
    domain = [(float(low), float(high)) for low, high in box] if box else [None] * len(x)
    tapes = [_blank_tape(course, coordinate) for coordinate in x]
    step, h = course.rule.step, course.h
    states = [course.rule.init(h, coordinate) for coordinate in x]
    for t in _steps(course):
        oracle.begin(t)
        gradient = oracle(np.array(x)).tolist()
        for i, (tape, g) in enumerate(zip(tapes, gradient, strict=True)):
            moved, states[i] = step(h, _always(g), x[i], t, states[i])
            x[i] = _projected(moved, domain[i])
            tape.keep(t, x[i], [g], states[i])
        if t % LOOK_EVERY == 0 and not all(map(math.isfinite, x)):
            break
    return _joined(tapes)


def _steps(course: Course) -> Iterator[int]:
    """t from 1, with every schedule at its value for t."""
    for t in range(1, course.steps + 1):
        for schedule in course.schedules:
            setattr(schedule.h, schedule.name, schedule.values[t - 1])
        yield t


def _always(g: float) -> Grad:
    return lambda x: g


def _projected(x: X, domain: tuple[X, X] | None) -> X:
    """The point of the domain nearest to x."""
    if domain is None:
        return x
    low, high = domain
    if isinstance(x, float):  # the same without two calls, which a million steps feel
        return low if x < low else high if x > high else x
    return minimum(maximum(x, low), high)


def _joined(tapes: list[Tape]) -> Tape:
    """One tape of points from one tape per coordinate; they shared every evaluation."""
    first = tapes[0]
    return Tape(
        x=np.stack([tape.x for tape in tapes], axis=1),
        gradient=np.stack([tape.gradient for tape in tapes], axis=1),
        state={name: np.stack([tape.state[name] for tape in tapes], axis=1) for name in first.state},
        columns=[],
        last=np.array([tape.last for tape in tapes]),
        taken=first.taken,
        evaluations=first.evaluations,
    )


def _noise_for(x: X, noise: Array | None) -> Any:
    """One entry per step, in the shape of ``x``."""
    if noise is None or isinstance(x, np.ndarray):
        return None if noise is None else noise.reshape(*noise.shape, *(1,) * (x.ndim - 1))
    return noise[:, 0].tolist()


def _domain_for(x: X, domain: tuple[tuple[float, float], ...] | None) -> tuple[X, X] | None:
    """The lower and the upper corner, in the shape of ``x``."""
    if domain is None or not isinstance(x, np.ndarray):
        return None if domain is None else (float(domain[0][0]), float(domain[0][1]))
    corners = np.asarray(domain, dtype=np.float64).T.reshape(2, len(domain), *(1,) * (x.ndim - 1))
    return corners[0], corners[1]


# --- after the run --------------------------------------------------------------------------------


def _trajectory(course: Course, tape: Tape) -> Trajectory:
    """Everything that can be told from the recorded columns, in a few array operations."""
    x = _points(course, tape)
    t = np.arange(len(x)) if course.record != "last" else np.array([course.steps])
    f = _values(course.problem, x, t)
    gradient = tape.gradient[: tape.taken].reshape(-1, *course.start.shape)
    diverged_at = _first_step_off_the_numbers(x, f, gradient) if _is_cut(course) else None
    kept = course.steps if diverged_at is None else diverged_at - 1
    states = {name: column[:kept].reshape(-1, *course.start.shape) for name, column in tape.state.items()}
    _spread_schedules(course, kept)
    return Trajectory(
        x=x[: kept + 1],
        f=f[: kept + 1],
        gradient=gradient[:kept],
        state=states,
        effective_lr=_effective_lr(course, x[:kept], gradient[:kept], states),
        lr=_learning_rates(course, kept),
        diverged_at=diverged_at,
        gradient_evaluations=tape.evaluations // tape.taken * (diverged_at or course.steps),
    )


def _is_cut(course: Course) -> bool:
    return course.is_single and course.record != "last"


def _points(course: Course, tape: Tape) -> Array:
    if course.record == "last":
        return np.asarray(tape.last, dtype=np.float64).reshape(1, *course.start.shape)
    return tape.x[: tape.taken + 1].reshape(-1, *course.start.shape)


def _values(problem: Problem, x: Array, t: NDArray[Any]) -> Array:
    """(rows, *batch) values at the points x (rows, dim, *batch); step 0 shares the function of step 1."""
    column = np.maximum(t, 1.0).reshape(-1, *(1,) * (x.ndim - 2))
    f = np.asarray(problem.value(np.moveaxis(x, 1, 0), column), dtype=np.float64)
    return np.broadcast_to(f, (len(x), *x.shape[2:]))


def _first_step_off_the_numbers(x: Array, f: Array, gradient: Array) -> int | None:
    """The first step after which x or f is not finite, or whose gradient was not; the start is finite."""
    finite = np.isfinite(x).all(axis=1) & np.isfinite(f)
    finite[1 : len(gradient) + 1] &= np.isfinite(gradient).all(axis=1)
    return None if finite.all() else int(np.argmin(finite))


def _spread_schedules(course: Course, kept: int) -> None:
    """Every scheduled hyperparameter as a column that broadcasts against (steps, dim, *batch)."""
    for schedule in course.schedules:
        values = np.array(schedule.values[:kept]).reshape(-1, *(1,) * course.start.ndim)
        setattr(schedule.h, schedule.name, values)


def _effective_lr(course: Course, x: Array, gradient: Array, states: Mapping[str, Array]) -> Array | None:
    if course.record != "all" or course.rule.effective_lr is None:
        return None
    t = np.arange(1, len(gradient) + 1).reshape(-1, *(1,) * course.start.ndim)
    rate = course.rule.effective_lr(course.h, t, {**states, "x": x, "g": gradient})
    return None if rate is None else np.broadcast_to(np.asarray(rate, dtype=np.float64), gradient.shape)


def _learning_rates(course: Course, kept: int) -> Array:
    """(kept, *batch of lr): of the base, for a rule around another."""
    h = course.h
    while hasattr(h, "base"):
        h = h.base.h
    for schedule in course.schedules:
        if schedule.h is h and schedule.name == "lr":
            return np.array(schedule.values[:kept])
    rate = getattr(h, "lr", math.nan)  # a rule of the user's own may have none
    return np.broadcast_to(rate, (kept, *np.shape(rate)))
