"""Ranges in which hyperparameters are searched: their scales, the points that are tried, wider ranges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Scale: TypeAlias = Literal["log", "logit", "linear"]

EDGE_SHARE = 0.05  # of a range at either end: a best value that lies there suggests that a wider range has a better one
WIDENING = 10.0  # times: a range that is widened gains a decade (of the odds, for a share) at an end
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)  # bases of Halton's sequence, one a hyperparameter


@dataclass(frozen=True)
class Range:
    """An interval of values that are tried, spread evenly on a scale; a place in it is a share from 0 to 1."""

    low: float
    high: float
    scale: Scale

    def at(self, shares: NDArray[np.float64] | float) -> Array:
        """Return the values at these shares of the range; its ends exactly."""
        shares = np.asarray(shares, dtype=np.float64)
        low, high = self._on_scale(self.low), self._on_scale(self.high)
        values = self._from_scale(low + shares * (high - low))
        return np.where(shares == 0, self.low, np.where(shares == 1, self.high, values))

    def share_of(self, value: float) -> float:
        """Return where in the range a value lies, 0 at its low end and 1 at its high end."""
        low, high = self._on_scale(self.low), self._on_scale(self.high)
        return float((self._on_scale(value) - low) / (high - low))

    def edge_of(self, value: float) -> Literal["low", "high"] | None:
        """Return the end of the range in whose outer 5 % a value lies."""
        share = self.share_of(value)
        return "low" if share <= EDGE_SHARE else "high" if share >= 1 - EDGE_SHARE else None

    def widened(self, end: Literal["low", "high"]) -> Range:
        """Return the range with one more decade at an end, a tenth of the odds for a share."""
        if self.scale == "linear":
            more = self.high - self.low
            return replace(self, low=self.low - more) if end == "low" else replace(self, high=self.high + more)
        decade = np.log(WIDENING)
        if end == "low":
            return replace(self, low=float(self._from_scale(self._on_scale(self.low) - decade)))
        return replace(self, high=float(self._from_scale(self._on_scale(self.high) + decade)))

    @property
    def decades(self) -> float:
        """Its width in powers of ten, of the odds for a share; 0 on a linear scale."""
        if self.scale == "linear":
            return 0.0
        return float((self._on_scale(self.high) - self._on_scale(self.low)) / np.log(10))

    def _on_scale(self, value: float) -> np.float64:
        number = np.float64(value)
        if self.scale == "linear":
            return number
        return np.float64(np.log(number) if self.scale == "log" else np.log(number) - np.log1p(-number))

    def _from_scale(self, places: NDArray[np.float64] | np.float64) -> Array:
        if self.scale == "linear":
            return np.asarray(places)
        return np.asarray(np.exp(places) if self.scale == "log" else 1 / (1 + np.exp(-places)))


def shares_tried(dimensions: int, count: int) -> Array:
    """Return (dimensions, count) the shares that are tried of each range: evenly spaced, of several Halton's points.

    Source: Halton, On the efficiency of certain quasi-random sequences of points, Numerische Mathematik 2 (1960).
    """
    if dimensions == 1:
        return np.linspace(0, 1, count)[np.newaxis] if count > 1 else np.array([[0.5]])
    return np.array([[radical_inverse(number, base) for number in range(1, count + 1)] for base in PRIMES[:dimensions]])


def radical_inverse(number: int, base: int) -> float:
    """Return the digits of a whole number in a base, mirrored behind the point: 6 = 110 in base 2 gives 0.011."""
    mirrored, place = 0, 1
    while number:
        number, digit = divmod(number, base)
        mirrored, place = mirrored * base + digit, place * base
    return mirrored / place
