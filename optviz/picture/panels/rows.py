"""Lays out the lines of a table: their height, their lettering, when their numbers change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Need
from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import NAME_PT, SMALL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.sprites import Lettering, Sprite
from optviz.picture.machine.text import ELLIPSIS, broken
from optviz.picture.scene import Scene

UPDATE_S = 0.2  # between two updates of the numbers: faster digits flicker, and cost as much as all else
HEAD_LINE_PX = 18.0  # height of the line that names the columns
LEAST_PX, GOOD_PX, MOST_PX = 13.0, 26.0, 30.0  # height of a line
FULL_SIZE_PX = 24.0  # height of a line from which on names have their full size
MOST_WIDTH_PX = 560.0  # a wider table is hard to read along
WIDTH_PX = 372.0
LABEL_LINE_PX = 12.5  # from one line of a long name to the next
BADGE_CENTRE_PX = 9.0  # from the left of a cell to the centre of a racer's head
LABEL_LEFT_PX = 24.0  # from there to its name


def need(count: int) -> Need:
    """Return the room for ``count`` lines and the columns' names."""
    least, good, most = (HEAD_LINE_PX + height * count for height in (LEAST_PX, GOOD_PX, MOST_PX))
    return Need(least, good, most, WIDTH_PX, ticks=False)


class Rows:
    """``count`` lines on ``rect``, evenly spaced, in letters as large as the lines allow."""

    def __init__(self, page: Page, rect: Rect, count: int) -> None:
        self.page = page
        self.left, self.right = rect.left, min(rect.right, rect.left + MOST_WIDTH_PX)
        self.top = rect.top + HEAD_LINE_PX
        self.height = min(MOST_PX, (rect.height - HEAD_LINE_PX) / count)
        growth = min(1.0, self.height / FULL_SIZE_PX)
        self.name_size, self.number_size = max(SMALL_PT, NAME_PT * growth), max(SMALL_PT, (SMALL_PT + 1) * growth)

    def baseline(self, place: float) -> float:
        """Return the baseline of the line at ``place`` (from 0; between two lines while places change)."""
        return self.middle(place) + 0.26 * self.name_size * 100 / 72

    def middle(self, place: float) -> float:
        """Return the middle of the line at ``place``."""
        return self.top + self.height * (place + 0.5)

    def head(self, right: float, text: str) -> None:
        """Write a column's name on the board, over its right end."""
        self.page.words(right, self.top - HEAD_LINE_PX + 11, text, SMALL_PT, self.page.theme.quiet, ha="right")

    def label(self, letters: Lettering, label: str, left: float, place: float) -> Iterator[PlacedSprite]:
        """Place a name with its left end at ``left``, in the one or two lines that ``fit_labels`` made of it."""
        lines = label.split("\n")
        for number, line in enumerate(lines):
            down = (number - (len(lines) - 1) / 2) * LABEL_LINE_PX
            yield letters.word(line).at(*self.page.pixel(left, self.baseline(place) + down))

    def at_right(self, sprite: Sprite, right: float, place: float) -> PlacedSprite:
        """Place a number with its right end at ``right``."""
        row, column = self.page.pixel(right, self.baseline(place))
        return sprite.at(row, column - sprite.width)

    def badge(self, sprite: Sprite, left: float, place: float) -> PlacedSprite:
        """Place a racer's head in the middle of the line."""
        return sprite.at(*self.page.pixel(left, self.middle(place)))


def fit_labels(page: Page, labels: list[str], room: float, table: Rows) -> tuple[float, list[str]]:
    """Return the size at which all bold ``labels`` fit their room; and the labels.

    Where they do not, they are small, and those that are too long in two lines if rows are high enough, else cut.
    """
    size = table.name_size
    for tried in (size, max(SMALL_PT, 0.88 * size), SMALL_PT):
        cut = [page.fitted(label, tried, room, "bold") for label in labels]
        if cut == labels:
            return tried, cut
    if table.height < 2 * LABEL_LINE_PX:
        return SMALL_PT, cut
    return SMALL_PT, [_in_two(page, label, room) if label not in cut else label for label in labels]


def _in_two(page: Page, label: str, room: float) -> str:
    """Return a label broken once, its second line cut if it must; cut at once where that line would hold no word."""
    first, *others = broken(label, room * page.scale, lambda text: page.typesetter.width(text, SMALL_PT, "bold"))
    second = page.fitted(" ".join(others), SMALL_PT, room, "bold")
    return page.fitted(label, SMALL_PT, room, "bold") if second == ELLIPSIS else f"{first}\n{second}"


def widest(letters: Lettering, texts: list[str], page: Page) -> float:
    """Return the width in design pixels of the widest of ``texts`` set as numbers; 0 without any."""
    longest = sorted(set(texts), key=len)[-3:]  # digits have one width
    return max((letters.number(text).width for text in longest if text), default=0) / page.scale


def updated_step(scene: Scene, moment: FrameState) -> int:
    """Return the step of the last update of the numbers; where the film stands still, and for stills, it is now."""
    if moment.frame is None:
        return moment.step
    stop = scene.stops[bisect_right(scene.stops, moment.frame) - 1]
    beat = max(1, round(UPDATE_S * scene.scenario.render.fps))
    return int(scene.steps[moment.frame - (moment.frame - stop) % beat])
