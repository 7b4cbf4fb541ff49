"""Draws the frames of a film: a board, strokes, sprites.

The board (axes, contours, words that stay) is drawn once by Agg. Strokes (trails, curves) are drawn on it once, for
good. Sprites (heads, counters, ranking rows) are put on top and wiped by putting the board's pixels back. So a frame
costs what changed in it, not the size of the picture nor the length of the trails.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from numpy.typing import NDArray

from optviz.frames import Box, Frame, Pixels, cut_apart, hull, merge
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.canvas import Canvas
from optviz.picture.machine.clipped_strokes import ClippedStrokes, FadingTrail, clip_strokes
from optviz.picture.machine.layer import Growing, Layer, PlacedSprite
from optviz.picture.machine.pen import Pen

TOLERANCE_PX = 0.05  # of contours in a file of vectors


class Board:
    """A figure's pixels, drawn on layer by layer and step by step."""

    def __init__(self, figure: Figure, layers: Sequence[Layer]) -> None:
        canvas: Any = figure.canvas if isinstance(figure.canvas, Canvas) else Canvas(figure)
        canvas.draw()
        self.pixels: Pixels = np.asarray(canvas.buffer_rgba())
        self._size: tuple[int, int] = self.pixels.shape[:2]
        self._figure = figure
        self._pen = Pen(canvas.get_renderer(), figure.dpi)
        self._layers = layers
        self._strokes = [clip_strokes(layer.strokes, layer.clip, self._size, figure.dpi) for layer in layers]
        self._clean = self.pixels.copy()  # the bare board, to begin a film again
        self._board = self._clean  # in a film its own: the board with its strokes, to wipe sprites with
        self._standing: list[PlacedSprite] = []
        self._step = 0

    def film(self, moments: Iterable[FrameState]) -> Iterator[Frame]:
        """Yield every moment as a frame, from a clean board. Steps must not fall."""
        self.pixels[...] = self._clean
        self._board = self._clean.copy()
        self._standing, self._step = [], 0
        before = None
        for moment in moments:
            boxes = () if moment is before else self.show(moment)  # a pause may have thousands of frames
            yield Frame(self.pixels, (Box(0, 0, *self._size),) if before is None else boxes)
            before = moment

    def stills(self, moments: Iterable[FrameState]) -> list[Pixels]:
        """Draw some moments, their steps not falling, as copies (height, width, 4)."""
        return [frame.pixels.copy() for frame in self.film(moments)]

    def still(self, moment: FrameState) -> Pixels:
        """Draw one moment alone, as in a film, with nothing kept for a frame after it."""
        self.pixels[...] = self._clean
        for strokes in self._strokes:
            if strokes is not None and not strokes.fades:
                self._pen.strokes(strokes.strokes, strokes.strokes.between(0, moment.step), strokes.clip)
        for sprite, box in self.wanted(moment):
            part = box.within(*self._size)
            if part.top < part.bottom and part.left < part.right:
                sprite.put(self.pixels, box, part)
        return self.pixels.copy()

    def show(self, moment: FrameState) -> tuple[Box, ...]:
        """Go on to ``moment``; return boxes, no two of which meet, of all that may have changed since the one before.

        Their pixels are drawn from the bare board up; everything that stands there is cut to them.
        """
        wanted = self.wanted(moment)
        stroked = [self._boxes(strokes, moment.step) for strokes in self._strokes]
        added = [box for boxes in stroked for box in boxes]
        changed = (box.within(*self._size) for box in _changed(self._standing, wanted, added))
        boxes = cut_apart(merge(box for box in changed if box.top < box.bottom and box.left < box.right))
        for box in boxes:
            self.pixels[box.slices] = self._board[box.slices]
        self._draw_strokes(moment.step, stroked)
        self._put(wanted, boxes)
        self._standing, self._step = wanted, moment.step
        return boxes

    def save_vector(self, path: Path | str, form: str, moment: FrameState, *, letters: bool = False) -> None:
        """Write one moment as a vector picture: ``form`` is svg or pdf. The same bytes for the same picture.

        letters: leave the words of an SVG text.
        """
        undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
        fonts: dict[Any, Any] = {"svg.fonttype": "none" if letters else "path", "pdf.fonttype": 42}
        with rc_context({"svg.hashsalt": "optviz", **fonts}), self.showing(moment) as figure:
            from optviz.picture.machine.thinned import thinned

            with thinned(figure, TOLERANCE_PX):
                held = io.BytesIO()  # whole: where a write fails within a PDF, Matplotlib fails once more as it ends it
                figure.savefig(held, format=form, facecolor=figure.get_facecolor(), metadata=undated[form])
        Path(path).write_bytes(held.getvalue())

    @contextmanager
    def showing(self, moment: FrameState) -> Iterator[Figure]:
        """Yield the board's figure, with the moment over it as long as the block runs."""
        overlay = _Overlay(self, moment, self._pen.dpi)
        self._figure.add_artist(overlay)
        try:
            yield self._figure
        finally:
            overlay.remove()

    def figure(self, moment: FrameState) -> Figure:
        """Return the board's figure, on which the moment lies as one more artist, in the resolution that is asked for.

        The board makes no frames after it.
        """
        self._figure.add_artist(_Overlay(self, moment, self._pen.dpi))
        return self._figure

    def trace(self, pen: Pen, step: int, wanted: Sequence[PlacedSprite]) -> None:
        """Draw all that is not on the bare board with a pen whose origin is the lower left corner."""
        for strokes in self._strokes:
            if strokes is not None:
                pen.strokes(strokes.strokes, strokes.strokes.seen_at(step), strokes.clip)
        for sprite, box in wanted:
            if not isinstance(sprite, FadingTrail):
                from_below = Box(self._size[0] - box.top, box.left, self._size[0] - box.bottom, box.right)
                sprite.trace(pen, from_below)

    def wanted(self, moment: FrameState) -> list[PlacedSprite]:
        """Return all that stands on the picture at a moment, lowest first."""
        wanted: list[PlacedSprite] = []
        for layer, strokes in zip(self._layers, self._strokes, strict=True):
            if strokes is not None and strokes.fades:
                part = strokes.strokes.seen_at(moment.step)
                boxes = strokes.boxes(part)
                if boxes:
                    wanted.append(PlacedSprite(FadingTrail(self._pen, strokes, part.start, part.stop), hull(boxes)))
            if strokes is not None and moment.ahead:
                begun = strokes.begun(self._pen, moment.step, moment.ahead)
                wanted += [PlacedSprite(stroke, box) for stroke, box in begun]
            wanted += layer.sprites(moment)
        return wanted

    def _boxes(self, strokes: ClippedStrokes | None, step: int) -> list[Box]:
        """Return where a layer's strokes up to ``step`` will change pixels for good."""
        if strokes is None or strokes.fades:
            return []
        return strokes.boxes(strokes.strokes.between(self._step, step))

    def _put(self, wanted: list[PlacedSprite], boxes: Sequence[Box]) -> None:
        """Put down what is wanted, lowest first, where it lies in ``boxes``; what cannot be cut lies in them whole."""
        whole = None
        for number, place in np.argwhere(_meetings(_array([p.box for p in wanted]), _array(boxes))).tolist():
            sprite, box = wanted[number]
            if sprite.divisible:
                sprite.put(self.pixels, box, box.common(boxes[place]))
            elif number != whole:
                sprite.put(self.pixels, box, box)
                whole = number

    def _draw_strokes(self, step: int, stroked: list[list[Box]]) -> None:
        """Draw every layer's strokes up to ``step`` for good; they touch the boxes ``stroked`` of each layer."""
        for strokes, boxes in zip(self._strokes, stroked, strict=True):
            if strokes is not None and boxes:
                self._pen.strokes(strokes.strokes, strokes.strokes.between(self._step, step), strokes.clip)
                for box in boxes:
                    self._board[box.slices] = self.pixels[box.slices]


