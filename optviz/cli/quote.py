"""Quotes a line of text with ``^^^`` under one of its tokens, in the cells of a terminal."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from unicodedata import combining, east_asian_width

TAB = "    "
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
CUT = "…"
LEAST_CELLS = 20  # of a quoted line, however narrow the terminal is


def quote(text: str, column: int, width: int, cells: int) -> tuple[str, str]:
    """Return the line as a terminal shows it and, for the line below, the carets under its token.

    column: of the token's first character, from 1. width: of the token in characters; there is one caret at least.
    cells: of the terminal; of a longer line only the part around the token is returned. Tabs become blanks, and
    characters that a terminal would obey are replaced.
    """
    cells = max(cells, LEAST_CELLS)
    first = min(column - 1, len(text))
    before, after = text[max(0, first - cells) : first], text[first : first + cells]  # a line may have a million
    shown = [TAB if c == "\t" else c if c.isprintable() else UNPRINTABLE for c in before + after]
    edges = list(accumulate(map(cells_of, shown), initial=0))  # of the characters, in cells
    token = len(before)
    begin, end = 0, len(shown)
    if edges[-1] > cells or len(shown) < len(text):
        begin = bisect_left(edges, min(edges[token] - cells // 3, edges[-1] - cells + 2))
        end = bisect_right(edges, edges[begin] + cells - 2) - 1
    left = CUT if begin or len(before) < first else ""
    right = CUT if end < len(shown) or first + len(after) < len(text) else ""
    last = min(token + width, end)
    carets = max(1, edges[last] - edges[token])
    return left + "".join(shown[begin:end]) + right, " " * (len(left) + edges[token] - edges[begin]) + "^" * carets


def cells_of(text: str) -> int:
    """Return how many cells of a terminal the text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
