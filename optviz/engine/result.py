"""The result of a race: every racer with its trajectory, and their order after any step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from optviz.engine.judge import Array, Judgement, Outcome, has_finish_line, judge, stop_inside
from optviz.engine.noise import NO_NOISE, GradientNoise
from optviz.engine.regret import average_loss, average_regret, best_fixed_point
from optviz.engine.rest import Rest
from optviz.engine.run import Trajectory, run
from optviz.engine.swarm import Runs, swarm
from optviz.engine.tuning import Course, Tuning
from optviz.engine.twins import distance_from_twin
from optviz.errors import did_you_mean
from optviz.optimizers import BoundRule
from optviz.problems import Finish, Problem, default_finish

if TYPE_CHECKING:
    from optviz.engine.kept_runs import KeptRuns
    from optviz.engine.landscape import Landscape

PODIUM_PLACES = 3


@dataclass(frozen=True, repr=False)
class Racer:
    """One rule with its hyperparameters, and where it went."""

    label: str
    rule: BoundRule
    trajectory: Trajectory
    judgement: Judgement
    tuning: Tuning | None = None  # the trials by which its hyperparameters were chosen
    runs: Runs | None = None  # those of a swarm: the trajectory is their median, and so is the judgement
    from_twin: float | None = None  # the largest distance of another library's optimizer from our rule of its name

    def __repr__(self) -> str:
        """Return the label and what became of the racer, without its arrays."""
        return f"<Racer {self.label!r}: {self.outcome}, {len(self.x) - 1} steps, f {self.f[-1]:.6g}>"

    @property
    def outcome(self) -> Outcome:
        """What the racer is after its last step."""
        return self.judgement.outcome

    @property
    def arrived_at(self) -> int | None:
        """The first step from which it stays within the finish to the end, 0 for the start."""
        return self.judgement.arrived_at

    @property
    def entered_at(self) -> int | None:
        """The first step within the finish, which it may have left again."""
        return self.judgement.entered_at

    @property
    def stopped_at(self) -> Rest | None:
        """Where it came to rest outside the finish, in a word or a few."""
        return self.judgement.stopped_at

    @property
    def diverged_at(self) -> int | None:
        """The step whose update left the finite numbers."""
        return self.judgement.diverged_at

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

    place: int  # equal racers share one
    shared: bool
    label: str
    outcome: Outcome
    arrived_at: int | None
    entered_at: int | None
    stopped_at: Rest | None
    diverged_at: int | None
    said: str  # the outcome in words
    f: float  # ``Result.measure``: the last finite f, or the average loss or regret

    @property
    def place_text(self) -> str:
        """The place, ``2=`` for a shared one."""
        return f"{self.place}=" if self.shared else str(self.place)


@dataclass(frozen=True, repr=False)
class Result:
    """All racers from one start on one problem, and their order."""

    problem: Problem
    racers: tuple[Racer, ...]  # in the order they were given
    finish: Finish
    steps: int  # that every racer was given
    noise: GradientNoise = NO_NOISE  # not known of a swarm
    landscape: Landscape | None = None  # a plane through the paths of networks, where the picture shows one

    def __repr__(self) -> str:
        """Return the labels in the order of the places."""
        return f"<Result: {', '.join(self.ranking)} on {self.problem.title}, {self.steps} steps>"

    def __getitem__(self, label: str) -> Racer:
        """Return the racer of that label. Raises KeyError naming the nearest one."""
        by_label = {racer.label: racer for racer in self.racers}
        if label not in by_label:
            raise KeyError(f"no racer is called {label!r}; {did_you_mean(str(label), by_label)}")
        return by_label[label]

    def has_diverged(self, racer: int, step: int) -> bool:
        """Return whether the racer of that index has left the finite numbers by ``step``."""
        at = self.racers[racer].diverged_at
        return at is not None and at <= step

    @property
    def is_swarm(self) -> bool:
        """Whether every racer has many runs."""
        return self.racers[0].runs is not None

    @property
    def has_finish_line(self) -> bool:
        """Whether there is a finish line that a racer could reach."""
        return has_finish_line(self.problem, self.finish)

    @property
    def ranking(self) -> tuple[str, ...]:
        """Labels, the first place first: arrived by step, then the others by f, then diverged, the latest first.

        On an online problem, where the f of one step says little, they rank by average regret, which without a domain
        to compare with is the order of the average loss.
        """
        return tuple(self.racers[index].label for index in self.order)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The ranking as indices of racers."""
        return self.order_at(self.steps)

    def order_at(self, step: int) -> tuple[int, ...]:
        """Return the order as it stood after ``step``, by what was known then; ties as given."""
        return tuple(sorted(range(len(self.racers)), key=lambda racer: self._rank(racer, step)))

    def _rank(self, racer: int, step: int) -> tuple[int, float]:
        """Return what sorts those within the finish before the others before diverged, in each the better one first.

        Before the end it counts since when a racer has been within the finish, at the end when it arrived.
        """
        one = self.racers[racer]
        if self.has_diverged(racer, step):
            return 2, -(one.diverged_at or 0)
        since = one.arrived_at if step >= self.steps else one.judgement.inside_since(step)
        if since is not None:
            return 0, since
        return 1, float(self._standings[racer][min(step, one.trajectory.steps)])

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Every racer's place, from 1, in the order they were given; equal racers share one."""
        return self.places_at(self.steps)

    def places_at(self, step: int) -> tuple[int, ...]:
        """Return every racer's place as it stood after ``step``, by what was known then."""
        ranks = [self._rank(racer, step) for racer in range(len(self.racers))]
        return tuple(1 + sum(other < rank for other in ranks) for rank in ranks)

    @cached_property
    def podium(self) -> tuple[int, ...]:
        """The racers of the first three places who arrived, as indices: all that share the third, none if none did."""
        placed = (index for index in self.order if self.places[index] <= PODIUM_PLACES)
        return tuple(index for index in placed if self.racers[index].arrived_at is not None)

    @cached_property
    def _standings(self) -> tuple[Array, ...]:
        """(steps kept + 1,) for every racer: what racers outside the finish rank by after each step."""
        if not self.problem.online:
            return tuple(racer.f for racer in self.racers)
        return tuple(np.concatenate([[0.0], average_loss(racer.x, self.problem)]) for racer in self.racers)

    @cached_property
    def best_fixed_point(self) -> Array | None:
        """(dim,) the point of the domain that is best over all steps of an online race; None without a domain."""
        return best_fixed_point(self.problem, self.steps) if self.problem.online else None

    @cached_property
    def regrets(self) -> tuple[Array, ...] | None:
        """(steps kept,) for every racer: its average regret R_t / t after each step t.

        Against the one point of the domain that is best over all steps of the race; None unless the problem is online
        and has a domain.
        """
        best = self.best_fixed_point
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
        for index in self.order:
            racer, column, place = self.racers[index], columns[index], self.places[index]
            rows.append(
                ResultRow(
                    place,
                    self.places.count(place) > 1,
                    racer.label,
                    racer.outcome,
                    racer.arrived_at,
                    racer.entered_at,
                    racer.stopped_at,
                    racer.diverged_at,
                    str(racer.judgement),
                    float(column[-1]) + 0.0 if len(column) else 0.0,  # no regret of one that diverged at its first step
                )
            )
        return rows


