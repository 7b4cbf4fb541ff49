"""Turn graphs into straight-line code: assignments in which every shared subexpression is computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from optviz.formula.graph import Node, topological_order

# Operations nested in one expression. Every compiler parses nested brackets recursively, so that an expression as deep
# as the formula could overflow its stack; four keep lines short at the cost of a few more variables.
MOST_NESTED_OPERATIONS = 4
# Integer powers up to this one are computed as products by repeated squaring: x**2 is one multiplication, the exact
# result for small integers, and the same bits for floats and arrays, which the C library's pow does not promise.
LARGEST_PRODUCT = 64


class Program(NamedTuple):
    """Holds assignments (a variable and its expression), in order, and the expressions of the results."""

    assignments: list[tuple[str, str]]
    results: list[str]


def straight_line(roots: Sequence[Node], write: Callable[[Node, Sequence[str]], str]) -> Program:
    """Turn the roots into a program; ``write`` gives the expression of a node from those of its arguments."""
    roots = products_for_powers(roots)
    nodes = topological_order(roots)
    uses = Counter(arg for node in nodes for arg in node.args) + Counter(roots)
    written: dict[Node, tuple[str, int]] = {}  # the expression of a node, and how many operations it nests
    assignments = []
    for node in nodes:
        text = write(node, [written[arg][0] for arg in node.args])
        depth = 1 + max(written[arg][1] for arg in node.args) if node.args else 0
        if depth and (uses[node] > 1 or depth >= MOST_NESTED_OPERATIONS):
            variable = f"v{node.order}"
            assignments.append((variable, text))
            text, depth = variable, 0
        written[node] = text, depth
    return Program(assignments, [written[root][0] for root in roots])


def products_for_powers(roots: Iterable[Node]) -> list[Node]:
    """Return the same roots with small integer powers as products and square roots as such."""
    roots = list(roots)
    made: dict[Node, Node] = {}
    for node in topological_order(roots):
        args = [made[arg] for arg in node.args]
        if node.op == "power":
            made[node] = _expanded_power(*args)
        else:
            made[node] = node.graph.apply(node.op, *args) if args else node
    return [made[root] for root in roots]


def _expanded_power(base: Node, exponent: Node) -> Node:
    number = exponent.constant
    if number == 0.5:
        return base.graph.apply("sqrt", base)
    if number is None or not float(number).is_integer() or abs(number) > LARGEST_PRODUCT:
        return base.graph.apply("power", base, exponent)
    product = _repeated_product(base, int(abs(number)))
    return base.graph.apply("/", base.graph.node(1.0), product) if number < 0 else product


def _repeated_product(base: Node, factors: int) -> Node:
    """Return base^factors by repeated squaring."""
    if factors < 2:
        return base if factors else base.graph.node(1.0)
    half = _repeated_product(base, factors // 2)
    square = base.graph.apply("*", half, half)
    return base.graph.apply("*", square, base) if factors % 2 else square
