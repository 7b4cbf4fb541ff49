"""Write a traced rule as JavaScript: one loop from a start to the end, which asks the page for gradients."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters

from optviz.formula import Symbols
from optviz.formula.codegen import wide_javascript
from optviz.formula.codegen.javascript import bare, expression
from optviz.formula.codegen.straight_line import straight_line
from optviz.formula.graph import Node, Point, variables_of
from optviz.formula.overflow import is_rescued
from optviz.optimizers.bound_rule import BoundRule
from optviz.optimizers.trace import Table, Update

GRADIENT, SLOPES = "G", "D"  # G(x, y, t) leaves the gradient's coordinates in D


@dataclass(frozen=True)
class RuleScript:
    """The source of an object with four functions, which the page calls.

    ``powers(h,t)``: base and exponent of each power at step t, one after the other. ``begin(h)``: states that no point
    has a say in. ``table(h,t,s,p)``: the columns of a step and those states after it, given the powers' values p.
    ``run(h,T,n,E,R,A)``: n steps of all points in E, one after the other's coordinates, with the table T, a row a step,
    into the rows R and the terms into the list A, unless these are null; E holds the last points then. A row holds the
    point, the gradient received, the effective rate if there is one, the states; R has those of every point after each
    other, for each step. A gets all coordinates of each term.
    """

    source: str
    inputs: tuple[str, ...]  # names of what h holds, the noise's coordinates last
    powers: tuple[tuple[Node, Node], ...]  # base and exponent, in inputs and t
    states: tuple[str, ...]  # recorded, in the order of the row
    effective: bool  # the row holds an effective learning rate


def rule_script(
    bound: BoundRule, update: Update, terms: Sequence[Point] = (), inside: Symbols | None = None
) -> RuleScript:
    """Write the update of a rule, with terms of each step for whom they interest. Noise is the last of ``inputs``.

    inside: the formula, to be written into the loop: browsers call functions of numbers slowly.
    """
    loop = _Loop(bound, update, terms, inside)
    table = {name: update.table.columns[name] for name in loop.columns}
    inputs = tuple(update.table.inputs)
    writer = _TableWriter(update.table, inputs)
    rows = writer.function(f"h,t,{writer.states},p", [*table.values(), *update.table.next.values()])
    begin = writer.function("h", list(update.table.begin.values()))
    powers = writer.function("h,t", [node for pair in writer.powers for node in pair])
    run = loop.source(inputs)
    return RuleScript(
        source=shortened(f"{{powers:{powers},begin:{begin},table:{rows},run:{run}}}"),
        inputs=inputs,
        powers=tuple(writer.powers),
        states=loop.names,
        effective=update.rate is not None,
    )


def formula_code(symbols: Symbols) -> str:
    """Declare f, and the gradient that kernels ask for; where floats overflow on the way, wide exponents decide."""
    names, coordinates = ("x", "y", "t"), symbols.arguments[:-1]
    slopes = [f"d{i}" for i in range(len(coordinates))]
    left = "".join(f"{name}*0!==0||" for name in coordinates)  # the finite numbers: nothing decides there
    kept = "".join(f"{SLOPES}[{i}]={name};" for i, name in enumerate(slopes))
    value, gradient = _assigned(["r"], [symbols.value]) + "return r", _assigned(slopes, symbols.slopes) + kept
    parts = [f"{SLOPES}=new Float64Array({len(coordinates)})"]
    if symbols.may_overflow:
        parts += ["rescued=(known,found)=>known.map((v,i)=>v*0===0||found[i]!==found[i]?v:found[i])"]
    if is_rescued([symbols.value]):
        parts += [f"wideF={wide_javascript.function([symbols.value], names)}"]
        value += f"*0===0||{left}0?r:rescued([r],wideF(x,y,t))[0]"
    if is_rescued(symbols.slopes):
        parts += [f"wideG={wide_javascript.function(symbols.slopes, names)}"]
        parts += [f"rescue=(x,y,t)=>{{{left}{SLOPES}.set(rescued({SLOPES},wideG(x,y,t)))}}"]
        gradient += f"({'+'.join(slopes)})*0===0||rescue(x,y,t)"
    declared = ",".join([*parts, f"f=(x,y,t)=>{{{value}}}", f"{GRADIENT}=(x,y,t)=>{{{gradient}}}"])
    return f"{wide_javascript.prelude(declared)}const {declared};"


def _assigned(targets: Sequence[str], roots: Sequence[Node]) -> str:
    """Return the statement that declares the targets, new variables, with the roots' values."""
    program = straight_line(roots, expression)
    pairs = [*program.assignments, *zip(targets, program.results, strict=True)]
    return f"const {','.join(f'{name}={bare(text)}' for name, text in pairs)};"


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
        used = variables_of(roots)
        taken = [f"{name}=h[{i}]" for i, name in enumerate(self.inputs) if name in used]
        declared = ",".join([*taken, *(f"{name}={bare(text)}" for name, text in program.assignments)])
        result = f"[{','.join(map(bare, program.results))}]"
        if declared:
            return f"({arguments})=>{{const {declared};return{result}}}"
        return f"({arguments})=>{result}" if roots else "()=>[]"

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

    def __init__(self, bound: BoundRule, update: Update, terms: Sequence[Point], inside: Symbols | None) -> None:
        self.update, self.inside = update, inside
        shown = [(name, variables) for name, variables in zip(bound.state, update.state, strict=True) if name]
        self.names = tuple(name for name, _ in shown)
        self.row: list[Node] = [*update.received, *(update.rate or ())]
        self.row += [update.next[variable] for _, variables in shown for variable in variables]
        self.terms = [node for term in terms for node in (term * update.dim if len(term) == 1 else term)]
        self.asked = [node for point in update.gradients for node in point]
        kept = _needed([*self.asked, *update.x, *self.row, *self.terms], update.next)
        self.next = {name: update.next[name] for name in update.next if name in kept}
        self.roots = [*self.asked, *update.x, *self.next.values(), *self.row, *self.terms]
        used = variables_of(self.roots)
        self.columns = [name for name in update.table.columns if name in used]
        self.width = update.dim + len(self.row)

    def source(self, inputs: Sequence[str]) -> str:
        """Return the source of ``run``: every step of all points, so that a processor works on several at once."""
        dim = self.update.dim
        program = straight_line(self.roots, expression)
        results = iter(program.results)
        asked = [[next(results) for _ in point] for point in self.update.gradients]
        moving = [*(f"x_{i}" for i in range(dim)), *self.next]
        made = [(old, f"N{i}", next(results)) for i, old in enumerate(moving)]
        new = {old: text if _is_fixed(text) else name for old, name, text in made}
        row = [*(new[f"x_{i}"] for i in range(dim)), *(bare(next(results)) for _ in self.row)]
        terms = [bare(text) for text in results]
        places = {old: f"E[p+{i}]" if i < dim else f"S[q+{i - dim}]" for i, old in enumerate(moving)}
        places = {old: place.replace("+0]", "]") for old, place in places.items()}
        body = f"const {','.join(f'{old}={place}' for old, place in places.items())};"
        declared = [*program.assignments, *((name, text) for old, name, text in made if new[old] == name)]
        body += self.body(declared, asked)
        body += f"if(R){{{';'.join(f'R[k++]={text}' for text in row)}}}"
        body += f"A&&A.push({','.join(terms)});" if terms else ""
        body += ";".join(f"{places[old]}={text}" for old, text in new.items() if text != old)
        first = f"t=1,k=m*{self.width}" + (f",i={len(self.columns)}" if self.columns else "")
        columns = f"const {','.join(f'{name}=T[i++]' for name in self.columns)};" if self.columns else ""
        points = f"let p=0,q=0;p<E.length;p+={dim},q+={len(self.next)}" if self.next else f"let p=0;p<E.length;p+={dim}"
        steps = f"for(let {first};t<=n;t++){{{columns}for({points}){{{body}}}}}"
        return f"(h,T,n,E,R,A)=>{{{self.begin(inputs)}{steps}}}"

    def body(self, declared: Sequence[tuple[str, str]], asked: Sequence[Sequence[str]]) -> str:
        """Declare all variables, and take each gradient before what depends on it."""
        level: dict[str, int] = {}  # of a variable: the gradient that it waits for
        stages: list[list[str]] = [[] for _ in range(len(asked) + 1)]
        for call in range(len(asked)):
            names = self.update.gradient_variables(call)
            level |= dict.fromkeys(names, call + 1)
        for name, text in declared:
            level[name] = max((level.get(used, 0) for used in _LONG.findall(text)), default=0)
            stages[level[name]].append(f"{name}={bare(text)}")
        calls = ["", *(self.call(number, point) for number, point in enumerate(asked))]
        return "".join(
            call + (f"const {','.join(stage)};" if stage else "") for call, stage in zip(calls, stages, strict=True)
        )

    def call(self, number: int, point: Sequence[str]) -> str:
        """Declare the coordinates of a gradient."""
        names, place = self.update.gradient_variables(number), list(map(bare, point))
        asked = ";".join(f"{name}={SLOPES}[{i}]" for i, name in enumerate(names))
        if self.inside is None:
            return f"{GRADIENT}({','.join([*place, '0'][:2])},t);const {asked.replace(';', ',')};"
        at = [text if re.fullmatch(r"\w+", text) else f"x_{number}_{i}" for i, text in enumerate(place)]
        made, slopes = _inlined(self.inside, at)
        declared = [f"{name}={text}" for name, text in zip(at, place, strict=True) if name != text] + made
        kept = ";".join(f"{name}={text}" for name, text in zip(names, slopes, strict=True))
        lost = f"({'+'.join(names)})*0!==0&&{'&&'.join(f'{name}*0===0' for name in at)}"
        again = f"if({lost}){{{GRADIENT}({','.join([*at, '0'][:2])},t);{asked}}}"
        rescue = again if is_rescued(self.inside.slopes) else ""
        inner = f"const {','.join(declared)};" if declared else ""
        return f"let {','.join(names)};{{{inner}{kept};{rescue}}}"

    def begin(self, inputs: Sequence[str]) -> str:
        """Declare the number of points and the states of all before step 1."""
        roots = [self.update.begin[name] for name in self.next]
        program = straight_line(roots, expression)
        used = variables_of(roots)
        taken = [f"{name}=h[{i}]" for i, name in enumerate(inputs) if name in used]
        taken += [f"m=E.length/{self.update.dim}"] + [f"S=new Float64Array(m*{len(roots)})"] * bool(roots)
        declared = f"const {','.join(taken)};"
        if all(text == "0" for text in program.results):
            return declared
        point = [f"x_{i}=E[p{f'+{i}' * (i > 0)}]" for i in range(self.update.dim) if f"x_{i}" in used]
        point += [f"{name}={bare(text)}" for name, text in program.assignments]
        inside = f"const {','.join(point)};" if point else ""
        inside += ";".join(f"S[q++]={bare(text)}" for text in program.results)
        return f"{declared}for(let p=0,q=0;p<E.length;p+={self.update.dim}){{{inside}}}"


