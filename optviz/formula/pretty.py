"""Write a formula as plain text."""

from __future__ import annotations

import re

from optviz.formula.typography import superscript


def pretty(formula: str) -> str:
    """Write a formula in Unicode, as for a title: x - x³ for x - x**3."""
    text = re.sub(r"\s*\*\*\s*(\d+)(?![\d.eE])", lambda power: superscript(power[1]), formula)
    return re.sub(r"\s+", " ", re.sub(r"(?<!\*)\s*\*(?!\*)\s*", "·", text)).strip()