class _Overlay(Artist):
    """A moment's strokes and sprites as an artist, so that any Matplotlib backend draws them over the board."""

    def __init__(self, board: Board, moment: FrameState, dpi: float) -> None:
        super().__init__()
        self.set_zorder(1e6)
        self.set_in_layout(False)
        self.board, self.step, self.dpi = board, moment.step, dpi
        self.wanted = board.wanted(moment)  # placed now: while a file is written the figure may have another resolution

    def draw(self, renderer: RendererBase) -> None:
        """Draw with a pen on that renderer, whatever its unit is and wherever it has the figure's corner."""
        unit: float = np.ravel(renderer.points_to_pixels(72 / self.dpi)).item()
        figure = self.get_figure(root=True)
        across, up = (0.0, 0.0) if figure is None else figure.transFigure.transform((0.0, 0.0)).tolist()
        self.board.trace(Pen(renderer, self.dpi, unit, (across / unit, up / unit)), self.step, self.wanted)


def _changed(standing: list[PlacedSprite], wanted: list[PlacedSprite], stroked: list[Box]) -> list[Box]:
    """Return the boxes of what goes, comes, or changes its place among the others, and of what is drawn for good.

    What cannot be cut, and is touched by any of that, is among them whole.
    """
    kept = set(standing) & set(wanted)
    before, after = ([placed for placed in some if placed in kept] for some in (standing, wanted))
    if before != after:
        kept -= {placed for pair in zip_longest(before, after) if pair[0] != pair[1] for placed in pair if placed}
    gone, new = ([placed for placed in some if placed not in kept] for some in (standing, wanted))
    changed = [*_grown(gone, new), *(placed.box for placed in (*gone, *new)), *stroked]
    whole = [placed.box for placed in wanted if placed in kept and not placed.sprite.divisible]
    touched = changed
    while whole and touched:
        met = np.asarray(_meetings(_array(whole), _array(touched)).any(axis=1))
        touched = [box for box, is_met in zip(whole, met, strict=True) if is_met]
        whole = [box for box, is_met in zip(whole, met, strict=True) if not is_met]
        changed = changed + touched
    return changed


def _grown(gone: list[PlacedSprite], new: list[PlacedSprite]) -> list[Box]:
    """Take what only went on to another stage off both lists; return the boxes that differ."""
    grown: list[Box] = []
    for placed in list(new):
        if not isinstance(placed.sprite, Growing):
            continue
        for before in [one for one in gone if one.box == placed.box]:
            parts = placed.sprite.changed_since(before.sprite)
            if parts is not None:
                gone.remove(before)
                new.remove(placed)
                grown += [part.moved(placed.box.top, placed.box.left).common(placed.box) for part in parts]
    return grown


def _array(boxes: Sequence[Box]) -> NDArray[np.int64]:
    return np.array(boxes, np.int64).reshape(-1, 4)


def _meetings(boxes: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (n, m) whether each of ``boxes`` (n, 4) shares a pixel with each of ``others`` (m, 4)."""
    a, b = boxes[:, None], others[None]
    return np.asarray((a[..., :2] < b[..., 2:]).all(axis=2) & (b[..., :2] < a[..., 2:]).all(axis=2))
