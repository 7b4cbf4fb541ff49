"""Spells mathematics with the characters that a terminal has: ``beta1^t`` where it cannot print ``β₁ᵗ``."""

from __future__ import annotations

import codecs
from itertools import pairwise
from unicodedata import combining, normalize

SPELLED = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "Δ": "Delta",
    "ε": "eps",
    "η": "eta",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "Σ": "sum",
    "∇": "grad ",
    "√": "sqrt",
    "←": "<-",
    "→": "->",
    "↦": "->",
    "−": "-",
    "–": "-",
    "·": "*",
    "×": "x",
    "±": "+-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∞": "inf",
    "‖": "||",
    "⟨": "<",
    "⟩": ">",
    "⌊": "floor(",
    "⌋": ")",
    "…": "...",
    "\N{FRACTION SLASH}": "/",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "_hat",
    "\N{COMBINING MACRON}": "_bar",
    "\N{COMBINING TILDE}": "_tilde",
    "ᵗ": "^t",
    "ᵏ": "^k",
    "⁻": "^-",
    "ₜ": "_t",
    "ₖ": "_k",
    "«": "<<",
    "»": ">>",
}
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def use_spellings() -> None:
    """Register the error handler ``spelled`` for streams."""
    codecs.register_error("spelled", _spell)


def _spell(error: UnicodeError) -> tuple[str, int]:
    """Spell what cannot be printed; a blank parts a letter's name from the letters beside it."""
    assert isinstance(error, UnicodeEncodeError)
    whole, start, end = error.object, error.start, error.end
    pieces = [whole[:start][-1:], *map(_spelling, whole[start:end]), whole[end : end + 1]]
    parted = [after if not _touch(before, after) else f" {after}" for before, after in pairwise(pieces)]
    return "".join(parted)[: -len(pieces[-1]) or None], end


def _touch(before: str, after: str) -> bool:
    """Tell whether two pieces, one of them a name such as beta, would read as one word."""
    return before[-1:].isalnum() and after[:1].isalpha() and (before.isdigit() or max(len(before), len(after)) > 1)


def _spelling(character: str) -> str:
    """Return plain characters for one that the stream lacks; a question mark where there are none."""
    if character in SPELLED:
        return SPELLED[character]
    if character in _RAISED:
        return f"^{_RAISED.index(character)}"
    letters = [part for part in normalize("NFKD", character) if not combining(part)]  # a subscript is its digit
    parts = [SPELLED.get(part, part) for part in letters] or ["?"]
    return "".join(part if part.isascii() else "?" for part in parts)
