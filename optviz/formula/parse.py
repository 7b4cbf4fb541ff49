"""Reads a formula's text into its graph, or says everything that is wrong with it."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from keyword import iskeyword

from optviz.errors import Issue, OptvizError
from optviz.formula.graph import Graph, Node
from optviz.formula.language import FUNCTIONS, NUMBERS, VARIABLES, WORDS
from optviz.formula.lint import excess, misspellings, words
from optviz.formula.tree import fold, name_called, operator_of, tree_of

BLANKS = str.maketrans("\n\r\t\v\f", "     ")
SHOWN = 40  # characters of a subexpression in a message


@dataclass(frozen=True)
class Formula:
    """A formula that has been read."""

    text: str
    tree: ast.expr  # in the author's own order, for printing
    root: Node
    names: frozenset[str]  # of the variables and constants it uses


def read(text: str, variables: Collection[str], constants: Mapping[str, float]) -> Formula:
    """The formula in those variables and named constants. Raises OptvizError with every mistake found."""
    if too_long := excess(text):
        raise OptvizError(too_long)
    given = text.translate(BLANKS)
    issues = constant_issues(constants) + misspellings(given, [*variables, *NUMBERS, *constants])
    if issues:
        raise OptvizError(issues)
    margin = len(given) - len(given.lstrip())
    tree = tree_of(given.lstrip())
    reader = Reader(given, margin, variables, constants)
    root = reader.read(tree)
    names = {word.text for word in words(given) if word.kind == "name"}
    return Formula(text, tree, root, frozenset(names & {*variables, *constants}))


def constant_issues(constants: Mapping[str, float]) -> list[Issue]:
    """What is wrong with the names and values of the constants."""
    found = [(name, _wrong(name, value)) for name, value in constants.items()]
    return [Issue(said, path=f"constants.{name}") for name, said in found if said]


def _wrong(name: object, value: object) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or iskeyword(name):
        return f"{name!r} cannot name a constant: letters, digits and _ only"
    if name in (*VARIABLES, *NUMBERS, *FUNCTIONS, *WORDS):
        return f"{name} already has a meaning; name the constant otherwise"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"constant {name} must be a number, not {value!r}"
    if not math.isfinite(_as_float(value)):
        return f"constant {name} must be finite, not {value!r}"
    return ""


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer beyond the largest float
        return math.inf


class Reader:
    """Builds the graph from the leaves up, and notes constants that are not finite."""

    def __init__(self, text: str, margin: int, variables: Collection[str], constants: Mapping[str, float]) -> None:
        self.text = text
        self.margin = margin
        self.graph = Graph()
        self.values: dict[str, Node] = {name: self.graph.variable(name) for name in variables}
        numbers = {**NUMBERS, **constants}
        self.values |= {name: self.graph.node(float(value)) for name, value in numbers.items()}
        self.issues: list[Issue] = []

    def read(self, tree: ast.expr) -> Node:
        """The whole formula, a number. Raises OptvizError with every constant that is not finite."""
        root = self.graph.as_number(fold(tree, self._made))
        if self.issues:
            raise OptvizError(self.issues)
        return root

    def _made(self, node: ast.expr, parts: Sequence[Node]) -> Node:
        made = KINDS[type(node)](self, node, parts)
        if type(made.constant) is not float or math.isfinite(made.constant):
            return made
        start, end = self.margin + node.col_offset, self.margin + (node.end_col_offset or 0)
        shown = self.text[start:end] if end - start <= SHOWN else self.text[start : start + SHOWN] + "..."
        self.issues.append(Issue(f"{shown} is not a finite number", column=start + 1))
        return self.graph.variable("?")  # so that what is built on it is not blamed too

    def _constant(self, node: ast.Constant, parts: Sequence[Node]) -> Node:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise OptvizError(Issue(f"{value!r} is not a number", column=node.col_offset + 1))
        return self.graph.node(_as_float(value))

    def _name(self, node: ast.Name, parts: Sequence[Node]) -> Node:
        if node.id not in self.values:
            raise OptvizError(Issue(f"unknown name {node.id}", column=node.col_offset + 1))
        return self.values[node.id]

    def _unary(self, node: ast.UnaryOp, parts: Sequence[Node]) -> Node:
        op = operator_of(node.op)
        if op == "not":
            return self.graph.apply("not", self.graph.as_condition(parts[0]))
        number = self.graph.as_number(parts[0])
        return number if op == "+" else self.graph.apply("neg", number)

    def _binary(self, node: ast.BinOp, parts: Sequence[Node]) -> Node:
        op = operator_of(node.op)
        numbers = [self.graph.as_number(part) for part in parts]
        return self.graph.apply("power" if op == "**" else op, *numbers)

    def _logic(self, node: ast.BoolOp, parts: Sequence[Node]) -> Node:
        op = operator_of(node.op)
        conditions = [self.graph.as_condition(part) for part in parts]
        return reduce(lambda a, b: self.graph.apply(op, a, b), conditions)

    def _comparison(self, node: ast.Compare, parts: Sequence[Node]) -> Node:
        numbers = [self.graph.as_number(part) for part in parts]
        pairs = zip(node.ops, numbers, numbers[1:], strict=False)
        held = [self.graph.apply(operator_of(op), a, b) for op, a, b in pairs]
        return reduce(lambda a, b: self.graph.apply("and", a, b), held)

    def _call(self, node: ast.Call, parts: Sequence[Node]) -> Node:
        name = name_called(node)
        if name not in FUNCTIONS:
            raise OptvizError(Issue(f"unknown function {name}", column=node.col_offset + 1))
        numbers = [self.graph.as_number(part) for part in parts]
        if name == "where":
            return self.graph.apply("where", self.graph.as_condition(parts[0]), *numbers[1:])
        if FUNCTIONS[name].most is None:
            return reduce(lambda a, b: self.graph.apply(FUNCTIONS[name].op, a, b), numbers)
        return self.graph.apply(FUNCTIONS[name].op, *numbers)


KINDS: dict[type[ast.AST], Callable[..., Node]] = {
    ast.Constant: Reader._constant,
    ast.Name: Reader._name,
    ast.UnaryOp: Reader._unary,
    ast.BinOp: Reader._binary,
    ast.BoolOp: Reader._logic,
    ast.Compare: Reader._comparison,
    ast.Call: Reader._call,
}
