"""Python's own parser reads a formula; this walks over what it made, and over nothing else."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeVar

from optviz.errors import Issue, OptvizError

T = TypeVar("T")

PARTS: dict[type[ast.AST], Callable[..., Sequence[ast.expr]]] = {
    ast.Constant: lambda node: (),
    ast.Name: lambda node: (),
    ast.UnaryOp: lambda node: (node.operand,),
    ast.BinOp: lambda node: (node.left, node.right),
    ast.BoolOp: lambda node: node.values,
    ast.Compare: lambda node: (node.left, *node.comparators),
    ast.Call: lambda node: node.args,
}
OPERATORS: dict[type[ast.AST], str] = {
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Not: "not",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.And: "and",
    ast.Or: "or",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def tree_of(text: str) -> ast.expr:
    """The syntax tree of a text that has passed the spelling."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        hint = "put brackets around each part"
        raise OptvizError(Issue(f"not a formula: {error.msg}", hint=hint, column=error.offset)) from None
    except (RecursionError, MemoryError):  # how Python's parser says that its stack is full
        raise OptvizError(Issue("the formula is nested too deeply")) from None


def operator_of(node: ast.AST) -> str:
    """How an operator is written."""
    if type(node) not in OPERATORS:
        raise OptvizError(Issue(f"{type(node).__name__} is not an operator of the formula language"))
    return OPERATORS[type(node)]


def name_called(node: ast.Call) -> str:
    """The name of the function that is called."""
    if not isinstance(node.func, ast.Name) or node.keywords:
        raise OptvizError(Issue("only sin(x) and the like can be called", column=node.col_offset + 1))
    return node.func.id


def fold(root: ast.expr, made: Callable[[ast.expr, Sequence[T]], T]) -> T:
    """What ``made(node, results of its parts)`` gives for the root, the parts first; without recursion."""
    results: list[T] = []
    waiting: list[tuple[ast.expr, int | None]] = [(root, None)]  # a count: so many results are the parts'
    while waiting:
        node, count = waiting.pop()
        if count is None:
            parts = _parts(node)
            waiting.append((node, len(parts)))
            waiting.extend((part, None) for part in reversed(parts))
        else:
            first = len(results) - count
            results[first:] = [made(node, results[first:])]
    return results[0]


def _parts(node: ast.expr) -> Sequence[ast.expr]:
    if type(node) not in PARTS:
        name = type(node).__name__
        raise OptvizError(
            Issue(f"{name} is not part of the formula language", column=getattr(node, "col_offset", 0) + 1)
        )
    return PARTS[type(node)](node)
