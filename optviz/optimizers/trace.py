"""Trace a rule: its step, called once with symbols, gives the graph of one update for every target language.

What depends on hyperparameters and the step t alone is split off into a table, computed in plain floats once a step and
not once a point. A branch on t (``if t == 1``) is followed both ways and becomes a choice; a branch on anything that
differs from point to point cannot be written down and is refused.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from optviz.errors import Issue, OptvizError
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.graph import Graph, Node, Point, variables_of
from optviz.formula.symbol import Column, Symbol, Untraceable
from optviz.optimizers.bound_rule import BoundRule, NumericRule, Schedule
from optviz.optimizers.cut import Cut
from optviz.optimizers.noise import Draws
from optviz.optimizers.rule import H, Rule
from optviz.optimizers.terms import files_of, locals_kept, name_terms

Array: TypeAlias = NDArray[np.float64]

MOST_KEPT = 256  # traced rules
MOST_BRANCHES = 8  # one after the other, on t: more is a loop


class TraceError(OptvizError):
    """A rule cannot be traced: the issue tells where, by file and line, and why."""


@dataclass(frozen=True)
class Table:
    """What depends on hyperparameters and t alone: a number a column and step, the same for all points.

    Its nodes have the variables ``t``, the names of ``inputs`` and of its own states.
    """

    columns: Mapping[str, Node]  # the variable of the update -> what to compute
    begin: Mapping[str, Node]  # states that no point has a say in: before step 1
    next: Mapping[str, Node]  # and after a step; the columns see them as they were before
    inputs: Mapping[str, float | Array]  # by variable: a number, or (steps,) one for each

    def rows(self, steps: int) -> Array:
        """Compute the columns for t = 1..steps: (steps, columns)."""
        names = (*self.inputs, "t", *self.next)
        kernel = compile_kernel([*self.columns.values(), *self.next.values()], names)
        first = compile_kernel(list(self.begin.values()), list(self.inputs))
        rows = np.empty((steps, len(self.columns)))
        each = [np.broadcast_to(value, steps).tolist() for value in self.inputs.values()]
        state: tuple[Any, ...] = ()
        for t, values in enumerate(zip(*each, strict=True) if each else [()] * steps, 1):
            state = state or compute_quietly(first, values)
            numbers = compute_quietly(kernel, (*values, float(t), *state))
            rows[t - 1], state = numbers[: rows.shape[1]], numbers[rows.shape[1] :]
        return rows


@dataclass(frozen=True)
class Update:
    """One update of a rule as a graph; its arrays of names are in the order of a rule's step.

    The variables of its nodes: ``x_0``, ``x_1`` the coordinates of the point before the step; the names of ``begin``
    for the state; ``g1_0``, ``g2_1``: coordinate 1 of the second gradient; the columns of ``table``; and the names of
    ``batches``. ``begin`` has the names of table.inputs instead of columns.
    """

    dim: int
    gradients: tuple[Point, ...]  # where each is taken; those after the first may depend on the ones before
    x: Point  # the new point
    begin: Mapping[str, Node]  # the state before step 1
    next: Mapping[str, Node]  # the state after a step
    table: Table
    batches: Mapping[str, Array]  # hyperparameters that differ from point to point, by variable
    picks: Mapping[str, tuple[str, Node]]  # by variable: of which of them it is a function, with t and table.inputs
    state: tuple[tuple[str, ...], ...]  # the variables of every state in the step's order; those of a table too
    rate: Point | None = None  # the factor in front of the gradient or moment
    received: Point = ()  # the first gradient as the rule is given it: with noise, clipped
    terms: Mapping[str, Point] = field(default_factory=dict)  # what the rule computes on its way, as "m̂", "√v̂", "Δ"
    form: object = field(default_factory=object)  # the same for all values of the hyperparameters that have one graph

    @property
    def roots(self) -> list[Node]:
        """All that must be computed: where gradients are taken, the new point, the new state."""
        return [*(node for point in self.gradients for node in point), *self.x, *self.next.values()]

    def gradient_variables(self, call: int) -> tuple[str, ...]:
        """Return the names of the coordinates of one gradient, counted from 0."""
        return tuple(f"g{call + 1}_{i}" for i in range(self.dim))


def trace(
    bound: BoundRule,
    dim: int,
    *,
    noise: Draws | None = None,
    domain: Iterable[tuple[float, float]] | None = None,
    every_number: bool = False,
    picks: bool = False,
) -> Update:
    """Trace a rule in ``dim`` coordinates, with noise on its gradients and projection into a domain where asked for.

    every_number: plain zeros and whole numbers are inputs of the table too, so that any of them may be changed later.
    picks: powers of a hyperparameter that differs from point to point, such as 1 - beta^t, become variables whose
    values can be computed once for each value that it takes.
    Raises TraceError where the rule does with a symbol what no graph can hold.
    """
    if bound.rule.library:
        raise TraceError(Issue(f"{bound.rule.library} takes the steps of {bound.rule.label}"))
    inputs, batches = _given(cast(Any, bound).numeric(lambda schedule: schedule), every_number)
    inputs |= noise.columns() if noise is not None else {}
    for i, (low, high) in enumerate(domain or ()):
        inputs |= {f"low_{i}": float(low), f"high_{i}": float(high)}
    key = (dim, every_number, picks, tuple(inputs), tuple(batches), *_form(bound, every_number))
    if key not in _TRACED:
        while len(_TRACED) >= MOST_KEPT:
            _TRACED.pop(next(iter(_TRACED)))
        tracer = _Tracer(bound, dim, inputs, batches)
        _TRACED[key] = bound.rule, tracer.update(picks)
    update = _TRACED[key][1]
    return replace(update, table=replace(update.table, inputs=inputs), batches=batches)


_TRACED: dict[tuple[Any, ...], tuple[Rule, Update]] = {}  # a rule is kept alive, so that its identity stays its own


def _form(bound: BoundRule, every_number: bool) -> Iterator[Any]:
    """Yield what decides the graph besides the names of its inputs: the rule, its choices, clipping and plain zeros."""
    yield id(bound.rule)
    yield bound.clip
    for value in bound.values.values():
        if isinstance(value, BoundRule):
            yield from _form(value, every_number)
        elif not isinstance(value, np.ndarray) and not _is_input(value, every_number):
            yield type(value), value


def _given(rule: NumericRule, every_number: bool, prefix: str = "h") -> tuple[dict[str, Any], dict[str, Array]]:
    """Return, by variable, the numbers of a rule that get symbols: those that all points share, and the others."""
    inputs: dict[str, Any] = {}
    batches: dict[str, Array] = {}
    for name, value in vars(rule.h).items():
        variable = f"{prefix}_{name}"
        if isinstance(value, NumericRule):
            own = _given(value, every_number, variable)
            inputs, batches = inputs | own[0], batches | own[1]
        elif isinstance(value, np.ndarray):
            batches[variable] = value
        elif _is_input(value, every_number):
            inputs[variable] = value.values if isinstance(value, Schedule) else value
    return inputs, batches


def _is_input(value: object, every_number: bool) -> bool:
    """Return whether a hyperparameter gets a symbol; rules ask for a plain 0, and may count to a whole number."""
    return (
        isinstance(value, Schedule)
        or (type(value) is float and (every_number or value != 0.0))
        or (type(value) is int and every_number)
    )


@dataclass(frozen=True)
class _Path:
    """What one way through the step's branches yields."""

    gradients: tuple[Point, ...]
    x: Point
    state: tuple[Point, ...]
    terms: dict[str, Point]  # the rule's variables


