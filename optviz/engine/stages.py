"""Lays out a batch's rows and the kernels of a step: the rule's update, the function's slopes, the tally.

The kernels come from the traced rule, the formula's graph and the parts of a tally; each serves every partner, so that
a rule is compiled once for all functions. A step at t is: the rule's kernels, then value and slopes at the new point
(the next step's first gradient), then the tally.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from optviz.engine.judge import FinishLine
from optviz.engine.run import RunSettings
from optviz.engine.tally import Tally
from optviz.formula import Symbols
from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.graph import Graph, Node, renamed, variables_of
from optviz.formula.symbol import Symbol, symbol_of
from optviz.optimizers import BoundRule
from optviz.optimizers.trace import MOST_KEPT, TraceError, Update, trace

Array: TypeAlias = NDArray[np.float64]
T = TypeVar("T")

MOST_PICKS = 1 << 22  # numbers to pick from, of each kind
_MOVES: dict[Hashable, list[Kernel]] = {}  # a rule's kernels, by its form and the rows
_BEGINNINGS: dict[Hashable, Callable[..., tuple[Any, ...]]] = {}  # what computes its first state, by its form
_NUMBERS: dict[Hashable, Array] = {}  # a rule's table, by its form and inputs
_PICKS: dict[Hashable, Array] = {}  # what its points pick from, by these and the values that they take
MOST_PICKS_KEPT = 4
OF_THE_RULE = ("rows", "moving", "lasting", "numbers", "takers", "picks", "own")  # parts of a plan


def _remembered(known: dict[Hashable, T], key: Hashable, make: Callable[[], T], most: int = MOST_KEPT) -> T:
    """Return what was made for the key before, or make it; the oldest is forgotten."""
    if key not in known:
        while len(known) >= most:
            known.pop(next(iter(known)))
        known[key] = make()
    return known[key]


@dataclass(frozen=True)
class Stage:
    """A kernel, the first row that it sees, and its shared numbers at every step."""

    kernel: Kernel
    first: int
    table: Array  # (steps + 1, numbers): row t for step t
    picks: Array | None = None  # (steps + 1, n) of which each point takes its own


@dataclass(frozen=True)
class Plan:
    """The rows of a batch by name, and the stages of its steps."""

    update: Update
    symbols: Symbols
    steps: int
    tally: Tally | None  # None: the last point alone is wanted
    line: FinishLine

    def on(self, symbols: Symbols, line: FinishLine) -> Plan:
        """Return the plan for another function, which takes over all that depends on the rule alone."""
        other = replace(self, symbols=symbols, line=line)
        vars(other).update({name: part for name, part in vars(self).items() if name in OF_THE_RULE})
        return other

    @cached_property
    def rows(self) -> dict[str, int]:
        """Every row by its variable: for each gradient its point, value and slopes; the tally; the state."""
        dim, update = self.update.dim, self.update
        names = [*_names("x", dim), "f", *_names("g1", dim)]
        names += self.tally.columns if self.tally else []
        for call in range(1, len(update.gradients)):
            names += [*_names(f"p{call + 1}", dim), f"f{call + 1}", *_names(f"g{call + 1}", dim)]
        names += [*update.next, *update.batches, *(f"at_{name}" for name in self.takers)]
        return {name: row for row, name in enumerate(names)}

    @cached_property
    def moving(self) -> list[int]:
        """The rows that decide where a point goes next."""
        return [self.rows[name] for name in (*_names("x", self.update.dim), *self.update.next)]

    @cached_property
    def lasting(self) -> list[str]:
        """The rows that are wanted after the last step, which stand side by side."""
        return _names("x", self.update.dim) if self.tally is None else self.tally.columns

    def begin(self, start: Array, known: Mapping[str, Array]) -> list[Array | float]:
        """Return the rows before step 0 of the starts (dim, n): (n,), or a number where it is one for all.

        known: what is known of them besides.
        """
        given: dict[str, Any] = {**dict(zip(_names("x", self.update.dim), start, strict=True)), **self.update.batches}
        inputs = {name: np.ravel(value)[0].item() for name, value in self.update.table.inputs.items()}
        names, states = [*given, *inputs], self.update.begin
        compute = _remembered(_BEGINNINGS, self.update.form, lambda: compile_kernel(list(states.values()), names))
        given |= dict(zip(states, compute(*given.values(), *inputs.values()), strict=True))
        given |= {f"at_{name}": places for name, (places, _) in self.takers.items()}
        given |= {**(self.tally.begin(start) if self.tally else {}), **known}
        return [given.get(name, 0.0) for name in self.rows]

    @cached_property
    def settled_from(self) -> int:
        """The first step from which on nothing but the points themselves changes; steps + 1 where there is none."""
        if _slopes_change(self.symbols):
            return self.steps + 1
        starts = [_settled_from(table) for table in (self.numbers, self.picks) if table.size]
        return max(starts, default=1)

    def states(self, t: int, rows: Mapping[str, Array]) -> list[Array]:
        """Return every state, (dim, n) or (n,), from the rows after step t."""
        values: dict[str, Any] = dict(zip(self.update.table.columns, self.numbers[t], strict=True))
        values |= rows
        return [np.stack([np.asarray(values.get(name, np.nan)) for name in group]) for group in self.update.state]

    def settled(self, rows: Array, step: int) -> Array:
        """Return the lasting rows of points that change no more after ``step`` as they are after the last step."""
        if self.tally is not None:
            self.tally.settle(dict(zip(self.lasting, rows, strict=True)), step, self.steps)
        return rows

    # --- stages

    def before(self) -> list[Stage]:
        """Return the stages of step 0, which counts the start."""
        return [self.slopes, *self.counting[self.is_late(0)]]

    def step(self, t: int) -> list[Stage]:
        """Return the stages of a step; those of step 1 do for all that come before ``tally.tail_from``."""
        return [*self.moves, self.slopes, *self.counting[self.is_late(t)]]

    def is_late(self, t: int) -> bool:
        """Return whether the tally's tail has begun."""
        return self.tally is not None and self.tally.is_late(t)

    @cached_property
    def numbers(self) -> Array:
        """(steps + 1, columns) the numbers of the rule's table at every step."""
        return _remembered(_NUMBERS, self.key, lambda: np.pad(self.update.table.rows(self.steps), ((1, 0), (0, 0))))

    @property
    def key(self) -> Hashable:
        """What decides the rule's tables."""
        inputs = tuple((name, np.asarray(value).tobytes()) for name, value in self.update.table.inputs.items())
        return self.update.form, self.steps, inputs

    @cached_property
    def takers(self) -> dict[str, tuple[Array, Array]]:
        """By hyperparameter of which powers are taken: where each point's picks begin, and the values that it takes."""
        found, first = {}, 0
        for name in dict.fromkeys(owner for owner, _ in self.update.picks.values()):
            values, places = np.unique(self.update.batches[name], return_inverse=True)
            count = sum(owner == name for owner, _ in self.update.picks.values())
            found[name] = first + count * places.astype(np.float64), values
            first += count * len(values)
        return found

    @cached_property
    def picks(self) -> Array:
        """(steps + 1, n) what depends on t and one value of a batch's hyperparameter, for each that it takes."""
        if not self.takers:  # as for most rules
            return np.empty((self.steps + 1, 0))
        key = self.key, *(values.tobytes() for _, values in self.takers.values())
        return _remembered(_PICKS, key, self.compute_picks, MOST_PICKS_KEPT)

    def compute_picks(self) -> Array:
        """Compute them in plain floats, or on arrays with the same bits."""
        parts = []
        each = {name: np.broadcast_to(one, self.steps).tolist() for name, one in self.update.table.inputs.items()}
        for name, (_, values) in self.takers.items():
            nodes = [node for owner, node in self.update.picks.values() if owner == name]
            compute = compile_kernel(nodes, [*each, "t", name])
            table = np.zeros((self.steps + 1, len(values), len(nodes)))
            for t in range(1, self.steps + 1):
                table[t] = np.stack(compute(*(one[t - 1] for one in each.values()), float(t), values), axis=-1)
            parts.append(table.reshape(self.steps + 1, -1))
        return np.concatenate(parts, axis=1)

    @cached_property
    def moves(self) -> list[Stage]:
        """The rule's kernels, and the slopes at the points where it takes more gradients."""
        *before, last = self.own
        stages = []
        for call, stage in enumerate(before, 2):
            times = _times(self.steps) - [0.0, 1.0]
            stages += [stage, Stage(_slopes(self.symbols, with_value=False), self.rows[f"p{call}_0"], times)]
        return [*stages, last]

    @cached_property
    def own(self) -> list[Stage]:
        """The rule's kernels: where it takes more gradients, and what a step changes."""
        kernels = _remembered(_MOVES, (self.update.form, tuple(self.rows)), self.move_kernels)
        return [Stage(kernel, 0, self.numbers, self.picks) for kernel in kernels]

    def move_kernels(self) -> list[Kernel]:
        """Make the rule's own kernels: where it takes more gradients, and what a step changes."""
        update, dim = self.update, self.update.dim
        numbers = {name: place for place, name in enumerate(update.table.columns)}
        kernels = []
        for call, point in enumerate(update.gradients[1:], 2):
            results = dict(zip((self.rows[name] for name in _names(f"p{call}", dim)), point, strict=True))
            kernels.append(self.with_picks(kernel_of(dim, self.rows, numbers, results)))
        variables = (*_names("x", dim), *update.next)
        results = {
            self.rows[name]: node for name, node in zip(variables, (*update.x, *update.next.values()), strict=True)
        }
        if self.tally is not None:
            calm = symbol_of(update.x[0].graph.variable("calm"))
            received = self.tally.receive(map(symbol_of, update.received), {"calm": calm})
            results |= {self.rows[name]: value.nodes[0] for name, value in received.items()}
        spent = {self.rows[name] for call in range(len(update.gradients)) for name in update.gradient_variables(call)}
        return [*kernels, replace(self.with_picks(kernel_of(dim, self.rows, numbers, results)), spent=frozenset(spent))]

    def with_picks(self, kernel: Kernel) -> Kernel:
        """Return a rule's kernel with what it picks."""
        needed, picked = variables_of(kernel.results.values()), dict[str, tuple[int, int]]()
        for owner in self.takers:
            own = [name for name, (of, _) in self.update.picks.items() if of == owner]
            picked |= {name: (self.rows[f"at_{owner}"], place) for place, name in enumerate(own) if name in needed}
        return replace(kernel, picked=picked)

    @cached_property
    def slopes(self) -> Stage:
        """The value at the point after a step, and the slopes there for the next one."""
        return Stage(_slopes(self.symbols, with_value=self.tally is not None), 0, _times(self.steps))

    @cached_property
    def counting(self) -> tuple[list[Stage], list[Stage]]:
        """The tally's stage before its tail, and in it."""
        if self.tally is None:
            return [], []
        numbers = _line_numbers(self.line)
        table = np.empty((self.steps + 1, 1 + len(numbers)))  # the step, and the numbers of the finish line
        table[:, 0], table[:, 1:] = np.arange(self.steps + 1), [*numbers.values()]
        shape = len(self.line.minima), self.line.gap is not None
        kinds = (False, True) if self.tally.has_tail else (False,)
        stages = [[Stage(_counting(self.tally, late, *shape), 0, table)] for late in kinds]
        return stages[0], stages[-1]


