"""Plays leagues: every rule on every function with every learning rate from the same starts, judged run by run.

All that takes time is counted in gradients, since a step of some rules needs two: each rule makes as many steps as its
budget of gradients pays for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.batch import run_batch
from optviz.engine.profiles import TARGETS
from optviz.engine.run import run
from optviz.engine.tally import NEVER
from optviz.engine.tuning import EXPECT, Course, medians
from optviz.optimizers import BoundRule
from optviz.problems import Finish, Problem

Array: TypeAlias = NDArray[np.float64]
Columns: TypeAlias = dict[str, NDArray[Any]]


def rate_of(rule: BoundRule) -> str:
    """Return the name of the learning rate: that of the base for a rule around another."""
    inside = next((name for name, value in rule.values.items() if isinstance(value, BoundRule)), None)
    return "lr" if inside is None else f"{inside}.lr"


def gradients_a_step(rule: BoundRule, problem: Problem) -> int:
    """Return how many gradients a step of the rule asks for, by taking one."""
    start = np.array(problem.start or [low for low, _ in problem.window or ()], dtype=np.float64)
    return int(run(replace(rule, steps=1), problem, start, record="x").evaluations[0])


def paid_for(rule: BoundRule, budget: int, cost: int) -> BoundRule:
    """Return the rule with as many steps as ``budget`` gradients pay for, at least one."""
    return replace(rule, steps=max(1, budget // cost))


@dataclass(frozen=True, eq=False)
class Player:
    """A rule that plays with some learning rates, each from as many starts; on every function its runs are the same."""

    rule: BoundRule
    cost: int  # gradients of a step
    rates: Array  # (rates,)
    starts: int

    @cached_property
    def runs(self) -> BoundRule:
        """The rule with the learning rate of every run, (rates x starts,): those of one rate stand side by side."""
        return self.rule.with_values({rate_of(self.rule): np.repeat(self.rates, self.starts)})


def play(player: Player, course: Course, finish: Finish) -> Columns:
    """Run a rule on one function with every rate from every start; return what became of each run.

    Arrays are (rates, starts): ``final`` the gap |f - f_min| at the end, infinite where the run diverged, and
    ``lowest`` the least it met; ``entered`` and ``arrived`` the gradients until then, infinite for never; ``spent``
    the gradients of the run. ``begin`` is (starts,), the gap at the start.
    """
    problem, shape = course.problem, (len(player.rates), player.starts)
    given = player.runs, problem, np.tile(course.starts, len(player.rates))
    found = run_batch(*given, finish=finish, noise=course.noise, rests=False, expect=EXPECT)
    final = np.where(found.diverged_at != NEVER, np.inf, _gap(found.f, problem))
    columns = {
        "final": final,
        "lowest": np.minimum(final, _gap(found.closest_f, problem)),
        "entered": _gradients(found.entered_at, player.cost),
        "arrived": _gradients(found.arrived_at, player.cost),
        "spent": found.gradient_evaluations,
    }
    shaped = {name: column.reshape(shape) for name, column in columns.items()}
    return {"begin": _gap(course.begin, problem), **shaped}


def follow(player: Player, course: Course, finish: Finish, rates: int) -> Columns:
    """Run a rule on one function with its one rate from every start; return when the gap first was within each target.

    ``hits`` is (targets, starts) in gradients, infinite for never. rates: how many were played, of which this is one.
    """
    problem, rule = course.problem, player.runs
    path = np.empty((rule.steps + 1, problem.dim + 1, player.starts))
    found = run_batch(
        *(rule, problem, course.starts), finish=finish, noise=course.noise, path=path, rests=False,
        expect=EXPECT, of=rates * player.starts,
    )  # fmt: skip
    gone = np.where(found.diverged_at == NEVER, len(path), found.diverged_at)
    lost = np.arange(len(path))[:, np.newaxis] >= gone
    best = np.minimum.accumulate(np.where(lost, np.inf, _gap(path[:, -1], problem)), axis=0)
    steps = np.array([(-one).searchsorted(-TARGETS) for one in best.T]).T  # how many are above each target
    return {"hits": _gradients(np.where(steps == len(best), NEVER, steps), player.cost)}


def _gap(f: Array, problem: Problem) -> Array:
    """Return how far values lie from the least: a value below it lies outside the window, and is no better for it."""
    with np.errstate(all="ignore"):
        gap = np.abs(problem.above_least(f))
    return np.where(np.isnan(gap), np.inf, gap)


def _gradients(steps: NDArray[np.int64], cost: int) -> Array:
    """Return gradients, infinite for never; what holds at the start counts as 1, so that ratios are finite."""
    return np.where(steps == NEVER, np.inf, np.maximum(steps * cost, 1))


@dataclass(frozen=True)
class League:
    """What became of every run; arrays are (rules, functions, rates, starts) but where it says otherwise."""

    labels: tuple[str, ...]
    functions: tuple[str, ...]
    rates: Array  # (rates,) the learning rates that each rule was given
    budget: int  # gradients of a run
    costs: tuple[int, ...]  # gradients of a step, of each rule
    begin: Array  # (functions, starts) the gap at the start
    final: Array
    lowest: Array
    entered: Array
    arrived: Array
    spent: NDArray[np.int64]
    hits: Array  # (rules, functions, targets, starts) with the rate that serves all functions best
    seed: int = 0

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.final.size)

    @property
    def starts(self) -> int:
        """From how many starts each rule is run."""
        return int(self.final.shape[3])

    @cached_property
    def left(self) -> Array:
        """The share of the start's gap that is left at the end, infinite where a run diverged."""
        begin = self.begin[:, np.newaxis, :]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = self.final / begin
        return np.where(begin > 0, share, np.where(self.final > 0, np.inf, 0.0))

    @cached_property
    def median_final(self) -> Array:
        """(rules, functions, rates) the median gap at the end."""
        return medians(self.final)

    @cached_property
    def median_arrival(self) -> Array:
        """(rules, functions, rates) the median of gradients to arrive."""
        return medians(self.arrived)


BY_RUN = ("final", "lowest", "entered", "arrived", "spent", "hits")


def best_for_all(lowest: Array) -> NDArray[np.int64]:
    """Return (rules,) the rate with which most targets are reached over all functions and starts.

    lowest: (rules, functions, rates, starts). Of equal rates the middle one is taken.
    """
    missed = np.searchsorted(TARGETS[::-1], lowest).sum(axis=(1, 3))
    return middle_of_best(missed)


def middle_of_best(scores: Array) -> NDArray[np.int64]:
    """Return (...,) where the lowest of (..., n) scores is; of equal ones the middle one, far from worse ones."""
    equal = scores == scores.min(axis=-1, keepdims=True)
    before = equal.sum(axis=-1, keepdims=True) // 2  # of the equal ones
    return np.asarray((equal.cumsum(axis=-1) > before).argmax(axis=-1))


def gather(
    labels: Sequence[str], functions: Sequence[str], rates: Array, budget: int, costs: Sequence[int],
    played: Mapping[tuple[str, str], Columns], seed: int,
) -> League:  # fmt: skip
    """Lay out what was played and pursued, by label and function."""

    def stacked(name: str) -> NDArray[Any]:
        return np.array([[played[label, function][name] for function in functions] for label in labels])

    begin = np.array([played[labels[0], function]["begin"] for function in functions])
    by_run = {name: stacked(name) for name in BY_RUN}
    return League(tuple(labels), tuple(functions), rates, budget, tuple(costs), begin, **by_run, seed=seed)
