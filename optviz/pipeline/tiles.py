"""Cuts sweeps and basins into tiles: cells that are computed anywhere, each half a second's work or more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from optviz.errors import Issue, OptvizError, OutputError
from optviz.optimizers import BoundRule
from optviz.pipeline.cells import TASK_POINT_STEPS, Cell, Computed, Workshop, digest, rule_content
from optviz.pipeline.settle import Settled, settle
from optviz.problems import Network, Problem
from optviz.scenario import Scenario
from optviz.words import Words

TILE_POINT_STEPS = TASK_POINT_STEPS  # at least: a tile is worth sending alone
PROCESSES_FROM = 1_000_000_000  # below that other processes do not repay: the threads of this one share its tiles
OWN_CODE_COST = 20  # steps of a function that one through the user's own Python costs, about
MULTIPLICATIONS = 3  # of a network, for each weight and sample, that cost a step of a function
NUMBERS = ("function", "network", "start", "starts", "steps", "seed", "noise", "finish")  # keys that decide them


@dataclass(frozen=True)
class Ground:
    """What all tiles of a comparison are run on: a scenario, which each process settles once."""

    scenario: Scenario
    content: dict[str, object]  # all of it that numbers depend on, in plain values
    key: str

    def settled(self) -> Settled:
        """Return the problem and what belongs to it, found again where this is another process."""
        if self.key not in _settled:
            _settled.clear()
            _settled[self.key] = settle(self.scenario)
        return _settled[self.key]


_settled: dict[str, Settled] = {}  # of the last ground


def ground_of(settled: Settled) -> Ground:
    """Return the ground of tiles, for which this process needs to settle nothing more."""
    written = settled.scenario.resolved()
    content = {name: written[name] for name in NUMBERS}
    ground = Ground(settled.scenario, content, digest(content))
    _settled.clear()
    _settled[ground.key] = settled
    return ground


def content_of(kind: str, rule: BoundRule, ground: Ground) -> dict[str, object]:
    """Return what the numbers of a tile depend on, but for which part it is."""
    return {"kind": kind, **rule_content(rule), **ground.content}


def cost_of(rule: BoundRule, problem: Problem) -> int:
    """Return how many steps of a function one of a rule on this problem costs, about; the same on every machine."""
    network = problem.network
    if isinstance(network, Network):
        return max(1, problem.dim * len(network.samples.inputs) // MULTIPLICATIONS)
    return OWN_CODE_COST if rule.is_custom or problem.custom else 1


def parts_of(total: int, point_steps: int) -> Iterator[slice]:
    """Yield consecutive parts of ``total`` runs, each of at least TILE_POINT_STEPS unless all have fewer.

    point_steps: what each run costs.
    """
    count = max(1, total // math.ceil(TILE_POINT_STEPS / point_steps))
    ends = [total * number // count for number in range(count + 1)]
    yield from (slice(first, last) for first, last in pairwise(ends))


def refuse_foreign(rules: Mapping[str, BoundRule], problem: Problem, workshop: Workshop) -> None:
    """Raise OptvizError where code that is not optviz's would have to be sent, or kept though it may change."""
    flag = "--scheduler" if workshop.scheduler is not None else "--resume" if workshop.resume is not None else None
    own = [label for label, rule in rules.items() if rule.is_custom] or [problem.title] * problem.custom
    if flag is not None and own:
        said = f"{own[0]} is code that optviz does not know, which may differ elsewhere or change"
        raise OptvizError(Issue(said, hint=f"leave {flag} out", where=flag))


def whole(cells: Mapping[str, Sequence[Cell]], computed: Computed) -> list[str]:
    """Return the racers of which no cell failed; cells are by label. Raises OutputError with all failures if none."""
    kept = [label for label, own in cells.items() if not any(cell.name in computed.failed for cell in own)]
    if not kept:
        raise OutputError(Issue(reason, where=name) for name, reason in computed.failed.items())
    return kept


def without(labels: Iterable[str], kept: Sequence[str], say: Words) -> str:
    """Return the term that says which racers were left out because a cell of theirs failed."""
    lost = [label for label in labels if label not in kept]
    return say("without {names}, of which a cell failed", names=", ".join(lost)) if lost else ""


def processes_from(rules: Iterable[BoundRule], problem: Problem) -> float:
    """Return how much work other processes repay; none does whose code they may not have."""
    return math.inf if problem.custom or any(rule.is_custom for rule in rules) else PROCESSES_FROM
