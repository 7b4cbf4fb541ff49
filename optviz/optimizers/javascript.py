"""Write a traced rule, with the gradient of the formula it runs on, as JavaScript: one loop from a start to the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters

from optviz.formula import Symbols
from optviz.formula.codegen.javascript import expression
from optviz.formula.codegen.straight_line import straight_line
from optviz.formula.graph import Node, substituted, topological_order
from optviz.optimizers.bound_rule import BoundRule
from optviz.optimizers.trace import Table, Update


@dataclass(frozen=True)
class Kernel:
    """The source of an object with four functions, which the page calls.

    ``powers(h,t)``: base and exponent of each power at step t, one after the other. ``begin(h)``: states that no point
    has a say in. ``table(h,t,s,p)``: the columns of a step and those states after it, given the powers' values p.
    ``run(h,T,n,X,Y,R,E)``: n steps from (X, Y) with the table T, a row a step, into the rows R unless that is null; the
    last point goes to E. A row holds the point, the gradient received, the effective rate if there is one, the states.
    """

    source: str
    inputs: tuple[str, ...]  # names of what h holds, the noise's coordinates last
    powers: tuple[tuple[Node, Node], ...]  # base and exponent, in inputs and t
    states: tuple[str, ...]  # recorded, in the order of the row
    effective: bool  # the row holds an effective learning rate


def kernel(bound: BoundRule, update: Update, symbols: Symbols, noise: bool) -> Kernel:
    """Write the update of a rule on one formula. The noise, if any, is the last of ``inputs``."""
    loop = _Loop(bound, update, symbols)
    table = {name: update.table.columns[name] for name in loop.columns}
    inputs = (*update.table.inputs, *(f"noise_{i}" for i in range(update.dim) if noise))
    writer = _TableWriter(update.table, inputs)
    rows = writer.function(f"h,t,{writer.states},p", [*table.values(), *update.table.next.values()])
    begin = writer.function("h", list(update.table.begin.values()))
    powers = writer.function("h,t", [node for pair in writer.powers for node in pair])
    run = loop.source(inputs)
    return Kernel(
        source=shortened(f"{{powers:{powers},begin:{begin},table:{rows},run:{run}}}"),
        inputs=inputs,
        powers=tuple(writer.powers),
        states=loop.names,
        effective=update.rate is not None,
    )


@dataclass
class _TableWriter:
    """Writes functions of hyperparameters and the step; Python's powers are p[0], p[1], ... of the table's."""

    table: Table
    inputs: tuple[str, ...]
    powers: list[tuple[Node, Node]] = field(default_factory=list)

    @property
    def states(self) -> str:
        """The argument that takes the states of the table apart."""
        return f"[{','.join(self.table.next)}]"

    def function(self, arguments: str, roots: Sequence[Node]) -> str:
        """Return the source of a function that returns the values of the roots."""
        program = straight_line(roots, self.expression)
        used = {node.name for node in topological_order(roots) if node.op == "variable"}
        taken = [f"{name}=h[{i}]" for i, name in enumerate(self.inputs) if name in used]
        declared = ",".join([*taken, *(f"{name}={bare(text)}" for name, text in program.assignments)])
        body = f"const {declared};" if declared else ""
        return f"({arguments})=>{{{body}return[{','.join(map(bare, program.results))}]}}"

    def expression(self, node: Node, args: Sequence[str]) -> str:
        """Return the expression of a node, of a power by its number."""
        if node.op != "python_power":
            return expression(node, args)
        base, exponent = node.args
        if (base, exponent) not in self.powers:
            self.powers.append((base, exponent))
        return f"p[{self.powers.index((base, exponent))}]"


class _Loop:
    """The loop over the steps: what it computes, of which only what is needed."""

    def __init__(self, bound: BoundRule, update: Update, symbols: Symbols) -> None:
        self.update, dim = update, update.dim
        self.graph = update.x[0].graph
        slopes = self.slopes(symbols)
        shown = [(name, variables) for name, variables in zip(bound.state, update.state, strict=True) if name]
        self.names = tuple(name for name, _ in shown)
        row: list[Node] = [*update.received, *(update.rate or ())]
        row += [update.next[variable] for _, variables in shown for variable in variables]
        # in terms of x, the state, the columns and t alone
        x, rows = (substituted(nodes, self.graph, slopes) for nodes in (update.x, row))
        following = dict(zip(update.next, substituted(update.next.values(), self.graph, slopes), strict=True))
        kept = _needed([*x, *rows], following)
        self.x, self.row, self.next = x, rows, {name: following[name] for name in update.next if name in kept}
        self.roots = [*self.x, *self.row, *self.next.values()]
        used = {node.name for node in topological_order(self.roots) if node.op == "variable"}
        self.columns = [name for name in update.table.columns if name in used]
        self.width = dim + len(self.row)

    def slopes(self, symbols: Symbols) -> dict[str, Node]:
        """Return every gradient's coordinates by variable, in terms of what is known before it is taken."""
        known: dict[str, Node] = {}
        for call, point in enumerate(self.update.gradients):
            at = dict(zip(symbols.arguments, substituted(point, self.graph, known), strict=False))
            values = substituted(symbols.slopes, self.graph, at)
            known |= dict(zip(self.update.gradient_variables(call), values, strict=True))
        return known

    def source(self, inputs: Sequence[str]) -> str:
        """Return the source of ``run``."""
        dim, columns = self.update.dim, self.columns
        program = straight_line(self.roots, expression)
        variables = [*(f"x_{i}" for i in range(dim)), *(None for _ in self.row), *self.next]
        new = [text if _is_fixed(text) else f"N{i}" for i, text in enumerate(program.results)]
        made = dict(zip(new, program.results, strict=True))
        read = [f"{name}=T[i{f'+{place}' if place else ''}]" for place, name in enumerate(columns)]
        declared = [f"{name}={bare(text)}" for name, text in (*program.assignments, *made.items()) if name != text]
        body = "const " + ",".join([*read, *declared]) + ";"
        row = [f"R[k{f'+{place}' if place else ''}]={text}" for place, text in enumerate(new[: self.width])]
        body += f"if(R!==null){{{';'.join(row)}}}"
        body += ";".join(f"{old}={text}" for old, text in zip(variables, new, strict=True) if old)
        step = f"i+={len(columns)}," if columns else ""
        head = f"let t=1,i={len(columns)},k={self.width};t<=n;t++,{step}k+={self.width}"
        ends = ";".join(f"E[{i}]=x_{i}" for i in range(dim))
        return f"(h,T,n,X,Y,R,E)=>{{{self.begin(inputs)}for({head}){{{body}}}{ends}}}"

    def begin(self, inputs: Sequence[str]) -> str:
        """Declare the point and the state before step 1."""
        roots = [self.update.begin[name] for name in self.next]
        program = straight_line(roots, expression)
        used = {node.name for node in topological_order(roots) if node.op == "variable"}
        taken = [f"{name}=h[{i}]" for i, name in enumerate(inputs) if name in used]
        taken += [f"{name}={bare(text)}" for name, text in program.assignments]
        state = [f"{name}={bare(text)}" for name, text in zip(self.next, program.results, strict=True)]
        point = [f"x_{i}={'XY'[i]}" for i in range(self.update.dim)]
        return f"let {','.join([*point, *taken, *state])};"