@lru_cache(maxsize=16)
def _times(steps: int) -> Array:
    """Return (steps + 1, 2) which function a step's value is of, and the next step's gradient."""
    t = np.arange(steps + 1.0)
    return np.stack([np.maximum(t, 1.0), t + 1.0], axis=1)


def _settled_from(table: Array) -> int:
    """Return the first step from which on a table's rows are all the same; their number where the last ones differ."""
    if len(table) > 2 and (table[-1] != table[-2]).any():
        return len(table)  # as nearly always: no need to look at all rows
    unlike = np.flatnonzero((table[1:] != table[-1]).any(axis=1))
    return int(unlike[-1]) + 2 if len(unlike) else 1


@lru_cache(maxsize=256)
def _slopes_change(symbols: Symbols) -> bool:
    """Return whether slopes depend on the step."""
    return symbols.arguments[-1] in variables_of(symbols.slopes)


def _names(name: str, dim: int) -> list[str]:
    return [f"{name}_{i}" for i in range(dim)]


def kernel_of(dim: int, rows: Mapping[str, int], numbers: Mapping[str, int], results: Mapping[int, Node]) -> Kernel:
    """Make a kernel that loads what its results need and writes what they change."""
    needed = variables_of(results.values())
    own = {name: row for name, row in rows.items() if name in needed}
    changed = {row: node for row, node in results.items() if rows.get(node.name) != row}
    return Kernel(own, {name: place for name, place in numbers.items() if name in needed}, changed, dim=dim)


