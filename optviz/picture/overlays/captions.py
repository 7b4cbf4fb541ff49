"""Draws words in the strip over the view: captions, what is said at pauses, and at the end what the race shows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from optviz.engine.lesson import lesson_of
from optviz.engine.result import Result
from optviz.picture.frame_state import FrameState, end_frames
from optviz.picture.layout.page import STRIP_LINE_PX
from optviz.picture.machine.fonts import Face
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite, mixed
from optviz.picture.scene import Scene
from optviz.picture.views.view import View
from optviz.scenario.models import Render

BASELINE_PX = 16.0  # from the top of a line to its baseline


class Captions(Layer):
    """One text at a time, off the view, so that it hides neither heads nor names."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene = scene
        self.lesson = lesson_over(scene.result, scene.scenario.render)
        self._words = lru_cache(maxsize=32)(self._draw_words)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield what is said at the moment, if anything is: the lesson as far as the end has come."""
        theme, strip = self.scene.page.theme, self.scene.page.strip
        if moment.podium:
            words = self._words(self.lesson, "bold", mixed(theme.page, theme.ink, moment.podium))
        elif moment.prompt:
            words = self._words(moment.prompt, "bold", theme.ink)
        elif moment.caption:
            words = self._words(moment.caption, "regular", theme.ink)
        else:
            return
        yield words.at(*self.scene.page.pixel(strip.left, strip.top))

    def _draw_words(self, text: str, face: Face, colour: str) -> Sprite:
        page = self.scene.page
        size, lines = page.wrapped(text, face)
        letters = page.lettering(size, colour, face)
        height, width = STRIP_LINE_PX * len(lines), max(letters.width(line) for line in lines)

        def draw(pen: Pen) -> None:
            for number, line in enumerate(lines):
                pen.words(0, 1 - (STRIP_LINE_PX * number + BASELINE_PX) * page.scale, letters.line(line), colour)

        return draw_sprite(round(height * page.scale), round(width) + 1, page.dpi, (0, 0), draw)


def said_over(result: Result, render: Render) -> list[str]:
    """Return every text for which the page needs a strip."""
    texts = [caption.text for caption in render.captions] + [pause.text for pause in render.pauses if pause.text]
    return [*texts, lesson_over(result, render)] if end_frames(render) else texts


def lesson_over(result: Result, render: Render) -> str:
    """Return the sentence for the end: the scenario's own, else one made from what happened."""
    return render.lesson or lesson_of(result)
