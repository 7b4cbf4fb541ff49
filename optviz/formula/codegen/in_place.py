"""Compile a kernel to NumPy calls that write into memory at hand: no array is made while it runs.

A value that is needed no more leaves its memory to the next one, and a result is computed where it belongs as soon as
what stands there has been read. Strips of a few thousand points then stay in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.formula.arithmetic import python_power
from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.python import FUNCTIONS, expression
from optviz.formula.codegen.straight_line import products_for_powers
from optviz.formula.graph import Node, topological_order

Array: TypeAlias = NDArray[np.float64]

UFUNCS = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.remainder, "neg": np.negative,
    "power": np.float_power, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
    **{name: getattr(np, name) for name in (
        "sin cos tan sinh cosh tanh exp log log10 log2 sqrt absolute sign floor ceil minimum maximum"
    ).split()},
}  # fmt: skip
NAMES = {op: f"np_{ufunc.__name__}" for op, ufunc in UFUNCS.items()}

BY_NAME = ("minimum", "maximum")  # of NumPy's functions those that take where to write by name alone


@dataclass(frozen=True)
class InPlace:
    """A compiled kernel: ``call(rows, numbers, picks, floats, masks)``.

    numbers: arrays without axes, which NumPy takes faster than floats. picks: numbers to pick from. The last two are
    (count, points) of memory to work in.
    """

    call: Callable[[Sequence[Array], Sequence[Array], Array | None, Array, NDArray[np.bool_]], None]
    floats: int
    masks: int


@lru_cache(maxsize=512)
def compile_in_place(kernel: Kernel) -> InPlace:
    """Compile a kernel to a function of rows of one length and of shared numbers."""
    writer = _Writer(kernel)
    for place, node in enumerate(writer.nodes):
        writer.write(place, node)
    writer.finish()
    given = [f"    r{row} = rows[{row}]" for row in sorted({*kernel.rows.values(), *kernel.results})]
    given += [
        f"    k{place} = picks[rows[{row}].astype(int) + {further}]"
        for place, (row, further) in enumerate(kernel.picked.values())
    ]
    given += [f"    c{place} = numbers[{place}]" for place in sorted(kernel.numbers.values())]
    given += [f"    w{i} = floats[{i}]" for i in range(writer.floats.count)]
    given += [f"    b{i} = masks[{i}]" for i in range(writer.masks.count)]
    lines = [
        "def kernel(rows, numbers, picks, floats, masks):",
        *given,
        *(f"    {line}" for line in writer.lines),
        "    return",
    ]
    scope: dict[str, Any] = {
        **FUNCTIONS, **{NAMES[op]: ufunc for op, ufunc in UFUNCS.items()}, "copyto": np.copyto, "float64": np.float64,
        "python_power": python_power, "int": np.intp, "inf": math.inf, "nan": math.nan, "__builtins__": {},
    }  # fmt: skip
    scope |= {name: np.array(eval(text, {"__builtins__": {}})) for text, name in writer.constants.items()}
    exec(compile("\n".join(lines), "<kernel>", "exec"), scope)
    return InPlace(scope["kernel"], writer.floats.count, writer.masks.count)


class _Memory:
    """Rows to work in, taken and given back."""

    def __init__(self, letter: str) -> None:
        self.letter, self.count = letter, 0
        self.free: list[str] = []

    def take(self) -> str:
        if not self.free:
            self.free.append(f"{self.letter}{self.count}")
            self.count += 1
        return self.free.pop()


class _Writer:
    """Writes the calls and knows what stands where."""

    def __init__(self, kernel: Kernel) -> None:
        self.rows = {name: f"r{row}" for name, row in kernel.rows.items()}
        self.numbers = {name: f"c{place}" for name, place in kernel.numbers.items()}
        self.rows |= {name: f"k{place}" for place, name in enumerate(kernel.picked)}
        roots = products_for_powers(kernel.results.values())
        self.wanted: dict[Node, list[str]] = {}  # the rows that a node is to be written to
        for row, root in zip(kernel.results, roots, strict=True):
            self.wanted.setdefault(root, []).append(f"r{row}")
        self.nodes = topological_order(roots)
        self.last_use = {arg: place for place, node in enumerate(self.nodes) for arg in node.args}
        self.last_use |= dict.fromkeys(self.wanted, len(self.nodes))
        self.home: dict[Node, str] = {}  # where the value of a node stands, or its expression if points share it
        self.shared: set[Node] = set()
        variables = {self.rows[node.name]: node for node in self.nodes if node.name in self.rows}
        self.tenant: dict[str, Node | None] = dict(variables)  # of each row: whose value must not be lost
        self.floats, self.masks = _Memory("w"), _Memory("b")
        self.open = {f"r{row}" for row in {*kernel.results, *kernel.spent}}  # rows that may be written to
        self.lines: list[str] = []
        self.constants: dict[str, str] = {}  # their names, by what they are written as

    def write(self, place: int, node: Node) -> None:
        """Write the call that computes a node, and give back the memory of what is needed no more."""
        if not node.args:
            is_row = node.name in self.rows
            self.home[node] = self.rows[node.name] if is_row else self.numbers.get(node.name) or expression(node, ())
            self.shared |= set() if is_row else {node}
        elif all(arg in self.shared for arg in node.args):
            args = [f"float64({self.home[arg]})" if arg.op == "variable" else self.home[arg] for arg in node.args]
            self.lines.append(f"s{place} = {expression(node, args)}")
            self.home[node] = f"s{place}"
            self.shared.add(node)
        else:
            self.call(place, node)

    def call(self, place: int, node: Node) -> None:
        args = [self.home[arg] for arg in node.args]
        dying = [arg for arg in node.args if arg not in self.shared and self.last_use[arg] == place]
        homes = dict.fromkeys(self.home[arg] for arg in dying)
        left = [home for home in homes if home[0] != "r" or home in self.open]
        out = self.place_for(
            node, place, left, forbidden=set(args[:2]) - set(args[2:]) if node.op == "where" else set()
        )
        self.lines += self.calls(node, args, out)
        for home in left:
            if home != out:
                self.give_back(home)
        self.home[node] = out
        if out[0] == "r":
            self.tenant[out] = node

    def place_for(self, node: Node, place: int, left: list[str], forbidden: set[str]) -> str:
        """Where a node is computed: where it belongs, else in place of an argument, else in memory of its own."""
        for row in self.wanted.get(node, ()):
            tenant = self.tenant.get(row)
            if row not in forbidden and (tenant is None or self.last_use[tenant] <= place):
                return row
        kind = "b" if node.is_condition else "rw"
        usable = [home for home in left if home[0] in kind and home not in forbidden]
        return usable[0] if usable else (self.masks if node.is_condition else self.floats).take()

    def give_back(self, home: str) -> None:
        if home[0] == "r":
            self.tenant[home] = None
        else:
            (self.masks if home[0] == "b" else self.floats).free.append(home)

    def calls(self, node: Node, args: Sequence[str], out: str) -> list[str]:
        if node.op == "python_power":
            return [f"copyto({out}, python_power({', '.join(args)}))"]
        if node.op != "where":
            to = f"out={out}" if node.op in BY_NAME else out  # by place it takes less time
            return [f"{NAMES[node.op]}({', '.join(map(self.named, args))}, {to})"]
        condition, a, b = args
        if node.args[0] in self.shared:
            return [f"copyto({out}, {a} if {condition} else {b})"]
        return [*([] if out == b else [f"copyto({out}, {b})"]), f"copyto({out}, {a}, where={condition})"]

    def named(self, text: str) -> str:
        """The name of a constant's array; another expression as it is."""
        if text[0].isalpha():
            return text
        return self.constants.setdefault(text, f"q{len(self.constants)}")

    def finish(self) -> None:
        """Copy to its row what could not be computed there."""
        moves = [(row, self.home[node]) for node, rows in self.wanted.items() for row in rows if self.home[node] != row]
        overwritten = {row for row, _ in moves}
        for _, home in moves:
            if home in overwritten:  # a row that is read and written in one go
                saved = self.floats.take()
                self.lines.append(f"copyto({saved}, {home})")
                moves = [(to, saved if at == home else at) for to, at in moves]
        self.lines += [f"copyto({row}, {home})" for row, home in moves]
