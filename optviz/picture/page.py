"""The page: one grid for every picture, whatever its size, and the words that frame it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from optviz.picture.sprites import Type
from optviz.picture.theme import LABEL, Theme

LEFT, RIGHT, TOP, BOTTOM = 64.0, 32.0, 101.0, 74.0  # margins at 720p, in its pixels
COLUMN, GUTTER = 368.0, 94.0  # the panels' width, and the room before it that holds their tick labels
GAP = 66.0  # the same room between panels that stand side by side


@dataclass(frozen=True)
class Rect:
    """A rectangle in design pixels (1280 x 720 for 720p), from the top left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


class Page:
    """A figure of ``size`` (width, height) pixels on which everything is placed in design pixels."""

    def __init__(self, size: tuple[int, int], theme: Theme) -> None:
        self.size = size
        width, height = size
        self.theme = theme
        self.scale = min(sqrt(width * height / (1280 * 720)), width / 640)
        self.dpi = 100 * self.scale
        self.width, self.height = width / self.scale, height / self.scale
        self.figure = Figure(figsize=(width / self.dpi, height / self.dpi), dpi=self.dpi, facecolor=theme.page)
        self._types: dict[tuple[float, str, str], Type] = {}

    def type(self, size: float, colour: str, weight: str = "normal") -> Type:
        """Sprites of words in one size, colour and weight."""
        key = (size, colour, weight)
        if key not in self._types:
            self._types[key] = Type(self.dpi, size, colour, weight)
        return self._types[key]

    def axes(self, rect: Rect) -> Axes:
        """Axes on ``rect`` with no box, no ticks, grey labels and a faint grid."""
        axes = self.figure.add_axes(
            (
                rect.left / self.width,
                1 - rect.bottom / self.height,
                rect.width / self.width,
                rect.height / self.height,
            ),
            facecolor=self.theme.page,
        )
        axes.spines[:].set_visible(False)
        axes.tick_params(which="both", length=0, pad=4, labelcolor=self.theme.quiet, labelsize=LABEL)
        axes.grid(color=self.theme.faint, linewidth=0.8)
        axes.set_axisbelow(True)
        return axes

    def name_axes(self, axes: Axes, x: str, y: str) -> None:
        """Label the two axes in the margins kept for it: x under the middle, y at the page's very left."""
        axes.set_xlabel(x, labelpad=1, color=self.theme.quiet, fontsize=LABEL + 1)
        axes.set_ylabel(y, color=self.theme.quiet, fontsize=LABEL + 1)
        middle = axes.get_position().y0 + axes.get_position().height / 2
        axes.yaxis.set_label_coords(20 / self.width, middle, transform=self.figure.transFigure)

    def words(self, left: float, baseline: float, text: str, size: float, colour: str, **how: object) -> None:
        """Text on the board, its baseline's left end (or what ``how`` says) at a place in design pixels."""
        weight = how.pop("weight", "normal")
        font = FontProperties(family="DejaVu Sans", size=size, weight=weight)  # type: ignore[arg-type]  # weight is a str
        place = (left / self.width, 1 - baseline / self.height)
        self.figure.text(*place, text, fontproperties=font, color=colour, **how)  # type: ignore[arg-type]  # Text's own

    def pixel(self, left: float, top: float) -> tuple[int, int]:
        """A place in design pixels as the picture's (row, column)."""
        return round(top * self.scale), round(left * self.scale)

    def fitted(self, text: str, size: float, room: float, weight: str = "normal") -> str:
        """``text``, cut with an ellipsis where it is wider than ``room`` design pixels."""
        kind = self.type(size, self.theme.ink, weight)
        if kind.width(text) <= room * self.scale:
            return text
        while text and kind.width(text + "…") > room * self.scale:
            text = text[:-1]
        return text.rstrip() + "…"


@dataclass(frozen=True)
class Grid:
    """Where the view and each panel stand."""

    view: Rect
    panels: dict[str, Rect]


def grid(page: Page, panels: tuple[str, ...], racers: int) -> Grid:
    """The view beside its panels on a wide page, above them on a tall one."""
    inner = Rect(LEFT, TOP, page.width - LEFT - RIGHT, page.height - TOP - BOTTOM)
    if not panels:
        return Grid(inner, {})
    ranking = _row(racers) * racers
    if page.width >= 1.25 * page.height:
        view = Rect(inner.left, inner.top, inner.width - COLUMN - GUTTER, inner.height)
        column = Rect(view.right + GUTTER, inner.top, COLUMN, inner.height)
        return Grid(view, _stacked(column, panels, ranking))
    below = ranking if "ranking" in panels else 200.0
    view = Rect(inner.left, inner.top, inner.width, inner.height - below - 62)
    strip = Rect(inner.left, view.bottom + 62, inner.width, below)
    return Grid(view, _side_by_side(strip, panels))


def _row(racers: int) -> float:
    """Height of a ranking row: 30 for up to ten racers, less when many must fit."""
    return min(30.0, 360.0 / racers)


def _stacked(column: Rect, panels: tuple[str, ...], ranking: float) -> dict[str, Rect]:
    """The ranking on top, as high as it needs, the others sharing the rest."""
    rects = {}
    top = column.top
    if "ranking" in panels:
        rects["ranking"] = Rect(column.left, top, column.width, ranking)
        top += ranking
    others = [name for name in panels if name != "ranking"]
    gap = 52.0  # a panel's title and the tick labels of the one above
    for number, name in enumerate(others):
        first = top == column.top
        height = (column.bottom - top - gap * (len(others) - number - first)) / (len(others) - number)
        top += 0 if first else gap
        rects[name] = Rect(column.left, top + 18 * first, column.width, height - 18 * first)
        top = rects[name].bottom
    return rects


def _side_by_side(strip: Rect, panels: tuple[str, ...]) -> dict[str, Rect]:
    """The ranking on the left, as wide as its columns need, the others sharing the rest."""
    others = [name for name in panels if name != "ranking"]
    rects = {"ranking": Rect(strip.left, strip.top, COLUMN - 38 if others else strip.width, strip.height)}
    left = rects["ranking"].right + GAP if "ranking" in panels else strip.left
    width = (strip.right - left - GAP * (len(others) - 1)) / max(len(others), 1)
    for number, name in enumerate(others):
        rects[name] = Rect(left + number * (width + GAP), strip.top, width, strip.height)
    return {name: rects[name] for name in panels}
