"""Runs a scenario: its problem, its noise, its racers, its finish line."""

from __future__ import annotations

from dataclasses import replace

from optviz.engine.result import Result, compete
from optviz.engine.window import window_of
from optviz.pipeline.race import Race
from optviz.problems import Finish, default_finish, draw_noise, with_minima_around
from optviz.scenario import Scenario, problem_of
from optviz.scenario.models import FinishSettings


def run(scenario: Scenario) -> Race:
    """Compute every racer's trajectory and what became of it; nothing is drawn or written. Raises OptvizError."""
    problem = problem_of(scenario)
    start = scenario.start or problem.start or ()
    open_ended = problem.window is None and problem.network is None  # a formula that says not where to look
    if open_ended:
        problem = problem if problem.minima else with_minima_around(problem, start)
        finish = scenario.finish or FinishSettings.of(default_finish(problem, start))
        scenario = scenario.model_copy(update={"finish": finish})
    result = compete(
        problem,
        start,
        {racer.label: racer.rule for racer in scenario.optimizers},
        scenario.finish.line if scenario.finish else Finish(),
        noise=None
        if scenario.noise is None
        else draw_noise(scenario.noise, scenario.seed, scenario.steps, problem.dim),
    )
    return _framed(scenario, result) if open_ended else Race(scenario, result)


def _framed(scenario: Scenario, result: Result) -> Race:
    """Return the race with the window that its paths need; it is drawn there, and was judged without it."""
    window = window_of(result)
    function = scenario.function and scenario.function.model_copy(update={"window": window})
    scenario = scenario.model_copy(update={"function": function})
    return Race(scenario, replace(result, problem=replace(result.problem, window=window)))
