"""Draws shapes, words and strokes with the same calls on Agg, SVG and PDF renderers.

Places and lengths are pixels of the board from the lower left corner of what is drawn; font sizes and stroke widths
are points, as everywhere in Matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.patches import FancyBboxPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optviz.frames import Pixels
    from optviz.picture.machine.strokes import Strokes
    from optviz.picture.machine.text import Line


_LINE = Path([(0, 0), (1, 0)])
_BOX = Path([(0, 0.5), (1, 0.5), (1, -0.5), (0, -0.5), (0, 0.5)], closed=True)  # in the order of Agg's own strokes


def rounded(width: float, height: float, corner: float) -> Path:
    """Return a rectangle with round corners whose upper left pixel is the origin; lengths in pixels."""
    box = FancyBboxPatch((0, 1 - height), width, height, boxstyle=f"round,pad=0,rounding_size={corner}")
    return box.get_path()


class Pen:
    """Draws on ``renderer``; ``unit`` is the renderer's length of one pixel of a board of ``dpi``."""

    def __init__(
        self, renderer: RendererBase, dpi: float, unit: float = 1.0, origin: tuple[float, float] = (0, 0)
    ) -> None:
        self.renderer, self.dpi, self.unit, self.origin = renderer, dpi, unit, origin

    def at(self, x: float, y: float) -> Pen:
        """Return the same pen, its origin moved by pixels."""
        return Pen(self.renderer, self.dpi, self.unit, (self.origin[0] + x, self.origin[1] + y))

    @property
    def _frame(self) -> Affine2D:
        """From pixels to the renderer's lengths."""
        return Affine2D().translate(*self.origin).scale(self.unit)

    def shape(
        self, path: Path, face: str | None, edge: str | None = None, width: float = 0.0, alpha: float = 1.0
    ) -> None:
        """Fill and outline a ``path`` in pixels; ``width`` of the outline in pixels."""
        style = self.renderer.new_gc()
        style.set_linewidth(width * 72 / self.dpi)
        style.set_foreground(to_rgba(edge or "none", alpha if edge else 0), isRGBA=True)
        style.set_joinstyle("miter")
        style.set_snap(False)
        self.renderer.draw_path(style, path, self._frame, to_rgba(face, alpha) if face else None)
        style.restore()

    def words(self, x: float, y: float, line: Line, colour: str) -> None:
        """Draw a line of text with the left end of its baseline at (x, y)."""
        style = self.renderer.new_gc()
        style.set_foreground(colour)
        for run in line.runs:
            across, up = self._frame.transform((x + run.left, y))
            if self.renderer.flipy():
                up = self.renderer.get_canvas_width_height()[1] - up
            self.renderer.draw_text(style, across, up, run.text, run.font, 0, ismath=run.is_mathematics)
        style.restore()

    def strokes(self, strokes: Strokes, part: slice, clip: Bbox | None = None) -> None:
        """Draw strokes, one after another; those in a row with one cap in one call, by Agg all: a call takes as long
        as ten strokes.
        """
        style, frame = self.renderer.new_gc(), self._frame
        style.set_snap(False)
        if clip is not None:
            style.set_clip_rectangle(Bbox(frame.transform(clip.get_points())))
        draw: Any = self.renderer.draw_path_collection  # whose stub is stricter than its document
        size = Affine2D().scale(self.unit)
        for run in _runs(strokes.caps, part, mixed=isinstance(self.renderer, RendererAgg)):
            begins, colours, widths = strokes.segments[run, 0], strokes.colours[run], strokes.widths[run]
            turns = _turns(strokes.segments[run], widths * (self.dpi / 72))
            boxed = strokes.caps[run] == "butt"
            paths, faces = [_LINE], np.empty((0, 4))
            if boxed.any() and not boxed.all():  # a call has one cap: what is butt is filled, to the same pixels
                paths = [_BOX if is_box else _LINE for is_box in boxed.tolist()]
                faces, widths = np.where(boxed[:, None], colours, 0.0), np.where(boxed, 0.0, widths)
            style.set_capstyle("butt" if boxed.all() else "round")
            look = faces, colours, widths, [(0, None)], [True], [None]
            draw(style, size, paths, turns, begins, frame, *look, "screen")
        style.restore()

    def line(
        self,
        points: NDArray[np.float64],
        colour: str,
        width: float,
        cap: Literal["butt", "projecting", "round"] = "round",
        dash: tuple[float, float, float] | None = None,
    ) -> None:
        """Draw one line through ``points`` (n, 2), dashed as a Polyline is; its ``width`` in points."""
        style = self.renderer.new_gc()
        style.set_snap(False)
        style.set_foreground(colour)
        style.set_linewidth(width)
        style.set_capstyle(cap)
        style.set_joinstyle("round")
        if dash is not None:
            begin, end, period = (length * 72 / self.dpi for length in dash)
            style.set_dashes(-begin, [end - begin, period - end + begin])
        self.renderer.draw_path(style, Path(points), self._frame)
        style.restore()

    def image(self, pixels: Pixels) -> None:
        """Draw ``pixels`` (height, width, 4), opaque, with their lower left corner at the origin."""
        style = self.renderer.new_gc()
        across, up = self._frame.transform((0.0, 0.0))
        scale = self.unit * self.renderer.get_image_magnification()
        if abs(scale - 1) > 1e-3:  # the renderer takes images pixel by pixel
            height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
            rows, columns = ((np.arange(n) / scale).astype(int) for n in (height, width))
            pixels = pixels[np.minimum(rows, len(pixels) - 1)[:, None], np.minimum(columns, pixels.shape[1] - 1)]
        self.renderer.draw_image(style, across, up, np.ascontiguousarray(pixels[::-1]))
        style.restore()


def _turns(segments: NDArray[np.float64], widths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 3, 3) what turns a unit line, or box, into each: to make a path takes as long as to draw it."""
    along = segments[:, 1] - segments[:, 0]
    across = along * (widths / np.maximum(np.hypot(*along.T), 1e-9))[:, None]
    turns = np.zeros((len(segments), 3, 3))
    turns[:, :2, 0] = along
    turns[:, 0, 1], turns[:, 1, 1] = -across[:, 1], across[:, 0]
    turns[:, 2, 2] = 1
    return turns


def _runs(caps: NDArray[np.str_], part: slice, *, mixed: bool) -> Iterator[slice]:
    """Cut ``part`` where the cap changes; not where a run may be mixed."""
    inside = caps[part]
    cuts = [] if mixed else (np.flatnonzero(inside[1:] != inside[:-1]) + 1).tolist()
    for first, end in pairwise([0, *cuts, len(inside)]):
        if end > first:
            yield slice(part.start + first, part.start + end)
