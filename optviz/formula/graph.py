"""Represent a formula as a graph in which equal subexpressions are one node.

``Graph.apply`` builds exactly what the author wrote and folds constants. The operators of ``Node`` (``a + b``,
``2 * a``...) also drop structural zeros and ones (``0 * a``, ``a + 0``, ``1 * a``); they are for derivatives.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
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
    "python_power": arithmetic.python_power,
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
    """One subexpression. ``op`` is ``number``, ``variable`` or a key of ``OPERATIONS``."""

    graph: Graph
    op: str
    args: tuple[Node, ...]
    order: int  # in which the graph's nodes were made: lower for arguments
    constant: float | bool | None = None
    name: str = ""

    def __repr__(self) -> str:
        """Return what it is, without all that it is made of."""
        own = self.name or self.op if self.constant is None else repr(self.constant)
        return f"<Node {own} of {len(self.args)} arguments>" if self.args else f"<Node {own}>"

    @property
    def is_condition(self) -> bool:
        """Whether it is true or false rather than a number."""
        return self.op in CONDITIONS or type(self.constant) is bool

    @property
    def is_zero(self) -> bool:
        """Whether it is the constant 0."""
        return self.constant == 0.0

    @property
    def is_one(self) -> bool:
        """Whether it is the constant 1."""
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
Point: TypeAlias = tuple[Node, ...]  # one node a coordinate


class Graph:
    """Holds every subexpression of one formula, each once (hash-consing)."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[object, ...], Node] = {}

    def node(self, operand: Operand) -> Node:
        """Return a node itself, or the node of a constant."""
        if isinstance(operand, Node):
            return operand
        value = operand if isinstance(operand, bool) else float(operand)
        return self._intern("number", (), constant=value)

    def variable(self, name: str) -> Node:
        """Return the node of the variable of that name."""
        return self._intern("variable", (), name=name)

    def apply(self, op: str, *args: Node) -> Node:
        """Apply an operation to nodes; compute it when all are constants, choose where the condition is one."""
        constants = [arg.constant for arg in args]
        if op == "where" and constants[0] is not None:  # left in, it would be a float among arrays
            return args[1] if constants[0] else args[2]
        if None in constants:
            return self._intern(op, args)
        try:
            return self.node(OPERATIONS[op](*constants))
        except ZeroDivisionError:
            return self.node(math.nan)

    def _intern(self, op: str, args: tuple[Node, ...], constant: float | bool | None = None, name: str = "") -> Node:
        key = (op, args, repr(constant), name)  # repr tells 0.0 from -0.0 and 1.0 from True
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(self, op, args, len(self._nodes), constant, name)
        return found

    def sum(self, a: Node, b: Node) -> Node:
        """Return a + b, simplified."""
        if a.is_zero or b.is_zero:
            return b if a.is_zero else a
        if a is b:
            return 2 * a
        return a - b.args[0] if b.op == "neg" else self.apply("+", a, b)

    def difference(self, a: Node, b: Node) -> Node:
        """Return a - b, simplified."""
        if a.is_zero or b.is_zero:
            return a if b.is_zero else -b
        if a is b:
            return self.node(0.0)
        return a + b.args[0] if b.op == "neg" else self.apply("-", a, b)

    def product(self, a: Node, b: Node) -> Node:
        """Return a b, simplified."""
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
        """Return a / b, simplified."""
        if a.is_zero or b.is_one:
            return a
        return -(a.args[0] / b) if a.op == "neg" else self.apply("/", a, b)

    def choice(self, condition: Node, a: Operand, b: Operand) -> Node:
        """Return ``a`` where the condition holds, else ``b``; a NaN of the other does not leak."""
        a, b = self.node(a), self.node(b)
        return a if a is b else self.apply("where", condition, a, b)

    def as_number(self, node: Node) -> Node:
        """Turn a condition into 1 or 0; a number stays."""
        return self.apply("where", node, self.node(1.0), self.node(0.0)) if node.is_condition else node

    def as_condition(self, node: Node) -> Node:
        """Turn a number into "differs from 0"; a condition stays."""
        return node if node.is_condition else self.apply("!=", node, self.node(0.0))


def topological_order(roots: Iterable[Node]) -> list[Node]:
    """List the nodes that the roots depend on, arguments before the nodes that use them."""
    needed: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting.extend(node.args)
    return sorted(needed, key=lambda node: node.order)


def variables_of(roots: Iterable[Node]) -> set[str]:
    """Return the names of the variables that the roots depend on."""
    return {node.name for node in topological_order(roots) if node.op == "variable"}


def renamed(root: Node, names: Mapping[str, str]) -> Node:
    """Return the same node with other names for its variables."""
    made: dict[Node, Node] = {}
    for node in topological_order([root]):
        if node.op == "variable":
            made[node] = node.graph.variable(names.get(node.name, node.name))
        else:
            made[node] = node.graph.apply(node.op, *(made[arg] for arg in node.args)) if node.args else node
    return made[root]
