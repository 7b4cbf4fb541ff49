"""Make a Python function of the user's an objective, with its gradient given or differentiated numerically."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optviz.errors import Issue, OptvizError
from optviz.formula import Objective
from optviz.formula.arithmetic import Array
from optviz.formula.user_function import arguments_of, computed, each_computed

COORDINATES = (("x",), ("x", "y"))
RELATIVE_STEP = np.finfo(np.float64).eps ** 0.2  # balances rounding against the h^4 of the five-point rule
AS_WRITTEN = "write def f(x) or def f(x, y), with t for one that changes with the step"
CALLS_OF_DIFFERENCE = 4  # of the five-point rule along one axis
PROBES = (0.3, 0.7)  # where a function is tried; any points would do


class NumericalGradientWarning(UserWarning):
    """Warns that a function came without its gradient, which is therefore exact to some ten digits only."""


class UnfinishedSearchWarning(UserWarning):
    """Warns that a search for minima gave up, since the function is called for each point and may be slow."""


@dataclass(frozen=True)
class CustomFunction:
    """A function of x, or of x and y, and perhaps t, with or without one that returns its partial derivatives."""

    function: Callable[..., Any]
    gradient: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        """The function's name, ``f`` where it has none."""
        name = getattr(self.function, "__name__", "")
        return name if name.isidentifier() else "f"

    @property
    def formula(self) -> str:
        """``himmelblau(x, y)``, shown where a formula would be."""
        return f"{self.name}({', '.join(self.arguments)})"

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """The arguments without defaults. Raises OptvizError where they are not x, or x and y, and perhaps t."""
        given = arguments_of(self.function, "function", AS_WRITTEN)
        names = tuple(argument.name for argument in given if argument.default is argument.empty)
        starred = any(argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD) for argument in given)
        if starred or tuple(name for name in names if name != "t") not in COORDINATES:
            raise OptvizError(Issue(f"a function of {', '.join(names) or 'nothing'}", "function", AS_WRITTEN))
        return names

    @property
    def dim(self) -> int:
        """The number of coordinates, 1 or 2."""
        return len([name for name in self.arguments if name != "t"])

    @property
    def calls(self) -> tuple[int, int]:
        """The calls at each point, for the value and for the gradient; none of what takes arrays of points."""
        of_value = 0 if self._takes_arrays(self.function) else 1
        if self.gradient is None:
            return of_value, of_value * CALLS_OF_DIFFERENCE * self.dim
        return of_value, 0 if self._takes_arrays(self.gradient, self.dim) else 1

    def objective(self) -> Objective:
        """Make of the two callables what the formula language makes of a formula. Raises OptvizError."""
        value = self._by_point(self.function)
        gradient: Callable[..., Any] = _NumericalGradient(value, self.dim)
        if self.gradient is not None:
            gradient = self._by_point(self.gradient, outputs=self.dim)
        name = self.name.replace("_", r"\_")
        latex = rf"\mathrm{{{name}}}({', '.join(self.arguments)})"
        return Objective(self.dim, "t" in self.arguments, value, gradient, latex)

    def warn(self) -> None:
        """Warn, at the caller's own line, that the gradient is not exact."""
        if self.gradient is None:
            message = f"{self.formula} has no gradient and is differentiated numerically, to about ten digits: "
            message += "give one as function={'formula': f, 'gradient': df}"
            warn_user(message, NumericalGradientWarning)

    def _by_point(self, called: Callable[..., Any], outputs: int = 0) -> Callable[..., Any]:
        """Return a function of a point (dim, *batch) and t, whether ``called`` takes arrays or only numbers.

        It is NaN wherever ``called`` has no value, and at a single point that is not finite, where it is not called.
        """
        return _ByPoint(called, self.arguments, self._takes_arrays(called, outputs), outputs)

    def _takes_arrays(self, called: Callable[..., Any], outputs: int = 0) -> bool:
        """Return whether two points at once give what each gives alone."""
        numbers = [[probe + 0.1 * i for i, _ in enumerate(self.arguments)] for probe in PROBES]
        try:
            together = computed(called, *np.array(numbers).T)
        except (TypeError, ValueError, OptvizError):  # math.sin(array), if array: a function of numbers alone
            return False
        alone = [computed(called, *point) for point in numbers]
        if together is None or any(one is None for one in alone) or together.shape[-1:] not in ((2,), ()):
            return False
        if not outputs and together.ndim > 1:  # a list of numbers
            return False
        expected = np.array(alone, dtype=np.float64).T
        return np.array_equal(np.broadcast_to(together, expected.shape), expected)


