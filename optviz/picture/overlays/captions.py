"""Words on the view: a caption along its foot, a question in its middle while the film stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from textwrap import wrap

from matplotlib.patches import FancyBboxPatch

from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import CAPTION, PROMPT
from optviz.picture.machine.board import Moment, Placed, placed
from optviz.picture.machine.pen import Face, Pen
from optviz.picture.machine.sprites import Sprite, drawn
from optviz.picture.scene import Scene

MOST_LINES = 3
PAD = 10.0  # design pixels around the words


class Captions:
    """Each text on a card of the page's colour, so that it can be read over any land."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene, self.rect = scene, rect
        self.strokes, self.clip = None, None
        self._card = lru_cache(maxsize=8)(self._made)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """The caption and the prompt of the moment, if it has any."""
        middle = self.rect.left + self.rect.width / 2
        if moment.caption and not moment.podium:
            yield self._put(self._card(moment.caption, CAPTION, "regular"), middle, self.rect.bottom - 12, 1.0)
        if moment.prompt:
            yield self._put(
                self._card(moment.prompt, PROMPT, "bold"), middle, self.rect.top + self.rect.height / 2, 0.5
            )

    def _put(self, card: Sprite, middle: float, foot: float, above: float) -> Placed:
        """A card centred on ``middle``, the part ``above`` of its height over ``foot``, in design pixels."""
        row, column = self.scene.page.pixel(middle, foot)
        height, width = card.colour.shape[:2]
        return placed(card, row - round(above * height), column - width // 2)

    def _made(self, text: str, size: float, face: Face) -> Sprite:
        page = self.scene.page
        kind = page.type(size, page.theme.ink, face)
        room = (self.rect.width - 40) * page.scale
        lines = _broken(text, lambda line: kind.width(line) <= room)
        pad, leading = PAD * page.scale, 1.45 * size * page.dpi / 72
        width = round(max(kind.width(line) for line in lines) + 2 * pad)
        height = round(leading * len(lines) + 1.2 * pad)

        def draw(pen: Pen) -> None:
            card_shape(pen, width, height, 6 * page.scale, page.theme.page, page.theme.faint, page.scale)
            for number, line in enumerate(lines):
                left = (width - kind.width(line)) / 2
                pen.words(left, -0.6 * pad - leading * (number + 0.72), line, kind.font, page.theme.ink)

        return drawn(height, width, page.dpi, (0, 0), draw)


def card_shape(pen: Pen, width: float, height: float, corner: float, face: str, edge: str, line: float) -> None:
    """A card with round corners whose upper left pixel is the pen's origin."""
    inset = line / 2
    box = FancyBboxPatch(
        (inset, 1 - height + inset),
        width - line,
        height - line,
        boxstyle=f"round,pad=0,rounding_size={corner}",
    )
    pen.shape(box.get_path(), face, edge, line, alpha=0.94)


def _broken(text: str, fits: Callable[[str], bool]) -> list[str]:
    """``text`` in as few lines as fit, at most ``MOST_LINES``."""
    for count in range(1, MOST_LINES + 1):
        lines = wrap(text, max(1, -(-len(text) // count) + 4)) or [text]
        if len(lines) <= count and all(fits(line) for line in lines):
            return lines
    lines = wrap(text, max(1, -(-len(text) // MOST_LINES)))
    while any(not fits(line) for line in lines) and len(text) > 1:
        text = text[: int(0.9 * len(text))].rstrip() + "…"
        lines = wrap(text, max(1, -(-len(text) // MOST_LINES) + 4))
    return lines[:MOST_LINES]
