"""A film as it passes from the drawing to the encoders: frames, and the boxes of pixels that changed in each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from operator import itemgetter
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optviz.errors import Issue, OptvizError

Pixels = NDArray[np.uint8]
Paper = Literal["a4", "letter"]

COST_OF_A_BOX_PX = 2000  # pixels that an encoder handles in the time of one more box's calls


class Box(NamedTuple):
    """A rectangle of pixels: rows ``top`` to ``bottom``, columns ``left`` to ``right`` (ends excluded)."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return the index of these pixels in an (height, width, ...) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, height: int, width: int) -> Box:
        """Return the part inside a picture of that size; empty, but valid, when there is none."""
        if 0 <= self.top <= self.bottom <= height and 0 <= self.left <= self.right <= width:
            return self
        top, left = min(max(self.top, 0), height), min(max(self.left, 0), width)
        return Box(top, left, min(max(self.bottom, top), height), min(max(self.right, left), width))

    def to_even(self) -> Box:
        """Widen to even edges, for formats that handle pixels in pairs."""
        return Box(self.top & ~1, self.left & ~1, self.bottom + 1 & ~1, self.right + 1 & ~1)

    def meets(self, other: Box) -> bool:
        """Say whether the two share a pixel."""
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )

    def moved(self, down: int, right: int) -> Box:
        """Return the box, moved some pixels down and to the right."""
        return Box(self.top + down, self.left + right, self.bottom + down, self.right + right)

    def common(self, other: Box) -> Box:
        """Return what two boxes that meet share."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        return Box(top, left, min(self.bottom, other.bottom), min(self.right, other.right))

    def without(self, other: Box) -> list[Box]:
        """Return up to four boxes that cover what the other does not."""
        if not self.meets(other):
            return [self]
        shared = self.common(other)
        around = (
            Box(self.top, self.left, shared.top, self.right),
            Box(shared.bottom, self.left, self.bottom, self.right),
            Box(shared.top, self.left, shared.bottom, shared.left),
            Box(shared.top, shared.right, shared.bottom, self.right),
        )
        return [box for box in around if box.top < box.bottom and box.left < box.right]


def hull(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around ``boxes``."""
    tops, lefts, bottoms, rights = zip(*boxes, strict=True)
    return Box(min(tops), min(lefts), max(bottoms), max(rights))


def merge(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Cover ``boxes`` with fewer of them: two become one where that costs an encoder less than another box.

    They are gone through from left to right, so that those which end before the next begins are left behind. Plain
    comparisons instead of ``hull`` and ``meets``, for a frame has hundreds of pairs.
    """
    behind: list[Box] = []
    near: list[Box] = []
    for box in sorted(dict.fromkeys(boxes), key=itemgetter(1)):
        top, left, bottom, right = box
        area = (bottom - top) * (right - left)
        for k in range(len(near) - 1, -1, -1):
            above, before, below, after = near[k]  # the edges of the other
            if after < left:
                behind.append(near.pop(k))
            elif above <= bottom and below >= top:
                up, first = above if above < top else top, before if before < left else left
                down, last = below if below > bottom else bottom, after if after > right else right
                joined = (down - up) * (last - first)
                if joined <= area + (below - above) * (after - before) + COST_OF_A_BOX_PX:
                    top, left, bottom, right, area = up, first, down, last, joined
                    del near[k]
        near.append(Box(top, left, bottom, right))
    return (*behind, *near)


def cut_apart(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Cut ``boxes`` so that no two share a pixel, the smaller where a larger one covers them."""
    pieces: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box.top - box.bottom) * (box.right - box.left)):
        left = [box]
        for other in [piece for piece in pieces if piece.meets(box)]:
            left = [rest for piece in left for rest in piece.without(other)]
        pieces += left
    return tuple(pieces)


