"""How long each image of a film stays, for formats whose images say so themselves."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Generic, TypeVar

from optviz.frames import Film

Image = TypeVar("Image")


class Cutter(Generic[Image]):
    """Gives every image the time until the next one, in whole ticks that add up to the film's length.

    A frame that changes nothing prolongs the image before it, and one that would stay less than ``shortest`` ticks
    leaves its changes to the frame after it. So an image waits until it is known how long it stays.
    """

    def __init__(self, film: Film, ticks: int, shortest: int, write: Callable[[Image, int], None]) -> None:
        self._film = film
        self._ticks = ticks  # a second
        self._shortest = shortest
        self._write = write
        self._drawn = 0
        self._start = 0  # of the next image
        self._waiting: tuple[int, Image] | None = None  # since when it shows

    def add(self, image: Callable[[], Image | None]) -> None:
        """Go on by one frame; ``image`` is asked for what changed, None for nothing, unless the time is too short."""
        self._drawn += 1
        end = self._end()
        if end - self._start < self._shortest and self._drawn < self._film.frames:
            return
        made = image()
        if made is not None:
            self._let_go()
            self._waiting = self._start, made
        self._start = end

    def finish(self) -> None:
        """Write the last image."""
        self._start = self._end()
        self._let_go()

    def _let_go(self) -> None:
        if self._waiting is not None:
            since, image = self._waiting
            self._write(image, max(self._shortest, self._start - since))

    def _end(self) -> int:
        """When the frames so far are over, the hold included after the last."""
        hold = hold_of(self._film) if self._drawn >= self._film.frames else 0
        return int(self._ticks * (Fraction(self._drawn, self._film.fps) + hold) + Fraction(1, 2))


def hold_of(film: Film) -> Fraction:
    """The seconds that the last frame stays besides its own time, to the millisecond."""
    return Fraction(film.hold).limit_denominator(1000)
