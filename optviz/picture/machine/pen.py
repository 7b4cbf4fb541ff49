"""Draws shapes, words and strokes with the same calls on Agg, SVG and PDF renderers.

Places and lengths are pixels of the board from the lower left corner of what is drawn; font sizes and stroke widths
are points, as everywhere in Matplotlib.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib import get_data_path
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

from optviz.formula.typography import minus, superscript

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optviz.frames import Pixels
    from optviz.picture.machine.strokes import Strokes

FAMILY = "DejaVu Sans"  # where Matplotlib takes no file
Face = Literal["regular", "bold", "italic"]
FILES: dict[Face, str] = {
    "regular": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "italic": "DejaVuSans-Oblique.ttf",
}
IN_LINE = re.compile(r"([^\\^_{}]|\^\{\d+\})*")  # mathematics in one line: letters, numbers, signs, powers


@cache
def font(size: float, face: Face = "regular") -> FontProperties:
    """Return a font that comes with Matplotlib, by its file: a search by name takes longer than to draw the words."""
    return FontProperties(fname=str(File(get_data_path(), "fonts", "ttf", FILES[face])), size=size)


def pieces(text: str, face: Face = "regular") -> list[tuple[str, Face]]:
    """Split ``text`` into words and, between dollar signs, mathematics: its letters in italics, all else upright.

    In one piece, its dollar signs left in it, where only mathtext can set it; that takes ten times as long.
    """
    parts = text.split("$")
    if len(parts) % 2 == 0 or not all(IN_LINE.fullmatch(mathematics) for mathematics in parts[1::2]):
        return [(text, face)]
    found: list[tuple[str, Face]] = []
    for number, part in enumerate(parts):
        found += _set_in_line(part) if number % 2 else [(part, face)] if part else []
    return found


def _set_in_line(mathematics: str) -> list[tuple[str, Face]]:
    """Split TeX without commands into pieces of one line: x y^{2} - 1 is xy² − 1."""
    close = re.sub(r"(?<![-+=<>,]) (?![-+=<>])", "", mathematics)  # what is multiplied stands together
    powers = re.sub(r"\^\{(\d+)\}", lambda found: superscript(found[1]), close)
    runs = re.findall(r"[A-Za-z]+|[^A-Za-z]+", minus(powers).replace(" ", "\u2005"))  # a narrower space
    return [(run, "italic" if run.isalpha() and run.isascii() else "regular") for run in runs]


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

    def words(self, x: float, y: float, text: str, font: FontProperties, colour: str) -> None:
        """Draw ``text`` with the left end of its baseline at (x, y)."""
        style = self.renderer.new_gc()
        style.set_foreground(colour)
        across, up = self._frame.transform((x, y))
        if self.renderer.flipy():
            up = self.renderer.get_canvas_width_height()[1] - up
        self.renderer.draw_text(style, across, up, text, font, 0, ismath="$" in text)
        style.restore()

    def strokes(self, strokes: Strokes, part: slice, clip: Bbox | None = None) -> None:
        """Draw strokes, one after another; those in a row with one cap in one call, half the cost of one by one."""
        style, frame = self.renderer.new_gc(), self._frame
        style.set_snap(False)
        if clip is not None:
            style.set_clip_rectangle(Bbox(frame.transform(clip.get_points())))
        draw: Any = self.renderer.draw_path_collection  # whose stub is stricter than its document
        size, unit = Affine2D().scale(self.unit), [Path([(0, 0), (1, 0)])]
        for run in _runs(strokes.caps, part):
            style.set_capstyle(strokes.caps[run.start])
            begins, ends = strokes.segments[run, 0], strokes.segments[run, 1]
            turns = np.zeros((len(begins), 3, 3))  # of one path into all: to make a path takes as long as to draw it
            turns[:, :2, 0] = ends - begins
            turns[:, 2, 2] = 1
            look = np.empty((0, 4)), strokes.colours[run], strokes.widths[run], [(0, None)], [True], [None]
            draw(style, size, unit, turns, begins, frame, *look, "screen")
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
        self.renderer.draw_image(style, across, up, np.ascontiguousarray(pixels[::-1]))
        style.restore()


def _runs(caps: NDArray[np.str_], part: slice) -> Iterator[slice]:
    """Cut ``part`` where the cap changes."""
    inside = caps[part]
    ends = [0, *(np.flatnonzero(inside[1:] != inside[:-1]) + 1).tolist(), len(inside)]
    for first, end in pairwise(ends):
        if end > first:
            yield slice(part.start + first, part.start + end)
