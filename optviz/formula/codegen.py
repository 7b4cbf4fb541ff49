"""From a formula's graph to Python functions of floats and arrays.

The graph becomes straight-line source in which every subexpression is computed once. That source is made from
our own nodes, never from the user's text, and sees nothing but ``optviz.formula.arithmetic``. The same source serves
plain floats and whole rows of points, with the same bits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from types import CodeType
from typing import Any, TypeAlias

import numpy as np

from optviz.formula import arithmetic
from optviz.formula.arithmetic import Array, Number
from optviz.formula.graph import ARITHMETIC, Node, ordered

Kernel: TypeAlias = Callable[..., tuple[Any, ...]]
OfPoint: TypeAlias = Callable[..., Any]

INFIX = {op: op for op in ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=")} | {
    "and": "&",
    "or": "|",
}
LARGEST_PRODUCT = 64  # integer powers up to this are products: exact for small integers, and fast
DEEPEST_LINE = 4  # operations written inside one another on one line
NAMES = {name: getattr(arithmetic, name) for name in ARITHMETIC if name.isidentifier() and name != "neg"}


def kernel(roots: Sequence[Node], variables: Sequence[str]) -> Kernel:
    """A function of the variables, floats or arrays alike, that returns the values of all roots."""
    scope: dict[str, Any] = {**NAMES, "inf": math.inf, "nan": math.nan, "__builtins__": {}}
    exec(_code(source(roots, variables)), scope)
    made: Kernel = scope["kernel"]
    return made


def _code(text: str) -> CodeType:
    return compile(text, "<formula>", "exec")


def source(roots: Sequence[Node], variables: Sequence[str]) -> str:
    """The Python source of ``kernel``."""
    roots = _products_for_powers(roots)
    nodes = ordered(roots)
    uses = Counter(arg for node in nodes for arg in node.args) + Counter(roots)
    written: dict[Node, tuple[str, int]] = {}  # what stands for a node, and how deep it is
    lines = []
    for node in nodes:
        text, depth = _written(node, [written[arg] for arg in node.args])
        if depth and (uses[node] > 1 or depth >= DEEPEST_LINE):
            lines.append(f"    v{node.order} = {text}")
            text, depth = f"v{node.order}", 0
        written[node] = text, depth
    results = "".join(f"{written[root][0]}, " for root in roots)
    return "\n".join([f"def kernel({', '.join(variables)}):", *lines, f"    return ({results})"])


def _written(node: Node, args: Sequence[tuple[str, int]]) -> tuple[str, int]:
    if node.op == "variable":
        return node.name, 0
    if node.op == "number":
        return f"({node.constant})" if _is_negative(node) else repr(node.constant), 0
    texts = [text for text, _ in args]
    return _operation(node.op, texts), 1 + max(depth for _, depth in args)


def _is_negative(node: Node) -> bool:
    return math.copysign(1.0, float(node.constant or 0.0)) < 0


def _operation(op: str, args: Sequence[str]) -> str:
    if op in INFIX:
        return f"({args[0]} {INFIX[op]} {args[1]})"
    if op == "neg":
        return f"(-{args[0]})"
    if op == "not":
        return f"({args[0]} == False)"
    return f"{op}({', '.join(args)})"


def _products_for_powers(roots: Iterable[Node]) -> list[Node]:
    roots = list(roots)
    made: dict[Node, Node] = {}
    for node in ordered(roots):
        args = [made[arg] for arg in node.args]
        if node.op == "power":
            made[node] = _power(*args)
        else:
            made[node] = node.graph.apply(node.op, *args) if args else node
    return [made[root] for root in roots]


def _power(base: Node, exponent: Node) -> Node:
    number = exponent.constant
    if number == 0.5:
        return base.graph.apply("sqrt", base)
    if number is None or not float(number).is_integer() or abs(number) > LARGEST_PRODUCT:
        return base.graph.apply("power", base, exponent)
    product = _product(base, int(abs(number)))
    return base.graph.apply("/", base.graph.node(1.0), product) if number < 0 else product


def _product(base: Node, factors: int) -> Node:
    """base^n as squares of squares."""
    if factors < 2:
        return base if factors else base.graph.node(1.0)
    half = _product(base, factors // 2)
    square = base.graph.apply("*", half, half)
    return base.graph.apply("*", square, base) if factors % 2 else square


def value_function(of: Kernel) -> OfPoint:
    """f(x, t): an array x (dim, *batch) gives (*batch); a float x (one dimension only) gives a float."""

    def value(x: Number, t: Number = 1.0) -> Number:
        if isinstance(x, float):
            return float(of(float(x), _float(t))[0])
        x = np.asarray(x, dtype=np.float64)
        floats = _in_floats(of, x, t)
        if floats is not None:
            return np.float64(floats[0])
        (piece,), shape = _in_rows(of, x, t)
        return _filled(np.empty(shape), piece)

    return value


def gradient_function(of: Kernel) -> OfPoint:
    """∇f(x, t): an array x (dim, *batch) gives the same shape; a float x (one dimension) gives a float."""

    def gradient(x: Number, t: Number = 1.0) -> Number:
        if isinstance(x, float):
            return float(of(float(x), _float(t))[0])
        x = np.asarray(x, dtype=np.float64)
        floats = _in_floats(of, x, t)
        if floats is not None:
            return np.array(floats)
        pieces, shape = _in_rows(of, x, t)
        result = np.empty((len(pieces), *shape))
        for index, piece in enumerate(pieces):
            result[index] = piece
        return result

    return gradient


def schedule_function(of: Kernel) -> Callable[[Number], Number]:
    """h(t): a float for a float (or an integer), an array of the same shape for an array."""

    def schedule(t: Number) -> Number:
        if isinstance(t, np.ndarray):
            with np.errstate(all="ignore"):
                return _filled(np.empty(t.shape), of(t.astype(np.float64))[0])
        try:
            return float(of(float(t))[0])
        except ZeroDivisionError:  # NumPy's answer instead: an infinity or NaN
            with np.errstate(all="ignore"):
                return float(of(np.float64(t))[0])

    return schedule


def _float(t: Number) -> float:
    return t if type(t) is float else float(t)


def _in_floats(of: Kernel, x: Array, t: Number) -> tuple[float, ...] | None:
    """A single point in plain floats; None for a batch, and where floats raise instead of giving infinity."""
    if x.ndim > 1 or isinstance(t, np.ndarray):
        return None
    try:
        return of(*x.tolist(), _float(t))
    except ZeroDivisionError:
        return None


def _in_rows(of: Kernel, x: Array, t: Number) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    t = np.asarray(t, dtype=np.float64)[()]  # a single number as NumPy's own, which divides by zero quietly
    with np.errstate(all="ignore"):
        return of(*x, t), np.broadcast_shapes(x.shape[1:], np.shape(t))


def _filled(result: Array, piece: Number) -> Array:
    result[...] = piece
    return result
