"""Draws pictures in full, ahead of time and on all cores, and hands them out in order.

Threads: the arrays' work frees the interpreter, so two cores draw twice as fast as one, with nothing copied between
processes; and what a picture shows depends on its number alone, so that it does not matter who drew it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import numpy as np

from optviz.parallel import ordered

if TYPE_CHECKING:
    from optviz.frames import Box, Pixels
    from optviz.picture.machine.pen import Pen

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class FullImage:
    """A part of the picture drawn in full, which hides all that was below."""

    pixels: Pixels  # as large as the box on which it is put
    divisible: ClassVar[bool] = True

    def put(self, pixels: Pixels, box: Box, part: Box) -> None:
        """Copy over ``part`` of the box."""
        own = np.s_[part.top - box.top : part.bottom - box.top, part.left - box.left : part.right - box.left]
        pixels[part.slices] = self.pixels[own]

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw as an image; ``box`` counts rows from below."""
        pen.at(box.left, box.bottom).image(self.pixels)


class Prefetch(Generic[T]):
    """Draws the pictures ``draw(number)`` for numbers below ``count``; holds at most two a core."""

    def __init__(self, draw: Callable[[int], T], count: int) -> None:
        self.draw, self.count = draw, count
        self._following: Iterator[T] | None = None  # the pictures after the last one, while they are asked for in order
        self._last: tuple[int, T] | None = None

    def __getitem__(self, number: int) -> T:
        """Return the picture of that number. When asked for in order, the next ones are begun at once."""
        if self._last is not None and self._last[0] == number:
            return self._last[1]
        if self._last is None or number != self._last[0] + 1:
            self._following, picture = None, self.draw(number)
        else:
            self._following = self._following or ordered(self.draw, range(number, self.count))
            picture = next(self._following)
        self._last = (number, picture)
        return picture
