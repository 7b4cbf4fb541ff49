"""Writes a formula's graph once more, in numbers m·2^(512 k), for compiled kernels at points where floats overflow.

They are the wide numbers of ``formula.wide`` made of the graph's own operations, which kernels know: with larger
steps of the exponent, so that a comparison tells when one is due. A formula's graph holds its floats, too, which decide
wherever they are finite.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np

from optviz.formula import Symbols
from optviz.formula.arithmetic import absolute, exp, floor, log, maximum, power, sign, sqrt, where
from optviz.formula.codegen.straight_line import products_for_powers
from optviz.formula.graph import Node, topological_order
from optviz.formula.overflow import is_rescued
from optviz.formula.symbol import symbol_of
from optviz.formula.wide import BITS, LARGEST_POWER, LOG2_HIGH, LOG2_LOW

RADIX, LARGE = 2.0**BITS, 2.0 ** (BITS // 2)
LOWEST, HIGHEST = -(2.0**60), 2.0**60  # exponents of 0 and of infinity: far from those of others
MOST_STEPS = 3  # of the exponent between 1 and what floats do not have


class _Wide(NamedTuple):
    """m·2^(512 k), with 2^-256 <= abs(m) < 2^256 where m is neither 0 nor infinite."""

    m: Any
    k: Any


def _wide(m: Any, k: Any = 0.0, times: int = 1) -> _Wide:
    """Return m·2^(512 k), whose m is that many steps from its range at most."""
    for _ in range(times):
        size = absolute(m)
        k = where(size >= LARGE, k + 1.0, where(size < 1 / LARGE, k - 1.0, k))
        m = where(size >= LARGE, m * (1 / RADIX), where(size < 1 / LARGE, m * RADIX, m))
    return _Wide(m, where(m == 0.0, LOWEST, where(absolute(m) == math.inf, HIGHEST, k)))


def _of_float(z: Any) -> _Wide:
    """Return a number of float64's whole range."""
    return _wide(z, times=2)


def _float(z: _Wide) -> Any:
    """Return the nearest float64 number, which may be 0 or infinite."""
    result = z.m
    for step in range(1, MOST_STEPS + 1):
        result = where(z.k >= step, result * RADIX, where(z.k <= -step, result * (1 / RADIX), result))
    return result


def _is_finite(z: Any) -> Any:
    return z - z == 0.0


def _is_plain(z: _Wide) -> Any:
    """Return whether the float64 number is as good."""
    return (absolute(z.k) <= 1.0) | (z.m == 0.0) | (z.m - z.m != 0.0)


def _choose(condition: Any, a: _Wide, b: _Wide) -> _Wide:
    return _Wide(where(condition, a.m, b.m), where(condition, a.k, b.k))


def _lowered(z: _Wide, top: Any) -> Any:
    """Return the float64 number m·2^(512 (k - top)), a zero of its sign where that is nearest; top: no lower than k."""
    one = z.m * (1 / RADIX)
    return where(z.k == top, z.m, where(z.k == top - 1.0, one, where(z.k == top - 2.0, one * (1 / RADIX), z.m * 0.0)))


def _add(a: _Wide, b: _Wide) -> _Wide:
    top = maximum(a.k, b.k)
    return _wide(_lowered(a, top) + _lowered(b, top), top)


def _neg(z: _Wide) -> _Wide:
    return _Wide(-z.m, z.k)


def _subtract(a: _Wide, b: _Wide) -> _Wide:
    return _add(a, _neg(b))


def _multiply(a: _Wide, b: _Wide) -> _Wide:
    return _wide(a.m * b.m, a.k + b.k)


def _divide(a: _Wide, b: _Wide) -> _Wide:
    return _wide(a.m / b.m, a.k - b.k)


def _sqrt(z: _Wide) -> _Wide:
    odd = z.k - 2.0 * floor(z.k * 0.5)
    return _wide(sqrt(where(odd == 0.0, z.m, z.m * RADIX)), (z.k - odd) * 0.5)


def _exp(z: _Wide) -> _Wide:
    v = _float(z)
    twos = floor(v / math.log(2) + 0.5)
    inside = absolute(twos) < LARGEST_POWER
    rest = v - twos * LOG2_HIGH - twos * LOG2_LOW
    k = floor(twos / BITS + 0.5)
    outside = where(v > 0.0, math.inf, where(v < 0.0, 0.0, math.nan))
    return _choose(inside, _wide(exp(rest) * power(2.0, twos - BITS * k), k), _of_float(outside))


def _log(z: _Wide) -> Any:
    return log(z.m) + z.k * (BITS * math.log(2))  # k is finite also where z is 0 or infinite


def _absolute(z: _Wide) -> _Wide:
    return _Wide(absolute(z.m), z.k)


