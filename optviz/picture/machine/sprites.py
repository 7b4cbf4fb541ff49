"""Draws small pictures once by Agg, to be put down many times: words, digits, markers, cards.

A sprite is premultiplied RGBA. Putting it down is one multiply and one add over its own pixels, so that a frame
costs what its moving parts cover. Sprites stand on whole pixels; a marker is drawn at sixteen offsets inside a pixel,
so that its motion stays smooth to an eighth of one. Every sprite also knows how to draw itself with a Pen, for print.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import ClassVar

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from optviz.frames import Box, Pixels
from optviz.picture.machine.fonts import Face
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.text import Line, Typesetter, scratch

PHASES = 4  # sub-pixel positions a side

Draw = Callable[[Pen], None]  # from the lower left corner of the anchor's pixel


@dataclass(frozen=True, eq=False)
class Sprite:
    """What is put down over what ``shade`` = 255 - alpha leaves: (h, w, 4) ``colour``, premultiplied.

    ``tint`` is what is added to the shaded ground, in 255ths: 255 colours, and a half to round. ``shade`` has the same
    shape: one number a pixel would be read a third as fast.
    """

    tint: NDArray[np.uint16]
    shade: NDArray[np.uint16]
    anchor: tuple[int, int]  # the pixel (row, column) of the sprite that is put on the asked position
    draw: Draw
    divisible: ClassVar[bool] = True

    @property
    def colour(self) -> NDArray[np.uint16]:
        """The premultiplied RGBA of every pixel."""
        return self.tint // 255

    @property
    def width(self) -> int:
        return int(self.tint.shape[1])

    @property
    def height(self) -> int:
        return int(self.tint.shape[0])

    def at(self, row: int, column: int) -> PlacedSprite:
        """Place the sprite with its anchor on the pixel (row, column)."""
        top, left = row - self.anchor[0], column - self.anchor[1]
        height, width, _ = self.tint.shape
        return PlacedSprite(self, Box(top, left, top + height, left + width))

    def put(self, pixels: Pixels, box: Box, part: Box) -> None:
        """Blend over ``pixels`` (height, width, 4), only inside ``part`` of ``box``."""
        own = np.s_[part.top - box.top : part.bottom - box.top, part.left - box.left : part.right - box.left]
        ground = pixels[part.slices]
        blended = ground * self.shade[own]
        blended += self.tint[own]  # at most 255 * 255 + 127, for no colour is above its alpha
        blended //= 255
        ground[...] = blended

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw with a pen; ``box`` counts rows from below."""
        self.draw(pen.at(box.left + self.anchor[1], box.top - 1 - self.anchor[0]))


def premultiply(rgba: Pixels, anchor: tuple[int, int], draw: Draw) -> Sprite:
    """Return a sprite of what Agg drew on nothing (straight alpha)."""
    alpha = np.repeat(rgba[..., 3:].astype(np.uint16), 4, axis=2)
    colour = (rgba * alpha + 127) // 255
    colour[..., 3] = alpha[..., 3]
    return Sprite(_tint(colour), 255 - alpha, anchor, draw)


