"""The drawing machine: board, chalk, pointers.

The board (axes, contours, words that stay) is drawn once by Agg. Chalk is added and stays: it is drawn on the board
once, for good. Pointers (heads, counters, ranking rows) are put on top and wiped by putting the board's pixels back.
So a frame costs what changed in it, not the size of the picture nor the length of the trails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.frames import Box, Frame, Pixels
from optviz.picture.pen import Pen
from optviz.picture.sprites import Sprite
from optviz.picture.strokes import Strokes


@dataclass(frozen=True)
class Moment:
    """What a frame shows: ``frame`` counts from 0, ``step`` is the last step taken."""

    frame: int
    step: int


@dataclass(frozen=True)
class Placed:
    """A sprite on the picture. Equal when it is the same sprite in the same place."""

    sprite: Sprite
    box: Box


def placed(sprite: Sprite, row: int, column: int) -> Placed:
    """``sprite`` with its anchor on the pixel (row, column)."""
    return Placed(sprite, sprite.box(row, column))


class Layer(Protocol):
    """A part of the picture. Its board was drawn when it was made; this is what it draws on top."""

    @property
    def strokes(self) -> Strokes | None:
        """Its chalk for the whole film, or None."""

    @property
    def clip(self) -> Bbox | None:
        """Pixels (from the lower left) outside which its chalk is not drawn."""

    def pointers(self, moment: Moment) -> Iterable[Placed]:
        """What stands on it at ``moment``, lowest first."""


class Board:
    """A figure's pixels, drawn on layer by layer and step by step."""

    def __init__(self, figure: Figure, layers: Sequence[Layer]) -> None:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        self.pixels: Pixels = np.asarray(canvas.buffer_rgba())
        self._pen = Pen(canvas.get_renderer(), figure.dpi)
        self._layers = layers
        self._clean = self.pixels.copy()  # the bare board, to begin a film again
        self._board = self.pixels.copy()  # the board with its chalk, to wipe pointers with
        self._standing: list[Placed] = []
        self._step = 0

    def film(self, moments: Iterable[Moment]) -> Iterator[Frame]:
        """Every moment as a frame, from a clean board. Steps must not fall."""
        self._begin()
        for number, moment in enumerate(moments):
            boxes = self.show(moment)
            yield Frame(self.pixels, tuple(boxes) if number else (self._whole,))

    def still(self, moment: Moment) -> Pixels:
        """One moment alone, (height, width, 4), a copy."""
        self._begin()
        self.show(moment)
        return self.pixels.copy()

    def show(self, moment: Moment) -> list[Box]:
        """Go on to ``moment``; what may have changed since the moment before."""
        wanted = [pointer for layer in self._layers for pointer in layer.pointers(moment)]
        chalked = [self._boxes(layer, moment.step) for layer in self._layers]
        stale, fresh = _difference(self._standing, wanted, [box for boxes in chalked for box in boxes])
        for pointer in stale:
            self._wipe(pointer.box)
        self._chalk(moment.step, chalked)
        for pointer in fresh:
            pointer.sprite.put(self.pixels, pointer.box)
        self._standing, self._step = wanted, moment.step
        changed = [pointer.box.within(*self._size) for pointer in (*stale, *fresh)]
        return [*changed, *(box for boxes in chalked for box in boxes)]

    @property
    def _size(self) -> tuple[int, int]:
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def _whole(self) -> Box:
        return Box(0, 0, *self._size)

    def _begin(self) -> None:
        self.pixels[...] = self._clean
        self._board[...] = self._clean
        self._standing, self._step = [], 0

    def _wipe(self, box: Box) -> None:
        part = box.within(*self._size).slices
        self.pixels[part] = self._board[part]

    def _chalk(self, step: int, chalked: list[list[Box]]) -> None:
        """Draw every layer's strokes up to ``step`` for good."""
        for layer, boxes in zip(self._layers, chalked, strict=True):
            if not boxes or layer.strokes is None:
                continue
            new = layer.strokes.between(self._step, step)
            self._pen.strokes(layer.strokes, new, layer.clip)
            for box in boxes:
                self._board[box.slices] = self.pixels[box.slices]

    def _boxes(self, layer: Layer, step: int) -> list[Box]:
        """Where the strokes up to ``step`` will change pixels: one box for each run of a colour's strokes."""
        strokes = layer.strokes
        if strokes is None:
            return []
        new = strokes.between(self._step, step)
        if new.start == new.stop:
            return []
        boxes = _extents(strokes, new, self._size[0], self._pen.dpi)
        clip = layer.clip
        if clip is not None:
            edge = Box(
                int(np.floor(self._size[0] - clip.y1)) - 1,
                int(np.floor(clip.x0)) - 1,
                int(np.ceil(self._size[0] - clip.y0)) + 1,
                int(np.ceil(clip.x1)) + 1,
            )
            boxes = [_common(box, edge) for box in boxes]
        return [
            box for box in (box.within(*self._size) for box in boxes) if box.bottom > box.top and box.right > box.left
        ]


def _difference(standing: list[Placed], wanted: list[Placed], chalked: list[Box]) -> tuple[list[Placed], list[Placed]]:
    """Which standing pointers must be wiped and which wanted ones put down, in order.

    A pointer that stays where it is is left alone, unless something that changes touches it.
    """
    kept = set(standing) & set(wanted)
    if not kept:
        return standing, wanted
    still = list(kept)
    touched = _array([p.box for p in standing if p not in kept] + [p.box for p in wanted if p not in kept] + chalked)
    boxes = _array([pointer.box for pointer in still])
    loose = np.zeros(len(still), bool)
    while len(touched):
        hit = ~loose & _meet(boxes, touched)
        loose = loose | hit
        touched = boxes[hit]
    kept -= {pointer for pointer, gone in zip(still, loose, strict=True) if gone}
    return [p for p in standing if p not in kept], [p for p in wanted if p not in kept]


def _array(boxes: list[Box]) -> NDArray[np.int64]:
    return np.array(boxes, np.int64).reshape(-1, 4)


def _meet(boxes: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each of ``boxes`` (n, 4) whether it shares a pixel with any of ``others`` (m, 4)."""
    a, b = boxes[:, None], others[None]
    apart = (a[..., 0] >= b[..., 2]) | (b[..., 0] >= a[..., 2]) | (a[..., 1] >= b[..., 3]) | (b[..., 1] >= a[..., 3])
    return np.asarray((~apart).any(axis=1))


def _common(box: Box, other: Box) -> Box:
    return Box(
        max(box.top, other.top),
        max(box.left, other.left),
        min(box.bottom, other.bottom),
        min(box.right, other.right),
    )


def _extents(strokes: Strokes, new: slice, height: int, dpi: float) -> list[Box]:
    """One box for each line among the ``new`` strokes, widened by half its width and a pixel of antialiasing."""
    segments, pad = strokes.segments[new], strokes.widths[new] * dpi / 144 + 1.5
    boxes = []
    owners = strokes.owners[new]
    for owner in np.unique(owners):
        mine = owners == owner
        low, high = segments[mine].min(axis=(0, 1)), segments[mine].max(axis=(0, 1))
        reach = pad[mine].max()
        boxes.append(
            Box(
                int(np.floor(height - high[1] - reach)),
                int(np.floor(low[0] - reach)),
                int(np.ceil(height - low[1] + reach)),
                int(np.ceil(high[0] + reach)),
            )
        )
    return boxes
