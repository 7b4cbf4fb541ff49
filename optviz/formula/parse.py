"""Parse a formula's text into its syntax tree and its graph."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from keyword import iskeyword
from typing import TypeVar, cast

from optviz.errors import Issue, OptvizError
from optviz.formula.chance import chance
from optviz.formula.graph import Graph, Node
from optviz.formula.language import CHANCE, FORMULA_FUNCTIONS, NUMBERS, VARIABLES, WORDS
from optviz.formula.lint import Source, lint

T = TypeVar("T")

MOST_SHOWN_CHARACTERS = 40  # of a subexpression in a message
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
OPERANDS: dict[type[ast.AST], Callable[..., Sequence[ast.expr]]] = {
    ast.Constant: lambda node: (),
    ast.Name: lambda node: (),
    ast.UnaryOp: lambda node: (node.operand,),
    ast.BinOp: lambda node: (node.left, node.right),
    ast.BoolOp: lambda node: node.values,
    ast.Compare: lambda node: (node.left, *node.comparators),
    ast.Call: lambda node: node.args,
}


@dataclass(frozen=True)
class Formula:
    """A formula as its author wrote it and as a graph."""

    tree: ast.expr  # in the author's own order, for printing
    root: Node
    names: frozenset[str]  # of the variables and constants it uses
    by_chance: bool = False  # the seed decides it too


def parse(text: str, variables: Collection[str], constants: Mapping[str, float], seed: int = 0) -> Formula:
    """Parse a formula in those variables and named constants; ``seed`` decides what is left to chance.

    Raises OptvizError with every mistake found; those in the text carry ``column`` (from 1) and ``width``.
    """
    issues = _constant_issues(constants)
    try:
        tree, source = lint(text, [*variables, *NUMBERS, *constants])
    except OptvizError as refused:
        raise OptvizError([*issues, *refused.issues]) from None
    if issues:
        raise OptvizError(issues)
    root = _GraphBuilder(text, source, variables, constants, seed).build(tree)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    by_chance = CHANCE in names
    return Formula(tree, root, frozenset(names & {*variables, *constants} | ({"t"} if by_chance else set())), by_chance)


def _constant_issues(constants: Mapping[str, float]) -> list[Issue]:
    found = [(name, _constant_mistake(name, value)) for name, value in constants.items()]
    return [Issue(message, path=f"constants.{name}") for name, message in found if message]


def _constant_mistake(name: object, value: object) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or iskeyword(name):
        return f"{name!r} cannot name a constant: letters, digits and _ only"
    if name in (*VARIABLES, *NUMBERS, *FORMULA_FUNCTIONS, *WORDS):
        return f"{name} is a reserved name; rename the constant"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"constant {name} must be a number, not {value!r}"
    if not math.isfinite(_to_float(value)):
        return f"constant {name} must be finite, not {value!r}"
    return ""


def _to_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer beyond the largest float
        return math.inf


def fold(root: ast.expr, combine: Callable[[ast.expr, Sequence[T]], T]) -> T:
    """Compute ``combine(node, results of its operands)`` from the leaves up to the root, without recursion."""
    results: list[T] = []
    waiting: list[tuple[ast.expr, int | None]] = [(root, None)]  # a count: that many results are the operands'
    while waiting:
        node, count = waiting.pop()
        if count is None:
            operands = OPERANDS[type(node)](node)
            waiting.append((node, len(operands)))
            waiting.extend((operand, None) for operand in reversed(operands))
        else:
            first = len(results) - count
            results[first:] = [combine(node, results[first:])]
    return results[0]


def name_called(node: ast.Call) -> str:
    """Return the name of the function that is called."""
    return cast(ast.Name, node.func).id  # the linter lets nothing else through


class _GraphBuilder:
    """Builds the graph from the leaves up and collects constant subexpressions that are not finite."""

    def __init__(
        self, text: str, source: Source, variables: Collection[str], constants: Mapping[str, float], seed: int
    ) -> None:
        self.text = text
        self.source = source
        self.seed = seed
        self.graph = Graph()
        self.values: dict[str, Node] = {name: self.graph.variable(name) for name in variables}
        numbers = {**NUMBERS, **constants}
        self.values |= {name: self.graph.node(float(value)) for name, value in numbers.items()}
        self.issues: list[Issue] = []

    def build(self, tree: ast.expr) -> Node:
        """Return the root, a number. Raises OptvizError with every constant that is not finite."""
        root = self.graph.as_number(fold(tree, self._combine))
        if self.issues:
            raise OptvizError(replace(issue, source=self.text) for issue in self.issues)
        return root

    def _combine(self, node: ast.expr, parts: Sequence[Node]) -> Node:
        made = BUILDERS[type(node)](self, node, parts)
        if type(made.constant) is not float or math.isfinite(made.constant):
            return made
        part = self.source.part_of(node)
        written = self.text[part.column - 1 : part.column - 1 + part.width]
        shown = written if part.width <= MOST_SHOWN_CHARACTERS else f"{written[:MOST_SHOWN_CHARACTERS]}..."
        self.issues.append(part.issue(f"{shown} is not a finite number"))
        return self.graph.variable("?")  # so that what is built on it is not blamed too

    def _constant(self, node: ast.Constant, parts: Sequence[Node]) -> Node:
        return self.graph.node(_to_float(cast(float, node.value)))  # the linter lets nothing else through

    def _name(self, node: ast.Name, parts: Sequence[Node]) -> Node:
        return self.values[node.id]

    def _unary(self, node: ast.UnaryOp, parts: Sequence[Node]) -> Node:
        op = OPERATORS[type(node.op)]
        if op == "not":
            return self.graph.apply("not", self.graph.as_condition(parts[0]))
        number = self.graph.as_number(parts[0])
        return number if op == "+" else self.graph.apply("neg", number)

    def _binary(self, node: ast.BinOp, parts: Sequence[Node]) -> Node:
        op = OPERATORS[type(node.op)]
        numbers = [self.graph.as_number(part) for part in parts]
        return self.graph.apply("power" if op == "**" else op, *numbers)

    def _logic(self, node: ast.BoolOp, parts: Sequence[Node]) -> Node:
        op = OPERATORS[type(node.op)]
        conditions = [self.graph.as_condition(part) for part in parts]
        return reduce(lambda a, b: self.graph.apply(op, a, b), conditions)

    def _comparison(self, node: ast.Compare, parts: Sequence[Node]) -> Node:
        numbers = [self.graph.as_number(part) for part in parts]
        pairs = zip(node.ops, numbers, numbers[1:], strict=False)
        held = [self.graph.apply(OPERATORS[type(op)], a, b) for op, a, b in pairs]
        return reduce(lambda a, b: self.graph.apply("and", a, b), held)

    def _call(self, node: ast.Call, parts: Sequence[Node]) -> Node:
        function = FORMULA_FUNCTIONS[name_called(node)]
        numbers = [self.graph.as_number(part) for part in parts]
        if function.op == CHANCE:
            return chance(self.graph, self.values["t"], self._probability(node, numbers[0]), self.seed)
        if function.op == "where":
            return self.graph.apply("where", self.graph.as_condition(parts[0]), *numbers[1:])
        if function.most is None:
            return reduce(lambda a, b: self.graph.apply(function.op, a, b), numbers)
        return self.graph.apply(function.op, *numbers)

    def _probability(self, node: ast.Call, number: Node) -> Node:
        if isinstance(number.constant, float) and not 0 <= number.constant <= 1:
            part = self.source.part_of(node.args[0])
            self.issues.append(part.issue(f"a probability lies between 0 and 1, got {number.constant:g}"))
        return number


BUILDERS: dict[type[ast.AST], Callable[..., Node]] = {
    ast.Constant: _GraphBuilder._constant,
    ast.Name: _GraphBuilder._name,
    ast.UnaryOp: _GraphBuilder._unary,
    ast.BinOp: _GraphBuilder._binary,
    ast.BoolOp: _GraphBuilder._logic,
    ast.Compare: _GraphBuilder._comparison,
    ast.Call: _GraphBuilder._call,
}
