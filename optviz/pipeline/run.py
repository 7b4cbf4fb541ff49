"""Runs a scenario: its problem, its noise, its racers, its finish line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path

from optviz.engine.kept_runs import KeptRuns
from optviz.engine.result import Result, compete, compete_as_swarms
from optviz.engine.tuning import Tuning
from optviz.engine.window import window_of
from optviz.errors import Issue, OptvizError, misfit, told_briefly
from optviz.pipeline.landscape import with_landscape
from optviz.pipeline.memory import refuse_long_paths
from optviz.pipeline.race import Race
from optviz.pipeline.settle import settle
from optviz.pipeline.story import with_story
from optviz.pipeline.tune import tune, tuned_rules
from optviz.scenario import Scenario


@told_briefly
def run(
    scenario: Scenario,
    tunings: Mapping[str, Tuning] | None = None,
    *,
    tiles: str | PathLike[str] | None = None,
    kept: KeptRuns | None = None,
) -> Race:
    """Compute every racer's trajectory and what became of it; nothing is drawn. Raises OptvizError.

    tunings: what ``tune`` found; None to tune here first what the scenario asks for. tiles: a folder where the finished
    parts of a landscape are kept, so that computing it again goes on where it ended. kept: runs of scenarios before,
    of which equal ones are taken.
    """
    if not isinstance(scenario, Scenario):
        raise misfit("run takes a scenario", scenario, "optviz.load reads one, optviz.build makes one")
    if not isinstance(tunings, Mapping | None) or any(not isinstance(one, Tuning) for one in (tunings or {}).values()):
        raise misfit("tunings map labels to what tune found", tunings, "leave them out, and they are found")
    if not isinstance(tiles, str | PathLike | None):
        raise misfit("tiles names a folder", tiles)
    if tiles is not None and scenario.render.view != "landscape":
        raise OptvizError(
            Issue("tiles are of a landscape, and none is shown", hint="such as render={'view': 'landscape'}")
        )
    tunings = tune(scenario) if tunings is None else tunings
    settled = settle(scenario)
    refuse_long_paths(scenario, settled.problem.dim)
    rules = tuned_rules(scenario, tunings)
    stop = scenario.stop.inside if scenario.stop else None
    if scenario.starts is None:
        result = compete(
            settled.problem,
            settled.start,
            rules,
            settled.finish,
            noise=settled.noise,
            stop=stop,
            kept=kept,
        )
    else:
        result = compete_as_swarms(list(settled.courses(scenario.starts, scenario.starts.seeds)), rules, settled.finish)
    result = replace(result, racers=tuple(replace(one, tuning=tunings.get(one.label)) for one in result.racers))
    result = with_landscape(scenario, result, None if tiles is None else Path(tiles))
    scenario = with_story(settled.scenario if settled.is_open_ended else scenario, result)
    return _framed(scenario, result) if settled.is_open_ended else Race(scenario, result)


def _framed(scenario: Scenario, result: Result) -> Race:
    """Return the race with the window that its paths need; it is drawn there, and was judged without it."""
    window = window_of(result)
    function = scenario.function and scenario.function.model_copy(update={"window": window})
    scenario = scenario.model_copy(update={"function": function})
    return Race(scenario, replace(result, problem=replace(result.problem, window=window)))
