"""Divide by a number known before, with the bits of the division: by two products, the second fused with the sum.

The reciprocal of a divisor y in two parts, high = 1/y rounded and low = 1/y - high rounded, is known to 2^-107, so that
a * high + (a * low) is rounded once from a number that lies within 2^-106 of a/y, counted in units of the first binade.
A quotient of two floats is never halfway between two floats, and hardly ever that close to halfway: for few divisors,
and for at most two numerators of each. Source: Brisebarre, Muller and Raina, Accelerating correctly rounded
floating-point division when the divisor is known in advance, IEEE Transactions on Computers 53(8), 2004.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BITS = 53
LARGEST = 2.0**100  # the largest divisor, and its reciprocal the smallest: all parts stay far from overflow
SPLIT = 2.0**27 + 1


def reciprocals(divisors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two parts of each divisor's reciprocal, (2, *shape): NaN where they do not serve every numerator."""
    shape = (2, *np.shape(divisors))
    return np.frombuffer(_reciprocals(np.ascontiguousarray(divisors, dtype=np.float64).tobytes())).reshape(shape)


@lru_cache(maxsize=256)
def _reciprocals(divisors: bytes) -> bytes:
    y = np.frombuffer(divisors)
    with np.errstate(all="ignore"):
        high = 1 / y
        product, error = _exact_product(high, y)
        low = ((1 - product) - error) / y  # the remainder is exact
        serves = (abs(y) > 1 / LARGEST) & (abs(y) < LARGEST)
    for i in np.flatnonzero(serves):
        serves[i] = _serves(float(y[i]))
    return np.where(serves, [high, low], np.nan).tobytes()


def _exact_product(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the product and its rounding error (Dekker 1971)."""
    (a1, a2), (b1, b2) = ((SPLIT * z - (SPLIT * z - z), z - (SPLIT * z - (SPLIT * z - z))) for z in (a, b))
    product = a * b
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _serves(y: float) -> bool:
    """Try the numerators whose quotients come closest to halfway: 2^54 X is 1 less or 1 more than a multiple of Y.

    With both scaled to [1, 2), theirs lie 2^-106/y from halfway, all others at least twice as far; the product errs by
    less than y 2^-108 + 2^-107.
    """
    whole = int(abs(np.frexp(y)[0]) * 2**BITS)
    scaled = whole / 2 ** (BITS - 1)
    if whole % 2 == 0 or scaled * (scaled + 2) < 4:
        return True
    close = pow(2 ** (BITS + 1), -1, whole)
    return all(_quotient(x, whole) == x / whole for x in (close, whole - close) if x >= 2 ** (BITS - 1))


def _quotient(a: int, y: int) -> float:
    """Return what the products make of a/y."""
    high = 1 / y
    low = float(Fraction(1, y) - Fraction(high))
    return float(Fraction(a) * Fraction(high) + Fraction(a * low))