@dataclass(frozen=True)
class Frame:
    """One picture of the film.

    ``pixels`` is (height, width, 4), red green blue alpha with alpha 255 everywhere, contiguous, a live view that
    the machine draws on again as soon as the next frame is asked for. ``boxes`` are all that may differ from the
    frame before, few (the first frame has one, the whole picture; none says that nothing changed).
    """

    pixels: Pixels
    boxes: tuple[Box, ...]


LARGEST_SIDE_PX = 30_000  # of a contact sheet
LARGEST_SHEET_PX = 100_000_000  # which take 400 MB while they are drawn


@dataclass(frozen=True)
class StillRequest:
    """What a still shows: the film's last frame, one ``step``, or a contact ``sheet`` of that many pictures."""

    step: int | None = None
    sheet: int = 0
    columns: int | None = None  # of the sheet; None for what makes the pictures largest
    paper: Paper = "a4"  # of a sheet that is printed
    letters: bool = False  # whether the words of an SVG stay text, to be set in the fonts of who opens it

    def shape(self) -> tuple[int, int]:
        """Return the rows and columns of the sheet."""
        columns = self.columns or ceil(sqrt(self.sheet))
        return ceil(self.sheet / columns), columns

    def refuse_too_large(self, width: int, height: int) -> None:
        """Raise OptvizError for a sheet whose pictures of this size make no file that anybody opens."""
        rows, columns = self.shape()
        pixels, side = rows * height * columns * width, max(rows * height, columns * width)
        if pixels > LARGEST_SHEET_PX or side > LARGEST_SIDE_PX:
            said = f"a contact sheet of {self.sheet} pictures of {width}x{height} is too large"
            most = int(min(LARGEST_SHEET_PX / (width * height), (LARGEST_SIDE_PX // max(width, height)) ** 2))
            raise OptvizError(Issue(said, hint=f"take at most about {most}, or a smaller render.size"))


@dataclass(frozen=True)
class PagePlan:
    """Where pictures of one size stand on a page, in points from its lower left corner."""

    size: tuple[float, float]  # width, height of the page
    scale: float  # points of a picture's pixel
    corners: tuple[tuple[float, float], ...]  # the lower left one of each picture


@dataclass(frozen=True, kw_only=True)
class Film(ABC):
    """A whole animation, ready to be encoded any number of times: its facts and its frames."""

    width: int
    height: int
    fps: int
    frames: int  # that ``draw`` yields; each lasts 1 / fps seconds
    hold: float  # seconds the last frame is held after its own 1 / fps
    loop: int  # how often an endless format plays: 0 for ever, n times otherwise
    title: str
    scenario: str  # as YAML text, for the file's metadata
    recipe: str = ""  # a digest of all that decides what is drawn, for the same
    compression: int = 0  # 0 to 3; higher means fewer colours and a smaller file

    @abstractmethod
    def draw(self) -> Generator[Frame, None, None]:
        """Yield every frame, drawn afresh at each call."""

    @abstractmethod
    def samples(self) -> list[Pixels]:
        """Return a few typical stills (first, middle, last frame), from which an encoder may choose a palette."""


class DrawnFilm(Film):
    """A film that can also be drawn in parts: an excerpt, or one picture."""

    @abstractmethod
    def part(self, first: int, end: int) -> Iterator[Frame]:
        """Yield the frames from number ``first`` up to ``end`` (excluded), the first one whole."""

    @abstractmethod
    def still(self, step: int | None) -> Pixels:
        """Return the picture after ``step``, or with None the film's last frame."""

    @abstractmethod
    def save_vector(self, path: Path, form: str, step: int | None, *, letters: bool = False) -> None:
        """Write the same picture as vectors; ``form`` is svg or pdf. letters: leave the words of an SVG text."""

    @abstractmethod
    def save_sheet(self, path: Path, steps: Sequence[int], page: PagePlan) -> None:
        """Write the pictures after ``steps`` as vectors on one page of a PDF."""

    @abstractmethod
    def key_steps(self, count: int) -> list[int]:
        """Return ``count`` steps for a contact sheet, at equal distances in the film."""
