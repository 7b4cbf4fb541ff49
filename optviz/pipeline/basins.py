"""Maps the basins of a scenario's racers: every pixel a start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from optviz.engine.basins import BasinStudy, flow_of, map_basins
from optviz.errors import Issue, OptvizError
from optviz.picture.terms import finish_words
from optviz.pipeline.memory import memory_bytes, refuse_more_than, room_of
from optviz.pipeline.settle import settle
from optviz.pipeline.tune import tune
from optviz.problems import AXES
from optviz.scenario import Scenario
from optviz.scenario.messages import spaced

LEAST_GRID = 2
BYTES_PER_START = 40  # that are kept of each start and racer, in the data and in the picture
BYTES_PER_PLACE = 4  # that are kept of each of its places in a film of the flow

Progress = Callable[[int, int], None]


def study_basins(scenario: Scenario, grid: int, progress: Progress | None = None, *, flow: bool = False) -> BasinStudy:
    """Run every racer from a grid of starts over the domain, else the window. Raises OptvizError.

    flow: keep where each start is, too, for a film of them.
    """
    every = max(1, scenario.steps // scenario.render.frames)
    _refuse_misfits(scenario, grid, scenario.steps // every + 1 if flow else 0)
    tunings = tune(scenario)
    settled = settle(scenario)
    problem, box = settled.problem, settled.problem.domain or settled.problem.window
    assert box is not None  # says _refuse_misfits
    rules = {one.label: tunings[one.label].tuned if one.label in tunings else one.rule for one in scenario.optimizers}
    minima, lowest, maps = map_basins(rules, problem, settled.finish, box, grid, settled.noise, progress)
    if flow:
        flows = (flow_of(rule, problem, box, grid, every, settled.noise) for rule in rules.values())
        maps = [replace(one, flow=own) for one, own in zip(maps, flows, strict=True)]
    terms = (
        f"{spaced(grid * grid)} starts each on a grid of {grid} × {grid}",
        f"at most {scenario.steps} gradients each",
        finish_words(settled.finish, problem),
        "each dot a start, coloured by where it ends" if flow else "full colour: arrives early, pale: late",
        "areas within 95 % intervals (Wilson), as if starts were random",
        "tuned first" if tunings else "",
    )
    return BasinStudy(
        title="Where does each start go?" if flow else "Where does each start end?",
        problem=problem,
        box=box,
        grid=grid,
        minima=minima,
        lowest=lowest,
        maps=tuple(maps),
        indices=tuple(range(len(maps))),
        finish=settled.finish,
        steps=scenario.steps,
        scenario=scenario.resolved(),
        terms=tuple(term for term in terms if term),
        shown=tuple(range(0, scenario.steps + 1, every)) if flow else (),
    )


def _refuse_misfits(scenario: Scenario, grid: int, shown: int) -> None:
    """Raise OptvizError for what has no basins in a plane, and for a grid that would not fit into memory."""
    from optviz.scenario import problem_of

    where, problem = f"--grid {grid}", problem_of(scenario, search=False)
    if problem.network is not None or problem.dim != 2:
        what = "a network" if problem.network is not None else f"a function of {AXES[problem.dim]}"
        raise OptvizError(Issue(f"basins need two coordinates, not {what}", where=scenario.name))
    if problem.online:
        raise OptvizError(Issue("an online problem (a formula with t) has no minima to reach", where=scenario.name))
    if problem.domain is None and problem.window is None:
        hint = "give the function a window: [[x0, x1], [y0, y1]]"
        raise OptvizError(
            Issue("a formula has no window over which starts could be spread", "function", hint, where=scenario.name)
        )
    if grid < LEAST_GRID:
        raise OptvizError(Issue(f"must be at least {LEAST_GRID}", where=where))
    racers = len(scenario.optimizers)
    each = racers * (BYTES_PER_START + BYTES_PER_PLACE * shown)
    memory = memory_bytes()
    most = max(LEAST_GRID, int((room_of(memory) / each) ** 0.5) // 10 * 10)
    refuse_more_than(
        memory, grid * grid * each, f"{spaced(grid * grid)} starts for {racers} racers", where, f"--grid {most} fits"
    )
