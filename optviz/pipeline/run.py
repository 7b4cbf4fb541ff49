"""Runs a scenario: its problem, its noise, its racers, its finish line."""

from __future__ import annotations

from dataclasses import replace

from optviz.engine.result import Result, compete
from optviz.engine.window import window_of
from optviz.pipeline.race import Race
from optviz.problems import Finish, default_finish, draw_noise, with_found_minima
from optviz.scenario import Scenario, problem_of
from optviz.scenario.models import FinishSettings


def run(scenario: Scenario) -> Race:
    """Compute every racer's trajectory and who won; nothing is drawn or written. Raises OptvizError."""
    problem = problem_of(scenario)
    result = compete(
        problem,
        scenario.start or problem.start or (),
        {racer.label: racer.rule for racer in scenario.optimizers},
        scenario.finish.line if scenario.finish else Finish(),
        noise=None
        if scenario.noise is None
        else draw_noise(scenario.noise, scenario.seed, scenario.steps, problem.dim),
    )
    return Race(scenario, result) if problem.window or problem.network else _surveyed(scenario, result)


# --- a formula without a window: the paths say where to look ------------------------------------------


def _surveyed(scenario: Scenario, result: Result) -> Race:
    """Return the race with the window its paths need, the minima found there, and a finish line measured by it."""
    problem = result.problem
    if not problem.minima:  # search on twice the extent of the paths
        around = tuple((1.5 * low - 0.5 * high, 1.5 * high - 0.5 * low) for low, high in window_of(result))
        problem = with_found_minima(problem, around)
    problem = replace(problem, window=window_of(replace(result, problem=problem)))
    finish = scenario.finish or FinishSettings.of(default_finish(problem))
    function = scenario.function and scenario.function.model_copy(update={"window": problem.window})
    scenario = scenario.model_copy(update={"finish": finish, "function": function})
    return Race(scenario, result.judged_by(problem, finish.line if finish else Finish()))