class _State(NamedTuple):
    """A state of a rule or its base: its name there, its variables, whether it has coordinates."""

    name: str
    variables: tuple[str, ...]
    is_point: bool


class _Fork(BaseException):
    """A branch on t that has not been taken yet; no Exception, for a rule must not catch it."""

    def __init__(self, condition: Node) -> None:
        self.condition = condition


class _Tracer:
    """Holds the graph and the variables while a rule is called with symbols."""

    def __init__(
        self,
        bound: BoundRule,
        dim: int,
        inputs: Mapping[str, float | Array],
        batches: Mapping[str, Array],
    ) -> None:
        self.bound, self.dim = bound, dim
        self.graph = Graph()
        self.inputs, self.batches = inputs, batches
        self.decisions: dict[Node, bool] = {}
        self.interruption: BaseException | None = None  # of the step, by one of its branches
        # symbols, and schedules before they are symbols, stand where a rule's types have numbers
        self.rule: Any = self.with_symbols(cast(Any, bound).numeric(lambda schedule: schedule))
        self.factor, self.noise, low, high = (
            self.point(name) if f"{name}_0" in inputs else None for name in ("factor", "noise", "low", "high")
        )
        self.domain = None if low is None or high is None else (low, high)
        self.states = [
            _State(name, self.coordinates_of(variable) if is_point else (variable,), is_point)
            for name, variable, is_point in _states(bound)
        ]
        self.same_for_all = {"t", *self.inputs}

    # --- symbols

    def symbol(self, *names: str, is_point: bool = False) -> Symbol:
        return Symbol([self.graph.variable(name) for name in names], self.decide, is_point=is_point)

    def point(self, name: str) -> Symbol:
        return self.symbol(*self.coordinates_of(name), is_point=True)

    def received(self, name: str) -> Symbol:
        """Return what the rule is given for a gradient: with noise, clipped."""
        g = self.point(name)
        g = g if self.factor is None else g * self.factor
        g = g if self.noise is None else g + self.noise
        return g if self.bound.clip is None else cast(Symbol, cast(Any, self.bound.clip)(g))

    def coordinates_of(self, name: str) -> tuple[str, ...]:
        return tuple(f"{name}_{i}" for i in range(self.dim))

    def with_symbols(self, rule: NumericRule, prefix: str = "h") -> NumericRule:
        """Put symbols for the rule's numbers; switches and choices stay, as does a plain 0 unless all are asked for."""
        h = H()
        for name, value in vars(rule.h).items():
            variable = f"{prefix}_{name}"
            if isinstance(value, NumericRule):
                setattr(h, name, self.with_symbols(value, variable))
            elif variable in self.inputs or variable in self.batches:
                setattr(h, name, self.symbol(variable))
            else:
                setattr(h, name, value)
        return NumericRule(rule.rule, h)

    def decide(self, condition: Node) -> bool:
        """Answer a branch on what is the same for all points; refuse any other."""
        if condition not in self.decisions:
            known = variables_of([condition]) <= self.same_for_all
            refusal = Untraceable("a branch on what differs from point to point; write it with where")
            self.interruption = _Fork(condition) if known else refusal
            raise self.interruption
        return self.decisions[condition]

    # --- the step, once for every way through it

    def follow(self, decided: Mapping[Node, bool]) -> _Path:
        """Call the step with these decisions, and at the next branch both ways."""
        self.decisions, self.interruption = dict(decided), None
        try:
            return self.call()
        except _Fork as fork:
            branch = fork.condition
        if len(decided) == MOST_BRANCHES:
            raise TraceError(self.issue("more branches on t in a row than can be followed"))
        return self.joined(branch, self.follow({**decided, branch: True}), self.follow({**decided, branch: False}))

    def call(self) -> _Path:
        points: list[Point] = []

        def grad(at: Any) -> Symbol:
            points.append(self.coordinates(at))
            return self.received(f"g{len(points)}")

        state = [self.symbol(*one.variables, is_point=one.is_point) for one in self.states]
        try:
            with locals_kept(files_of(self.bound)) as kept:
                x, *moved = self.rule.step(self.symbol("t"), grad, self.point("x"), *state)
                if self.domain is not None:
                    x = np.minimum(np.maximum(x, self.domain[0]), self.domain[1])
            if self.interruption:
                raise Untraceable("it catches what its own branches raise")
            terms = {name: self.coordinates(value, len(value.nodes)) for name, value in kept.items()}
            return _Path(tuple(points), self.coordinates(x), self.nodes_of(moved), terms)
        except (Exception, Untraceable) as error:  # whatever a rule of the user's raises on meeting a symbol
            raise TraceError(self.issue(str(error), error)) from error

    def nodes_of(self, state: Iterable[Any]) -> tuple[Point, ...]:
        pairs = zip(state, self.states, strict=True)
        return tuple(self.coordinates(value, len(one.variables)) for value, one in pairs)

    def coordinates(self, value: Any, count: int | None = None) -> Point:
        """Return the nodes of a number or a point, one for each coordinate of a point."""
        count = count or self.dim
        nodes = value.nodes if isinstance(value, Symbol) else (self.graph.node(value),)
        if len(nodes) not in (1, count):
            raise Untraceable(f"{len(nodes)} coordinates in the place of {count}")
        return tuple(map(self.graph.as_number, nodes * count if len(nodes) < count else nodes))

    def joined(self, condition: Node, yes: _Path, no: _Path) -> _Path:
        """Return a path that chooses, value by value, between two."""
        if len(yes.gradients) != len(no.gradients):
            raise TraceError(self.issue("the number of gradients depends on the step"))

        made: dict[tuple[Node, Node], Node] = {}

        def choice(a: Point, b: Point) -> Point:
            return tuple(_choice(condition, *pair, made) for pair in zip(a, b, strict=True))

        terms = {name: choice(yes.terms[name], no.terms[name]) for name in yes.terms if name in no.terms}
        gradients, state = (
            tuple(map(choice, *pair)) for pair in ((yes.gradients, no.gradients), (yes.state, no.state))
        )
        return _Path(gradients, choice(yes.x, no.x), state, terms)

    def issue(self, message: str, error: BaseException | None = None) -> Issue:
        """Return the issue, at the line of the rule that led to it."""
        own = {__file__, sys.modules[Symbol.__module__].__file__}
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__ if error else None) if frame.filename not in own
        ]
        said = f"{self.bound.name} cannot be traced: {message}"
        if not frames:
            return Issue(said)
        return Issue(said).at(Path(frames[-1].filename).name, frames[-1].lineno, None)

    # --- the result

    def update(self, picks: bool) -> Update:
        """Trace the rule, and split off what is the same for all points."""
        path = self.follow({})
        variables = [variable for one in self.states for variable in one.variables]
        begun = self.nodes_of(self.rule.begin(self.point("x"))[1:])
        begin, after = (dict(zip(variables, chain(*points), strict=True)) for points in (begun, path.state))
        shared = self.shared_states(begin, after)
        own = [variable for variable in variables if variable not in shared]
        common = [variable for variable in variables if variable in shared]  # in one order, whatever Python's hashes
        cut = Cut(self.graph, self.same_for_all | shared, set(self.batches) if picks else set())
        rate = self.rate(path)
        points = [
            (one.name, one.variables, nodes) for one, nodes in zip(self.states, path.state, strict=True) if one.is_point
        ]
        terms = name_terms(path.x, path.terms, points, cut.same_for_all)
        return Update(
            dim=self.dim,
            gradients=tuple(map(cut.point, path.gradients)),
            x=cut.point(path.x),
            begin={variable: begin[variable] for variable in own},
            next={variable: cut(after[variable]) for variable in own},
            rate=rate and cut.point(rate),
            received=cut.point(self.coordinates(self.received("g1"))),
            terms={name: cut.point(nodes) for name, nodes in terms.items()},
            table=Table(cut.columns, {v: begin[v] for v in common}, {v: after[v] for v in common}, self.inputs),
            batches=self.batches,
            picks=cut.picks,
            state=tuple(one.variables for one in self.states),
        )

    def rate(self, path: _Path) -> Point | None:
        """Return the factor in front of the gradient or moment, from the state after the step; None without one."""
        if not self.bound.has_effective_lr:
            return None
        columns = {"x": self.point("x"), "g": self.received("g1")}
        for one, nodes in zip(self.states, path.state, strict=True):
            columns[one.name] = Column(nodes, self.decide, self.symbol(*one.variables, is_point=one.is_point))
        rate = self.rule.effective_lr(self.symbol("t"), columns)
        return None if rate is None else self.coordinates(rate)

    def shared_states(self, begin: Mapping[str, Node], after: Mapping[str, Node]) -> set[str]:
        """Return the states that no point has a say in, as the product of NAdam's momenta."""
        shared = {one.variables[0] for one in self.states if not one.is_point}
        while True:
            known = self.same_for_all | shared
            kept = {name for name in shared if variables_of([begin[name], after[name]]) <= known}
            if kept == shared:
                return kept
            shared = kept


