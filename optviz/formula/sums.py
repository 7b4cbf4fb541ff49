"""Add up a formula over the steps t, so that the sum costs no more than one of its terms.

Where a formula is a sum of products a(x) b(t), its sum over t is the sum of a(x) with the sums of b(t) as factors.
"""

from __future__ import annotations

from functools import reduce
from itertools import product

import numpy as np

from optviz.formula import Symbols
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.derivative import derivative
from optviz.formula.graph import Node, topological_order

MOST_TERMS = 64  # more are not worth multiplying out
LARGEST_POWER = 4  # of a sum that is multiplied out

Term = tuple[Node, Node]  # a(x), b(t)


def sum_over_steps(symbols: Symbols, steps: int) -> Symbols | None:
    """Return f_1 + ... + f_steps as a formula without t, or None where it does not fall apart into products."""
    terms = _terms(symbols.value)
    if terms is None:
        return None
    t, graph = np.arange(1.0, steps + 1), symbols.value.graph
    with np.errstate(all="ignore"):
        parts = compile_kernel([factor for _, factor in terms], ("t",))(t)
        totals = [float(np.broadcast_to(part, t.shape).sum()) for part in parts]
    if not np.isfinite(totals).all():
        return None
    total = graph.node(0.0)
    for (shape, _), factor in zip(terms, totals, strict=True):
        total = total + factor * shape
    coordinates = symbols.arguments[:-1]
    return Symbols(total, tuple(derivative(total, name) for name in coordinates), symbols.arguments)


def _terms(root: Node) -> list[Term] | None:
    """Return a formula as a sum of products of a part without t and a part of t alone."""
    depends: dict[Node, set[str]] = {}
    found: dict[Node, list[Term] | None] = {}
    one = root.graph.node(1.0)
    for node in topological_order([root]):
        names = depends[node] = {node.name}.union(*(depends[arg] for arg in node.args)) - {""}
        if "t" not in names:
            found[node] = [(node, one)]
        elif names == {"t"}:
            found[node] = [(one, node)]
        else:
            found[node] = _combined(node, [found[arg] for arg in node.args], [depends[arg] for arg in node.args])
    return found[root]


def _combined(node: Node, parts: list[list[Term] | None], depends: list[set[str]]) -> list[Term] | None:
    """Return the terms of an operation on x and t from those of its arguments, None where it does not fall apart."""
    if node.op == "where":
        return _chosen(node, parts[1:], depends[0])
    given = [part for part in parts if part is not None]
    if len(given) < len(parts):
        return None
    terms: list[Term] | None = None
    if node.op == "neg":
        terms = [(-shape, factor) for shape, factor in given[0]]
    elif node.op in ("+", "-"):
        terms = given[0] + [(shape if node.op == "+" else -shape, factor) for shape, factor in given[1]]
    elif node.op == "*":
        terms = _multiplied(*given)
    elif node.op == "/" and len(given[1]) == 1:
        ((below, under),) = given[1]
        terms = [(shape / below, factor / under) for shape, factor in given[0]]
    elif node.op == "power" and node.args[1].constant in range(1, LARGEST_POWER + 1):
        terms = reduce(_multiplied, [given[0]] * int(node.args[1].constant or 1))
    return terms if terms is not None and len(terms) <= MOST_TERMS else None


def _multiplied(some: list[Term], others: list[Term]) -> list[Term]:
    return [(a * b, s * t) for (a, s), (b, t) in product(some, others)]


def _chosen(node: Node, parts: list[list[Term] | None], depends: set[str]) -> list[Term] | None:
    """Return the terms of ``where``: each branch's, 0 where the other one holds."""
    condition, graph = node.args[0], node.graph
    if parts[0] is None or parts[1] is None or ("t" in depends and depends != {"t"}):
        return None
    on_t = depends == {"t"}
    terms = []
    for branch, holds in zip(parts, (True, False), strict=True):
        for shape, factor in branch or ():
            chosen = factor if on_t else shape
            kept = graph.choice(condition, chosen, 0.0) if holds else graph.choice(condition, 0.0, chosen)
            terms.append((shape, kept) if on_t else (kept, factor))
    return terms
