"""Numbers that write down what is computed with them: arithmetic on symbols makes nodes of a graph.

A symbol goes through Python's operators, NumPy's functions and ``formula.arithmetic`` as an array would, so that the
same function that computes with floats and arrays also yields its own graph, operation by operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from optviz.formula.graph import Graph, Node

Decide: TypeAlias = Callable[[Node], bool]


class Untraceable(BaseException):
    """A function does with a symbol what cannot be written down as a graph; it must not catch that as an Exception."""


def _operator(op: str) -> Callable[..., Symbol]:
    return lambda *operands: _apply(op, *operands)


def _swapped(op: str) -> Callable[[Symbol, Any], Symbol]:
    return lambda symbol, other: _apply(op, other, symbol)


class Symbol:
    """One number, or the coordinates of a point, as nodes of a graph.

    decide: answers ``if`` about a condition, or raises Untraceable.
    is_point: it has coordinates, be it one; a number goes with every coordinate.
    """

    def __init__(self, nodes: Sequence[Node], decide: Decide, *, is_point: bool = False) -> None:
        self.nodes = tuple(nodes)
        self.decide = decide
        self.is_point = is_point

    __add__, __radd__ = _operator("+"), _swapped("+")
    __sub__, __rsub__ = _operator("-"), _swapped("-")
    __mul__, __rmul__ = _operator("*"), _swapped("*")
    __truediv__, __rtruediv__ = _operator("/"), _swapped("/")
    __mod__, __rmod__ = _operator("%"), _swapped("%")
    __and__, __rand__ = _operator("and"), _swapped("and")
    __or__, __ror__ = _operator("or"), _swapped("or")
    __lt__, __le__, __gt__, __ge__ = map(_operator, ("<", "<=", ">", ">="))
    __neg__, __abs__, __invert__ = map(_operator, ("neg", "absolute", "not"))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options or ufunc.__name__ not in _UFUNCS:
            raise Untraceable(f"numpy's {ufunc.__name__} is not known here")
        return _UFUNCS[ufunc.__name__](*inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function not in _FUNCTIONS or options:
            raise Untraceable(f"numpy's {function.__name__} is not known here")
        return _FUNCTIONS[function](*args)

    def sum(self, axis: int = 0) -> Symbol:
        """Return the sum over the coordinates, the first axis."""
        if axis != 0:
            raise Untraceable(f"the coordinates are axis 0, there is no axis {axis}")
        total = self.nodes[0]
        for node in self.nodes[1:]:
            total = total.graph.apply("+", total, node)
        return Symbol([total], self.decide)

    def copy(self) -> Symbol:
        """Return the symbol itself, which nothing can change."""
        return self

    def __bool__(self) -> bool:
        graph, *conditions = self.nodes[0].graph, *map(self.nodes[0].graph.as_condition, self.nodes)
        return self.decide(reduce(lambda a, b: graph.apply("and", a, b), conditions))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Untraceable("an array is made of a symbol")

    def __float__(self) -> float:
        raise Untraceable("a float is made of a symbol")

    def __int__(self) -> int:
        raise Untraceable("an integer is made of a symbol")

    __index__ = __int__
    __hash__ = object.__hash__

    def __pow__(self, exponent: Any) -> Symbol:
        return _power(self, exponent)

    def __rpow__(self, base: Any) -> Symbol:
        return _power(base, self)

    def __pos__(self) -> Symbol:
        return self

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]  # a comparison is a node too
        return _apply("==", self, other)

    def __ne__(self, other: object) -> Symbol:  # type: ignore[override]  # a comparison is a node too
        return _apply("!=", self, other)


class Column(Symbol):
    """A state after the step that still knows what it was before."""

    def __init__(self, nodes: Sequence[Node], decide: Decide, before: Symbol) -> None:
        super().__init__(nodes, decide, is_point=before.is_point)
        self.before = before


def symbol_of(node: Node) -> Symbol:
    """Return the symbol of a node in equations that have no branches."""

    def refuse(condition: Node) -> bool:
        raise Untraceable("these equations have no branches; choose with where")

    return Symbol([node], refuse)


def _apply(op: str, *operands: Any) -> Symbol:
    """Apply an operation coordinate by coordinate; one number goes with every coordinate."""
    symbol = next(operand for operand in operands if isinstance(operand, Symbol))
    graph = symbol.nodes[0].graph
    given = [_nodes(graph, operand) for operand in operands]
    count = max(map(len, given))
    if any(len(nodes) not in (1, count) for nodes in given):
        raise Untraceable(f"{' and '.join(str(len(nodes)) for nodes in given)} coordinates do not go together")
    rows = zip(*(nodes * count if len(nodes) == 1 else nodes for nodes in given), strict=True)
    is_point = any(isinstance(operand, Symbol) and operand.is_point for operand in operands)
    return Symbol([_applied(graph, op, *row) for row in rows], symbol.decide, is_point=is_point)


def _nodes(graph: Graph, operand: Any) -> tuple[Node, ...]:
    if isinstance(operand, Symbol):
        return operand.nodes
    if isinstance(operand, np.ndarray | np.generic) and operand.ndim <= 1:
        return tuple(graph.node(number) for number in np.atleast_1d(operand).tolist())
    if not isinstance(operand, bool | int | float):
        raise Untraceable(f"{type(operand).__name__} is not a number")
    return (graph.node(operand),)


def _applied(graph: Graph, op: str, *args: Node) -> Node:
    """Apply an operation, with conditions where it takes conditions and numbers where it takes numbers."""
    if op == "where":
        condition, a, b = args
        return graph.apply(op, graph.as_condition(condition), graph.as_number(a), graph.as_number(b))
    if op in ("and", "or", "not"):
        return graph.apply(op, *map(graph.as_condition, args))
    return graph.apply(op, *map(graph.as_number, args))


def _power(base: Any, exponent: Any) -> Symbol:
    """Raise to a power: numbers as Python does, a point as NumPy does an array."""
    if not any(isinstance(operand, Symbol) and operand.is_point for operand in (base, exponent)):
        return _apply("python_power", base, exponent)
    if isinstance(exponent, Symbol) or exponent not in (-1, 0.5, 2):
        return _apply("power", base, exponent)
    if exponent == 2:
        return _apply("*", base, base)
    return _apply("sqrt", base) if exponent > 0 else _apply("/", 1.0, base)


_SAME_NAME = (
    "sin cos tan sinh cosh tanh exp log log10 log2 sqrt absolute sign floor ceil minimum maximum power"
).split()
_OTHER_NAME = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "remainder": "%", "negative": "neg",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "fabs": "absolute",
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!=",
    "logical_and": "and", "logical_or": "or", "logical_not": "not",
    "bitwise_and": "and", "bitwise_or": "or", "invert": "not", "float_power": "power",
}  # fmt: skip
_UFUNCS: dict[str, Callable[..., Symbol]] = {
    **{name: _operator(op) for name, op in ({name: name for name in _SAME_NAME} | _OTHER_NAME).items()},
    "power": _power,
    "square": lambda z: _apply("*", z, z),
    "reciprocal": lambda z: _apply("/", 1.0, z),
}
_FUNCTIONS: dict[Any, Callable[..., Symbol]] = {
    np.where: _operator("where"),
    np.clip: lambda z, low, high: _apply("minimum", _apply("maximum", z, low), high),
    np.sum: lambda z, axis=0: z.sum(axis),
    np.zeros_like: lambda z: Symbol([node.graph.node(0.0) for node in z.nodes], z.decide, is_point=z.is_point),
    np.atleast_1d: lambda z: z,
}
