"""Draws axes without Matplotlib's ticks: one line and one text go from tick to tick.

Matplotlib makes five artists of each tick and asks each for its extent: a third of the time in which a page is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick, XAxis, YAxis
from matplotlib.backend_bases import RendererBase
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import Bbox, Transform

from optviz.picture.machine.canvas import Inscription

TOLERANCE = 1e-10  # of an axis, by which a tick may lie beyond its end

Align = Literal["left", "center", "right"]


class Scale(Axis, ABC):
    """An axis with grid lines and labels at its ticks, and no tick marks.

    Ticks, their labels' look, the grid and the axis' name are set as on any axis; other looks are passed over.
    """

    axis_name: str

    def __init__(self, axes: Axes, **given: Any) -> None:
        self.line, self.words = Line2D([], []), Inscription()
        self._pad, self._is_labelled, self._has_grid = 0.0, True, False
        self._standing: tuple[Transform, Any, Any] | None = None  # where labels stand, as the axes say
        self.aligned: dict[float, Align] = {}  # labels that do not stand in the middle of their ticks, by their places
        super().__init__(axes, **given)
        for artist in (self.line, self.words):
            artist.set_figure(axes.figure)
            artist.axes = axes

    # --- what is set

    def set_tick_params(self, which: str = "major", reset: bool = False, **look: Any) -> None:
        """Set how labels look, and whether there are any; of all else there is nothing on this axis."""
        self._pad, self._standing = look.get("pad", self._pad), None
        self._is_labelled = look.get("labelbottom", look.get("labelleft", self._is_labelled))
        for name, change in (
            ("labelsize", self.words.set_fontsize),
            ("labelcolor", self.words.set_color),
            ("labelfontfamily", self.words.set_fontfamily),
        ):
            if name in look:
                change(look[name])

    def grid(self, visible: bool | None = None, which: str = "major", **look: Any) -> None:
        """Show lines across the axes at the ticks, or none; ``look`` as Line2D takes it."""
        self._has_grid = bool(look) or (not self._has_grid if visible is None else visible)
        self.line.set(**look)

    def set_ticks(
        self, ticks: Any, labels: Iterable[str] | None = None, *, minor: bool = False, **look: Any
    ) -> list[Tick]:
        """Set the places of ticks, and their labels; there are no artists of theirs to return."""
        self.set_major_locator(FixedLocator(ticks))
        if labels is not None:
            self.set_major_formatter(FixedFormatter(list(labels)))
        if len(ticks):
            self.set_view_interval(min(ticks), max(ticks))
        return []

    def set_clip_path(self, path: Any, transform: Transform | None = None) -> None:
        """Cut the lines of the grid at the axes' edges; labels lie outside."""
        self.line.set_clip_path(path, transform)

    def get_children(self) -> list[Artist]:
        """Return the axis' name; what draws ticks has no place of its own."""
        return [self.label]

    # --- what is drawn

    def draw(self, renderer: RendererBase) -> None:
        """Draw tick after tick, the line below the label, and the axis' name."""
        if not self.get_visible():
            return
        renderer.open_group(self.axis_name, gid=self.get_gid())
        for place, label in self._shown():
            if self._has_grid:
                self._lined(place).draw(renderer)
            if label:
                self._worded(place, label).draw(renderer)
        if self.label.get_text():
            self._named(renderer).draw(renderer)
        renderer.close_group(self.axis_name)
        self.stale = False

    def boxes(self, renderer: RendererBase | None = None) -> list[Bbox]:
        """Return where labels stand, in pixels."""
        return [self._worded(*tick).get_window_extent(renderer) for tick in self._shown() if tick[1]]

    def get_tightbbox(self, renderer: RendererBase | None = None, *, for_layout_only: bool = False) -> Bbox | None:
        """Return the box around labels and name, in pixels; None without any."""
        boxes = self.boxes(renderer) if self.get_visible() else []
        if self.get_visible() and self.label.get_text():
            boxes.append(self._named(renderer).get_window_extent(renderer))
        return Bbox.union(boxes) if boxes else None

    def _shown(self) -> Iterator[tuple[float, str]]:
        """Yield place and label of each tick on the axis, no label where none is wanted."""
        places = np.asarray(self.get_majorticklocs(), float)
        labels = self.get_major_formatter().format_ticks(places.tolist()) if self._is_labelled else [""] * len(places)
        low, high = sorted(self.get_transform().transform(np.asarray(self.get_view_interval(), float)).tolist())
        slack = TOLERANCE * (high - low)
        for place, at, label in zip(
            places.tolist(), self.get_transform().transform(places).tolist(), labels, strict=True
        ):
            if low - slack <= at <= high + slack:
                yield place, label

    def _put(self, place: tuple[float, float], label: str, transform: Transform, ha: Align, va: Any) -> Text:
        """Return the text that goes from tick to tick, with a label at a place."""
        self.words.set_position(place)
        self.words.set_text(label)
        self.words.set_transform(transform)
        self.words.set_horizontalalignment(ha)
        self.words.set_verticalalignment(va)
        return self.words

    @abstractmethod
    def _lined(self, place: float) -> Line2D:
        """Return the line of the grid at a place."""

    @abstractmethod
    def _worded(self, place: float, label: str) -> Text:
        """Return the label at a place."""

    @abstractmethod
    def _named(self, renderer: RendererBase | None) -> Text:
        """Return the name, clear of the labels."""


class AcrossScale(Scale, XAxis):
    """The scale below axes."""

    def _lined(self, place: float) -> Line2D:
        self.line.set_data([place, place], [0, 1])
        self.line.set_transform(self.axes.get_xaxis_transform("grid"))
        return self.line

    def _worded(self, place: float, label: str) -> Text:
        if self._standing is None:
            self._standing = self.axes.get_xaxis_text1_transform(self._pad)
        transform, up, across = self._standing
        return self._put((place, 0), label, transform, self.aligned.get(place, across), up)

    def _named(self, renderer: RendererBase | None) -> Text:
        low = min([self.axes.bbox.y0, *(box.y0 for box in self.boxes(renderer))])
        self.label.set_y(low - self.labelpad * self.axes.figure.dpi / 72)
        return self.label


class UpScale(Scale, YAxis):
    """The scale left of axes."""

    def _lined(self, place: float) -> Line2D:
        self.line.set_data([0, 1], [place, place])
        self.line.set_transform(self.axes.get_yaxis_transform("grid"))
        return self.line

    def _worded(self, place: float, label: str) -> Text:
        if self._standing is None:
            self._standing = self.axes.get_yaxis_text1_transform(self._pad)
        transform, up, across = self._standing
        return self._put((0, place), label, transform, self.aligned.get(place, across), up)

    def _named(self, renderer: RendererBase | None) -> Text:
        left = min([self.axes.bbox.x0, *(box.x0 for box in self.boxes(renderer))])
        self.label.set_x(left - self.labelpad * self.axes.figure.dpi / 72)
        return self.label


class ScaledAxes(Axes):
    """Axes with such scales."""

    xaxis: AcrossScale
    yaxis: UpScale

    def _init_axis(self) -> None:  # as projections of Matplotlib's own do
        self.xaxis, self.yaxis = AcrossScale(self, clear=False), UpScale(self, clear=False)
        for name, spine in self.spines.items():
            spine.register_axis(self.xaxis if name in ("bottom", "top") else self.yaxis)
