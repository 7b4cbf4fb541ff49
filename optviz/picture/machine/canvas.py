"""Draws a figure by Agg, its words from kept letters where the same ones stood in the same place on a figure before.

To shape and fill letters takes half of the time in which a page is drawn, and those of two pages of one scenario are
mostly the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.picture.machine.text import scratch, share_mathematics

MOST_LAYOUTS = 2048
_LAYOUTS: dict[tuple[Any, ...], Any] = {}  # of words, by all that they depend on

Letter = tuple[NDArray[np.uint8], int, int]  # how much of each pixel it covers; its left and its lowest pixel


class Inscription(Text):
    """A text of one line, laid out once for all pictures that have the same words in the same look."""

    def _get_layout(self, renderer: RendererBase) -> Any:  # Matplotlib's own place for it, in which it finds the fonts
        figure = self.get_figure(root=True)
        dpi = None if figure is None else figure.dpi
        aligned = self.get_horizontalalignment(), self.get_verticalalignment(), self.get_rotation()
        key = self.get_text(), self.get_fontproperties().copy(), *aligned, self.get_parse_math(), type(renderer), dpi
        if key not in _LAYOUTS:
            if len(_LAYOUTS) >= MOST_LAYOUTS:
                _LAYOUTS.clear()
            layout: Any = super()
            _LAYOUTS[key] = layout._get_layout(renderer)
        return _LAYOUTS[key]

    def get_window_extent(self, renderer: RendererBase | None = None, dpi: float | None = None) -> Bbox:
        """Return the box around the words, in pixels.

        Matplotlib sets the figure's resolution for that, and so has all places on it computed again.
        """
        if renderer is None or dpi is not None or not self.get_text() or not self.get_visible():
            return super().get_window_extent(renderer, dpi)
        box, *_ = self._get_layout(renderer)
        place = self.get_transform().transform(self.get_unitless_position())
        return Bbox(box.get_points() + place)


class Canvas(FigureCanvasAgg):
    """A figure's canvas whose renderer keeps letters."""

    _drawn: tuple[float, ...] = ()

    def get_renderer(self) -> RendererAgg:
        """Return the renderer of the figure's size, the same one as long as that stays."""
        size = (*map(float, self.figure.bbox.size), self.figure.dpi)
        if size != self._drawn:
            make: Any = _Renderer  # the stub has no types for this
            self.renderer: RendererAgg = share_mathematics(make(*size))
            self._drawn = size
        return self.renderer


class _Renderer(RendererAgg):
    """Agg that puts down kept letters; mathematics, and words with features of their own, it draws as ever."""

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Draw a text as Matplotlib does, to the pixel."""
        is_plain = not ismath and gc.get_antialiased() and not _features(mtext)
        letters = _letters(s, prop, float(x), float(y), angle, self.dpi, self.height) if is_plain else None
        if letters is None:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]  # the stub
        else:
            for letter in letters:
                self._renderer.draw_text_image(*letter, 0, gc)

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Measure a text as Matplotlib does, once for all figures of a resolution."""
        return _extent(s, prop, ismath, self.dpi)


def _features(artist: Text | None) -> list[Any]:
    """Return what a text asks of its font beyond letters; versions before 3.11 know none of it."""
    asked = (getattr(artist, name, None) for name in ("get_fontfeatures", "get_language"))
    return [value for get in asked if get is not None and (value := get())]


@lru_cache(maxsize=4096)
def _extent(words: str, font: FontProperties, is_mathematics: Any, dpi: float) -> tuple[float, float, float]:
    """Return width, height and descent of a text, in pixels."""
    measured = scratch(1, 1, dpi).get_text_width_height_descent(words, font, is_mathematics)
    width, height, descent = map(float, measured)
    return width, height, descent


@lru_cache(maxsize=1024)
def _letters(
    words: str, font: FontProperties, x: float, y: float, angle: float, dpi: float, height: float
) -> tuple[Letter, ...] | None:
    """Return the letters that Matplotlib would put down; None where it draws words in another way than by letters."""
    renderer: Any = RendererAgg(1, 1, dpi)
    recorder = _Recorder()
    renderer.height, renderer._renderer = height, recorder
    renderer.draw_text(GraphicsContextBase(), x, y, words, font, angle)
    put = [call[:3] for call in recorder.put]
    return tuple(put) if all(isinstance(image, np.ndarray) for image, *_ in put) else None


class _Recorder:
    """Stands for the part of Agg that puts images down, and notes them."""

    def __init__(self) -> None:
        self.put: list[tuple[Any, ...]] = []

    def draw_text_image(self, *image: Any) -> None:
        self.put.append(image)
