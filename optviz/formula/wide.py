"""Computes with numbers m·2^e whose exponent is far beyond float64's, for points where floats overflow on the way.

1/(1 + exp(-x)) is finite everywhere, and so is its slope; in floats the slope at -800 is 0·inf. A formula's source is
run once more on these numbers where its value came out infinite or NaN. Where a function's argument and value are
plain float64 numbers it is NumPy's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from optviz.formula.arithmetic import Array

LARGEST_POWER = 2.0**53  # of two: beyond, exponents are no longer whole numbers
LOG2_HIGH, LOG2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10  # parts of ln 2, the first with few digits
LOWEST_EXPONENT = -(2.0**60)  # far below those of numbers that are not 0
BITS = 512  # in which logarithms, powers and angles count exponents, as ``formula.widened`` does


class Wide:
    """An array m·2^e with 0.5 <= abs(m) < 1 and a whole e, both float64; where m is 0, inf or NaN, e says nothing."""

    __array_ufunc__ = None  # an array on the left leaves the operation to the methods here

    def __init__(self, m: Array, e: Any) -> None:
        self.m, shift = np.frexp(m)
        self.e = e + shift

    @classmethod
    def of_parts(cls, m: Any, e: Any) -> Wide:
        """Return m·2^e, whose parts are such already."""
        z = cls.__new__(cls)
        z.m, z.e = m, e
        return z

    @staticmethod
    def of(z: Any) -> Wide:
        """Return a number, an array or truth values as a Wide."""
        if isinstance(z, float):
            return _of_number(z, math.copysign(1.0, z))
        return z if isinstance(z, Wide) else Wide(np.asarray(z, dtype=np.float64), 0.0)

    @property
    def floats(self) -> Array:
        """The nearest float64 numbers, which may be 0 or infinite."""
        return _scaled(self.m, self.e)

    def shifted(self, by: Any) -> Array:
        """Return float64 numbers m·2^(e - by)."""
        return _scaled(self.m, self.e - by)

    def __add__(self, other: Any) -> Wide:
        other = Wide.of(other)
        top = _top(self, other)
        return Wide(self.shifted(top) + other.shifted(top), top)

    def __mul__(self, other: Any) -> Wide:
        other = Wide.of(other)
        return Wide(self.m * other.m, self.e + other.e)

    def __truediv__(self, other: Any) -> Wide:
        other = Wide.of(other)
        return Wide(self.m / other.m, self.e - other.e)

    def __mod__(self, other: Any) -> Wide:
        other = Wide.of(other)
        plain = _is_plain(self) & _is_plain(other)
        return where(plain, np.mod(self.floats, other.floats), self - other * floor(self / other))

    def __neg__(self) -> Wide:
        return Wide.of_parts(-self.m, self.e)

    def __sub__(self, other: Any) -> Wide:
        return self + (-Wide.of(other))

    def __radd__(self, other: Any) -> Wide:
        return Wide.of(other) + self

    def __rmul__(self, other: Any) -> Wide:
        return Wide.of(other) * self

    def __rsub__(self, other: Any) -> Wide:
        return Wide.of(other) - self

    def __rtruediv__(self, other: Any) -> Wide:
        return Wide.of(other) / self

    def __rmod__(self, other: Any) -> Wide:
        return Wide.of(other) % self

    def __lt__(self, other: Any) -> Any:
        return (self - other).m < 0

    def __le__(self, other: Any) -> Any:
        return (self - other).m <= 0

    def __gt__(self, other: Any) -> Any:
        return (self - other).m > 0

    def __ge__(self, other: Any) -> Any:
        return (self - other).m >= 0

    def __eq__(self, other: object) -> Any:
        return (self - other).m == 0

    def __ne__(self, other: object) -> Any:
        return (self - other).m != 0

    __hash__ = None  # type: ignore[assignment]  # equality is one answer a number, as for arrays


@lru_cache(maxsize=256)
def _of_number(z: float, sign: float) -> Wide:
    """Return a constant of a formula; sign: that of a zero, too."""
    return Wide(np.asarray(z), 0.0)


def _scaled(m: Array, e: Array) -> Array:
    """Return m·2^e, which may be 0 or infinite."""
    return np.asarray(np.ldexp(m, e.astype(np.int64)))


def _top(a: Wide, b: Wide) -> Any:
    """Return the larger exponent of two numbers, that of the other where one is 0."""
    return np.maximum(np.where(a.m == 0, LOWEST_EXPONENT, a.e), np.where(b.m == 0, LOWEST_EXPONENT, b.e))


def where(condition: Any, a: Any, b: Any) -> Wide:
    """Return ``a`` where the condition holds, else ``b``."""
    a, b = Wide.of(a), Wide.of(b)
    held = (condition != 0) if isinstance(condition, Wide) else np.asarray(condition, dtype=bool)
    return Wide.of_parts(np.where(held, a.m, b.m), np.where(held, a.e, b.e))


def _steps(z: Wide) -> Any:
    """Return the whole k for which abs(z) is 2^(512k) times 2^-256 or more, and less than 2^256."""
    return np.where(z.m == 0, LOWEST_EXPONENT, np.floor((z.e - 1 + BITS / 2) / BITS))


def _is_plain(z: Wide) -> Any:
    """Return whether the float64 number is as good: neither 0 nor infinite where z is not."""
    return (z.m == 0) | ~np.isfinite(z.m) | (np.abs(_steps(z)) <= 1)


def _of_floats(function: np.ufunc) -> Callable[[Any], Wide]:
    """Make a function that beyond float64 is that of 0 or infinity."""
    return lambda z: Wide.of(function(Wide.of(z).floats))


def _odd(function: np.ufunc) -> Callable[[Any], Wide]:
    """Make a function that is its argument where that is tiny."""

    def odd(z: Any) -> Wide:
        z = Wide.of(z)
        return where(_is_plain(z) | (z.e > 0), function(z.floats), z)

    return odd


def exp(z: Any) -> Wide:
    """Return e^z."""
    v = Wide.of(z).floats
    k = np.floor(v / math.log(2) + 0.5)
    inside = np.abs(k) < LARGEST_POWER
    k = np.where(inside, k, 0.0)
    rest = np.where(inside, v - k * LOG2_HIGH - k * LOG2_LOW, 0.0)
    return where(inside, Wide(np.exp(rest), k), np.where(v > 0, np.inf, np.where(v < 0, 0.0, np.nan)))


def log(z: Any) -> Wide:
    """Return the natural logarithm: that of m·2^(e - 512k), from 2^-256 to 2^256, and 512k times that of 2."""
    z = Wide.of(z)
    k = _steps(z)
    return Wide.of(np.log(z.shifted(BITS * k)) + k * (BITS * math.log(2)))


def sqrt(z: Any) -> Wide:
    """Return the square root; NaN below zero."""
    z = Wide.of(z)
    odd = z.e % 2
    return Wide(np.sqrt(z.m * (1 + odd)), (z.e - odd) / 2)


def sinh(z: Any) -> Wide:
    """Return the hyperbolic sine."""
    z = Wide.of(z)
    return where(np.abs(z.floats) < 700, _odd(np.sinh)(z), (exp(z) - exp(-z)) / 2)


def cosh(z: Any) -> Wide:
    """Return the hyperbolic cosine."""
    return (exp(z) + exp(-Wide.of(z))) / 2


def absolute(z: Any) -> Wide:
    """Return abs(z)."""
    z = Wide.of(z)
    return Wide.of_parts(np.abs(z.m), z.e)


def floor(z: Any) -> Wide:
    """Return the largest whole number that is not larger; that of m where abs(z) is below 1/2."""
    z = Wide.of(z)
    return where(z.e > 53, z, np.floor(np.where(z.e < 0, z.m, z.floats)))


def power(base: Any, exponent: Any) -> Wide:
    """Return ``base`` to the real power ``exponent``; NaN for a negative base with a fractional exponent."""
    base, p = Wide.of(base), Wide.of(exponent).floats
    plain = np.float_power(base.floats, p)
    is_plain = _is_plain(base) & np.isfinite(plain) & (plain != 0)
    sign = np.where(base.m >= 0, 1.0, np.where(p % 2 == 0, 1.0, np.where(p % 1 == 0, -1.0, np.nan)))
    raised = exp(p * log(absolute(base))) * sign
    return where(is_plain | (base.m == 0), plain, raised)


def maximum(a: Any, b: Any) -> Wide:
    """Return the larger of two; NaN when either is."""
    a, b = Wide.of(a), Wide.of(b)
    return where((a >= b) | np.isnan(a.m), a, b)


def minimum(a: Any, b: Any) -> Wide:
    """Return the smaller of two; NaN when either is."""
    return -maximum(-Wide.of(a), -Wide.of(b))


def atan2(y: Any, x: Any) -> Wide:
    """Return the angle of the point (x, y), from -pi to pi."""
    y, x = Wide.of(y), Wide.of(x)
    top = BITS * np.maximum(_steps(y), _steps(x))
    return Wide.of(np.arctan2(y.shifted(top), x.shifted(top)))


FUNCTIONS: dict[str, Callable[..., Wide]] = {
    **{name: _odd(function) for name, function in {"sin": np.sin, "tan": np.tan, "asin": np.arcsin}.items()},
    **{name: _odd(function) for name, function in {"atan": np.arctan, "tanh": np.tanh}.items()},
    "cos": _of_floats(np.cos),
    "acos": _of_floats(np.arccos),
    "exp": exp,
    "log": log,
    "log10": lambda z: log(z) / math.log(10),
    "log2": lambda z: log(z) / math.log(2),
    "sqrt": sqrt,
    "sinh": sinh,
    "cosh": cosh,
    "absolute": absolute,
    "sign": lambda z: Wide.of(np.sign(Wide.of(z).m)),
    "floor": floor,
    "ceil": lambda z: -floor(-Wide.of(z)),
    "power": power,
    "maximum": maximum,
    "minimum": minimum,
    "where": where,
    "atan2": atan2,
}
