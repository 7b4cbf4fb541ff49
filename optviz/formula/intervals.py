"""Enclose a formula's values over whole boxes by interval arithmetic, up to rounding.

Whatever its variables are within their intervals, a formula lies within the interval computed here (Moore, Kearfott &
Cloud, Introduction to Interval Analysis, 2009). Intervals are pairs of arrays (low, high); that of a condition holds
truth values: surely true, possibly true. Where the formula has no value, nothing is promised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from optviz.formula import arithmetic
from optviz.formula.graph import Node, topological_order

Interval: TypeAlias = tuple[Any, Any]  # low and high, numbers or arrays

JUMPS = {"sign", "floor", "ceil", "%", "atan2", "where"}  # operations whose value can jump though its slope is finite


@np.errstate(all="ignore")
def enclose(roots: Sequence[Node], variables: Mapping[str, Interval]) -> list[Interval]:
    """Return an interval for every root: its values where each variable lies within its own."""
    known: dict[Node, Interval] = {}
    for node in topological_order(roots):
        if node.op == "variable":
            known[node] = variables[node.name]
        elif node.op == "number":
            known[node] = node.constant, node.constant
        else:
            low, high = OPERATIONS[node.op](*(known[arg] for arg in node.args))
            if not node.is_condition:  # what is no number is not known
                low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
            known[node] = low, high
    return [known[root] for root in roots]


def is_continuous(root: Node, names: Sequence[str]) -> bool:
    """Return whether a formula can be told to have no jumps along the variables of these names."""
    moving: set[Node] = set()
    for node in topological_order([root]):
        if node.name in names or any(arg in moving for arg in node.args):
            moving.add(node)
    where_moves = (node for node in moving if node.op in JUMPS)
    return not any(node.args[0] in moving if node.op == "where" else True for node in where_moves)


def _negative(a: Interval) -> Interval:
    return -a[1], -a[0]


def _sum(a: Interval, b: Interval) -> Interval:
    return a[0] + b[0], a[1] + b[1]


def _product(a: Interval, b: Interval) -> Interval:
    corners = [x * y for x, y in product(a, b)]
    settled = [np.where(np.isnan(corner), 0.0, corner) for corner in corners]  # 0 times infinity
    return np.minimum.reduce(settled), np.maximum.reduce(settled)


def _quotient(a: Interval, b: Interval) -> Interval:
    low, high = (np.asarray(edge, dtype=np.float64) for edge in b)
    crosses = (low < 0) & (high > 0)
    inverse_low = np.where(crosses | (high == 0), -np.inf, 1 / high)
    inverse_high = np.where(crosses | (low == 0), np.inf, 1 / low)
    return _product(a, (inverse_low, inverse_high))


def _remainder(a: Interval, b: Interval) -> Interval:
    turns = np.floor(a[0] / b[0])
    same = (b[0] == b[1]) & (turns == np.floor(a[1] / b[0]))
    low, high = (
        np.where(same, a[0] - turns * b[0], np.fmin(b[0], 0)),
        np.where(same, a[1] - turns * b[0], np.fmax(b[1], 0)),
    )
    return np.minimum(low, high), np.maximum(low, high)


def _power(base: Interval, exponent: Interval) -> Interval:
    low, high = base
    number = exponent[0] if isinstance(exponent[0], float) and exponent[0] == exponent[1] else None
    if number is not None and number.is_integer():
        return _whole_power(base, int(number))
    clipped = np.maximum(low, 0.0), np.maximum(high, 0.0)  # below zero there is no value, but for whole exponents
    corners = [np.float_power(x, y) for x, y in product(clipped, exponent)]
    known = np.asarray(low >= 0) | (number is not None)
    return (
        np.where(known, np.minimum.reduce(corners), -np.inf),
        np.where(known, np.maximum.reduce(corners), np.inf),
    )


def _whole_power(base: Interval, exponent: int) -> Interval:
    if exponent < 0:
        return _quotient((1.0, 1.0), _whole_power(base, -exponent))
    if exponent % 2 == 0:
        base = _magnitude(base)
    low, high = (np.float_power(edge, exponent) for edge in base)
    return low, high


def _magnitude(a: Interval) -> Interval:
    sizes = np.abs(a[0]), np.abs(a[1])
    crosses = (np.asarray(a[0]) < 0) & (np.asarray(a[1]) > 0)
    return np.where(crosses, 0.0, np.minimum(*sizes)), np.maximum(*sizes)


def _wave(function: Callable[[Any], Any], crest: float) -> Callable[[Interval], Interval]:
    """Return the interval form of a sine whose crests lie at ``crest`` and every full turn from there."""

    def of(a: Interval) -> Interval:
        ends, turn = (function(a[0]), function(a[1])), 2 * math.pi
        peak, trough = (np.floor((a[1] - at) / turn) * turn + at >= a[0] for at in (crest, crest + math.pi))
        unknown = ~np.isfinite(ends[0] + ends[1])
        return (
            np.where(trough | unknown, -1.0, np.minimum(*ends)),
            np.where(peak | unknown, 1.0, np.maximum(*ends)),
        )

    return of


def _tangent(a: Interval) -> Interval:
    pole = np.floor(a[0] / math.pi + 0.5) != np.floor(a[1] / math.pi + 0.5)
    return np.where(pole, -np.inf, np.tan(a[0])), np.where(pole, np.inf, np.tan(a[1]))


def _angle(y: Interval, x: Interval) -> Interval:
    corners = [np.arctan2(a, b) for a, b in product(y, x)]
    right = np.asarray(x[0]) > 0
    return (
        np.where(right, np.minimum.reduce(corners), -math.pi),
        np.where(right, np.maximum.reduce(corners), math.pi),
    )


def _hyperbolic_cosine(a: Interval) -> Interval:
    low, high = _magnitude(a)
    return np.cosh(low), np.cosh(high)


def _choice(condition: Interval, a: Interval, b: Interval) -> Interval:
    surely, possibly = condition
    return (
        np.where(surely, a[0], np.where(possibly, np.minimum(a[0], b[0]), b[0])),
        np.where(surely, a[1], np.where(possibly, np.maximum(a[1], b[1]), b[1])),
    )


def _rising(function: Callable[[Any], Any], low: float = -math.inf, high: float = math.inf) -> Callable[..., Interval]:
    """Return the interval form of a function that rises on its domain, from ``low`` to ``high``."""

    def of(a: Interval) -> Interval:
        first, last = (function(np.clip(edge, low, high)) for edge in a)
        nowhere = (np.asarray(a[1]) < low) | (np.asarray(a[0]) > high)
        return np.where(nowhere, np.nan, first), np.where(nowhere, np.nan, last)

    return of


def _equal(a: Interval, b: Interval) -> Interval:
    return (a[0] == a[1]) & (b[0] == b[1]) & (a[0] == b[0]), (a[0] <= b[1]) & (b[0] <= a[1])


def _not(a: Interval) -> Interval:
    return np.logical_not(a[1]), np.logical_not(a[0])


OPERATIONS: dict[str, Callable[..., Interval]] = {
    "neg": _negative,
    "+": _sum,
    "-": lambda a, b: _sum(a, _negative(b)),
    "*": _product,
    "/": _quotient,
    "%": _remainder,
    "power": _power,
    "python_power": _power,
    "sin": _wave(np.sin, math.pi / 2),
    "cos": _wave(np.cos, 0.0),
    "tan": _tangent,
    "asin": _rising(np.arcsin, -1.0, 1.0),
    "acos": lambda a: _rising(lambda z: np.arccos(-z), -1.0, 1.0)(_negative(a)),
    "atan": _rising(np.arctan),
    "atan2": _angle,
    "sinh": _rising(np.sinh),
    "cosh": _hyperbolic_cosine,
    "tanh": _rising(np.tanh),
    "exp": _rising(np.exp),
    "log": _rising(np.log, 0.0),
    "log10": _rising(np.log10, 0.0),
    "log2": _rising(np.log2, 0.0),
    "sqrt": _rising(np.sqrt, 0.0),
    "absolute": _magnitude,
    "sign": _rising(np.sign),
    "floor": _rising(np.floor),
    "ceil": _rising(np.ceil),
    "minimum": lambda a, b: (arithmetic.minimum(a[0], b[0]), arithmetic.minimum(a[1], b[1])),
    "maximum": lambda a, b: (arithmetic.maximum(a[0], b[0]), arithmetic.maximum(a[1], b[1])),
    "where": _choice,
    "<": lambda a, b: (np.asarray(a[1] < b[0]), np.asarray(a[0] < b[1])),
    "<=": lambda a, b: (np.asarray(a[1] <= b[0]), np.asarray(a[0] <= b[1])),
    ">": lambda a, b: (np.asarray(a[0] > b[1]), np.asarray(a[1] > b[0])),
    ">=": lambda a, b: (np.asarray(a[0] >= b[1]), np.asarray(a[1] >= b[0])),
    "==": _equal,
    "!=": lambda a, b: _not(_equal(a, b)),
    "and": lambda a, b: (a[0] & b[0], a[1] & b[1]),
    "or": lambda a, b: (a[0] | b[0], a[1] | b[1]),
    "not": _not,
}
