"""A formula as a graph in which equal subexpressions are the same node, and the algebra of such nodes.

``Graph.apply`` builds exactly what the author wrote and only folds constants. The operators of ``Node``
(``a + b``, ``2 * a``...) also drop what is trivially nothing (``0 * a``, ``a + 0``); they are for
derivatives, where a structural zero is a zero.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from optviz.formula import arithmetic

ARITHMETIC: dict[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "power": arithmetic.power,
    "sin": arithmetic.sin,
    "cos": arithmetic.cos,
    "tan": arithmetic.tan,
    "asin": arithmetic.asin,
    "acos": arithmetic.acos,
    "atan": arithmetic.atan,
    "atan2": arithmetic.atan2,
    "sinh": arithmetic.sinh,
    "cosh": arithmetic.cosh,
    "tanh": arithmetic.tanh,
    "exp": arithmetic.exp,
    "log": arithmetic.log,
    "log10": arithmetic.log10,
    "log2": arithmetic.log2,
    "sqrt": arithmetic.sqrt,
    "absolute": arithmetic.absolute,
    "sign": arithmetic.sign,
    "floor": arithmetic.floor,
    "ceil": arithmetic.ceil,
    "minimum": arithmetic.minimum,
    "maximum": arithmetic.maximum,
    "where": arithmetic.where,
}
CONDITIONS: dict[str, Callable[..., bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.not_,
}
OPERATIONS = {**ARITHMETIC, **CONDITIONS}


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One subexpression. ``op`` is ``number``, ``variable`` or a name in ``OPERATIONS``."""

    graph: Graph
    op: str
    args: tuple[Node, ...]
    order: int  # arguments have lower ones
    constant: float | bool | None = None
    name: str = ""

    @property
    def is_condition(self) -> bool:
        """True or false, not a number."""
        return self.op in CONDITIONS or type(self.constant) is bool

    @property
    def is_zero(self) -> bool:
        """The constant 0."""
        return self.constant == 0.0

    @property
    def is_one(self) -> bool:
        """The constant 1."""
        return self.constant == 1.0

    def __neg__(self) -> Node:
        return self.args[0] if self.op == "neg" else self.graph.apply("neg", self)

    def __add__(self, other: Operand) -> Node:
        return self.graph.sum(self, self.graph.node(other))

    def __radd__(self, other: float) -> Node:
        return self.graph.node(other) + self

    def __sub__(self, other: Operand) -> Node:
        return self.graph.difference(self, self.graph.node(other))

    def __rsub__(self, other: float) -> Node:
        return self.graph.node(other) - self

    def __mul__(self, other: Operand) -> Node:
        return self.graph.product(self, self.graph.node(other))

    def __rmul__(self, other: float) -> Node:
        return self.graph.node(other) * self

    def __truediv__(self, other: Operand) -> Node:
        return self.graph.quotient(self, self.graph.node(other))

    def __rtruediv__(self, other: float) -> Node:
        return self.graph.node(other) / self


Operand: TypeAlias = Node | float


class Graph:
    """Every subexpression of one formula, each kept once (hash-consing)."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[object, ...], Node] = {}

    def node(self, operand: Operand) -> Node:
        """A node, or the constant of that value."""
        if isinstance(operand, Node):
            return operand
        value = operand if isinstance(operand, bool) else float(operand)
        return self._intern("number", (), constant=value)

    def variable(self, name: str) -> Node:
        """The variable of that name."""
        return self._intern("variable", (), name=name)

    def apply(self, op: str, *args: Node) -> Node:
        """``op`` of the arguments; computed at once when all are constants."""
        constants = [arg.constant for arg in args]
        if None in constants:
            return self._intern(op, args)
        return self.node(_computed(op, constants))

    def _intern(self, op: str, args: tuple[Node, ...], constant: float | bool | None = None, name: str = "") -> Node:
        key = (op, args, repr(constant), name)  # repr tells 0.0 from -0.0 and 1.0 from True
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(self, op, args, len(self._nodes), constant, name)
        return found

    def sum(self, a: Node, b: Node) -> Node:
        """a + b."""
        if a.is_zero or b.is_zero:
            return b if a.is_zero else a
        if a is b:
            return 2 * a
        return a - b.args[0] if b.op == "neg" else self.apply("+", a, b)

    def difference(self, a: Node, b: Node) -> Node:
        """a - b."""
        if a.is_zero or b.is_zero:
            return a if b.is_zero else -b
        if a is b:
            return self.node(0.0)
        return a + b.args[0] if b.op == "neg" else self.apply("-", a, b)

    def product(self, a: Node, b: Node) -> Node:
        """a * b."""
        if a.is_zero or b.is_zero:
            return self.node(0.0)
        if a.is_one or b.is_one:
            return b if a.is_one else a
        if -1.0 in (a.constant, b.constant):
            return -b if a.constant == -1.0 else -a
        if "neg" in (a.op, b.op):
            return -(a.args[0] * b) if a.op == "neg" else -(a * b.args[0])
        return self.apply("*", a, b)

    def quotient(self, a: Node, b: Node) -> Node:
        """a / b."""
        if a.is_zero or b.is_one:
            return a
        return -(a.args[0] / b) if a.op == "neg" else self.apply("/", a, b)

    def choice(self, condition: Node, a: Operand, b: Operand) -> Node:
        """``a`` where the condition holds, else ``b``; neither leaks into the other."""
        a, b = self.node(a), self.node(b)
        return a if a is b else self.apply("where", condition, a, b)

    def as_number(self, node: Node) -> Node:
        """A condition as 1 or 0."""
        return self.apply("where", node, self.node(1.0), self.node(0.0)) if node.is_condition else node

    def as_condition(self, node: Node) -> Node:
        """A number as "differs from 0"."""
        return node if node.is_condition else self.apply("!=", node, self.node(0.0))


def _computed(op: str, constants: list[Any]) -> float | bool:
    try:
        result: float | bool = OPERATIONS[op](*constants)
    except ZeroDivisionError:
        return math.nan
    return result


def ordered(roots: Iterable[Node]) -> list[Node]:
    """All nodes that the roots need, arguments before those who use them."""
    needed: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting.extend(node.args)
    return sorted(needed, key=lambda node: node.order)
