"""Writes numbers and signs as print does: minus signs, superscripts, numbers that people read."""

from __future__ import annotations

from math import isfinite

PLAIN_POWERS = (-3, 4)  # powers of ten between which numbers are written out
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def minus(text: str) -> str:
    """Replace hyphens by minus signs, as wide as a digit."""
    return text.replace("-", "−")


def superscript(text: str) -> str:
    """Raise the digits and minus signs of ``text``: -12 is ⁻¹²."""
    return text.translate(_SUPERSCRIPTS)


def number(value: float, digits: int = 3) -> str:
    """Write a number as people read it, in at most ``digits`` digits that tell: 26, 0.68, 2.7·10⁻⁵."""
    return _written(value, digits, keep_zeros=False)


def steady(value: float) -> str:
    """Write a number that changes, in three digits from 1 on and two below, zeros too: its digits do not dance."""
    return _written(value, 3 if abs(value) >= 1 else 2, keep_zeros=True)


def short(value: object) -> str:
    """Write a number in at most three digits, a formula as on paper: 0.1, 10⁻⁵, 0.1/√t."""
    if isinstance(value, int | float):
        return number(value)
    return minus(str(value).replace("sqrt(t)", "√t").replace("**", "^").replace("*", "·"))


def _written(value: float, digits: int, keep_zeros: bool) -> str:
    if not isfinite(value):
        return "–"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    plain = PLAIN_POWERS[0] <= power <= PLAIN_POWERS[1]
    text = f"{value:.{max(0, digits - 1 - power)}f}" if plain else mantissa
    if "." in text and not keep_zeros:
        text = text.rstrip("0").rstrip(".")
    if plain:
        return minus(text)
    factor = "" if text == "1" else "-" if text == "-1" else f"{text}·"
    return minus(f"{factor}10") + superscript(str(power))
