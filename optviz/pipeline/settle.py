"""Settles what a scenario leaves open before anything runs: problem, start, finish line, starts, noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optviz.engine.noise import GradientNoise
from optviz.engine.tuning import Course
from optviz.formula.typography import number
from optviz.problems import Finish, Problem, default_finish, spread_starts, with_minima_around
from optviz.scenario import Scenario, problem_of
from optviz.scenario.comparison import StartsSettings
from optviz.scenario.models import FinishSettings
from optviz.words import Words

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Settled:
    """A scenario, and what is run and judged."""

    scenario: Scenario
    problem: Problem
    start: tuple[float, ...]  # of every racer; of a swarm the one farthest out
    finish: Finish
    is_open_ended: bool  # a formula that says not where to look: its window is found from the paths

    @property
    def noise(self) -> GradientNoise:
        """The noise on the gradients."""
        return noise_of(self.scenario)

    def spread(self, starts: StartsSettings | None) -> Array:
        """Return (dim, n) the starts that the settings name; the start alone for None."""
        if starts is None:
            return np.array(self.start, dtype=np.float64)[:, np.newaxis]
        return spread_starts(starts, self.problem.domain or self.problem.window, self.scenario.seed)

    def courses(self, starts: StartsSettings | None, seeds: int) -> Iterator[Course]:
        """Return what each seed runs: the same starts with new noise and chances, or a network with new weights."""
        return (self.course(starts, number) for number in range(seeds))

    def course(self, starts: StartsSettings | None, number: int) -> Course:
        """Return what one seed runs, counted from 0."""
        seed = self.scenario.seed + number
        changes = self.problem.by_chance or self.problem.network is not None
        problem = problem_of(self.scenario.model_copy(update={"seed": seed})) if changes else self.problem
        begin = self.spread(starts) if problem.network is None else np.array(problem.start)[:, np.newaxis]
        return Course(problem, begin, replace(self.noise, seed=seed))

    def starts_words(self, starts: StartsSettings | None, say: Words) -> str:
        """Say where runs start."""
        if self.problem.network is not None:
            return say("same initial weights")
        if starts is None:
            return say("start ({place})", place=", ".join(number(value, 6) for value in self.start))
        return starts.in_words(self.problem.dim, self.scenario.seed, say)


def settle(scenario: Scenario) -> Settled:
    """Return what the scenario runs on; minima that are not known are searched for. Raises OptvizError."""
    problem = problem_of(scenario)
    start = scenario.start or _farthest(scenario.starts) or problem.start or ()
    is_open_ended = problem.window is None and problem.has_land
    if is_open_ended:
        problem = problem if problem.minima else with_minima_around(problem, start)
        finish = scenario.finish or FinishSettings.of(default_finish(problem, start))
        scenario = scenario.model_copy(update={"finish": finish})
    line = scenario.finish.line if scenario.finish else Finish()
    return Settled(scenario, problem, tuple(start), line, is_open_ended)


def noise_of(scenario: Scenario) -> GradientNoise:
    """Return the noise on the gradients of all racers."""
    return GradientNoise(None if scenario.noise is None else scenario.noise.settings, scenario.seed)


def _farthest(starts: StartsSettings | None) -> tuple[float, ...]:
    """Return the listed start that lies farthest from the origin."""
    points = starts.points if starts is not None and starts.points else ()
    return max(points, key=lambda point: sum(value * value for value in point), default=())
