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
from optviz.picture.machine.sprites import mixed
from optviz.picture.scene import Scene
from optviz.picture.views.view import View
from optviz.scenario import Scenario

BASELINE_PX = 16.0  # from the top of a line to its baseline


class Captions(Layer):
    """One text at a time, off the view, so that it hides neither heads nor names."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene = scene
        self.lesson = lesson_over(scene.result, scene.scenario)
        self._lines = lru_cache(maxsize=32)(self._set_lines)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the lines of what is said at the moment, if anything is: the lesson as far as the end has come."""
        theme = self.scene.page.theme
        if moment.podium:
            yield from self._lines(self.lesson, "bold", mixed(theme.page, theme.ink, moment.podium))
        elif moment.prompt:
            yield from self._lines(moment.prompt, "bold", theme.ink)
        elif moment.caption:
            yield from self._lines(moment.caption, "regular", theme.ink)

    def _set_lines(self, text: str, face: Face, colour: str) -> tuple[PlacedSprite, ...]:
        page, strip = self.scene.page, self.scene.page.strip
        size, lines = page.wrapped(text, face)
        letters = page.lettering(size, colour, face)
        feet = (strip.top + STRIP_LINE_PX * number + BASELINE_PX for number in range(len(lines)))
        return tuple(
            letters.word(line).at(*page.pixel(strip.left, foot)) for line, foot in zip(lines, feet, strict=True)
        )


def said_over(result: Result, scenario: Scenario) -> list[str]:
    """Return every text for which the page needs a strip."""
    render = scenario.render
    texts = [caption.text for caption in render.written] + [pause.text for pause in render.pauses if pause.text]
    return [*texts, lesson_over(result, scenario)] if end_frames(render) else texts


def lesson_over(result: Result, scenario: Scenario) -> str:
    """Return the sentence for the end: the scenario's own, else one made from what happened."""
    return scenario.render.lesson or lesson_of(result, scenario.say)
