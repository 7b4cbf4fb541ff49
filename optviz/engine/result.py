"""How a race ended: who crossed the finish line and when, who left the numbers, and the data that says so."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import repeat
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optviz import __version__
from optviz.engine.regret import average_loss, average_regret, best_fixed_point
from optviz.engine.run import Trajectory, run
from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.optimizers.hyperparameters import as_rule, complete, state_size
from optviz.optimizers.rule import Rule
from optviz.problems.problem import Problem

if TYPE_CHECKING:
    from optviz.scenario import Scenario

Array: TypeAlias = NDArray[np.float64]
Outcome: TypeAlias = Literal["finished", "running", "diverged"]
Spec: TypeAlias = tuple[str, str | Rule, Mapping[str, object]]  # label, rule or its name, hyperparameters given

FINISH_SHARE = 0.01  # of the window's diagonal
ROWS_AT_ONCE = 10_000  # of a column made into Python's floats


@dataclass(frozen=True)
class Finish:
    """The finish line: within ``distance`` of a listed minimum, or f - f_min <= ``gap``; else none.

    The least loss of a network is not known: for it f_min counts as 0, and ``gap`` is the loss to reach.
    """

    distance: float | None = None
    gap: float | None = None


def default_finish(problem: Problem) -> Finish:
    """1 % of the window's diagonal; no line without a window or minima."""
    if problem.window is None or not problem.minima:
        return Finish()
    return Finish(distance=FINISH_SHARE * math.hypot(*(high - low for low, high in problem.window)))


@dataclass(frozen=True)
class Racer:
    """One rule with its hyperparameters, and where it went."""

    label: str
    rule: Rule
    hyperparameters: dict[str, object]  # every default filled in
    trajectory: Trajectory
    outcome: Outcome
    finished_at: int | None  # the first step on or behind the line, 0 for the start

    @property
    def state_size(self) -> int:
        """Numbers kept per parameter."""
        return state_size(self.rule, self.hyperparameters)

    @property
    def x(self) -> Array:
        """(steps + 1, dim) the points, the start first."""
        return self.trajectory.x

    @property
    def f(self) -> Array:
        """(steps + 1,) the values there."""
        return self.trajectory.f

    @property
    def gradient(self) -> Array:
        """(steps, dim) what the rule received at each step, noise included."""
        return self.trajectory.gradient

    @property
    def state(self) -> dict[str, Array]:
        """Name -> (steps, dim), after each step."""
        return self.trajectory.state

    @property
    def effective_lr(self) -> Array | None:
        """(steps, dim) the factor in front of moment or gradient; None where the rule has no such factor."""
        return self.trajectory.effective_lr


class Place(NamedTuple):
    """One row of the result table."""

    place: int
    label: str
    outcome: Outcome
    step: int | None  # of finishing or of diverging
    f: float  # what the running are ranked by, ``Race.measure``: the last finite f, or the regret


