"""From a Scenario to the race it describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.result import Finish, Race, Racer, compete, finished_at
from optviz.engine.window import window_of
from optviz.problems import Problem, find_minima
from optviz.problems.noise import noise_draws
from optviz.scenario.loading import default_finish, problem_of
from optviz.scenario.models import Scenario


def run(scenario: Scenario) -> Race:
    """Compute the race: every racer's trajectory, and who won. Nothing is drawn or written."""
    problem = problem_of(scenario)
    race = compete(
        problem,
        scenario.start or problem.start or (),
        scenario.steps,
        [(racer.label, racer.rule, racer.hyperparameters) for racer in scenario.optimizers],
        _line(scenario),
        noise=_noise(scenario, problem),
        scenario=scenario,
        constants=_constants(scenario),
    )
    return race if problem.window or problem.network else _surveyed(race, scenario)


def _line(scenario: Scenario) -> Finish:
    return Finish(scenario.finish.distance, scenario.finish.gap) if scenario.finish else Finish()


def _noise(scenario: Scenario, problem: Problem) -> NDArray[np.float64] | None:
    if scenario.noise is None:
        return None
    return noise_draws(scenario.noise, scenario.seed, scenario.steps, problem.dim)


def _constants(scenario: Scenario) -> Mapping[str, Any]:
    return scenario.function.constants if scenario.function else {}


# --- a formula without a window: the paths say where to look ------------------------------------------


def _surveyed(race: Race, scenario: Scenario) -> Race:
    """The race with the window its paths ask for, the minima found there, and a finish line measured by it."""
    problem = race.problem if race.problem.minima else _with_minima(race)
    problem = replace(problem, window=window_of(replace(race, problem=problem)))
    finish = scenario.finish or default_finish(problem)
    function = scenario.function and scenario.function.model_copy(update={"window": problem.window})
    scenario = scenario.model_copy(update={"finish": finish, "function": function})
    line = _line(scenario)
    racers = tuple(_judged_again(racer, problem, line) for racer in race.racers)
    return replace(race, scenario=scenario, problem=problem, racers=racers, finish=line)


def _with_minima(race: Race) -> Problem:
    """The problem with the minima found on twice the extent of the paths, inside the domain."""
    problem = race.problem
    around = [(1.5 * low - 0.5 * high, 1.5 * high - 0.5 * low) for low, high in window_of(race)]
    inside = zip(around, problem.domain or around, strict=True)
    box = tuple((max(a, c), min(b, d)) for (a, b), (c, d) in inside)
    if problem.online or any(low >= high for low, high in box):
        return problem
    minima = find_minima(problem, box)
    f_min = min((float(problem.value(np.array(point), 1.0)) for point in minima), default=None)
    return replace(problem, minima=minima, minima_found=True, f_min=f_min)


def _judged_again(racer: Racer, problem: Problem, line: Finish) -> Racer:
    crossed = finished_at(racer.trajectory, problem, line)
    if racer.outcome == "diverged":
        return replace(racer, finished_at=crossed)
    return replace(racer, finished_at=crossed, outcome="running" if crossed is None else "finished")
