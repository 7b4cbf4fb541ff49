"""Films whose drawing is paid for, to see what encoders take."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from optviz.frames import Film, Frame, merge
from tests.output.films import replayed


def paid_for(film: Film) -> Film:
    """The same film, from its changed rectangles, which are kept and played again."""
    drawn = ((merge(frame.boxes), frame.pixels) for frame in film.draw())
    kept = [(boxes, [pixels[box.slices].copy() for box in boxes]) for boxes, pixels in drawn]
    stills = film.samples()

    def play() -> Generator[Frame, None, None]:
        pixels = np.empty((film.height, film.width, 4), np.uint8)
        for boxes, parts in kept:
            for box, part in zip(boxes, parts, strict=True):
                pixels[box.slices] = part
            yield Frame(pixels, boxes)

    return replayed(film, play, stills)
