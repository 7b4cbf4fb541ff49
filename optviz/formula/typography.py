"""Writes numbers and signs as print does: minus signs, superscripts, short numbers."""

from __future__ import annotations

from math import isfinite

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def minus(text: str) -> str:
    """Replace hyphens by minus signs, as wide as a digit."""
    return text.replace("-", "−")


def superscript(text: str) -> str:
    """Raise the digits and minus signs of ``text``: -12 is ⁻¹²."""
    return text.translate(_SUPERSCRIPTS)


def short(value: object) -> str:
    """Write a number in at most three digits, a formula as on paper: 0.1, 1e−5, 0.1/√t."""
    if not isinstance(value, int | float):
        return minus(str(value).replace("sqrt(t)", "√t").replace("**", "^").replace("*", "·"))
    text = f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e+").replace("e+", "e")
    return minus(text) if isfinite(value) else "–"


def scientific(value: float, digits: int = 1) -> str:
    """Write a number so that it keeps its width while it changes: 1.8e−03."""
    return minus(f"{value:.{digits}e}") if isfinite(value) else "–"
