"""Compile a kernel to NumPy calls that write into memory at hand: no array is made while it runs.

A value that is needed no more leaves its memory to the next one, and a result is computed where it belongs as soon as
what stands there has been read. Strips of a few thousand points then stay in the processor's cache. What is done to all
coordinates of a vector is one call, since their rows are neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.formula.arithmetic import python_power
from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.python import FUNCTIONS, expression
from optviz.formula.codegen.straight_line import products_for_powers
from optviz.formula.codegen.vectors import Unit, alike, shared_nodes, units_of
from optviz.formula.graph import Node

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

ARRAYS = {"r": "rows", "w": "floats", "b": "masks"}
BY_NAME = ("minimum", "maximum")  # of NumPy's functions those that take where to write by name alone


@dataclass(frozen=True)
class InPlace:
    """A compiled kernel: ``bind(rows, numbers, floats, masks)`` returns what each step calls with its picks.

    rows: (count, points). numbers: what all points share, read in each step. The last two are (count, points) of memory
    to work in. picks: numbers to pick from.
    """

    bind: Callable[[Array, Array, Array, NDArray[np.bool_]], Callable[[Array | None], None]]
    floats: int
    masks: int
    lines: Sequence[str]  # what a step does


@lru_cache(maxsize=512)
def compile_in_place(kernel: Kernel) -> InPlace:
    """Compile a kernel to NumPy calls."""
    writer = _Writer(kernel)
    for time, unit in enumerate(writer.units):
        writer.write(time, unit)
    writer.finish()
    picked = list(enumerate(kernel.picked.values()))
    lines = [
        "def bind(rows, numbers, floats, masks):",
        *(f"    {place} = {place.view}" for place in sorted(writer.named) if place.array in ARRAYS),
        *(f"    c{place} = numbers[{place}, ...]" for place in sorted(kernel.numbers.values())),
        *(f"    i{place} = rows[{row}].astype(int) + {further}" for place, (row, further) in picked),
        "    def step(picks):",
        *(f"        k{place} = picks[i{place}]" for place, _ in picked),
        *(f"        {line}" for line in writer.lines),
        "        return",
        "    return step",
    ]
    scope: dict[str, Any] = {
        **FUNCTIONS, **{NAMES[op]: ufunc for op, ufunc in UFUNCS.items()}, "np_square": np.square, "copyto": np.copyto,
        "float64": np.float64, "python_power": python_power, "int": np.intp, "inf": math.inf, "nan": math.nan,
        "__builtins__": {},
    }  # fmt: skip
    scope |= {name: np.array(eval(text, {"__builtins__": {}})) for text, name in writer.constants.items()}
    exec(compile("\n".join(lines), "<kernel>", "exec"), scope)
    return InPlace(scope["bind"], writer.floats.count, writer.masks.count, writer.lines)


class _Place(NamedTuple):
    """Neighbouring rows of an array."""

    array: str  # a letter of ARRAYS, or k: what was picked
    first: int
    size: int = 1  # in rows

    def __str__(self) -> str:
        return f"{self.array}{self.first}" + (f"_{self.size}" if self.size > 1 else "")

    @property
    def view(self) -> str:
        """The expression of the rows, one behind the other."""
        one = f"{ARRAYS[self.array]}[{self.first}]"
        return one if self.size == 1 else f"{one[:-1]}:{self.first + self.size}].reshape(-1)"

    @property
    def rows(self) -> list[_Place]:
        """Each of the rows."""
        return [_Place(self.array, row) for row in range(self.first, self.first + self.size)]


class _Memory:
    """Rows to work in, taken and given back."""

    def __init__(self, array: str) -> None:
        self.array, self.count = array, 0
        self.free: dict[int, list[_Place]] = {}  # by how many rows

    def take(self, size: int) -> _Place:
        if self.free.get(size):
            return self.free[size].pop()
        self.count += size
        return _Place(self.array, self.count - size, size)


class _Call(NamedTuple):
    """What one call computes: a node, or all coordinates of which one is given."""

    node: Node
    args: Sequence[_Place | str]  # where they stand, or their expression if all points share them

    def spares(self, out: _Place, later: Sequence[_Call]) -> bool:
        """Return whether nothing that is written is still to be read."""
        read = [self.args[0:2]] if self.node.op == "where" and self.args[2] != out else []
        return not {*out.rows} & {row for args in [*read, *(call.args for call in later)] for row in _rows(args)}


def _is_made_of(unit: Unit, arg: Unit) -> bool:
    """Return whether each coordinate is made of the same one of an argument, and can take its place."""
    pairs = [(node, one) for node in unit for one in arg if one in node.args]
    return pairs == list(zip(unit, arg, strict=False)) and len(arg) == len(unit) and unit[0].op != "where"


def _rows(args: Iterable[_Place | str]) -> list[_Place]:
    return [row for arg in args if isinstance(arg, _Place) for row in arg.rows]


class _Writer:
    """Writes the calls and knows what stands where."""

    def __init__(self, kernel: Kernel) -> None:
        roots = products_for_powers(kernel.results.values())
        self.picked = {name: _Place("k", place) for place, name in enumerate(kernel.picked)}
        self.rows = {name: _Place("r", row) for name, row in kernel.rows.items()} | self.picked
        self.numbers = {name: f"c{place}" for name, place in kernel.numbers.items()}
        self.shared = {  # their expressions
            node: self.numbers.get(node.name) or f"s{place}" for place, node in enumerate(shared_nodes(kernel, roots))
        }
        self.units = units_of(kernel, roots, self.shared)
        self.unit_of = {node: unit for unit in self.units for node in unit}
        self.wanted: dict[Node, list[int]] = {}  # the rows that a node is to be written to
        for row, root in zip(kernel.results, roots, strict=True):
            self.wanted.setdefault(root, []).append(row)
        self.last_use = {
            self.unit_of[arg]: time for time, unit in enumerate(self.units) for node in unit for arg in node.args
        }
        self.last_use |= dict.fromkeys((self.unit_of[root] for root in roots), len(self.units))
        self.places: dict[Unit, _Place] = {}
        self.tenant: dict[_Place, Unit] = {}  # of each of the batch's rows: whose value must not be lost
        for unit in self.units:
            if unit[0].name in self.rows:
                self.settle(unit, self.rows[unit[0].name]._replace(size=len(unit)))
        self.goals = self.goals_of_units()
        self.floats, self.masks = _Memory("w"), _Memory("b")
        self.results = {_Place("r", row) for row in kernel.results}
        self.open = self.results | {_Place("r", row) for row in kernel.spent}  # rows that may be written to
        self.named: set[_Place] = set()
        self.lines: list[str] = []
        self.constants: dict[str, str] = {}  # their names, by what they are written as

    def settle(self, unit: Unit, place: _Place) -> None:
        self.places[unit] = place
        self.tenant |= dict.fromkeys(place.rows if place.array == "r" else (), unit)

    def write(self, time: int, unit: Unit) -> None:
        """Write the calls that compute a unit, and give back the memory of what is needed no more."""
        if unit[0] in self.shared:
            self.write_shared(unit[0])
        elif unit[0].args:
            args = dict.fromkeys(self.unit_of[arg] for node in unit for arg in node.args if arg not in self.shared)
            dying = [self.places[arg] for arg in args if self.last_use[arg] == time]
            left = [place for place in dying if place.array in "wb" or self.open.issuperset(place.rows)]
            calls = self.calls(unit)
            out = self.place_for(unit, time, calls, left)
            for call, to in zip(calls, out.rows if len(calls) > 1 else [out], strict=True):
                self.lines += self.written(call, to)
            for place in left:
                if place != out:
                    self.give_back(place)
            self.settle(unit, out)

    def write_shared(self, node: Node) -> None:
        if node.op == "number":
            self.shared[node] = expression(node, ())
        elif node.args:
            args = [f"float64({self.shared[arg]})" if arg.op == "variable" else self.shared[arg] for arg in node.args]
            self.lines.append(f"{self.shared[node]} = {expression(node, args)}")

    def calls(self, unit: Unit) -> list[_Call]:
        """Return one call where all arguments are vectors too or shared by all points, else one for each coordinate."""
        together = alike(unit, self.shared, self.unit_of)
        if together is not None:
            return [_Call(unit[0], [self.shared.get(arg[0]) or self.places[arg] for arg in together])]
        return [_Call(node, [self.shared.get(arg) or self.row_of(arg) for arg in node.args]) for node in unit]

    def row_of(self, node: Node) -> _Place:
        unit = self.unit_of[node]
        return self.places[unit].rows[unit.index(node)]

    def place_for(self, unit: Unit, time: int, calls: Sequence[_Call], left: Sequence[_Place]) -> _Place:
        """Return where a unit is computed: where it belongs, in place of an argument, on its way, else elsewhere."""

        def is_free(place: _Place) -> bool:
            outs = place.rows if len(calls) > 1 else [place]
            tenants = [self.tenant[row] for row in place.rows if row in self.tenant]
            return all(self.last_use[tenant] <= time for tenant in tenants) and all(
                call.spares(out, calls[i + 1 :]) for i, (call, out) in enumerate(zip(calls, outs, strict=True))
            )

        arrays = "b" if unit[0].is_condition else "rw"
        usable = [place for place in left if place.array in arrays and place.size == len(unit)]
        goals = [self.goals[unit]] if unit in self.goals and arrays == "rw" else []
        free = next(filter(is_free, [*self.belonging(unit), *usable, *goals]), None)
        return free or (self.masks if unit[0].is_condition else self.floats).take(len(unit))

    def belonging(self, unit: Unit) -> list[_Place]:
        """Return the rows that a unit is to be written to, where they are neighbours."""
        places = [_Place("r", row, len(unit)) for row in self.wanted.get(unit[0], ())]
        return [
            place
            for place in places
            if all(row.first in self.wanted.get(node, ()) for node, row in zip(unit, place.rows, strict=True))
        ]

    def goals_of_units(self) -> dict[Unit, _Place]:
        """Return where the result belongs that a unit is made for, if it can be computed in place of the unit."""
        goals: dict[Unit, _Place] = {}
        for time, unit in reversed(list(enumerate(self.units))):
            goals |= dict(zip([unit], self.belonging(unit), strict=False))
            args = dict.fromkeys(self.unit_of[arg] for node in unit for arg in node.args)
            fit = [arg for arg in args if self.last_use[arg] == time and _is_made_of(unit, arg)]
            goals |= {arg: goals[unit] for arg in fit[:1] if unit in goals}
        return goals

    def give_back(self, place: _Place) -> None:
        for row in place.rows:
            self.tenant.pop(row, None)
        if not self.results.intersection(place.rows):
            (self.masks if place.array == "b" else self.floats).free.setdefault(place.size, []).append(place)

    def written(self, call: _Call, out: _Place) -> list[str]:
        """Write a call."""
        node, args, to = call.node, [self.name(arg) for arg in call.args], self.name(out)
        if node.op == "python_power":
            return [f"copyto({to}, python_power({', '.join(args)}))"]
        if node.op != "where":
            to = f"out={to}" if node.op in BY_NAME else to  # by place it takes less time
            if node.op == "*" and args[0] == args[1]:
                return [f"np_square({args[0]}, {to})"]
            return [f"{NAMES[node.op]}({', '.join(map(self.array, args))}, {to})"]
        condition, a, b = args
        if node.args[0] in self.shared:
            return [f"copyto({to}, {a} if {condition} else {b})"]
        return [*([] if to == b else [f"copyto({to}, {b})"]), f"copyto({to}, {a}, where={condition})"]

    def name(self, arg: _Place | str) -> str:
        self.named |= {arg} if isinstance(arg, _Place) else set()
        return str(arg)

    def array(self, text: str) -> str:
        """Return the name of a constant's array; another expression as it is."""
        if text[0].isalpha():
            return text
        return self.constants.setdefault(text, f"q{len(self.constants)}")

    def finish(self) -> None:
        """Copy to its row what could not be computed there."""
        moves: list[tuple[_Place, _Place | str]] = []
        for node, rows in self.wanted.items():
            home = self.shared.get(node) or self.row_of(node)
            moves += [(_Place("r", row), home) for row in rows if home != _Place("r", row)]
        overwritten = {row for row, _ in moves}
        for _, home in moves:
            if home in overwritten:  # a row that is read and written in one go
                saved = self.floats.take(1)
                self.lines.append(f"copyto({self.name(saved)}, {self.name(home)})")
                moves = [(to, saved if at == home else at) for to, at in moves]
        self.lines += [f"copyto({self.name(row)}, {self.name(home)})" for row, home in moves]