@dataclass(frozen=True)
class Race:
    """All racers from one start on one problem, and their order."""

    scenario: Scenario | None
    problem: Problem
    racers: tuple[Racer, ...]  # in the order they were given
    finish: Finish
    steps: int  # that every racer was given

    def __getitem__(self, label: str) -> Racer:
        """The racer of that label. Raises KeyError with the nearest one."""
        by_label = {racer.label: racer for racer in self.racers}
        if label not in by_label:
            raise KeyError(f"no racer is called {label!r}; {did_you_mean(str(label), by_label)}")
        return by_label[label]

    def save(self, *paths: str | PurePath) -> None:
        """Write the race as films, stills or numbers, as the suffixes say; all files appear or none does.

        Raises OptvizError for a suffix that means nothing and for the scenario's own file, OutputError for what is no
        regular file and where the file system refuses.
        """
        from optviz.pipeline.render import save

        save(tuple(map(str, paths)), self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The film, for a notebook."""
        from optviz.pipeline.render import shown_inline

        return shown_inline(self)

    @property
    def title(self) -> str:
        return self.scenario.title if self.scenario is not None else self.problem.title

    @property
    def ranking(self) -> tuple[str, ...]:
        """Labels, the first place first: finished by step, then running, then diverged, the latest first.

        The running rank by f. On an online problem, where the f of one step says little, they rank by average regret,
        which without a domain to compare with is the order of the average loss.
        """
        return tuple(self.racers[index].label for index in self.order)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The ranking as indices of racers."""
        return self.order_at(self.steps)

    def order_at(self, step: int) -> tuple[int, ...]:
        """The order as it stood after ``step``; ties as given."""
        keys = [_rank(racer, standing, step) for racer, standing in zip(self.racers, self._standings, strict=True)]
        return tuple(sorted(range(len(keys)), key=keys.__getitem__))

    @cached_property
    def _standings(self) -> tuple[Array, ...]:
        """(steps kept + 1,) for every racer: what the running rank by after each step, the lower the better."""
        if not self.problem.online:
            return tuple(racer.trajectory.f for racer in self.racers)
        losses = (average_loss(racer.trajectory.x, self.problem) for racer in self.racers)
        return tuple(np.concatenate([[0.0], loss]) for loss in losses)

    @cached_property
    def regrets(self) -> tuple[Array, ...] | None:
        """(steps kept,) for every racer: its average regret R_t / t after each step t.

        Against the one point of the domain that is best over all steps of the race; None unless the problem is online
        and has a domain.
        """
        best = best_fixed_point(self.problem, self.steps) if self.problem.online else None
        if best is None:
            return None
        return tuple(average_regret(racer.trajectory.x, self.problem, best) for racer in self.racers)

    @property
    def measure(self) -> str:
        """What the last column of ``table`` holds."""
        if not self.problem.online:
            return "final f"
        return "average loss" if self.regrets is None else "average regret"

    def table(self) -> list[Place]:
        """One row per racer, the first place first."""
        ends = [_last(column) for column in (self._standings if self.regrets is None else self.regrets)]
        return [_place(place, self.racers[index], ends[index]) for place, index in enumerate(self.order, 1)]

    def to_dict(self) -> dict[str, Any]:
        """The exported .json, ready for ``json.dump``; null stands where a number is not finite."""
        document: dict[str, Any] = plain(self.document())
        return document

    def document(self) -> dict[str, Any]:
        """The same with its series still arrays, which a writer can turn into text a part at a time."""
        return {
            "optviz": __version__,
            "scenario": plain(self.scenario.model_dump(mode="json")) if self.scenario is not None else None,
            "problem": _problem_facts(self.problem),
            "racers": [
                {**_racer_facts(racer), "average_regret": regret}
                for racer, regret in zip(self.racers, self._regrets_or_none, strict=True)
            ],
            "ranking": list(self.ranking),
        }

    def in_words(self) -> str:
        """What the film shows and how it ends, for those who cannot see it; see ``optviz.pipeline.alt_text``."""
        from optviz.pipeline.alt_text import alt_text

        return alt_text(self)

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        """Header and long-form rows: one per racer and step; step 0 has no gradient and no rate yet.

        An online problem with a domain has a last column more, ``average_regret``.
        """
        axes = range(self.problem.dim)
        yield (
            *("racer", "step"),
            *(f"x{i}" for i in axes),
            *("f", "|g|"),
            *([f"effective_lr{i}" for i in axes] if self.problem.dim > 1 else ["effective_lr"]),
            *("lr", "optimizer"),
            *(("average_regret",) if self.regrets is not None else ()),
        )
        for racer, regret in zip(self.racers, self._regrets_or_none, strict=True):
            yield from _csv_rows_of(racer, self.problem.dim, regret)

    def arrays(self) -> dict[str, Array]:
        """What the .npz holds: 'label/x', 'label/f', 'label/gradient', 'label/state/m' and so on."""
        return {
            f"{racer.label}/{name}": column
            for racer, regret in zip(self.racers, self._regrets_or_none, strict=True)
            for name, column in _columns(racer, regret)
        }

    @property
    def _regrets_or_none(self) -> Sequence[Array | None]:
        return [None] * len(self.racers) if self.regrets is None else self.regrets


# --- the race -------------------------------------------------------------------------------------


def compete(
    problem: Problem,
    start: ArrayLike,
    steps: int,
    specs: Sequence[Spec],
    finish: Finish | None = None,
    *,
    noise: Array | None = None,
    scenario: Scenario | None = None,
    constants: Mapping[str, float] | None = None,
) -> Race:
    """Run every spec (label, rule or its name, hyperparameters) from the same start with the same noise.

    finish: None for the default line. noise: (steps, dim). constants: names that schedules may use.
    Raises OptvizError for labels given twice and for wrong hyperparameters.
    """
    _refuse_repeated_labels([label for label, _, _ in specs])
    line = default_finish(problem) if finish is None else finish
    racers = []
    for spec in specs:
        rule, given = as_rule(spec[1]), spec[2]
        trajectory = run(rule, problem, start, steps, given, noise=noise, constants=constants)
        racers.append(_judged(spec, trajectory, problem, line))
    return Race(scenario, problem, tuple(racers), line, steps)


def _refuse_repeated_labels(labels: Sequence[str]) -> None:
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise OptvizError([Issue(f"label given twice: {label!r}", "optimizers") for label in twice])


def _judged(spec: Spec, trajectory: Trajectory, problem: Problem, finish: Finish) -> Racer:
    label, rule, given = spec[0], as_rule(spec[1]), spec[2]
    crossed = finished_at(trajectory, problem, finish)
    outcome: Outcome = "finished" if crossed is not None else "running"
    if trajectory.diverged_at is not None:
        outcome = "diverged"
    return Racer(label, rule, complete(rule, given), trajectory, outcome, crossed)


def finished_at(trajectory: Trajectory, problem: Problem, finish: Finish) -> int | None:
    """The first step at which the finish condition holds, None if there is none."""
    behind = np.zeros(len(trajectory.f), dtype=bool)
    if finish.distance is not None and problem.minima:
        behind |= distance_to_minima(trajectory.x, problem) <= finish.distance
    f_min = 0.0 if problem.network is not None else problem.f_min
    if finish.gap is not None and f_min is not None:
        behind |= trajectory.f - f_min <= finish.gap
    return int(np.argmax(behind)) if behind.any() else None


def distance_to_minima(x: Array, problem: Problem) -> Array:
    """(rows,) distance of every point of x (rows, dim) to its nearest listed minimum; there must be one."""
    # one minimum after the other: a million points times twenty minima would not fit
    distances = (np.sqrt(((x - np.asarray(point)) ** 2).sum(axis=1)) for point in problem.minima)
    return reduce(np.minimum, distances)


# --- the order ------------------------------------------------------------------------------------


def _rank(racer: Racer, standing: Array, step: int) -> tuple[int, float]:
    """Sorts finished before running before diverged, and within each the better one first."""
    trajectory = racer.trajectory
    if trajectory.diverged_at is not None and trajectory.diverged_at <= step:
        return 2, -trajectory.diverged_at
    if racer.finished_at is not None and racer.finished_at <= step:
        return 0, racer.finished_at
    return 1, float(standing[min(step, trajectory.steps)])


def _last(column: Array) -> float:
    """The last entry; 0 for the regret of a racer that diverged at its first step."""
    return float(column[-1]) if len(column) else 0.0


def _place(place: int, racer: Racer, f: float) -> Place:
    step = racer.trajectory.diverged_at if racer.outcome == "diverged" else racer.finished_at
    return Place(place, racer.label, racer.outcome, step, f)


# --- the exported data ----------------------------------------------------------------------------


def _problem_facts(problem: Problem) -> dict[str, Any]:
    return {
        "dimension": problem.dim,
        "minima": [list(map(float, point)) for point in problem.minima],
        "f_min": problem.f_min,
    }


def _racer_facts(racer: Racer) -> dict[str, Any]:
    trajectory = racer.trajectory
    return {
        "label": racer.label,
        "optimizer": racer.rule.name,
        "hyperparameters": plain(racer.hyperparameters),
        "outcome": racer.outcome,
        "finished_at": racer.finished_at,
        "diverged_at": trajectory.diverged_at,
        "gradient_evaluations": trajectory.gradient_evaluations,
        "state_size": racer.state_size,
        "x": trajectory.x,
        "f": trajectory.f,
        "gradient": trajectory.gradient,
        "state": {name: _finite(column) for name, column in trajectory.state.items()},
        "effective_lr": None if trajectory.effective_lr is None else _finite(trajectory.effective_lr),
    }


def _finite(column: Array) -> Array | list[Any]:
    """The column itself, or where not all of it is finite its list with null there; x, f and gradient always are."""
    return column if np.isfinite(column).all() else _listed(column)


def plain(value: object) -> Any:
    """What JSON can hold: lists for arrays, 'inf' for an infinite setting, null for a number that is none."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return _listed(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _listed(array: Array) -> list[Any]:
    items = array.astype(object)
    items[~np.isfinite(array)] = None
    listed: list[Any] = items.tolist()
    return listed


def _csv_rows_of(racer: Racer, dim: int, regret: Array | None) -> Iterator[tuple[object, ...]]:
    trajectory, name = racer.trajectory, racer.rule.name
    rates = trajectory.effective_lr
    columns: tuple[Iterable[Any], ...] = (
        _rows(trajectory.x[1:]),
        _rows(trajectory.f[1:]),
        _rows(np.linalg.norm(trajectory.gradient, axis=1)),
        repeat([None] * dim, trajectory.steps) if rates is None else _rows(rates),
        _rows(trajectory.lr),
        repeat((), trajectory.steps) if regret is None else _rows(regret[:, np.newaxis]),
    )
    last = [None] * (regret is not None)
    yield racer.label, 0, *trajectory.x[0].tolist(), float(trajectory.f[0]), *[None] * (dim + 2), name, *last
    for step, (x, f, norm, rate, lr, average) in enumerate(zip(*columns, strict=True), 1):
        yield racer.label, step, *x, f, norm, *rate, lr, name, *average


def _rows(column: Array) -> Iterator[Any]:
    """Each row as Python's own floats, a part of the column at a time."""
    for start in range(0, len(column), ROWS_AT_ONCE):
        yield from column[start : start + ROWS_AT_ONCE].tolist()


def _columns(racer: Racer, regret: Array | None) -> Iterator[tuple[str, Array]]:
    trajectory = racer.trajectory
    for name in ("x", "f", "gradient", "lr"):
        yield name, getattr(trajectory, name)
    if trajectory.effective_lr is not None:
        yield "effective_lr", trajectory.effective_lr
    if regret is not None:
        yield "average_regret", regret
    yield from ((f"state/{name}", column) for name, column in trajectory.state.items())
