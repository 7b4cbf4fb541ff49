"""The lines of a table: how high, in which type, and what numbers look like in it."""

from __future__ import annotations

from math import isfinite

from optviz.picture.layout.grid import Need
from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import NAME, SMALL
from optviz.picture.machine.board import Moment, Placed, placed
from optviz.picture.machine.sprites import Sprite, Type
from optviz.picture.scene import Scene

READ = 0.2  # seconds between two looks at the numbers: faster digits are a flicker, and cost as much as all else
HEAD = 18.0  # height of the line that names the columns, in design pixels
LEAST, GOOD, MOST = 14.5, 26.0, 30.0  # height of a line
FULL = 24.0  # height of a line from which on names have their full size
WIDEST = 470.0  # a table on more is hard to read along
WIDTH = 340.0
BADGE = 9.0  # centre of a racer's head, from the left of its cell
LABEL_LEFT = 24.0  # of a racer's name, from there too


def need(count: int) -> Need:
    """Room for ``count`` lines and the columns' names."""
    return Need(HEAD + LEAST * count, HEAD + GOOD * count, HEAD + MOST * count, WIDTH, ticks=False)


class Rows:
    """``count`` lines on ``rect``, evenly spaced, in letters as large as the lines allow."""

    def __init__(self, page: Page, rect: Rect, count: int) -> None:
        self.page = page
        self.left, self.right = rect.left, min(rect.right, rect.left + WIDEST)
        self.top = rect.top + HEAD
        self.height = min(MOST, (rect.height - HEAD) / count)
        growth = min(1.0, self.height / FULL)
        self.name_size, self.number_size = max(SMALL, NAME * growth), max(SMALL, (SMALL + 1) * growth)

    def baseline(self, place: float) -> float:
        """Of the line at ``place`` (from 0; between two lines while places change)."""
        return self.middle(place) + 0.26 * self.name_size * 100 / 72

    def middle(self, place: float) -> float:
        return self.top + self.height * (place + 0.5)

    def head(self, right: float, text: str) -> None:
        """A column's name, on the board, over its right end."""
        self.page.words(right, self.top - HEAD + 11, text, SMALL, self.page.theme.quiet, ha="right")

    def at_left(self, sprite: Sprite, left: float, place: float) -> Placed:
        """Words with their left end at ``left``."""
        return placed(sprite, *self.page.pixel(left, self.baseline(place)))

    def at_right(self, sprite: Sprite, right: float, place: float) -> Placed:
        """A number with its right end at ``right``."""
        row, column = self.page.pixel(right, self.baseline(place))
        return placed(sprite, row, column - sprite.width)

    def badge(self, sprite: Sprite, left: float, place: float) -> Placed:
        """A racer's head in the middle of the line."""
        return placed(sprite, *self.page.pixel(left, self.middle(place)))


def fitting(page: Page, labels: list[str], rooms: list[float], size: float) -> tuple[float, list[str]]:
    """A size near ``size`` at which all bold ``labels`` fit their rooms, or in small letters what fits of them."""
    for tried in (size, max(SMALL, 0.88 * size), SMALL):
        cut = [page.fitted(label, tried, room, "bold") for label, room in zip(labels, rooms, strict=True)]
        if cut == labels:
            break
    return tried, cut


def widest(kind: Type, texts: list[str], page: Page) -> float:
    """Width in design pixels of the widest of ``texts`` set as numbers; 0 without any."""
    longest = sorted(set(texts), key=len)[-3:]  # digits have one width
    return max((kind.number(text).width for text in longest if text), default=0) / page.scale


def look(scene: Scene, moment: Moment) -> int:
    """The step of the last look at the numbers; the last frame and stills look for themselves."""
    frame, steps = moment.frame, scene.steps
    if frame is None or frame == len(steps) - 1:
        return moment.step
    return int(steps[frame - frame % max(1, round(READ * scene.scenario.render.fps))])


def short(value: object) -> str:
    """A number in at most three digits, or a formula a little more as on paper: 0.1, 1e−5, 0.1/√t."""
    if not isinstance(value, int | float):
        return str(value).replace("sqrt(t)", "√t").replace("**", "^").replace("*", "·").replace("-", "−")
    text = f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e+").replace("e+", "e")
    return text.replace("-", "−") if isfinite(value) else "–"


def scientific(value: float, digits: int = 1) -> str:
    """A number that keeps its width while it changes: 1.8e−03."""
    return f"{value:.{digits}e}".replace("-", "−") if isfinite(value) else "–"
