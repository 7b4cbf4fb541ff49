"""Typesets every text that is drawn: mathematics between dollar signs where it parses, all else as it stands.

A pair of dollar signs holds mathematics if no blank stands inside next to either, no digit follows the second, and
Matplotlib's mathtext can set what is between them. Any other dollar sign is one, and so is ``\\$``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from optviz.formula.typography import minus, superscript
from optviz.picture.machine.fonts import FAMILY, UNKNOWN, Face, family_with, font, is_unseen, lacking

_MATHEMATICS = re.compile(r"(?<!\\)(\$(?![\s$])(?:[^$\\]|\\.)+(?<!\s)\$(?!\d))")
_IN_LINE = re.compile(r"([^\\^_{}]|\^\{\d+\})*")  # mathematics in one line: letters, numbers, signs, powers
_ATOMS = re.compile(r"\\\$|.[\u0300-\u036f\u200d\ufe00-\ufe0f]*", re.DOTALL)  # a letter and the marks on it
LONGEST_TEX, DEEPEST_TEX = 600, 12  # characters and nested braces of mathematics: mathtext takes time for more
WIDEST_EM = 200  # of mathematics; what is wider was not meant
ELLIPSIS = "…"
MATHEMATICS = RendererAgg(1, 1, 72).mathtext_parser  # remembers the last fifty that it set


@dataclass(frozen=True)
class Run:
    """What is drawn in one call: ``left`` pixels from where its line begins, ``width`` pixels wide."""

    text: str
    font: FontProperties
    is_mathematics: bool
    left: float
    width: float


@dataclass(frozen=True)
class Line:
    """One line of text, set: its runs, and its extents in pixels from the left end of its baseline."""

    runs: tuple[Run, ...]
    width: float
    above: float  # 0 without mathematics, which alone may be taller than its font
    below: float


class Typesetter:
    """Sets texts for one resolution in a ``family`` of fonts."""

    def __init__(self, dpi: float, family: str = FAMILY) -> None:
        self.dpi, self.family, self._renderer = dpi, family, scratch(1, 1, dpi)
        self.line = lru_cache(maxsize=4096)(self._line)
        self._parses: dict[str, bool] = {}

    def _line(self, text: str, size: float, face: Face = "regular") -> Line:
        """Set a text in a font size (points) and a face."""
        runs: list[Run] = []
        left = above = below = 0.0
        for words, own, is_mathematics in self._pieces(text, size, face):
            said, fitting = (words, font(size, own)) if is_mathematics else _with_fonts(words, size, own, self.family)
            measured = self._renderer.get_text_width_height_descent(said, fitting, ismath=is_mathematics)
            width, height, descent = map(float, measured)
            runs.append(Run(said, fitting, is_mathematics, left, width))
            left += width
            if is_mathematics:
                above, below = max(above, height - descent), max(below, descent)
        return Line(tuple(runs), left, above, below)

    def width(self, text: str, size: float, face: Face = "regular") -> float:
        """Return the width of a text in pixels."""
        return self.line(text, size, face).width

    def _pieces(self, text: str, size: float, face: Face) -> Iterator[tuple[str, Face, bool]]:
        """Yield words, and mathematics: in one line its letters in italics and all else upright, else for mathtext."""
        plain = ""
        for part, may_be_mathematics in segments(text):
            if not may_be_mathematics or not self._is_mathematics(part, size):
                plain += part.replace(r"\$", "$")
                continue
            if plain:
                yield plain, face, False
            plain = ""
            if _IN_LINE.fullmatch(part[1:-1]):
                yield from ((words, own, False) for words, own in _set_in_line(part[1:-1]))
            else:  # takes ten times as long
                yield part, "regular", True
        if plain:
            yield plain, face, False

    def _is_mathematics(self, part: str, size: float) -> bool:
        if _IN_LINE.fullmatch(part[1:-1]):
            return True
        if part not in self._parses:  # measured in the size of its use, which the renderer remembers
            self._parses[part] = is_short(part) and not lacking(part) and self._width(part, size) < WIDEST_EM * size
        return self._parses[part]

    def _width(self, part: str, size: float) -> float:
        try:
            return float(self._renderer.get_text_width_height_descent(part, font(size), ismath=True)[0])
        except (ValueError, RecursionError):
            return float("inf")


@lru_cache(maxsize=8)
def typesetter(dpi: float, family: str = FAMILY) -> Typesetter:
    """Return what sets texts for a resolution: one for all pictures of it, which have most of their words in common."""
    return Typesetter(dpi, family)


def scratch(width: int, height: int, dpi: float) -> RendererAgg:
    """Return a renderer for a picture of that size in pixels."""
    return share_mathematics(RendererAgg(width, height, dpi))


def share_mathematics(renderer: RendererAgg) -> RendererAgg:
    """Let a renderer take what another has set of mathematics, which takes longest; return it."""
    renderer.mathtext_parser = MATHEMATICS
    return renderer


def is_short(tex: str) -> bool:
    """Return whether mathematics is short and flat enough to be set in a moment."""
    if len(tex) > LONGEST_TEX:
        return False
    depths = accumulate({"{": 1, "}": -1}.get(letter, 0) for letter in tex)
    return max(depths, default=0) <= DEEPEST_TEX


def segments(text: str) -> list[tuple[str, bool]]:
    """Split a text into words and what stands between dollar signs as mathematics does, these included."""
    parts = _MATHEMATICS.split(text)
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def broken(text: str, room: float, width: Callable[[str], float]) -> list[str]:
    """Break a text into as few lines as have room, about equally long; none is broken inside mathematics.

    A word that is wider than the room is broken between its letters. room: what ``width`` of a line may be.
    """
    tokens = list(_tokens(text, room, width))
    lines = _filled(tokens, room)
    narrow, wide = max((token.width for token in tokens), default=0.0), room
    while len(lines) > 1 and wide - narrow > 0.01 * room:
        middle = (narrow + wide) / 2
        tried = _filled(tokens, middle)
        if len(tried) <= len(lines):
            lines, wide = tried, middle
        else:
            narrow = middle
    return lines


def shortened(text: str, room: float, width: Callable[[str], float]) -> str:
    """Return a text that has room: as it is, else cut at its end with an ellipsis; mathematics as a whole or not."""
    if width(text) <= room:
        return text
    atoms = list(_atoms(text))
    fitting, failing = 0, len(atoms)
    while failing - fitting > 1:  # the longest beginning that has room
        middle = (fitting + failing) // 2
        has_room = width("".join(atoms[:middle]).rstrip() + ELLIPSIS) <= room
        fitting, failing = (middle, failing) if has_room else (fitting, middle)
    return "".join(atoms[:fitting]).rstrip() + ELLIPSIS


def _with_fonts(words: str, size: float, face: Face, family: str) -> tuple[str, FontProperties]:
    """Return words in letters that fonts have, and these fonts."""
    words = words if words.isascii() else unicodedata.normalize("NFC", words)
    families: dict[str, None] = {}
    for letter in lacking(words, face, family):
        other = family_with(letter)
        if other is None:
            words = words.replace(letter, "" if is_unseen(letter) else UNKNOWN)
        else:
            families[other] = None
    return words, font(size, face, tuple(families), family)


def _set_in_line(mathematics: str) -> list[tuple[str, Face]]:
    """Split TeX without commands into pieces of one line: x y^{2} - 1 is xy² − 1."""
    close = re.sub(r"(?<![-+=<>,]) (?![-+=<>])", "", mathematics)  # what is multiplied stands together
    powers = re.sub(r"\^\{(\d+)\}", lambda found: superscript(found[1]), close)
    runs = re.findall(r"[A-Za-z]+|[^A-Za-z]+", minus(powers).replace(" ", "\u2005"))  # a narrower space
    return [(run, "italic" if run.isalpha() and run.isascii() else "regular") for run in runs]


def _words(text: str) -> list[str]:
    """Return what stands between blanks; blanks inside mathematics are its own."""
    words = [""]
    for part, is_mathematics in segments(text):
        first, *rest = [part] if is_mathematics else part.split(" ")
        words[-1] += first
        words += rest
    return [word for word in words if word]


def _atoms(text: str) -> Iterator[str]:
    """Yield what must not be cut: a letter with the marks on it, mathematics."""
    for part, is_mathematics in segments(text):
        if is_mathematics:
            yield part
        else:
            yield from _ATOMS.findall(part)


class _Token(NamedTuple):
    """What stands on one line; ``gap`` is the width of the blank before it, if there is one."""

    text: str
    width: float
    gap: float = 0.0


def _tokens(text: str, room: float, width: Callable[[str], float]) -> Iterator[_Token]:
    """Yield the words of a text; those that are wider than the room in letters."""
    gap = width("n n") - width("nn")
    for word in _words(text):
        if width(word) <= room:
            yield _Token(word, width(word), gap)
        else:
            first, *rest = _atoms(word)
            yield _Token(first, width(first), gap)
            yield from (_Token(atom, width(atom)) for atom in rest)


def _filled(tokens: list[_Token], room: float) -> list[str]:
    """Return lines, each with as many tokens as have room."""
    lines, length = [""], 0.0
    for token in tokens:
        if lines[-1] and length + token.gap + token.width > room:
            lines.append("")
            length = 0.0
        has_blank = lines[-1] and token.gap
        lines[-1] += f" {token.text}" if has_blank else token.text
        length += token.width + (token.gap if has_blank else 0.0)
    return lines
