"""Makes the page: a figure on which everything is placed in design pixels, and its words measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, nextafter, sqrt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator
from numpy.typing import NDArray

from optviz.picture.layout.theme import CAPTION_PT, LABEL_PT, SMALL_PT, Theme
from optviz.picture.layout.ticks import linear_ticks
from optviz.picture.machine.canvas import Canvas, Inscription
from optviz.picture.machine.fonts import FAMILY, Face, font, installed_family
from optviz.picture.machine.scales import ScaledAxes
from optviz.picture.machine.sprites import Lettering
from optviz.picture.machine.text import Typesetter, broken, shortened, typesetter
from optviz.words import ENGLISH, Words

if TYPE_CHECKING:
    from optviz.scenario import Scenario

# Design pixels (_PX) are those of a picture of 1280 x 720.
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 64.0, 32.0, 108.0, 74.0  # margins
X_TICK_PX, Y_TICK_PX = 84.0, 46.0  # a view's room for each tick label
LABEL_ROOM_PX = LEFT_PX - 6  # for a label left of a view
NAME_BEHIND_PX, NAME_UNDER_PX = 6.0, 17.0  # from the last label along x to the axis' name; from a view to its baseline
NAME_OVER_PX = 7.0  # from a view to the baseline of its vertical axis' name
STRIP_TOP_PX, STRIP_LINE_PX, STRIP_GAP_PX, MOST_STRIP_LINES = 90.0, 23.0, 6.0, 3  # of the words over the view
LEFT_OF_PLACE = {"left": 0.0, "center": 0.5, "right": 1.0}  # of the words' width that lies left of their place
NARROWEST_SHARE = 0.8  # of a caption's size, to which words may shrink that then need one line only
LAND_WORDS = "land"  # marks texts that words may hide
SHRINK = 0.96  # from one size of words to the next that is tried
LEAST_WORDS_PX = 3.0  # height of words, in pixels of the picture
LARGE_TEXT, SMALL_WIDTH_PX = 1.5, 960  # the factor of large words, and the width below which they are the rule
HEADING_PX, FOOTER_PX = 56.0, 30.0  # of the margins, that title and formula, and the small print, have for themselves
LEGIBLE_SCALE = 0.6  # scale below which the smallest words cannot be read
LEAST_WIDTH_PX, LEAST_HEIGHT_PX = 640.0, 420.0  # of a page; on a smaller one words shrink


@dataclass(frozen=True)
class PageLook:
    """What a page looks like beyond its theme: the family of its letters, their size, its words and their language."""

    family: str = FAMILY
    text: float | None = None  # factor of all words and marks; None for what suits the picture's size
    heading: bool = True
    footer: bool = True
    say: Words = ENGLISH


PLAIN_LOOK = PageLook()


def page_look(scenario: Scenario) -> PageLook:
    """Return how the scenario wants its pages. Raises OptvizError for a font that is not installed."""
    render = scenario.render
    text = {"normal": 1.0, "large": LARGE_TEXT}[render.text] if isinstance(render.text, str) else render.text
    family = FAMILY if render.font is None else installed_family(render.font)
    return PageLook(family, text, render.heading, render.footer, scenario.say)


@dataclass(frozen=True)
class Rect:
    """A rectangle in design pixels from the top left corner."""

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
    """A figure of ``size`` (width, height) pixels on which everything is placed in design pixels.

    ``zoom`` below 1 makes all words and lines smaller, so that more has room. ``said`` are the texts of which one at a
    time stands in the strip between the heading and everything else; without any there is no strip.
    """

    def __init__(
        self,
        size: tuple[int, int],
        theme: Theme,
        zoom: float = 1.0,
        said: Sequence[str] = (),
        look: PageLook = PLAIN_LOOK,
    ) -> None:
        self.size, self.look = size, look
        self.up = 0.0 if look.heading else HEADING_PX  # by how much everything stands higher
        width, height = size
        self.theme = theme
        self.scale = zoom * _plain_scale(size)
        self.dpi = 100 * self.scale
        self.width, self.height = width / self.scale, height / self.scale
        self.figure = Figure(
            figsize=(_inches(width, self.dpi), _inches(height, self.dpi)), dpi=self.dpi, facecolor=theme.page
        )
        self._letterings: dict[tuple[float, str, Face], Lettering] = {}
        self.insets: list[
            tuple[float, float, float, float]
        ] = []  # left, bottom, right, top in pixels: no place for words
        self.said_size = CAPTION_PT
        self.said_size = min((self.wrapped(text)[0] for text in said), default=CAPTION_PT)  # one for all of them
        lines = max((len(self.wrapped(text)[1]) for text in said), default=0)
        self.strip = Rect(LEFT_PX, STRIP_TOP_PX - self.up, self.width - LEFT_PX - RIGHT_PX, STRIP_LINE_PX * lines)

    @property
    def say(self) -> Words:
        """What says the words of the picture, in the scenario's language."""
        return self.look.say

    @cached_property
    def ruler(self) -> RendererAgg:
        """The renderer that draws the page, which measures its artists' words as well."""
        return Canvas(self.figure).get_renderer()

    @property
    def typesetter(self) -> Typesetter:
        """What sets every text on the page."""
        return typesetter(self.dpi, self.look.family)

    @property
    def inner(self) -> Rect:
        """The rectangle inside the margins, for view and panels."""
        top = TOP_PX - self.up + self.strip.height + STRIP_GAP_PX * (self.strip.height > 0)
        bottom = BOTTOM_PX if self.look.footer else BOTTOM_PX - FOOTER_PX
        return Rect(LEFT_PX, top, self.width - LEFT_PX - RIGHT_PX, self.height - top - bottom)

    @property
    def written(self) -> NDArray[np.float64]:
        """(n, 4) left, bottom, right, top in pixels of words and insets on the board so far.

        Neither those of the axes nor the land's own numbers are among them.
        """
        inside = (text for axes in self.figure.axes for text in axes.texts)
        texts = [text for text in (*self.figure.texts, *inside) if text.get_text() and text.get_gid() != LAND_WORDS]
        boxes = [text.get_window_extent(self.ruler).extents for text in texts]
        return np.array([*boxes, *self.insets]).reshape(-1, 4)

    def lettering(self, size: float, colour: str, face: Face = "regular") -> Lettering:
        """Return what sets words as sprites in one size (points), colour and face."""
        key = (size, colour, face)
        if key not in self._letterings:
            self._letterings[key] = Lettering(self.typesetter, size, colour, face)
        return self._letterings[key]

    def axes(self, rect: Rect) -> ScaledAxes:
        """Add axes on ``rect`` with no box, no ticks, grey labels and a faint grid."""
        left, bottom = rect.left / self.width, 1 - rect.bottom / self.height
        place = (left, bottom, rect.width / self.width, rect.height / self.height)
        axes = ScaledAxes(self.figure, place, facecolor=self.theme.page)
        self.figure.add_axes(axes)
        axes.spines[:].set_visible(False)
        axes.tick_params(pad=4, labelcolor=self.theme.quiet, labelsize=LABEL_PT)
        axes.tick_params(labelfontfamily=list(dict.fromkeys([self.look.family, FAMILY])))
        axes.tick_params(axis="x", pad=6)  # clear of the lowest label at the corner
        axes.grid(color=self.theme.faint, linewidth=0.8)
        axes.set_axisbelow(True)
        return axes

    def name_axes(self, axes: Axes, x: str, y: str) -> None:
        """Name the two axes: x behind its last label, or under the middle where it is long, y above the upper end.

        Both have labels for which there is room, their unit behind the name; those of x stay where they are set.
        """
        width, height = axes.bbox.width / self.scale, axes.bbox.height / self.scale
        if not isinstance(axes.xaxis.get_major_locator(), FixedLocator):
            ticks = linear_ticks(*axes.get_xlim(), width / X_TICK_PX)
            axes.set_xticks(ticks.places, ticks.labels)
            x = f"{x}   {ticks.unit}" if ticks.unit else x
        ticks = linear_ticks(*axes.get_ylim(), height / Y_TICK_PX)
        axes.set_yticks(ticks.places, ticks.labels)
        if max((self.width_of(label, LABEL_PT) for label in ticks.labels), default=0) > LABEL_ROOM_PX:
            axes.tick_params(axis="y", labelsize=SMALL_PT)
        top, y = self.height - axes.bbox.y1 / self.scale, f"{y}   {ticks.unit}" if ticks.unit else y
        self.words(axes.bbox.x0 / self.scale, top - NAME_OVER_PX, y, LABEL_PT + 1, self.theme.quiet)
        if not x:
            return
        right, foot = axes.bbox.x1 / self.scale, self.height - axes.bbox.y0 / self.scale
        behind = self._beyond(axes) + NAME_BEHIND_PX
        if behind + self.width_of(x, LABEL_PT + 1) <= RIGHT_PX:
            self.words(right + behind, foot + NAME_UNDER_PX, x, LABEL_PT + 1, self.theme.quiet)
            return
        words, look = self.as_artist(x, LABEL_PT + 1)
        axes.set_xlabel(words, labelpad=0, color=self.theme.quiet, **look)

    def _beyond(self, axes: Axes) -> float:
        """Return how far the last label along x reaches beyond the axes, in design pixels."""
        places = axes.xaxis.get_majorticklocs().tolist()
        place, text = max(
            zip(places, axes.xaxis.get_major_formatter().format_ticks(places), strict=True), default=(0.0, "")
        )
        end = float(axes.transData.transform((place, axes.get_ylim()[0]))[0]) / self.scale
        reach: float = end + self.width_of(text, LABEL_PT) / 2 - axes.bbox.x1 / self.scale
        return max(0.0, reach)

    def words(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float,
        colour: str,
        face: Face = "regular",
        ha: Literal["left", "center", "right"] = "left",
        va: Literal["baseline", "center"] = "baseline",
    ) -> None:
        """Put text on the board; (x, baseline) in design pixels is its left end, or what ``ha`` and ``va`` say."""
        line = self.typesetter.line(text, size, face)
        if len(line.runs) > 1:
            x, ha = x - LEFT_OF_PLACE[ha] * line.width / self.scale, "left"
        for run in line.runs:
            place = ((x + run.left / self.scale) / self.width, 1 - baseline / self.height)
            look: dict[str, Any] = {"fontproperties": run.font, "parse_math": run.is_mathematics}
            words = Inscription(*place, run.text, color=colour, ha=ha, va=va, transform=self.figure.transFigure, **look)
            self.figure.texts.append(words)
            words.set_figure(self.figure)

    def as_artist(self, text: str, size: float) -> tuple[str, dict[str, Any]]:
        """Return a text and its look for one of Matplotlib's artists, whose words have one font: italics if any."""
        runs = self.typesetter.line(text, size).runs
        mathematics = any(run.is_mathematics for run in runs)
        words = [run.text.replace("$", r"\$") if mathematics > run.is_mathematics else run.text for run in runs]
        fonts = [run.font for run in runs]
        slanted = font(size, "italic", family=self.look.family)
        look = next((one for one in fonts if one is slanted), fonts[0] if fonts else font(size))
        return "".join(words), {"fontproperties": look, "parse_math": mathematics}

    def pixel(self, left: float, top: float) -> tuple[int, int]:
        """Return a place in design pixels as the picture's (row, column)."""
        return round(top * self.scale), round(left * self.scale)

    def width_of(self, text: str, size: float, face: Face = "regular") -> float:
        """Return the width in design pixels of ``text``, which may hold mathematics."""
        return self.typesetter.width(text, size, face) / self.scale

    def fitted(self, text: str, size: float, room: float, face: Face = "regular") -> str:
        """Return ``text``, cut with an ellipsis where it is wider than ``room`` design pixels."""
        return shortened(text, room * self.scale, lambda line: self.typesetter.width(line, size, face))

    def wrapped(self, text: str, face: Face = "bold") -> tuple[float, list[str]]:
        """Break ``text`` into lines for the strip; return their size and the lines."""
        room = self.width - LEFT_PX - RIGHT_PX
        sizes = (self.said_size, NARROWEST_SHARE * CAPTION_PT, self.said_size)
        return self.whole(text, sizes, room, lambda lines, _: lines <= MOST_STRIP_LINES, face)

    def whole(
        self, text: str, sizes: tuple[float, float, float], room: float, fits: Callable[[int, float], bool], face: Face
    ) -> tuple[float, list[str]]:
        """Break ``text`` into lines that fit ``room`` design pixels; nothing of it is left out.

        sizes: the largest and the least of one line, and the largest of several. fits: whether there is height for a
        number of lines of a size. Return size and lines.
        """
        size, least, several = sizes
        while size >= least:
            if self.width_of(text, size, face) <= room:
                return size, [text]
            size *= SHRINK
        size, lines = several, self._broken(text, several, room, face)
        while size > self.least and not (
            fits(len(lines), size) and all(self.width_of(line, size, face) <= room for line in lines)
        ):
            size *= SHRINK
            lines = self._broken(text, size, room, face)
        return size, lines

    @property
    def smallest(self) -> float:
        """The size in points of the small print of a normal page: on one of larger words it may be as small."""
        return SMALL_PT * min(1.0, _plain_scale(self.size) / self.scale)

    @property
    def least(self) -> float:
        """The size in points below which words are a grey line."""
        return LEAST_WORDS_PX * 72 / self.dpi

    def _broken(self, text: str, size: float, room: float, face: Face) -> list[str]:
        return broken(text, room * self.scale, lambda line: self.typesetter.width(line, size, face))


def _inches(pixels: int, dpi: float) -> float:
    """Return a length that is at least so many pixels: Matplotlib cuts what is rounded to a hair less by a pixel."""
    inches = pixels / dpi
    return inches if inches * dpi >= pixels else nextafter(inches, inf)


def _plain_scale(size: tuple[int, int]) -> float:
    """Return the pixels of a design pixel: words take the same share of the picture as at 720p, whatever its form."""
    width, height = size
    return min(sqrt(width * height / (1280 * 720)), width / LEAST_WIDTH_PX, height / LEAST_HEIGHT_PX)


def legible_zoom(size: tuple[int, int], text: float | None = None) -> float:
    """Return by how much words and marks are larger than their share at 720p.

    text: the factor that is asked for; None for 1, or for small pictures LARGE_TEXT. Small pictures have as much more
    as words need to be read and the page has room for.
    """
    least = min(LEGIBLE_SCALE, size[0] / LEAST_WIDTH_PX, size[1] / LEAST_HEIGHT_PX) / _plain_scale(size)
    if text is None:
        text = LARGE_TEXT if size[0] < SMALL_WIDTH_PX else 1.0
    return max(text, least) if text >= 1 else text * max(1.0, least)
