"""Maps the basins of a scenario's racers: every pixel a start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.engine.basins import (
    OTHER_MINIMUM,
    BasinStudy,
    Columns,
    Flow,
    flow_of,
    lay_out,
    local_minima,
    run_resting,
    run_starts,
)
from optviz.errors import Issue, OptvizError
from optviz.optimizers import BoundRule
from optviz.picture.terms import finish_words, gradient_terms
from optviz.picture.timeline import frame_steps
from optviz.pipeline.cells import HERE, Cell, Computed, Progress, Workshop, compute
from optviz.pipeline.memory import memory_bytes, refuse_more_than, room_of
from optviz.pipeline.settle import Settled, settle
from optviz.pipeline.study import titled
from optviz.pipeline.tiles import (
    Ground,
    content_of,
    cost_of,
    ground_of,
    parts_of,
    processes_from,
    refuse_foreign,
    whole,
    without,
)
from optviz.pipeline.tune import tune, tuned_rules
from optviz.problems import AXES
from optviz.problems.bounds import Bounds, Point
from optviz.scenario import Scenario
from optviz.scenario.messages import spaced
from optviz.words import ENGLISH, Words

LEAST_GRID = 2
BYTES_PER_START = 40  # that are kept of each start and racer, in the data and in the picture
BYTES_PER_PLACE = 4  # that are kept of each of its places in a film of the flow


def study_basins(
    scenario: Scenario,
    grid: int,
    progress: Progress | None = None,
    *,
    flow: bool = False,
    workshop: Workshop = HERE,
) -> BasinStudy:
    """Run every racer from a grid of starts over the domain, else the window. Raises OptvizError.

    flow: keep where each start is, too, for a film of them. A racer of which a tile fails is left out and named.
    """
    render = scenario.render
    steps = {0, *frame_steps(scenario.steps, render.frames, render.pace).tolist()} if flow else set()
    shown = tuple(sorted(steps))
    _refuse_misfits(scenario, grid, len(shown))
    rules = tuned_rules(scenario, tune(scenario))
    settled = settle(scenario)
    refuse_foreign(rules, settled.problem, workshop)
    study = _Study(ground_of(settled), rules, grid, shown, workshop, progress)
    ends, flows, failed = study.mapped()
    local = local_minima(settled.problem, study.box, ends.values())
    if local:
        ends, again = study.rested(ends, local)
        failed |= again

    def told(say: Words) -> tuple[str, ...]:
        said = *_terms(settled, grid, rules, say, flow=flow), without(rules, list(ends), say)
        return tuple(filter(None, said))

    return BasinStudy(
        title=titled(scenario, scenario.say("Where does each start go?" if flow else "Where does each start end?")),
        problem=settled.problem,
        box=study.box,
        grid=grid,
        minima=(*settled.problem.minima, *local),
        lowest=len(settled.problem.minima),
        maps=tuple(lay_out(label, rules[label], own, grid, flows.get(label)) for label, own in ends.items()),
        indices=tuple(number for number, label in enumerate(rules) if label in ends),
        finish=settled.finish,
        steps=scenario.steps,
        scenario=scenario.resolved(),
        terms=told(ENGLISH),
        small_print=told(scenario.say),
        say=scenario.say,
        shown=shown,
        failed=failed,
    )


def _terms(settled: Settled, grid: int, rules: Mapping[str, BoundRule], say: Words, *, flow: bool) -> Iterator[str]:
    """Yield the terms of a map, each a few words."""
    scenario = settled.scenario
    yield say("{count} starts each on a grid of {side} × {side}", count=spaced(grid * grid), side=grid)
    yield say("at most {count} gradients each", count=scenario.steps)
    yield from gradient_terms(scenario, rules, say)
    yield finish_words(settled.finish, settled.problem, say)
    yield say("each dot a start, coloured by where it ends" if flow else "full colour: arrives early, pale: late")
    yield say("areas within 95 % intervals (Wilson), as if starts were random")
    yield say("tuned first") if any(racer.rule.ranges for racer in scenario.optimizers) else ""


@dataclass(frozen=True)
class _Study:
    """What is computed of basins, in tiles: consecutive parts of the starts of each racer."""

    ground: Ground
    rules: Mapping[str, BoundRule]
    grid: int
    shown: Sequence[int]  # the steps at which the flow is kept
    workshop: Workshop
    progress: Progress | None

    @property
    def box(self) -> Bounds:
        """Where starts lie."""
        problem = self.ground.settled().problem
        box = problem.domain or problem.window
        assert box is not None  # says _refuse_misfits
        return box

    def mapped(self) -> tuple[dict[str, Columns], dict[str, Flow], dict[str, str]]:
        """Return by label how all starts end and where they are in between, and what failed."""
        kinds: list[tuple[str, Callable[..., Columns]]] = [("ends", _ends), *([("flow", _flow)] if self.shown else [])]
        tiles = {
            label: [self._tile(kind, label, rule, part, work) for kind, work in kinds for part in self._parts(rule)]
            for label, rule in self.rules.items()
        }
        found = self._computed(tiles)
        kept = whole(tiles, found)

        def column(label: str, name: str) -> NDArray[Any]:
            own = [found.columns[one.name] for one in tiles[label]]
            return np.concatenate([one[name] for one in own if name in one], axis=-1)

        ends = {label: {name: column(label, name) for name in ("codes", "steps")} for label in kept}
        flows = {label: column(label, "flow") for label in kept} if self.shown else {}
        return ends, flows, found.failed

    def rested(self, ends: Mapping[str, Columns], local: Sequence[Point]) -> tuple[dict[str, Columns], dict[str, str]]:
        """Return the ends with starts that rest at known local minima told apart, and what failed."""
        tiles: dict[str, list[Cell]] = {}
        places = {}
        for label in ends:
            tiles[label] = []
            for part in self._parts(self.rules[label]):
                resting = part.start + np.flatnonzero(ends[label]["codes"][part] == OTHER_MINIMUM)
                if len(resting):
                    one = self._tile("rest", label, self.rules[label], part, _rest, tuple(local), resting)
                    tiles[label].append(one)
                    places[one.name] = resting
        found = self._computed(tiles)
        told = {label: {name: column.copy() for name, column in ends[label].items()} for label in whole(tiles, found)}
        for label, own in told.items():
            for one in tiles[label]:
                for name, column in found.columns[one.name].items():
                    own[name][places[one.name]] = column
        return told, found.failed

    def _computed(self, tiles: Mapping[str, Sequence[Cell]]) -> Computed:
        cells = [one for own in tiles.values() for one in own]
        protocol = {"command": "basins", "grid": self.grid, "box": [list(side) for side in self.box],
                    "shown": list(self.shown), **self.ground.content}  # fmt: skip
        repaid = processes_from(self.rules.values(), self.ground.settled().problem)
        return compute(cells, protocol, self.workshop, self.progress, repaid)

    def _parts(self, rule: BoundRule) -> Iterator[slice]:
        return parts_of(self.grid * self.grid, rule.steps * cost_of(rule, self.ground.settled().problem))

    def _tile(
        self, kind: str, label: str, rule: BoundRule, part: slice, work: Callable[..., Columns], *more: Any
    ) -> Cell:
        """Return the cell of some starts. more: what its work is given besides; the first decides its numbers."""
        named = f"{label}: {'' if kind == 'ends' else f'{kind} of '}starts {part.start + 1} to {part.stop}"
        content = content_of(kind, rule, self.ground) | {
            "grid": self.grid,
            "starts between": [part.start, part.stop],
            "shown": list(self.shown) if kind == "flow" else [],
            **({"minima": [list(point) for point in more[0]]} if more else {}),
        }
        point_steps = (part.stop - part.start) * rule.steps * cost_of(rule, self.ground.settled().problem)
        given = (self.ground, rule, self.box, self.grid, part, *more, *([self.shown] if kind == "flow" else []))
        return Cell(named, content, point_steps, partial(work, *given))


def _ends(ground: Ground, rule: BoundRule, box: Bounds, grid: int, part: slice) -> Columns:
    one = ground.settled()
    return run_starts(rule, one.problem, one.finish, box, grid, part, one.noise)


def _flow(ground: Ground, rule: BoundRule, box: Bounds, grid: int, part: slice, shown: Sequence[int]) -> Columns:
    one = ground.settled()
    return {"flow": flow_of(rule, one.problem, box, grid, part, shown, one.noise)}


def _rest(
    ground: Ground, rule: BoundRule, box: Bounds, grid: int, _: slice, local: Sequence[Point], which: NDArray[np.int64]
) -> Columns:
    one = ground.settled()
    return run_resting(rule, one.problem, local, one.finish, box, grid, which, one.noise)


def _refuse_misfits(scenario: Scenario, grid: int, shown: int) -> None:
    """Raise OptvizError for what has no basins in a plane, and for a grid that would not fit into memory."""
    from optviz.scenario import problem_of

    where, problem = f"--grid {grid}", problem_of(scenario, search=False)
    if problem.network is not None or problem.dim != 2:
        what = "a network" if problem.network is not None else f"a function of {AXES[problem.dim]}"
        raise OptvizError(Issue(f"basins need two coordinates, not {what}", where=scenario.called))
    if problem.online:
        raise OptvizError(Issue("an online problem (a formula with t) has no minima to reach", where=scenario.called))
    if problem.domain is None and problem.window is None:
        hint = "give the function a window: [[x0, x1], [y0, y1]]"
        raise OptvizError(
            Issue("a formula has no window over which starts could be spread", "function", hint, where=scenario.called)
        )
    if shown and scenario.render.pace in ("arc", "story"):
        said = f"{scenario.render.pace} follows the paths of a race, and a flow has one for each start"
        raise OptvizError(Issue(said, "render.pace", "write linear, log or stretches", where=scenario.called))
    if grid < LEAST_GRID:
        raise OptvizError(Issue(f"must be at least {LEAST_GRID}", where=where))
    racers = len(scenario.optimizers)
    each = racers * (BYTES_PER_START + BYTES_PER_PLACE * shown)
    memory = memory_bytes()
    most = max(LEAST_GRID, int((room_of(memory) / each) ** 0.5) // 10 * 10)
    refuse_more_than(
        memory, grid * grid * each, f"{spaced(grid * grid)} starts for {racers} racers", where, f"--grid {most} fits"
    )
