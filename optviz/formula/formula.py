"""The formula language: text to exact value and gradient, and to a title.

Numbers, ``x y t pi e`` and named constants; ``+ - * / % **``, comparisons, ``and or not``, parentheses; the
functions listed in ``optviz.formula.language``. A comparison used as a number is 1 or 0; a number used as a
condition holds when it differs from 0; ``%`` and comparisons chain as in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from optviz.errors import Issue, OptvizError
from optviz.formula.arithmetic import Number
from optviz.formula.codegen import OfPoint, gradient_function, kernel, schedule_function, value_function
from optviz.formula.derivative import derivative
from optviz.formula.language import VARIABLES
from optviz.formula.latex import latex
from optviz.formula.parse import read

NO_CONSTANTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Compiled:
    """A formula in x, or x and y, and perhaps t, ready to be evaluated."""

    dim: int
    online: bool  # the formula has t
    value: OfPoint  # (dim, *batch), t -> (*batch)
    gradient: OfPoint  # (dim, *batch), t -> (dim, *batch)
    latex: str


def compile_formula(text: str, constants: Mapping[str, float] = NO_CONSTANTS) -> Compiled:
    """The function that a formula describes, with its exact gradient.

    Raises OptvizError with every mistake found; those in the text carry a ``column``, counted from 1.
    """
    formula = read(text, VARIABLES, constants)
    if "x" not in formula.names:
        raise OptvizError(_without_x("y" in formula.names))
    coordinates = ("x", "y") if "y" in formula.names else ("x",)
    arguments = (*coordinates, "t")
    slopes = [derivative(formula.root, name) for name in coordinates]
    return Compiled(
        dim=len(coordinates),
        online="t" in formula.names,
        value=value_function(kernel([formula.root], arguments)),
        gradient=gradient_function(kernel(slopes, arguments)),
        latex=latex(formula.tree),
    )


def _without_x(has_y: bool) -> Issue:
    if has_y:
        return Issue("the formula has y but no x", hint="a function of one variable is written in x")
    return Issue("the formula has no x", hint="write it in x, or in x and y")


def compile_schedule(text: str, constants: Mapping[str, float] = NO_CONSTANTS) -> Callable[[Number], Number]:
    """A hyperparameter as a formula in the step t (from 1), such as ``0.1/sqrt(t)``.

    It takes a float and returns a float, or takes an array and returns one of its shape.

    Raises OptvizError with every mistake found.
    """
    return schedule_function(kernel([read(text, ("t",), constants).root], ("t",)))
