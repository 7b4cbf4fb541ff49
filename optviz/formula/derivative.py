"""Differentiate a formula's graph exactly, by one table of rules.

Where a function has a finite value but no derivative (a kink), the rules give a finite subgradient:
|u|' = 0 and sqrt(u)' = 0 at u = 0, the mean of both sides where ``min`` or ``max`` tie, the limit slope 0 for
``asin`` and ``acos`` at the ends of their range, and 0 for the steps of ``sign``, ``floor``, ``ceil``. Poles
(1/u at u = 0) stay poles.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from optviz.formula.graph import Graph, Node, Operand, topological_order


def _of(function: str, *args: Node) -> Node:
    return args[0].graph.apply(function, *args)


def _zero_as_infinity(u: Node) -> Node:
    """Return ``u``, but infinity at 0, so that a slope with ``u`` in its denominator is 0 at the kink."""
    return u.graph.choice(_of("==", u, u.graph.node(0.0)), math.inf, u)


# d f(u) / du, written with u and with f = f(u)
SLOPES: dict[str, Callable[[Node, Node], Operand]] = {
    "neg": lambda u, f: -1,
    "sin": lambda u, f: _of("cos", u),
    "cos": lambda u, f: -_of("sin", u),
    "tan": lambda u, f: 1 + f * f,
    "asin": lambda u, f: 1 / _zero_as_infinity(_of("sqrt", (1 - u) * (1 + u))),
    "acos": lambda u, f: -1 / _zero_as_infinity(_of("sqrt", (1 - u) * (1 + u))),
    "atan": lambda u, f: 1 / (1 + u * u),
    "sinh": lambda u, f: _of("cosh", u),
    "cosh": lambda u, f: _of("sinh", u),
    "tanh": lambda u, f: 1 / (_of("cosh", u) * _of("cosh", u)),
    "exp": lambda u, f: f,
    "log": lambda u, f: 1 / u,
    "log10": lambda u, f: 1 / (math.log(10) * u),
    "log2": lambda u, f: 1 / (math.log(2) * u),
    "sqrt": lambda u, f: 0.5 / _zero_as_infinity(f),
    "absolute": lambda u, f: _of("sign", u),
    "sign": lambda u, f: 0,
    "floor": lambda u, f: 0,
    "ceil": lambda u, f: 0,
}


def _power_rule(f: Node, u: Node, v: Node, du: Node, dv: Node) -> Node:
    graph = f.graph
    slope = graph.node(0.0)
    if not du.is_zero:
        base, exponent = _without_kink(u, v), v - 1
        slope = v * (base if exponent.is_one else _of("power", base, exponent)) * du
    if not dv.is_zero:
        slope = slope + f * _of("log", graph.choice(_of("==", u, graph.node(0.0)), 1, u)) * dv
    return slope


def _without_kink(u: Node, v: Node) -> Node:
    """Return the base under the exponent v - 1: at u = 0 with 0 <= v < 1 the power has a kink, and slope 0."""
    at_zero, one = _of("==", u, u.graph.node(0.0)), u.graph.node(1.0)
    if v.constant is not None:
        return u.graph.choice(at_zero, math.inf, u) if 0 < v.constant < 1 else u
    below_one = _of("and", _of("<=", u.graph.node(0.0), v), _of("<", v, one))
    return u.graph.choice(_of("and", at_zero, below_one), math.inf, u)


def _of_chosen(first: Node, second: Node, du: Node, dv: Node) -> Node:
    """Return the differential of u where ``first`` holds, of v where ``second`` does, else the mean of both."""
    graph = du.graph
    return graph.choice(first, du, graph.choice(second, dv, 0.5 * (du + dv)))


# d f(u, v), written with f, u, v and their differentials
DIFFERENTIALS: dict[str, Callable[[Node, Node, Node, Node, Node], Node]] = {
    "+": lambda f, u, v, du, dv: du + dv,
    "-": lambda f, u, v, du, dv: du - dv,
    "*": lambda f, u, v, du, dv: du * v + u * dv,
    "/": lambda f, u, v, du, dv: (du - f * dv) / v,
    "%": lambda f, u, v, du, dv: du if dv.is_zero else du - _of("floor", u / v) * dv,  # u % v = u - v floor(u / v)
    "power": _power_rule,
    "minimum": lambda f, u, v, du, dv: _of_chosen(_of("<", u, v), _of("<", v, u), du, dv),
    "maximum": lambda f, u, v, du, dv: _of_chosen(_of(">", u, v), _of(">", v, u), du, dv),
    "atan2": lambda f, u, v, du, dv: (v * du - u * dv) / _zero_as_infinity(u * u + v * v),  # 0 at the origin
}


def derivative(root: Node, variable: str) -> Node:
    """Return the exact derivative of ``root`` by the variable of that name, as a node of the same graph."""
    graph = root.graph
    found: dict[Node, Node] = {}
    for node in topological_order([root]):
        found[node] = _differential(graph, node, variable, [found[arg] for arg in node.args])
    return found[root]


def _differential(graph: Graph, node: Node, variable: str, given: list[Node]) -> Node:
    if node.op == "variable":
        return graph.node(float(node.name == variable))
    if all(d.is_zero for d in given):
        return graph.node(0.0)
    if node.op == "where":
        return graph.choice(node.args[0], given[1], given[2])
    if node.op in SLOPES:
        return given[0] * SLOPES[node.op](node.args[0], node)
    if node.op in DIFFERENTIALS:
        return DIFFERENTIALS[node.op](node, *node.args, *given)
    return graph.node(0.0)  # a condition is constant but for its jumps