def _inlined(symbols: Symbols, at: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return assignments and slopes of a formula at a point, under names that no rule has."""
    program, own = straight_line(symbols.slopes, expression), dict(zip("xy", at, strict=False))

    def renamed(text: str) -> str:
        return re.sub(r"\b(?:[xy]\b|v(?=[0-9]))", lambda found: own.get(found[0], "u"), bare(text))

    return [f"u{name[1:]}={renamed(text)}" for name, text in program.assignments], list(map(renamed, program.results))


def _needed(roots: Iterable[Node], following: Mapping[str, Node]) -> set[str]:
    """Return the states that the roots depend on, at this step or a later one."""
    needed: set[str] = set()
    waiting = list(roots)
    while waiting:
        names = variables_of(waiting)
        new = (names & following.keys()) - needed
        needed |= new
        waiting = [following[name] for name in new]
    return needed


def _is_fixed(text: str) -> bool:
    """Return whether an expression is a constant of one step: it needs no name of its own."""
    return re.fullmatch(r"[vc]?[0-9.]+|g[0-9]+_[0-9]", text) is not None


# --- fewer letters --------------------------------------------------------------------------------

_LONG = re.compile(r"\b(?:[uvcN][0-9]+|[shx]_\w+|g[0-9]+_[0-9]|(?:low|high|factor|noise)_[0-9])\b")
_TAKEN = frozenset(f"h t s p q m T n R E S A i k do if in of as {GRADIENT} {SLOPES}".split())


def shortened(source: str) -> str:
    """Return the source with short names for its variables, the most frequent first."""
    names = (first + second for first in ("", *ascii_letters) for second in ascii_letters)
    free = (name for name in names if name not in _TAKEN)
    given = dict(zip((name for name, _ in Counter(_LONG.findall(source)).most_common()), free, strict=False))
    return _LONG.sub(lambda found: given[found[0]], source)