def _power(base: _Wide, exponent: _Wide) -> _Wide:
    p = _float(exponent)
    plain = power(_float(base), p)
    fits = (_is_plain(base) & _is_finite(plain) & (plain != 0.0)) | (base.m == 0.0)
    whole, even = p % 1.0 == 0.0, p % 2.0 == 0.0
    side = where(base.m >= 0.0, 1.0, where(even, 1.0, where(whole, -1.0, math.nan)))
    raised = _exp(_of_float(p * _log(_absolute(base))))
    return _choose(fits, _of_float(plain), _Wide(raised.m * side, raised.k))


def _odd(function: Callable[[Any], Any]) -> Callable[[_Wide], _Wide]:
    """Make a function that is its argument where that is tiny."""
    return lambda z: _choose(z.k < -1.0, z, _wide(function(_float(z))))


def _of_floats(function: Callable[[Any], Any]) -> Callable[[_Wide], _Wide]:
    """Make a function that beyond float64 is that of 0 or infinity."""
    return lambda z: _wide(function(_float(z)))


def _larger(a: _Wide, b: _Wide) -> _Wide:
    return _choose((_subtract(a, b).m >= 0.0) | (a.m != a.m), a, b)


def _floor(z: _Wide) -> _Wide:
    return _choose(z.k > 0.0, z, _of_float(floor(where(z.k < 0.0, z.m * (1 / RADIX), _float(z)))))


def _remainder(a: _Wide, b: _Wide) -> _Wide:
    return _choose(
        _is_plain(a) & _is_plain(b), _of_float(_float(a) % _float(b)), _subtract(a, _multiply(b, _floor(_divide(a, b))))
    )


def _half_of(z: _Wide) -> _Wide:
    return _wide(z.m * 0.5, z.k)


def _sinh(z: _Wide) -> _Wide:
    grown = _half_of(_subtract(_exp(z), _exp(_neg(z))))
    return _choose(absolute(_float(z)) < 700.0, _odd(np.sinh)(z), grown)


def _angle(y: _Wide, x: _Wide) -> _Wide:
    top = maximum(y.k, x.k)
    return _wide(np.arctan2(_lowered(y, top), _lowered(x, top)))


NUMBERS: dict[str, Callable[..., _Wide]] = {
    "neg": _neg, "+": _add, "-": _subtract, "*": _multiply, "/": _divide, "%": _remainder, "power": _power,
    "sqrt": _sqrt, "absolute": _absolute, "sign": lambda z: _wide(sign(z.m)),
    "exp": _exp, "sinh": _sinh, "cosh": lambda z: _half_of(_add(_exp(z), _exp(_neg(z)))),
    "log": lambda z: _wide(_log(z)),
    "log10": lambda z: _wide(_log(z) / math.log(10)),
    "log2": lambda z: _wide(_log(z) / math.log(2)),
    **{name: _odd(function) for name, function in {"sin": np.sin, "tan": np.tan, "asin": np.arcsin}.items()},
    **{name: _odd(function) for name, function in {"atan": np.arctan, "tanh": np.tanh}.items()},
    "cos": _of_floats(np.cos), "acos": _of_floats(np.arccos), "atan2": _angle,
    "floor": _floor, "ceil": lambda z: _neg(_floor(_neg(z))),
    "maximum": _larger, "minimum": lambda a, b: _neg(_larger(_neg(a), _neg(b))),
    "where": _choose,
}  # fmt: skip
CONDITIONS: dict[str, Callable[..., Any]] = {
    "<": lambda a, b: _subtract(a, b).m < 0.0,
    "<=": lambda a, b: _subtract(a, b).m <= 0.0,
    ">": lambda a, b: _subtract(a, b).m > 0.0,
    ">=": lambda a, b: _subtract(a, b).m >= 0.0,
    "==": lambda a, b: _subtract(a, b).m == 0.0,
    "!=": lambda a, b: _subtract(a, b).m != 0.0,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.invert,
}


@lru_cache(maxsize=64)
def widened(symbols: Symbols) -> Symbols:
    """Return a formula whose value and slopes are those of wide numbers where floats are not finite."""
    (value,), slopes = _rescued([symbols.value]), _rescued(symbols.slopes)
    return Symbols(value, tuple(slopes), symbols.arguments)


def _rescued(roots: Sequence[Node]) -> Sequence[Node]:
    """Write roots once more in wide numbers, if these decide where floats are not finite."""
    if not is_rescued(roots):
        return roots
    made: dict[Node, Any] = {}
    products = products_for_powers(roots)  # as every engine multiplies floats
    for node in topological_order(products):
        if node.op in ("variable", "number"):
            made[node] = symbol_of(node) if node.is_condition else _of_float(symbol_of(node))
        else:
            made[node] = (NUMBERS.get(node.op) or CONDITIONS[node.op])(*(made[arg] for arg in node.args))

    def rescued(root: Node) -> Node:
        floats: Any = symbol_of(root)
        found: Any = where(_is_finite(floats), floats, _float(made[root]))
        return cast(Node, found.nodes[0])

    return list(map(rescued, products))
