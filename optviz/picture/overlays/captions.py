"""Draws words on the view: a caption along its foot, a question in its middle while the film stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from textwrap import wrap

from matplotlib.patches import FancyBboxPatch

from optviz.picture.frame_state import FrameState
from optviz.picture.layout.theme import CAPTION_PT, PROMPT_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Face, Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite
from optviz.picture.scene import Scene
from optviz.picture.views.view import View

MOST_LINES = 3
PAD_PX = 10.0  # around the words
FOOT_PX = 12.0  # from a caption to the view's foot


class Captions(Layer):
    """Each text on a card of the page's colour, so that it can be read over any land."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.rect = scene, scene.grid.view
        self._card = lru_cache(maxsize=8)(self._draw_card)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the caption and the prompt of the moment, if it has any."""
        if moment.caption and not moment.podium:
            yield self._put(self._card(moment.caption, CAPTION_PT, "regular"), self.rect.bottom - FOOT_PX, 1.0)
        if moment.prompt:
            middle = self.rect.top + self.rect.height / 2
            yield self._put(self._card(moment.prompt, PROMPT_PT, "bold"), middle, 0.5)

    def _put(self, card: Sprite, foot: float, above: float) -> PlacedSprite:
        """Place a card in the middle of the view, the part ``above`` of its height over ``foot`` (design pixels)."""
        row, column = self.scene.page.pixel(self.rect.left + self.rect.width / 2, foot)
        return card.at(row - round(above * card.height), column - card.width // 2)

    def _draw_card(self, text: str, size: float, face: Face) -> Sprite:
        page = self.scene.page
        letters = page.lettering(size, page.theme.ink, face)
        room = (self.rect.width - 40) * page.scale
        lines = _broken(text, lambda line: letters.width(line) <= room)
        pad, leading = PAD_PX * page.scale, 1.45 * size * page.dpi / 72
        width = round(max(letters.width(line) for line in lines) + 2 * pad)
        height = round(leading * len(lines) + 1.2 * pad)

        def draw(pen: Pen) -> None:
            draw_card(pen, width, height, 6 * page.scale, page.theme.page, page.theme.faint, page.scale)
            for number, line in enumerate(lines):
                left = (width - letters.width(line)) / 2
                pen.words(left, -0.6 * pad - leading * (number + 0.72), line, letters.font, page.theme.ink)

        return draw_sprite(height, width, page.dpi, (0, 0), draw)


def draw_card(pen: Pen, width: float, height: float, corner: float, face: str, edge: str, line: float) -> None:
    """Draw a card with round corners whose upper left pixel is the pen's origin; lengths in pixels."""
    inset = line / 2
    box = FancyBboxPatch(
        (inset, 1 - height + inset),
        width - line,
        height - line,
        boxstyle=f"round,pad=0,rounding_size={corner}",
    )
    pen.shape(box.get_path(), face, edge, line, alpha=0.94)


def _broken(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Break ``text`` into as few lines as fit, at most ``MOST_LINES``."""
    for count in range(1, MOST_LINES + 1):
        lines = wrap(text, max(1, -(-len(text) // count) + 4)) or [text]
        if len(lines) <= count and all(fits(line) for line in lines):
            return lines
    lines = wrap(text, max(1, -(-len(text) // MOST_LINES)))
    while any(not fits(line) for line in lines) and len(text) > 1:
        text = text[: int(0.9 * len(text))].rstrip() + "…"
        lines = wrap(text, max(1, -(-len(text) // MOST_LINES) + 4))
    return lines[:MOST_LINES]
