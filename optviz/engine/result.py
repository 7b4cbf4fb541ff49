"""The result of a race: every racer with its trajectory, and their order after any step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from optviz.engine.judge import Array, Status, finished_at, has_finish_line, status_at
from optviz.engine.regret import average_loss, average_regret, best_fixed_point
from optviz.engine.run import Trajectory, run
from optviz.errors import did_you_mean
from optviz.optimizers import BoundRule
from optviz.problems import Finish, Problem, default_finish


@dataclass(frozen=True)
class Racer:
    """One rule with its hyperparameters, and where it went."""

    label: str
    rule: BoundRule
    trajectory: Trajectory
    finished_at: int | None  # the first step on or behind the finish line, 0 for the start

    @property
    def outcome(self) -> Status:
        """What the racer is after its last step."""
        return status_at(self.trajectory.steps + 1, self.finished_at, self.trajectory.diverged_at)

    @property
    def hyperparameters(self) -> dict[str, object]:
        """Every hyperparameter as a scenario writes it."""
        return self.rule.hyperparameters

    @property
    def state_size(self) -> int:
        """Numbers kept per coordinate."""
        return self.rule.state_size

    @property
    def x(self) -> Array:
        """(steps + 1, dim) the iterates, the start first."""
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


class ResultRow(NamedTuple):
    """One row of the result table."""

    place: int
    label: str
    outcome: Status
    step: int | None  # of finishing or of diverging
    f: float  # ``Result.measure``: the last finite f, or the average loss or regret


@dataclass(frozen=True)
class Result:
    """All racers from one start on one problem, and their order."""

    problem: Problem
    racers: tuple[Racer, ...]  # in the order they were given
    finish: Finish
    steps: int  # that every racer was given

    def __getitem__(self, label: str) -> Racer:
        """Return the racer of that label. Raises KeyError naming the nearest one."""
        by_label = {racer.label: racer for racer in self.racers}
        if label not in by_label:
            raise KeyError(f"no racer is called {label!r}; {did_you_mean(str(label), by_label)}")
        return by_label[label]

    def status(self, racer: int, step: int) -> Status:
        """Return what the racer of that index is after ``step``."""
        one = self.racers[racer]
        return status_at(step, one.finished_at, one.trajectory.diverged_at)

    @property
    def has_finish_line(self) -> bool:
        """Whether there is a finish line that a racer could reach."""
        return has_finish_line(self.problem, self.finish)

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
        """Return the order as it stood after ``step``; ties as given."""
        return tuple(sorted(range(len(self.racers)), key=lambda racer: self._rank(racer, step)))

    def _rank(self, racer: int, step: int) -> tuple[int, float]:
        """Sorts finished before running before diverged, and within each the better one first."""
        one = self.racers[racer]
        match self.status(racer, step):
            case "finished":
                return 0, one.finished_at or 0
            case "diverged":
                return 2, -(one.trajectory.diverged_at or 0)
        return 1, float(self._standings[racer][min(step, one.trajectory.steps)])

    @cached_property
    def _standings(self) -> tuple[Array, ...]:
        """(steps kept + 1,) for every racer: what the running rank by after each step, the lower the better."""
        if not self.problem.online:
            return tuple(racer.f for racer in self.racers)
        return tuple(np.concatenate([[0.0], average_loss(racer.x, self.problem)]) for racer in self.racers)

    @cached_property
    def regrets(self) -> tuple[Array, ...] | None:
        """(steps kept,) for every racer: its average regret R_t / t after each step t.

        Against the one point of the domain that is best over all steps of the race; None unless the problem is online
        and has a domain.
        """
        best = best_fixed_point(self.problem, self.steps) if self.problem.online else None
        if best is None:
            return None
        return tuple(average_regret(racer.x, self.problem, best) for racer in self.racers)

    @property
    def measure(self) -> str:
        """What the last column of ``table`` holds."""
        if not self.problem.online:
            return "final f"
        return "average loss" if self.regrets is None else "average regret"

    def table(self) -> list[ResultRow]:
        """Return one row per racer, the first place first."""
        columns = self._standings if self.regrets is None else self.regrets
        rows = []
        for place, index in enumerate(self.order, 1):
            racer, column = self.racers[index], columns[index]
            step = racer.trajectory.diverged_at if racer.outcome == "diverged" else racer.finished_at
            end = float(column[-1]) if len(column) else 0.0  # no regret of a racer that diverged at its first step
            rows.append(ResultRow(place, racer.label, racer.outcome, step, end))
        return rows

    def judged_by(self, problem: Problem, finish: Finish) -> Result:
        """Return the same trajectories judged by another finish line, or with other minima known."""
        racers = (replace(racer, finished_at=finished_at(racer.trajectory, problem, finish)) for racer in self.racers)
        return replace(self, problem=problem, racers=tuple(racers), finish=finish)


def compete(
    problem: Problem,
    start: ArrayLike,
    rules: Mapping[str, BoundRule],
    finish: Finish | None = None,
    *,
    noise: Array | None = None,
) -> Result:
    """Run every rule, by its label, from the same start with the same noise.

    rules: all bound for one number of steps. finish: None for the default line. noise: (steps, dim).
    Raises OptvizError for a start of another dimension or off the function.
    """
    (steps,) = {rule.steps for rule in rules.values()}
    finish = default_finish(problem) if finish is None else finish
    racers = []
    for label, rule in rules.items():
        trajectory = run(rule, problem, start, noise=noise)
        racers.append(Racer(label, rule, trajectory, finished_at(trajectory, problem, finish)))
    return Result(problem, tuple(racers), finish, steps)
