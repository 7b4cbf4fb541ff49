"""How long each image of a film is shown, for formats whose images carry their durations."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Generic, TypeVar

from optviz.frames import Film

Image = TypeVar("Image")


class FrameTimer(Generic[Image]):
    """Passes images to ``write(image, duration)``, in whole ticks that add up to the film's length exactly.

    A frame without changes prolongs the image before it; one that would last less than ``shortest`` ticks leaves its
    changes to the frame after it. So an image is written only when the next one begins.
    """

    def __init__(self, film: Film, ticks_per_s: int, shortest: int, write: Callable[[Image, int], None]) -> None:
        self._film = film
        self._ticks_per_s = ticks_per_s
        self._shortest = shortest
        self._write = write
        self._drawn = 0
        self._start = 0  # ticks; of the next image
        self._waiting: tuple[int, Image] | None = None  # the image shown, and its start

    def add(self, image: Callable[[], Image | None]) -> None:
        """Advance by one frame; ``image`` is asked for the changes, None for none, unless the time is too short."""
        self._drawn += 1
        end = self._end()
        if end - self._start < self._shortest and self._drawn < self._film.frames:
            return
        made = image()
        if made is not None:
            self._write_waiting()
            self._waiting = self._start, made
        self._start = end

    def finish(self) -> None:
        """Write the last image."""
        self._start = self._end()
        self._write_waiting()

    def _write_waiting(self) -> None:
        if self._waiting is not None:
            start, image = self._waiting
            self._write(image, max(self._shortest, self._start - start))

    def _end(self) -> int:
        """Return the tick at which the frames so far end, the hold included after the last."""
        hold = hold_of(self._film) if self._drawn >= self._film.frames else 0
        return int(self._ticks_per_s * (Fraction(self._drawn, self._film.fps) + hold) + Fraction(1, 2))


def hold_of(film: Film) -> Fraction:
    """Return the seconds that the last frame is held beyond its own time, to the millisecond."""
    return Fraction(film.hold).limit_denominator(1000)
