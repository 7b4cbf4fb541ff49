"""Compile a formula's graph to Python functions of floats and NumPy arrays.

The source is written from the graph's own nodes, never from the user's text, and sees nothing but
``optviz.formula.arithmetic``. The same source serves floats and whole arrays, with the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from optviz.formula import arithmetic, wide
from optviz.formula.arithmetic import Array, Number
from optviz.formula.codegen.straight_line import straight_line
from optviz.formula.graph import ARITHMETIC, Node
from optviz.formula.overflow import is_rescued
from optviz.formula.wide import Wide

GraphFunction: TypeAlias = Callable[..., tuple[Any, ...]]  # of the variables: the values of all roots
PointFunction: TypeAlias = Callable[..., Any]  # of x, (dim, *batch) or a float, and t

# On arrays of truth values & and | are "and" and "or"; on Python's own they are too.
INFIX = {op: op for op in ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=")} | {"and": "&", "or": "|"}
FUNCTIONS = {name: getattr(arithmetic, name) for name in ARITHMETIC if name.isidentifier() and name != "neg"}


def compile_kernel(
    roots: Sequence[Node], variables: Sequence[str], functions: Mapping[str, Any] = FUNCTIONS
) -> GraphFunction:
    """Compile a function of the variables, floats or arrays alike, that returns the values of all roots."""
    scope: dict[str, Any] = {**functions, "inf": math.inf, "nan": math.nan, "__builtins__": {}}
    exec(compile(source(roots, variables), "<formula>", "exec"), scope)
    kernel: GraphFunction = scope["kernel"]
    return kernel


def _compile_wide_kernel(roots: Sequence[Node], variables: Sequence[str]) -> GraphFunction | None:
    """Make the same function of arrays computed with wide exponents, compiled when it is first called.

    There is none where floats decide.
    """
    if not is_rescued(roots):
        return None
    compiled = cache(lambda: compile_kernel(roots, variables, wide.FUNCTIONS))

    def kernel(*arrays: Array) -> tuple[Array, ...]:
        return tuple(Wide.of(piece).floats for piece in compiled()(*map(Wide.of, arrays)))

    return kernel


def source(roots: Sequence[Node], variables: Sequence[str]) -> str:
    """Return the Python source of ``compile_kernel``."""
    program = straight_line(roots, expression)
    lines = [f"    {variable} = {text}" for variable, text in program.assignments]
    results = "".join(f"{text}, " for text in program.results)
    return "\n".join([f"def kernel({', '.join(variables)}):", *lines, f"    return ({results})"])


def expression(node: Node, args: Sequence[str]) -> str:
    """Return the expression of a node from those of its arguments."""
    if node.op == "variable":
        return node.name
    if node.op == "number":
        negative = math.copysign(1.0, float(node.constant or 0.0)) < 0
        return f"({node.constant})" if negative else repr(node.constant)
    if node.op in INFIX:
        return f"({args[0]} {INFIX[node.op]} {args[1]})"
    if node.op == "neg":
        return f"(-{args[0]})"
    if node.op == "not":
        return f"({args[0]} == False)"
    return f"{node.op}({', '.join(args)})"


def value_function(root: Node, variables: Sequence[str]) -> PointFunction:
    """Return f(x, t): an array x (dim, *batch) gives (*batch); a float x (one dimension only) gives a float.

    Where floats give no finite number, wide exponents decide.
    """
    gradient = gradient_function([root], variables)  # of one root: its value

    def value(x: Number, t: Number = 1.0) -> Number:
        result: Number = gradient(x, t)
        return result if isinstance(result, float) else result[0]

    return value


def gradient_function(slopes: Sequence[Node], variables: Sequence[str]) -> PointFunction:
    """Return ∇f(x, t): an array x (dim, *batch) gives the same shape; a float x (one dimension) gives a float.

    Where floats give no finite number, wide exponents decide.
    """
    kernel, wide_kernel = compile_kernel(slopes, variables), _compile_wide_kernel(slopes, variables)

    def gradient(x: Number, t: Number = 1.0) -> Number:
        if isinstance(x, float):
            slope = float(kernel(float(x), float(t))[0])
            return slope if math.isfinite(slope) else _rescued(wide_kernel, np.array([x]), t, np.array([slope])).item()
        x = np.asarray(x, dtype=np.float64)
        floats = _of_floats(kernel, x, t)
        if floats is not None:
            result = np.array(floats, dtype=np.float64)
            return result if all(map(math.isfinite, floats)) else _rescued(wide_kernel, x, t, result)
        pieces, shape = _of_arrays(kernel, x, t)
        result = np.empty((len(pieces), *shape))
        for index, piece in enumerate(pieces):
            result[index] = piece
        return _rescued(wide_kernel, x, t, result)

    return gradient


def _rescued(wide_kernel: GraphFunction | None, x: Array, t: Number, result: Array) -> Array:
    """Replace what is not finite in ``result`` (roots, *batch), at finite points, by what wide exponents give."""
    if wide_kernel is None or np.isfinite(result).all():
        return result
    lost = ~np.isfinite(result).all(axis=0) & np.isfinite(x).all(axis=0)
    if not lost.any():
        return result
    points = [np.broadcast_to(coordinate, lost.shape)[lost] for coordinate in (*x, np.asarray(t, dtype=np.float64))]
    with np.errstate(all="ignore"):
        found = np.stack([np.broadcast_to(piece, points[0].shape) for piece in wide_kernel(*points)])
    known = result[:, lost]
    result[:, lost] = np.where(np.isfinite(known) | np.isnan(found), known, found)
    return result


def schedule_function(kernel: GraphFunction) -> Callable[[Number], Number]:
    """Return h(t): a float for a float (or an integer), an array of the same shape for an array."""

    def schedule(t: Number) -> Number:
        if isinstance(t, np.ndarray):
            with np.errstate(all="ignore"):
                return _filled(np.empty(t.shape), kernel(t.astype(np.float64))[0])
        try:
            return float(kernel(float(t))[0])
        except ZeroDivisionError:  # NumPy's answer instead: an infinity or NaN
            with np.errstate(all="ignore"):
                return float(kernel(np.float64(t))[0])

    return schedule


def _of_floats(kernel: GraphFunction, x: Array, t: Number) -> tuple[float, ...] | None:
    """Return the values at a single point, in plain floats; None for a batch, and for a division by zero."""
    if x.ndim > 1 or isinstance(t, np.ndarray):
        return None
    try:
        return kernel(*x.tolist(), float(t))
    except ZeroDivisionError:
        return None


def _of_arrays(kernel: GraphFunction, x: Array, t: Number) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """Return the values at every point of a batch, and the batch's shape."""
    t = np.asarray(t, dtype=np.float64)[()]  # a single number as NumPy's own, which divides by zero quietly
    with np.errstate(all="ignore"):
        return kernel(*x, t), np.broadcast_shapes(x.shape[1:], np.shape(t))


def _filled(result: Array, piece: Number) -> Array:
    result[...] = piece
    return result