def _needed(roots: Iterable[Node], following: Mapping[str, Node]) -> set[str]:
    """Return the states that the roots depend on, at this step or a later one."""
    needed: set[str] = set()
    waiting = list(roots)
    while waiting:
        names = {node.name for node in topological_order(waiting) if node.op == "variable"}
        new = (names & following.keys()) - needed
        needed |= new
        waiting = [following[name] for name in new]
    return needed


def _is_fixed(text: str) -> bool:
    """Whether an expression is a constant of one step: it needs no name of its own."""
    return re.fullmatch(r"[vc]?[0-9.]+", text) is not None


# --- fewer letters --------------------------------------------------------------------------------

_LONG = re.compile(r"\b(?:[vcN][0-9]+|[shx]_\w+|(?:low|high|noise)_[0-9])\b")
_TAKEN = frozenset("h t s p T n X Y R E i k E do if in of as".split())


def bare(text: str) -> str:
    """Return an expression without the brackets around the whole of it."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[1:-1] if sign == ")" and at == len(text) - 1 and text[0] == "(" else text
    return text


def shortened(source: str) -> str:
    """Return the source with short names for its variables, the most frequent first."""
    names = (first + second for first in ("", *ascii_letters) for second in ascii_letters)
    free = (name for name in names if name not in _TAKEN)
    given = dict(zip((name for name, _ in Counter(_LONG.findall(source)).most_common()), free, strict=False))
    return _LONG.sub(lambda found: given[found[0]], source)