def _tint(colour: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Turn premultiplied RGBA into what sprites add."""
    colour *= 255
    colour += 127
    return colour


def draw_sprite(
    height: int, width: int, dpi: float, anchor: tuple[int, int], draw: Draw, ink: str | None = None
) -> Sprite:
    """Return what ``draw`` draws on ``height`` x ``width`` pixels, its origin the lower left of the anchor's pixel.

    ink: the colour of all that it draws, where it has only one: that takes a third of the time.
    """
    renderer = scratch(width, height, dpi)
    draw(Pen(renderer, dpi, origin=(anchor[1], height - 1 - anchor[0])))
    rgba = np.asarray(renderer.buffer_rgba())
    return premultiply(rgba, anchor, draw) if ink is None else inked(rgba[..., 3], ink, anchor, draw)


def inked(mask: Pixels, ink: str, anchor: tuple[int, int], draw: Draw) -> Sprite:
    """Return a sprite in one colour from how much of each pixel it covers, (height, width)."""
    tint, shade = (table.take(mask).view(np.uint16).reshape(*mask.shape, 4) for table in _tables_of(ink))
    return Sprite(tint, shade, anchor, draw)


@lru_cache(maxsize=256)
def _tables_of(ink: str) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return (256,) the tint and the shade of a pixel for each alpha, its four channels in one number."""
    rgba = np.empty((256, 1, 4), np.uint8)
    rgba[..., :3] = [round(255 * channel) for channel in to_rgb(ink)]
    rgba[..., 3] = np.arange(256)[:, None]
    sprite = premultiply(rgba, (0, 0), lambda pen: None)
    return sprite.tint.view(np.uint64).ravel(), sprite.shade.view(np.uint64).ravel()


def _trimmed(sprite: Sprite) -> Sprite:
    """Return a sprite without the empty rows and columns around it: what it covers is drawn and encoded again."""
    covered = sprite.shade[..., 3] < 255
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    if not rows.size:
        return sprite
    seen = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    anchor = sprite.anchor[0] - int(rows[0]), sprite.anchor[1] - int(columns[0])
    return Sprite(sprite.tint[seen].copy(), sprite.shade[seen].copy(), anchor, sprite.draw)


class Lettering:
    """Sets words in one font size, face and colour as sprites, anchored at the left end of the baseline."""

    def __init__(self, typesetter: Typesetter, size: float, colour: str, face: Face = "regular") -> None:
        self.typesetter, self.size, self.colour, self.face = typesetter, size, colour, face
        self._above: int = round(size * typesetter.dpi / 72 * 1.05)
        self._below: int = round(size * typesetter.dpi / 72 * 0.35)
        self.word = lru_cache(maxsize=256)(self._word)
        self.number = lru_cache(maxsize=64)(self._number)  # those on one frame: few come back after it

    def _word(self, text: str) -> Sprite:
        """Set ``text`` as one piece."""
        line, above = self.line(text), self.above(text)
        mask = _mask(line, above, max(self._below, ceil(line.below)), self.typesetter.dpi)
        return inked(mask, self.colour, (above, 0), lambda pen: pen.words(0, 1, line, self.colour))

    def _number(self, text: str) -> Sprite:
        """Set ``text`` sign by sign from kept pieces; digits have one width, so that they do not dance."""
        signs = [self.word(sign) for sign in text]
        tint = np.concatenate([sign.tint for sign in signs], axis=1)
        shade = np.concatenate([sign.shade for sign in signs], axis=1)
        return Sprite(tint, shade, signs[0].anchor, lambda pen: pen.words(0, 1, self.line(text), self.colour))

    def line(self, text: str) -> Line:
        """Return ``text``, set."""
        return self.typesetter.line(text, self.size, self.face)

    def width(self, text: str) -> float:
        """Return the advance width of ``text`` in pixels."""
        return self.line(text).width

    def above(self, text: str) -> int:
        """Return the pixels from the top of a word's sprite to its baseline; mathematics may need more than words."""
        return max(self._above, ceil(self.line(text).above))


@lru_cache(maxsize=4096)
def _mask(line: Line, above: int, below: int, dpi: float) -> Pixels:
    """Return how much of each pixel a line covers, (height, width): the same in all colours and pictures."""
    renderer = scratch(max(1, round(line.width)), above + below, dpi)
    Pen(renderer, dpi, origin=(0, below)).words(0, 0, line, "black")
    return np.asarray(renderer.buffer_rgba())[..., 3].copy()


def rim_words(lettering: Lettering, text: str, colour: str, rim: int) -> Sprite:
    """Set ``text`` with a rim of ``colour``, ``rim`` pixels wide, anchored at its upper left corner."""
    line, above = lettering.line(text), lettering.above(text)
    below = lettering.word(text).height - above
    return _rimmed(line, above, below, lettering.typesetter.dpi, lettering.colour, colour, rim)


@lru_cache(maxsize=256)
def _rimmed(line: Line, above: int, below: int, dpi: float, ink: str, colour: str, rim: int) -> Sprite:
    letters = np.pad(_mask(line, above, below, dpi).astype(np.uint16), rim)
    around = range(-rim, rim + 1)
    shifts = [(down, right) for down in around for right in around if down**2 + right**2 <= rim**2 + 1]
    halo = np.max([np.roll(letters, shift, axis=(0, 1)) for shift in shifts], axis=0)
    page, own = (np.array([round(255 * channel) for channel in to_rgb(name)]) for name in (colour, ink))
    share = (letters / np.maximum(halo, 1))[..., None]
    rgba = np.concatenate([page + share * (own - page), halo[..., None]], axis=2).round().astype(np.uint8)
    baseline = above + rim

    def draw(pen: Pen) -> None:
        for down, right in ((0, rim), (rim, 0), (0, -rim), (-rim, 0)):
            pen.words(rim + right, 1 - baseline - down, line, colour)
        pen.words(rim, 1 - baseline, line, ink)

    return premultiply(rgba, (0, 0), draw)


@lru_cache(maxsize=256)
def faded(sprite: Sprite, share: float) -> Sprite:
    """Return a sprite of which that share, 0 to 1, is seen; in print it is drawn whole."""
    if share >= 1:
        return sprite
    weight = round(256 * share)
    colour = sprite.colour * np.uint16(weight) // np.uint16(256)
    shade = 255 - np.repeat(colour[..., 3:], 4, axis=2)
    return Sprite(_tint(colour), shade, sprite.anchor, sprite.draw)


@lru_cache(maxsize=1024)
def mixed(colour: str, other: str, share: float) -> str:
    """Return ``colour`` with that share of the other in it, 0 to 1, as #rrggbb."""
    pairs = zip(to_rgb(colour), to_rgb(other), strict=True)
    red, green, blue = ((1 - share) * one + share * two for one, two in pairs)
    return to_hex((red, green, blue))


ARROW = "arrow"  # a marker of our own: a dart that points right
ARROW_SHAPE = Path([(-0.6, -0.62), (0.75, 0.0), (-0.6, 0.62), (-0.25, 0.0), (-0.6, -0.62)], closed=True)

# Shapes of one nominal size differ in weight to the eye; these factors even them out.
_WEIGHT_FACTORS = {"o": 1.0, "s": 0.9, "D": 0.8, "P": 1.12, "X": 1.08, "*": 1.45, "d": 1.15}


@lru_cache(maxsize=4096)
def draw_marker(
    marker: str, radius: float, face: str, edge: str, rim: float, phase: tuple[int, int] = (0, 0), turn: int = 0
) -> Sprite:
    """Draw one of Matplotlib's markers, or an arrow, with a rim, ``radius`` and ``rim`` in pixels.

    Its centre stands ``phase`` quarter pixels (down, right) of the anchor's centre; it is turned by ``turn`` degrees.
    """
    reach = int(np.ceil(1.6 * radius + rim)) + 1
    size = 2 * reach + 1
    shape = MarkerStyle(ARROW_SHAPE if marker == ARROW else marker)
    place = Affine2D().rotate_deg(turn).scale(2 * radius * _WEIGHT_FACTORS.get(marker, 1.05))
    centre = place.translate(0.5 + phase[1] / PHASES, 0.5 - phase[0] / PHASES)
    path = shape.get_path().transformed(shape.get_transform() + centre)

    def draw(pen: Pen) -> None:
        if shape.is_filled():
            pen.shape(path, face, edge, rim)
        else:  # a cross is lines alone: the rim is a wider line below
            pen.shape(path, None, edge, 0.6 * radius + 2 * rim)
            pen.shape(path, None, face, 0.6 * radius)

    return _trimmed(draw_sprite(size, size, 72, (reach, reach), draw))  # at 72 dots an inch, points are pixels


def at_phase(row: float, column: float) -> tuple[int, int, tuple[int, int]]:
    """Split a place in pixels into the whole pixel (row, column) and the quarter pixels beyond its centre."""
    down, right = floor(PHASES * (row - 0.5) + 0.5), floor(PHASES * (column - 0.5) + 0.5)
    return down // PHASES, right // PHASES, (down % PHASES, right % PHASES)