@lru_cache(maxsize=256)
def _slopes(symbols: Symbols, *, with_value: bool) -> Kernel:
    """Return the formula's kernel, with rows counted from its point: the coordinates, the value, the slopes."""
    *coordinates, t = symbols.arguments
    dim = len(coordinates)
    results = {dim + 1 + i: slope for i, slope in enumerate(symbols.slopes)}
    if with_value:
        results[dim] = renamed(symbols.value, {t: "t_value"})
    return kernel_of(dim, {name: row for row, name in enumerate(coordinates)}, {"t_value": 0, t: 1}, results)


def _line_numbers(line: FinishLine) -> dict[str, Any]:
    """Return the numbers of a finish line, by variable."""
    numbers = {f"minimum{i}_{j}": value for i, point in enumerate(line.minima) for j, value in enumerate(point)}
    numbers |= {"square": line.square} if line.minima else {}
    return numbers | {"target": line.target} | ({} if line.gap is None else {"gap": line.gap})


@lru_cache(maxsize=256)
def _counting(tally: Tally, late: bool, minima: int, has_gap: bool) -> Kernel:
    """Return the kernel of a tally: its method, called with symbols."""
    graph = Graph()

    def symbol(name: str) -> Symbol:
        return symbol_of(graph.variable(name))

    x = [symbol(name) for name in _names("x", tally.dim)]
    points = [[symbol(f"minimum{i}_{j}") for j in range(tally.dim)] for i in range(minima)]
    gap = symbol("gap") if has_gap else None
    line = FinishLine(points, symbol("square"), symbol("target"), gap)
    known = {name: symbol(name) for name in tally.columns}
    new = tally.count(symbol("t"), x, symbol("f"), known, line, late=late)
    rows = {name: row for row, name in enumerate([*_names("x", tally.dim), "f", *_names("g1", tally.dim), *known])}
    numbers = {name: place for place, name in enumerate(("t", *_line_numbers(line)))}
    return kernel_of(tally.dim, rows, numbers, {rows[name]: value.nodes[0] for name, value in new.items()})


