"""Cuts a table that is written as text into columns, by the places of what stands between its cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from optviz.logs.decimals import MOST_CHARACTERS, Bytes, Flags, Floats, Places, blocks, read_decimals, slices_of

QUOTE, LINE_FEED, SPACE = b'"\n '
LONGEST_TEXT = 64  # bytes of cells that are compared as arrays
BYTES_AT_ONCE = 1 << 18  # that stay in a core's cache
PADDING = bytes(max(MOST_CHARACTERS, 4 * LONGEST_TEXT))  # around a table, for slices that begin or end beyond it


@dataclass(frozen=True)
class Texts:
    """A column of texts that stand there again and again: ``which`` (rows,) of them in each row."""

    texts: Sequence[str]  # in the order of their first rows
    which: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Column:
    """Cells, (rows,), among the bytes of their table: where each begins and ends, and which stand between quotes."""

    raw: Bytes
    begins: Places
    ends: Places
    quoted: Flags | None = None  # None for none

    def bare(self) -> Column:
        """Return the cells without their quotes."""
        return self if self.quoted is None else Column(self.raw, self.begins + self.quoted, self.ends - self.quoted)

    def tolist(self) -> list[str]:
        """Return every cell's text."""
        held = self.raw.data
        return [
            str(held[begin:end], "utf-8") for begin, end in zip(self.begins.tolist(), self.ends.tolist(), strict=True)
        ]

    def numbers(self, number_of: Callable[[str], float]) -> Floats:
        """Return every cell's number, NaN for an empty one; what is no plain decimal is read by ``number_of``."""
        found, known = read_decimals(self.raw, self.begins, self.ends)
        is_empty = self.begins == self.ends
        found[is_empty] = nan
        odd = np.flatnonzero(~known & ~is_empty)
        found[odd] = [number_of(text) for text in Column(self.raw, self.begins[odd], self.ends[odd]).tolist()]
        return found

    def texts(self) -> Texts:
        """Return the cells' texts, each once."""
        found: dict[str, int] = {}
        begins = np.arange(len(self.begins))  # of rows with one text
        longest = int((self.ends - self.begins).max())
        if longest <= LONGEST_TEXT:
            cells = self._cells(longest)
            begins = np.concatenate([[0], np.flatnonzero(cells[1:] != cells[:-1]) + 1])
        texts = Column(self.raw, self.begins[begins], self.ends[begins]).tolist()
        which = [found.setdefault(text, len(found)) for text in texts]
        return Texts(list(found), np.repeat(which, np.diff([*begins, len(self.begins)])))

    def _cells(self, longest: int) -> NDArray[np.bytes_]:
        """Return the cells, with zeros to the length of the longest."""
        span = longest + 1
        held = np.tri(span, span, -1, np.uint8).ravel()  # ones for as many characters as a cell has
        cells = slices_of(self.raw, self.begins, span) * slices_of(held, span * (self.ends - self.begins), span)
        return cells.view(f"S{span}")


def are_quoted(raw: Bytes, before: Places, behind: Places) -> Flags:
    """Return which cells stand between quotes, from the places before and behind each."""
    found = np.empty(len(before), bool)
    for rows in blocks(len(before)):
        opened, closed = before[rows] + 1, behind[rows] - 1
        found[rows] = (raw[opened] == QUOTE) & (raw[closed] == QUOTE) & (opened < closed)
    return found


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it is written, and where its cells stand."""

    raw: Bytes
    edges: Places  # before, between and behind all cells
    quotes: int  # bytes that are one
    controls: int  # bytes that are one, line feeds among them

    def without_quoted_edges(self) -> Table:
        """Return the table with what stands between quotes in one cell, whatever it holds."""
        quotes = np.add.reduceat((self.raw == QUOTE).view(np.uint8), self.edges)  # from each edge to the next
        is_outside = np.cumsum(quotes, dtype=np.uint8) % 2 == 0
        return replace(self, edges=self.edges[np.append(True, is_outside[:-1])])

    def lines(self) -> tuple[Places, Places]:
        """Return where in the edges each line begins, and how many cells it has."""
        ends = np.flatnonzero(self.raw[self.edges] == LINE_FEED)
        begins = np.append(0, ends[:-1])
        return begins, ends - begins

    def columns(self, count: int) -> list[Column] | None:
        """Return the columns of a table in which each row has so many cells, else None."""
        is_end = self.raw[self.edges[1:]] == LINE_FEED
        if is_end.size != count * np.count_nonzero(is_end) or not is_end[count - 1 :: count].all():
            return None
        edges = self.edges
        return [Column(self.raw, edges[number:-1:count] + 1, edges[number + 1 :: count]) for number in range(count)]


def cut(text: bytes, between: str, *, after: int = 0) -> Table:
    """Return the table that stands after so many bytes, its cells where that character or a line feed parts them."""
    while b"\n\n" in text:
        text = text.replace(b"\n\n", b"\n")
    last = b"" if text.endswith(b"\n") else b"\n"
    raw = np.frombuffer(b"".join([PADDING, memoryview(text)[after:], last, PADDING]), np.uint8)
    begin, end = len(PADDING), len(raw) - len(PADDING)
    edges, quotes, controls = [np.array([begin - 1])], 0, 0
    for at in range(begin, end, BYTES_AT_ONCE):
        piece = raw[at : min(at + BYTES_AT_ONCE, end)]
        edges.append(np.flatnonzero((piece == ord(between)) | (piece == LINE_FEED)) + at)
        quotes += int(np.count_nonzero(piece == QUOTE))
        controls += int(np.count_nonzero(piece < SPACE))
    return Table(raw, np.concatenate(edges), quotes, controls)