def _choice(condition: Node, a: Node, b: Node, made: dict[tuple[Node, Node], Node]) -> Node:
    """Choose as deep inside as the two are alike: βm + (where t > 1: d, else 0), one choice and one sum."""
    if (a, b) not in made:
        pairs = list(zip(a.args, b.args, strict=False))
        if pairs and (a.op, len(a.args)) == (b.op, len(b.args)) and not a.is_condition:
            made[a, b] = a.graph.apply(a.op, *(_choice(condition, *pair, made) for pair in pairs))
        else:
            made[a, b] = a.graph.choice(condition, a, b)
    return made[a, b]


def compute_quietly(kernel: Callable[..., tuple[Any, ...]], values: Iterable[Any]) -> tuple[Any, ...]:
    """Compute in plain floats; where these would raise an error, with NumPy's infinities and NaN."""
    values = tuple(values)
    try:
        return kernel(*values)
    except (ZeroDivisionError, OverflowError):
        with np.errstate(all="ignore"):
            return tuple(float(number) for number in kernel(*map(np.float64, values)))


def _states(bound: BoundRule, prefix: str = "s") -> list[tuple[str, str, bool]]:
    """Return every state in the step's order, those of the base last: name, variable, whether it has coordinates."""
    own = [(name, f"{prefix}_{name}", True) for name in bound.rule.state]
    own += [(name, f"{prefix}_{name}", False) for name in bound.rule.internal]
    return own if bound.base is None else own + _states(bound.base, f"{prefix}_base")