def _are_few(rule: BoundRule) -> bool:
    """Return whether a table of what depends on t and one value of a batch's hyperparameter fits into memory."""
    values = [
        value for one in (rule, rule.base) if one for value in one.values.values() if isinstance(value, np.ndarray)
    ]
    if sum(value.size for value in values) * rule.steps <= MOST_PICKS:
        return True
    return sum(len(np.unique(value)) for value in values) * rule.steps <= MOST_PICKS


@dataclass(frozen=True)
class _Planned:
    """A plan, and what decided the parts of it that depend on the rule alone."""

    key: Hashable
    kept: tuple[object, ...]  # alive, so that the identities in the key stay their own
    plan: Plan


class _Last:
    """The last plan that was made."""

    planned: _Planned | None = None


def plan_of(settings: RunSettings, tally: Tally | None, line: FinishLine) -> Plan | None:
    """Plan a run whose function is a formula and whose rule can be traced; None for others.

    A rule that ran before on another function is not laid out once more.
    """
    rule, problem = settings.rule, settings.problem
    symbols = problem.symbols
    if symbols is None or problem.custom or rule.is_custom or rule.steps == 0:
        return None
    last = _Last.planned
    key = id(rule), id(settings.noise), problem.dim, problem.domain, tally
    if last is not None and last.key == key:
        return last.plan.on(symbols, line)
    try:
        update = trace(rule, problem.dim, noise=settings.noise, domain=problem.domain, picks=_are_few(rule))
    except TraceError:
        return None
    first = [node.name for node in update.gradients[0]] if update.gradients else []
    at_the_point = first == _names("x", problem.dim)  # where the stages take the first gradient
    if not at_the_point:
        return None
    plan = Plan(update, symbols, rule.steps, tally, line)
    _Last.planned = _Planned(key, (rule, settings.noise), plan)
    return plan