@dataclass(frozen=True)
class _ByPoint:
    """A function of a point (dim, *batch) and t; no closure, so that it can be pickled where the user's can."""

    called: Callable[..., Any]
    arguments: tuple[str, ...]
    takes_arrays: bool
    outputs: int

    def __call__(self, x: Any, t: Any = 1.0) -> Any:
        coordinates = dict(zip(("x", "y"), np.atleast_1d(x), strict=False), t=t)
        arguments = [coordinates[name] for name in self.arguments]
        result = computed(self.called, *arguments) if self.takes_arrays else None
        if result is None:
            result = _one_by_one(self.called, arguments, self.outputs)
        return _shaped(result, x, self.outputs)


@dataclass(frozen=True)
class _NumericalGradient:
    """The five-point central difference in every coordinate."""

    value: Callable[..., Any]
    dim: int

    def __call__(self, x: Any, t: Any = 1.0) -> Any:
        point = np.array(np.atleast_1d(x), dtype=np.float64)
        with np.errstate(all="ignore"):
            result = np.stack([_central_difference(self.value, point, axis, t) for axis in range(self.dim)])
        return float(result[0]) if isinstance(x, float) else result


def warn_user(message: str, category: type[Warning]) -> None:
    """Warn at the line of the user's own code that led here."""
    depth, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("optviz."):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, category, stacklevel=depth)


def _one_by_one(called: Callable[..., Any], arguments: list[Any], outputs: int) -> Any:
    """Return (*batch) values, or (outputs, *batch) derivatives, of a function that takes numbers only."""
    grids = np.broadcast_arrays(*arguments)
    points = zip(*(grid.ravel().tolist() for grid in grids), strict=True)
    results = each_computed(called, points)
    rows = np.array(
        [one if isinstance(one, float) and not outputs else _row(one, outputs) for one in results], dtype=np.float64
    )
    shape = grids[0].shape
    return np.moveaxis(rows.reshape(*shape, outputs), -1, 0) if outputs else rows.reshape(shape)


def _row(result: float | Array | None, outputs: int) -> Array:
    """Return the value, or all derivatives, at one point: NaN where there is none."""
    if result is None:
        return np.full(outputs or (), np.nan)
    if np.size(result) != max(1, outputs):
        raise _wrong_count(outputs, np.size(result))
    return np.reshape(result, outputs or ())


def _central_difference(value: Callable[..., Any], x: Any, axis: int, t: Any) -> Any:
    h = RELATIVE_STEP * np.maximum(1.0, np.abs(x[axis]))

    def moved(steps: int) -> Any:
        there = x.copy()
        there[axis] = there[axis] + steps * h
        return np.asarray(value(there, t))

    return (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * h)


def _shaped(result: Any, x: Any, outputs: int) -> Any:
    """Return (*batch) for a value, (dim, *batch) for a gradient; a float for a float."""
    if isinstance(x, float):
        if np.size(result) != 1:
            raise _wrong_count(outputs, np.size(result))
        return float(np.reshape(result, ()))
    batch = np.shape(x)[1:]
    if not outputs:
        return np.broadcast_to(np.asarray(result, dtype=np.float64), batch)
    parts = result if outputs > 1 or np.ndim(result) > len(batch) else [result]
    if len(parts) != outputs:
        raise _wrong_count(outputs, len(parts))
    return np.stack([np.broadcast_to(np.asarray(part, dtype=np.float64), batch) for part in parts])


def _wrong_count(outputs: int, got: int) -> OptvizError:
    if not outputs:
        return OptvizError(Issue(f"must return one number, got {got}", "function"))
    derivatives = "1 derivative" if outputs == 1 else f"{outputs} partial derivatives"
    return OptvizError(Issue(f"must return {derivatives}, got {got}", "function.gradient"))
