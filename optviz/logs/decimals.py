"""Reads decimal numbers that stand among bytes, all of a column at once, each to the last bit of what ``float`` reads.

A number is a whole one of at most 19 digits times a power of ten. Both are sums of two floats, right to 106 bits, and
so is their product: T. J. Dekker, "A floating-point technique for extending the available precision" (1971). Where it
could be rounded either way, and of what is written in another way, nothing is said: that is left to ``float``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_CHARACTERS = 24  # of a number without sign and exponent
MOST_DIGITS = 19  # that 64 bits hold whatever they are
GROUP = 6  # digits: numbers that floats of 24 bits hold
MOST_EXPONENT = 270  # of ten: beyond, parts of a product are no longer exact
LONGEST_EXPONENT = 5  # characters: e-100
MARGIN = 2.0**-98  # of a product, which is wrong by less than 2**-102
SPLITTER = 2.0**27 + 1  # cuts a float in two halves of 26 bits
ROWS_AT_ONCE = 1 << 13
ZERO, DOT, PLUS, MINUS, SMALL_E, SMALL = *b"0.+-e", 0x20


def read_decimals(raw: Bytes, begins: Places, ends: Places) -> tuple[Floats, Flags]:
    """Return the number that stands in each cell, and which were read: those as JSON writes them.

    raw: has at least MOST_CHARACTERS bytes before the first cell.
    """
    found, known = np.empty(len(begins)), np.empty(len(begins), bool)
    for rows in blocks(len(begins)):
        found[rows], known[rows] = _block(raw, begins[rows], ends[rows])
    return found, known


def blocks(rows: int) -> Iterator[slice]:
    """Yield slices of rows that are so few that what is computed of them stays in a core's cache."""
    return (slice(at, at + ROWS_AT_ONCE) for at in range(0, rows, ROWS_AT_ONCE))


def _block(raw: Bytes, begins: Places, ends: Places) -> tuple[Floats, Flags]:
    is_minus = raw[begins] == MINUS
    letters = ends.copy()  # where the exponents begin
    if (slices_of(raw, ends - LONGEST_EXPONENT, LONGEST_EXPONENT) | SMALL == SMALL_E).any():
        for count in range(2, LONGEST_EXPONENT + 1):
            letters -= count * ((raw[ends - count] | SMALL == SMALL_E) & (ends - begins > count))
    whole, places, known = _digits(raw, begins + is_minus, letters)
    known &= (raw[begins + is_minus] != ZERO) | (letters - begins - is_minus - places <= 1 + (places > 0))
    exponents = -places
    if (rows := np.flatnonzero(letters < ends)).size:
        sign = raw[letters[rows] + 1]
        power, fraction, is_power = _digits(raw, letters[rows] + 1 + ((sign == MINUS) | (sign == PLUS)), ends[rows])
        exponents[rows] += np.where(sign == MINUS, -1, 1) * power.astype(np.int64)
        known[rows] &= is_power & (fraction == 0)
    known &= abs(exponents) <= MOST_EXPONENT
    found, is_sure = _product(whole, np.where(known, exponents, 0))
    return np.where(is_minus, -found, found), known & is_sure


def _digits(raw: Bytes, begins: Places, ends: Places) -> tuple[NDArray[np.uint64], Places, Flags]:
    """Return the whole number that digits make without their point, how many stand after it, which cells hold such."""
    widths = ends - begins
    span = int(np.clip(widths.max(), 1, MOST_CHARACTERS - 1)) + 1
    last, weights, counts = _tables(span)
    digits = slices_of(raw, ends - span, span) - np.uint8(ZERO)
    digits *= slices_of(last, span * np.clip(widths, 0, span - 1), span)
    is_other = digits > 9
    count, place = (is_other.reshape(-1, span).astype(np.float32) @ counts).T.astype(np.intp)
    has_point = (count == 1) & (raw[ends - np.where(count == 1, place, 1)] == DOT)
    places = np.where(has_point, place - 1, span - 1)  # of the digits that stay where they are
    digits *= ~is_other
    digits[1:] = digits[:-1] + (digits[1:] - digits[:-1]) * slices_of(last, span * places, span)[1:]
    groups = digits.reshape(-1, span).astype(np.float32) @ weights
    places *= has_point
    known = (widths < span) & (widths > places + has_point) & (has_point == (places > 0)) & (count == has_point)
    known &= groups[:, 0] < 10 ** (MOST_DIGITS % GROUP)
    whole, *others = groups.T.astype(np.uint64)
    for other in others:
        whole = whole * 10**GROUP + other
    return whole, places, known


def slices_of(characters: Bytes, begins: Places, span: int) -> Bytes:
    """Return ``span`` bytes from each of these places, one after the other."""
    rows = np.ndarray(len(characters) - span + 1, f"V{span}", characters, strides=(1,))
    return rows[begins].view(np.uint8)


@cache
def _tables(span: int) -> tuple[Bytes, NDArray[np.float32], NDArray[np.float32]]:
    """Return tables for rows of so many characters, of which the first says nothing.

    Ones for the last 0, 1, 2 ... characters; what digits add to their groups of six, (span, 4); what characters add
    to their count and to the place of an only one, from the end, (span, 2).
    """
    last = np.arange(span) >= span - np.arange(span)[:, None]
    weights = np.zeros((MOST_CHARACTERS, MOST_CHARACTERS // GROUP), np.float32)
    for place in range(MOST_CHARACTERS):
        weights[place, place // GROUP] = 10 ** (GROUP - 1 - place % GROUP)
    weights[-span] = 0
    return last.astype(np.uint8).ravel(), weights[-span:], np.array([[1, span - i] for i in range(span)], np.float32)


def _product(whole: NDArray[np.uint64], exponents: NDArray[Any]) -> tuple[Floats, Flags]:
    """Return whole numbers times powers of ten, and which are certainly rounded as they must be."""
    if not exponents.any():
        return whole.astype(np.float64), np.ones(len(whole), bool)
    power, power_high, power_low, power_rest = _powers().take(exponents + MOST_EXPONENT, axis=1)
    number = whole.astype(np.float64)
    rest = (whole - number.astype(np.uint64)).astype(np.int64).astype(np.float64)
    high = number * SPLITTER
    high -= high - number
    low = number - high
    product = number * power
    error = high * power_high - product + high * power_low + low * power_high + low * power_low
    error += number * power_rest + rest * power
    margin = product * MARGIN
    found = product + (error - margin)
    return found, found == product + (error + margin)


@cache
def _powers() -> Floats:
    """Return powers of ten as floats, the halves of these, and what these lack: (4, exponents)."""
    exact = [Fraction(10) ** exponent for exponent in range(-MOST_EXPONENT, MOST_EXPONENT + 1)]
    power = np.array([float(one) for one in exact])
    rest = [float(one - Fraction(near)) for one, near in zip(exact, power.tolist(), strict=True)]
    high = power * SPLITTER - (power * SPLITTER - power)
    return np.array([power, high, power - high, rest])
