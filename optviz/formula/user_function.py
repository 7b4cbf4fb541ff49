"""Calls functions that users wrote in Python: where they have no value is an outcome, their mistakes are errors."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from optviz.errors import Issue, OptvizError
from optviz.formula.arithmetic import Array

DOMAIN_ERRORS = ("math domain error", "expected a")  # how Python's math begins, the latter since 3.14


def computed(function: Callable[..., Any], *arguments: object, **named: object) -> Array | None:
    """Call a user's own function; returns its numbers, NaN for complex ones, or None where it has no value.

    It has none where it overflows, divides by zero, or leaves the domain of a function of ``math``: Python raises
    there what arrays call inf and NaN. Any other error is the user's to see. Raises OptvizError for what is no number.
    """
    with np.errstate(all="ignore"):
        result = _called(function, arguments, named)
    return np.asarray(result) if isinstance(result, float) else result


def each_computed(function: Callable[..., Any], points: Iterable[tuple[float, ...]]) -> list[float | Array | None]:
    """Call a user's own function at each point as ``computed`` does; None too at points that are not finite."""
    with np.errstate(all="ignore"):
        return [_called(function, point, {}) if all(map(math.isfinite, point)) else None for point in points]


def _called(
    function: Callable[..., Any], arguments: Sequence[object], named: Mapping[str, object]
) -> float | Array | None:
    try:
        result = function(*arguments, **named)
        return result if isinstance(result, float) else _real(result)
    except ArithmeticError:
        return None
    except ValueError as error:
        if str(error).startswith(DOMAIN_ERRORS):
            return None
        raise


def arguments_of(function: Callable[..., Any], path: str, hint: str) -> list[inspect.Parameter]:
    """Return the arguments of a user's own function. Raises OptvizError for one, written in C, that does not say."""
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        name = getattr(function, "__name__", type(function).__name__)
        raise OptvizError(Issue(f"{name} does not say what it takes", path, hint)) from None


def _real(values: Any) -> Array:
    """Return numbers as float64, NaN for complex ones; parts of different shapes are broadcast."""
    if isinstance(values, list | tuple) and values:
        return np.stack(np.broadcast_arrays(*map(_real, values)))
    array = np.asarray(values)
    if array.dtype.kind == "c":
        array = np.where(array.imag == 0, array.real, math.nan)
    if array.dtype.kind not in "biufO" or values is None:
        raise OptvizError(f"a function of numbers must return numbers, got {values!r}")
    return array.astype(np.float64)