def compete(
    problem: Problem,
    start: ArrayLike,
    rules: Mapping[str, BoundRule],
    finish: Finish | None = None,
    *,
    noise: GradientNoise = NO_NOISE,
    stop: int | None = None,
    kept: KeptRuns | None = None,
) -> Result:
    """Run every rule, by its label, from the same start with the same noise.

    rules: bound for one number of steps; a recorded run may be shorter. finish: None for the default line. noise:
    (steps, dim). stop: after how many steps within the finish in a row a racer ends; None: never. kept: earlier runs,
    of which equal ones are taken.
    Raises OptvizError for a start of another dimension or off the function.
    """
    steps = max(rule.steps for rule in rules.values())
    finish = default_finish(problem, np.ravel(start).tolist()) if finish is None else finish
    racers = []
    for label, rule in rules.items():
        trajectory = (kept or run)(rule, problem, start, noise=noise)
        if stop is not None:
            trajectory = stop_inside(trajectory, problem, finish, stop)
        distance = distance_from_twin(rule, trajectory, problem, start, noise)
        racers.append(Racer(label, rule, trajectory, judge(trajectory, problem, finish), from_twin=distance))
    return Result(problem, tuple(racers), finish, steps, noise)


def compete_as_swarms(courses: Sequence[Course], rules: Mapping[str, BoundRule], finish: Finish) -> Result:
    """Run every rule, by its label, on the same courses: from all their starts, with the noise of each.

    courses: those of one problem. Racers rank by the median of their arrivals, then by that of f.
    """
    (steps,) = {rule.steps for rule in rules.values()}
    racers = []
    for label, rule in rules.items():
        runs = swarm(rule, courses, finish, expect=len(rules))
        racers.append(Racer(label, rule, runs.median_trajectory(), runs.judgement(), runs=runs))
    return Result(courses[0].problem, tuple(racers), finish, steps)
