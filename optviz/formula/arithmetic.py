"""Compute elementary functions of one Python float or of a whole array, with the same bits.

Optimizer rules and compiled formulas call these, so that one source serves a single point in plain floats
(fast) and a batch in arrays. Every function accepts a ``float`` and returns a ``float``, or accepts anything
that NumPy takes and returns what NumPy returns. NaN is treated as NumPy treats it. A ``float`` never warns;
callers with arrays choose their own ``numpy.errstate``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_power_of_each = np.frompyfunc(pow, 2, 1)

Array: TypeAlias = NDArray[np.float64]
Number: TypeAlias = float | Array
Condition: TypeAlias = bool | NDArray[np.bool_]
Elementary: TypeAlias = Callable[[Number], Number]


def without_warnings(function: Callable[..., Any], *arguments: Number) -> float:
    """Call a NumPy function of floats without its warnings; returns a float."""
    with np.errstate(all="ignore"):
        return float(function(*arguments))


def elementwise(function: np.ufunc, low: float = -math.inf, high: float = math.inf) -> Elementary:
    """Make ``function`` take floats and arrays; strictly between ``low`` and ``high`` it is known not to warn.

    Floats go through NumPy too: the C library's and NumPy's vector code differ in the last bit.
    """

    def call(z: Number) -> Number:
        if type(z) is float:
            return float(function(z)) if low < z < high else without_warnings(function, z)
        result: Array = function(z)
        return result

    call.__name__ = function.__name__
    call.__doc__ = f"Return ``numpy.{function.__name__}`` of a float or an array."
    return call


sin = elementwise(np.sin)
cos = elementwise(np.cos)
tan = elementwise(np.tan)
asin = elementwise(np.arcsin, -1.0, 1.0)
acos = elementwise(np.arccos, -1.0, 1.0)
atan = elementwise(np.arctan)
sinh = elementwise(np.sinh, -700.0, 700.0)
cosh = elementwise(np.cosh, -700.0, 700.0)
tanh = elementwise(np.tanh)
exp = elementwise(np.exp, -700.0, 700.0)
log = elementwise(np.log, 0.0)
log10 = elementwise(np.log10, 0.0)
log2 = elementwise(np.log2, 0.0)
floor = elementwise(np.floor)
ceil = elementwise(np.ceil)


def sqrt(z: Number) -> Number:
    """Return the square root; NaN below zero."""
    if type(z) is float:
        return math.sqrt(z) if z >= 0.0 else math.nan
    result: Array = np.sqrt(z)
    return result


def absolute(z: Number) -> Number:
    """Return abs(z)."""
    if type(z) is float:
        return abs(z)
    result: Array = np.abs(z)
    return result


def sign(z: Number) -> Number:
    """Return -1, 0 or 1; NaN of NaN."""
    if type(z) is float:
        return 1.0 if z > 0.0 else -1.0 if z < 0.0 else 0.0 if z == 0.0 else z
    result: Array = np.sign(z)
    return result


def maximum(a: Number, b: Number) -> Number:
    """Return the larger of two; NaN when either is."""
    if type(a) is float and type(b) is float:
        return a if a >= b or math.isnan(a) else b
    result: Array = np.maximum(a, b)
    return result


def minimum(a: Number, b: Number) -> Number:
    """Return the smaller of two; NaN when either is."""
    if type(a) is float and type(b) is float:
        return a if a <= b or math.isnan(a) else b
    result: Array = np.minimum(a, b)
    return result


def where(condition: Condition, a: Number, b: Number) -> Number:
    """Return ``a`` where the condition holds, else ``b``."""
    if condition is True:
        return a
    if condition is False:
        return b
    result: Array = np.where(condition, a, b)
    return result


def atan2(y: Number, x: Number) -> Number:
    """Return the angle of the point (x, y), from -pi to pi."""
    if type(y) is float and type(x) is float:
        return float(np.arctan2(y, x))
    result: Array = np.arctan2(y, x)
    return result


def power(base: Number, exponent: Number) -> Number:
    """Return ``base`` to the real power ``exponent``; NaN for a negative base with a fractional exponent.

    This is the formula language's power, with NumPy's bits, also where Python's ``**`` raises an error or turns
    complex. Rules raise decay rates to the step with ``python_power``. Neither is ``numpy.power``, which has a short
    cut with other bits for a single exponent of -1, 0.5 or 2.
    """
    if type(base) is float and type(exponent) is float:
        tame = 1e-100 < base < 1e100 and -3.0 < exponent < 3.0
        return float(np.float_power(base, exponent)) if tame else without_warnings(np.float_power, base, exponent)
    result: Array = np.float_power(base, exponent)
    return result


def python_power(base: Number, exponent: Number) -> Any:
    """Raise to a power by Python's own ``**``, for each element of an array too.

    NumPy's power differs from it in the last bit, and a batch must equal its single runs in every bit.
    """
    if isinstance(base, np.ndarray) or isinstance(exponent, np.ndarray):
        return np.asarray(_power_of_each(base, exponent), dtype=np.float64)
    return base**exponent
