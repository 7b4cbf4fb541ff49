"""Lays out plain text: tables, hanging paragraphs, points."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optviz.engine.result import ResultRow

WIDTH = 80  # columns of help and manual


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out columns as wide as they need, under their heads."""
    cells = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)


def pairs(rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Lay out names and texts, the texts wrapped behind the longest name; rows without a text are left out."""
    kept = [(name, text) for name, text in rows if text]
    width = max(len(name) for name, _ in kept) + 2
    return "\n".join(hanging(indent + name.ljust(width), text) for name, text in kept)


def hanging(head: str, text: str) -> str:
    """Wrap the text to lines that all begin behind the head."""
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, WIDTH - len(head))]
    return head + ("\n" + " " * len(head)).join(lines)


def indented(lines: Iterable[str]) -> str:
    """Join lines, each two columns to the right."""
    return textwrap.indent("\n".join(lines), "  ")


def ranking(rows: Sequence[ResultRow], measure: str) -> str:
    """Lay out a result, one racer a line, the first place first; ``measure`` heads the last column."""
    cells = [(row.place_text, row.label, row.said, f"{row.f:.6g}") for row in rows]
    return table(("", "racer", "outcome", measure), cells)


def point(coordinates: Sequence[float] | None) -> str:
    """Write a point: ``1.5`` in one dimension, ``(1, 2)`` in more, nothing for None."""
    if coordinates is None:
        return ""
    text = ", ".join(f"{coordinate:.10g}" for coordinate in coordinates)
    return text if len(coordinates) == 1 else f"({text})"
