"""The formula language: text in, exact value, gradient and mathematics out.

Numbers, ``x y t pi e`` and named constants; ``+ - * / % **``, comparisons, ``and or not``, parentheses; the functions
of ``language.FORMULA_FUNCTIONS``. A comparison used as a number is 1 or 0; a number used as a condition holds when it
differs from 0; ``%`` and comparisons chain as in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import isfinite
from types import MappingProxyType

from optviz.errors import Issue, OptvizError
from optviz.formula.arithmetic import Number
from optviz.formula.codegen.python import (
    PointFunction,
    compile_kernel,
    gradient_function,
    schedule_function,
    value_function,
)
from optviz.formula.derivative import derivative
from optviz.formula.graph import Node
from optviz.formula.language import VARIABLES
from optviz.formula.latex import latex
from optviz.formula.overflow import is_rescued
from optviz.formula.parse import parse

__all__ = [
    "NO_CONSTANTS", "Objective", "PointFunction", "Symbols", "compile_formula", "compile_schedule", "evaluate",
    "number_in",
]  # fmt: skip

NO_CONSTANTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Symbols:
    """A formula as nodes of one graph, from which its code in other languages is written."""

    value: Node = field(repr=False)
    slopes: tuple[Node, ...] = field(repr=False)  # by each coordinate
    arguments: tuple[str, ...]  # names of the coordinates, then t
    written: tuple[str, dict[str, float], int] | None = field(default=None, repr=False, compare=False)
    # the text, its constants and the seed, of which ``compile_formula`` makes the same

    @cached_property
    def may_overflow(self) -> bool:
        """Whether floats may overflow on the way to a finite number, and wide exponents decide then."""
        return is_rescued([self.value]) or is_rescued(self.slopes)


@dataclass(frozen=True)
class Objective:
    """A function of x, or of x and y, and perhaps of the step t, ready to be evaluated."""

    dim: int
    online: bool  # it depends on t
    value: PointFunction  # f(x, t): (dim, *batch), t -> (*batch); a float -> a float when dim is 1
    gradient: PointFunction  # ∇f(x, t): (dim, *batch), t -> (dim, *batch); a float -> a float when dim is 1
    latex: str  # of the right-hand side, for Matplotlib's mathtext
    symbols: Symbols | None = None  # None: a Python function, which nobody can write down
    by_chance: bool = False  # the seed decides it too


def compile_formula(text: str, constants: Mapping[str, float] = NO_CONSTANTS, seed: int = 0) -> Objective:
    """Compile a formula to a function and its exact gradient; ``seed`` decides what it leaves to chance.

    Raises OptvizError with every mistake found; those in the text carry ``column`` (from 1) and ``width``.
    """
    return _compiled(text, tuple(constants.items()), seed)


@lru_cache(maxsize=64)  # a scenario is read again and again while it is written
def _compiled(text: str, constants: tuple[tuple[str, float], ...], seed: int) -> Objective:
    formula = parse(text, VARIABLES, dict(constants), seed)
    if "x" not in formula.names:
        if "y" in formula.names:
            raise OptvizError(Issue("the formula has y but no x", hint="a function of one variable is written in x"))
        raise OptvizError(Issue("the formula has no x", hint="write it in x, or in x and y"))
    coordinates = ("x", "y") if "y" in formula.names else ("x",)
    arguments = (*coordinates, "t")
    slopes = tuple(derivative(formula.root, name) for name in coordinates)
    return Objective(
        dim=len(coordinates),
        online="t" in formula.names,
        value=value_function(formula.root, arguments),
        gradient=gradient_function(slopes, arguments),
        latex=latex(formula.tree),
        symbols=Symbols(formula.root, slopes, arguments, (text, dict(constants), seed)),
        by_chance=formula.by_chance,
    )


def compile_schedule(text: str, constants: Mapping[str, float] = NO_CONSTANTS) -> Callable[[Number], Number]:
    """Compile a formula in the step t (from 1), such as ``0.1/sqrt(t)``, to a function of floats or arrays.

    It takes a float and returns a float, or takes an array and returns one of its shape.
    Raises OptvizError with every mistake found; those in the text carry ``column`` (from 1) and ``width``.
    """
    return schedule_function(compile_kernel([parse(text, ("t",), constants).root], ("t",)))


def evaluate(text: str, constants: Mapping[str, float] = NO_CONSTANTS) -> float:
    """Evaluate arithmetic of numbers and constants, such as ``1/3`` or ``2*pi``.

    Raises OptvizError with every mistake found, and where the value is not finite.
    """
    value = schedule_function(compile_kernel([parse(text, (), constants).root], ("t",)))
    with suppress(ZeroDivisionError, OverflowError):
        number = float(value(0.0))
        if isfinite(number):
            return number
    raise OptvizError(Issue(f"{text} is not a finite number"))


def number_in(text: str, constants: Mapping[str, float] = NO_CONSTANTS) -> float | str:
    """Return the number that a text stands for, arithmetic such as ``1/3`` included; else the text."""
    with suppress(ValueError):
        return float(text)  # YAML 1.1 reads 1e-3 and inf as text
    with suppress(OptvizError):
        return evaluate(text, constants)
    return text
