"""The drawing machine: board, chalk, pointers.

The board (axes, contours, words that stay) is drawn once by Agg. Chalk is added and stays: it is drawn on the board
once, for good. Pointers (heads, counters, ranking rows) are put on top and wiped by putting the board's pixels back.
So a frame costs what changed in it, not the size of the picture nor the length of the trails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.frames import Box, Frame, Pixels, hull
from optviz.picture.machine.layer_strokes import Chalk, Ribbon, chalk_of
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite
from optviz.picture.machine.strokes import Strokes


@dataclass(frozen=True)
class Moment:
    """What a frame shows."""

    step: int  # the last step taken
    frame: int | None = None  # of motion, counted from 0; None for a still that belongs to no film
    caption: str = ""  # words under the view
    prompt: str = ""  # words that ask while the film stands still
    podium: bool = False  # the race is over


class Mark(Protocol):
    """What can be put on the picture and drawn by a pen: a sprite, or a stretch of strokes."""

    def put(self, pixels: Pixels, box: Box) -> None:
        """Blend over the picture's pixels (height, width, 4)."""

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw the same with a pen whose origin is the picture's lower left corner."""


class Placed(NamedTuple):
    """A mark on the picture. Equal when it is the same mark in the same place."""

    sprite: Mark
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
        canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
        canvas.draw()
        self.pixels: Pixels = np.asarray(canvas.buffer_rgba())
        self._figure = figure
        self._pen = Pen(canvas.get_renderer(), figure.dpi)
        self._layers = layers
        self._chalks = [chalk_of(layer.strokes, layer.clip, self._size, figure.dpi) for layer in layers]
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

    def stills(self, moments: Iterable[Moment]) -> list[Pixels]:
        """Some moments, their steps not falling, as copies (height, width, 4)."""
        return [frame.pixels.copy() for frame in self.film(moments)]

    def still(self, moment: Moment) -> Pixels:
        """One moment alone."""
        return self.stills([moment])[0]

    def show(self, moment: Moment) -> list[Box]:
        """Go on to ``moment``; what may have changed since the moment before."""
        wanted = self._wanted(moment)
        chalked = [self._boxes(chalk, moment.step) for chalk in self._chalks]
        stale, fresh = _difference(self._standing, wanted, [box for boxes in chalked for box in boxes])
        for pointer in stale:
            self._wipe(pointer.box)
        self._chalk(moment.step, chalked)
        for pointer in fresh:
            pointer.sprite.put(self.pixels, pointer.box)
        self._standing, self._step = wanted, moment.step
        changed = [pointer.box.within(*self._size) for pointer in (*stale, *fresh)]
        return [*changed, *(box for boxes in chalked for box in boxes)]

    def save_vector(self, path: Path | str, form: str, moment: Moment) -> None:
        """Write one moment as a vector picture: ``form`` is svg or pdf. The same bytes for the same picture."""
        overlay = _Overlay(self, moment)
        self._figure.add_artist(overlay)
        undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
        try:
            with rc_context({"svg.hashsalt": "optviz", "svg.fonttype": "path", "pdf.fonttype": 42}):
                self._figure.savefig(path, format=form, facecolor=self._figure.get_facecolor(), metadata=undated[form])
        finally:
            overlay.remove()

    def trace(self, pen: Pen, moment: Moment) -> None:
        """Draw all that is not on the bare board with a pen whose origin is the lower left corner."""
        for chalk in self._chalks:
            if chalk is not None:
                pen.strokes(chalk.strokes, chalk.strokes.seen_at(moment.step), chalk.clip)
        for pointer in self._wanted(moment):
            if not isinstance(pointer.sprite, Ribbon):
                pointer.sprite.trace(pen, self._upright(pointer.box))

    def _upright(self, box: Box) -> Box:
        """Rows counted from below, as pens do."""
        return Box(self._size[0] - box.top, box.left, self._size[0] - box.bottom, box.right)

    def _wanted(self, moment: Moment) -> list[Placed]:
        """All that stands on the picture at a moment, lowest first."""
        pairs = zip(self._layers, self._chalks, strict=True)
        return [mark for layer, chalk in pairs for mark in (*self._ribbon(chalk, moment.step), *layer.pointers(moment))]

    def _ribbon(self, chalk: Chalk | None, step: int) -> list[Placed]:
        """The strokes of a layer whose trails forget, as one mark."""
        if chalk is None or chalk.strokes.memory is None:
            return []
        part = chalk.strokes.seen_at(step)
        boxes = chalk.boxes(part)
        return [Placed(Ribbon(self._pen, chalk, part.start, part.stop), hull(boxes))] if boxes else []

    @property
    def pixels_per_inch(self) -> float:
        """The board's own resolution."""
        return self._pen.dpi

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
        for chalk, boxes in zip(self._chalks, chalked, strict=True):
            if not boxes or chalk is None:
                continue
            self._pen.strokes(chalk.strokes, chalk.strokes.between(self._step, step), chalk.clip)
            for box in boxes:
                self._board[box.slices] = self.pixels[box.slices]

    def _boxes(self, chalk: Chalk | None, step: int) -> list[Box]:
        """Where a layer's chalk up to ``step`` will change pixels for good."""
        if chalk is None or chalk.strokes.memory is not None:
            return []
        return chalk.boxes(chalk.strokes.between(self._step, step))


class _Overlay(Artist):
    """A moment's chalk and pointers as an artist, so that any Matplotlib backend draws them over the board."""

    def __init__(self, board: Board, moment: Moment) -> None:
        super().__init__()
        self.set_zorder(1e6)
        self.board, self.moment, self.dpi = board, moment, board.pixels_per_inch

    def draw(self, renderer: RendererBase) -> None:
        """Draw with a pen on that renderer, whose unit is the point."""
        self.board.trace(Pen(renderer, self.dpi, unit=72 / self.dpi), self.moment)


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
