"""Lays out a sheet: title, formula and small print around what is drawn, and the film that it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.patches import Rectangle

from optviz.picture.board_film import BoardFilm
from optviz.picture.frame_state import FrameState
from optviz.picture.header import FORMULA_BASELINE_PX, StepCounter, write_footer, write_formula, write_title
from optviz.picture.layout.page import LEFT_PX, RIGHT_PX, Page, Rect, legible_zoom, page_look
from optviz.picture.layout.theme import HEAD_PX, LABEL_PT, NAME_PT, SMALL_PT, THEMES, paints
from optviz.picture.machine.board import Board
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.sprites import Sprite, at_phase, draw_marker
from optviz.picture.machine.style import own_style
from optviz.problems import Problem
from optviz.scenario import Scenario

NARROW_PX = 800.0  # of what lies inside the margins: the narrowest with room for two things side by side
MOST_FOOTER_LINES = 4  # of small print: a comparison's protocol is longer than a race's
HOLD_S = 3.0  # that a film's last frame stays
LEAST_AXES_PX = 60.0  # that axes have, in either direction
SHRINKING, LEAST_ZOOM = 0.9, 0.1  # of words until axes have room: at a time, and as a whole
Places = Callable[[Rect], Sequence[Rect]]  # where axes stand in a rectangle


class Sheet:
    """A page with its words around an inner rectangle."""

    def __init__(
        self, scenario: Scenario, title: str, problem: Problem | str, terms: Sequence[str], counts: bool, places: Places
    ) -> None:
        """Write the words, as large as leaves room for axes at ``places``; ``counts`` for a step counter, too.

        problem: or the words in the formula's place.
        """
        render = scenario.render
        look = page_look(scenario)
        zoom, least = legible_zoom(render.size, look.text), 0.0
        while least < LEAST_AXES_PX and zoom > LEAST_ZOOM:
            self.page = page = Page(render.size, THEMES[render.themes[0]], zoom, look=look)
            rise = write_footer(page, terms, MOST_FOOTER_LINES) if look.footer else 0.0
            self.inner = replace(page.inner, height=page.inner.height - rise)
            least = min(min(at.width, at.height) for at in places(self.inner))
            zoom *= SHRINKING
        self._paints = paints(scenario.optimizers, page.theme)
        self.layers: list[Layer] = []
        if counts:
            self.layers.append(StepCounter(page, scenario.steps))
        if look.heading:
            write_title(page, title, scenario.steps if counts else None)
            if isinstance(problem, str):
                said = page.fitted(problem, LABEL_PT, page.width - LEFT_PX - RIGHT_PX)
                page.words(LEFT_PX, FORMULA_BASELINE_PX, said, LABEL_PT, page.theme.quiet)
            else:
                write_formula(page, problem)

    def fill(self, rect: Rect, colour: str) -> None:
        """Fill a rectangle on the board; axes of its own would take a hundred times as long."""
        page = self.page
        place = (rect.left / page.width, 1 - rect.bottom / page.height)
        size = (rect.width / page.width, rect.height / page.height)
        page.figure.add_artist(
            Rectangle(place, *size, facecolor=colour, linewidth=0, transform=page.figure.transFigure)
        )

    def name_map(self, label: str, tile: Rect, room: float) -> float:
        """Write a racer's name over its map as large as there is room, else cut; return its width."""
        page = self.page
        sizes = (size for size in (NAME_PT, LABEL_PT) if page.width_of(label, size, "bold") <= room)
        size = next(sizes, SMALL_PT)
        name = page.fitted(label, size, room, "bold")
        page.words(tile.left, tile.top - 8, name, size, page.theme.ink, "bold")
        return page.width_of(name, size, "bold")

    def paint(self, racer: int) -> tuple[str, str]:
        """Return a racer's colour and marker: those it has in a race."""
        return self._paints[racer]

    def mark(self, racer: int, place: tuple[float, float], radius: float = HEAD_PX) -> PlacedSprite:
        """Draw a racer's head at a place in pixels from the lower left."""
        colour, marker = self.paint(racer)
        down, right, phase = at_phase(self.page.size[1] - place[1], place[0])
        scale = self.page.scale
        return draw_marker(marker, radius * scale, colour, self.page.theme.page, 1.2 * scale, phase).at(down, right)

    def badge(self, racer: int, radius: float = HEAD_PX) -> Sprite:
        """Draw a racer's head for a table."""
        colour, marker = self.paint(racer)
        scale = self.page.scale
        return draw_marker(marker, radius * scale, colour, self.page.theme.page, 0.6 * scale)


def is_narrow(inner: Rect) -> bool:
    """Return whether two things have no room side by side."""
    return inner.width < NARROW_PX


class Marks(Layer):
    """Sprites that stay where they are."""

    def __init__(self, sprites: Sequence[PlacedSprite]) -> None:
        self._sprites = sprites

    def sprites(self, moment: FrameState) -> Sequence[PlacedSprite]:
        """Return all of them."""
        return self._sprites


@own_style()
def sheet_film(sheet: Sheet, scenario: Scenario, title: str, steps: Sequence[int]) -> SheetFilm:
    """Return the film of a sheet on which everything is laid out, a frame for each of ``steps``."""
    render = scenario.render
    return SheetFilm(
        width=render.size[0],
        height=render.size[1],
        fps=render.fps,
        frames=len(steps),
        hold=max(render.hold, HOLD_S),
        loop=render.plays,
        title=title,
        scenario=scenario.source_text,
        board=Board(sheet.page.figure, sheet.layers),
        shown=[FrameState(step, frame) for frame, step in enumerate(steps)],
    )


@dataclass(frozen=True, kw_only=True)
class SheetFilm(BoardFilm):
    """The animation of a sheet."""

    def key_steps(self, count: int) -> list[int]:
        """Return the steps of ``count`` frames at equal distances."""
        chosen = np.rint(np.linspace(0, self.frames - 1, count)).astype(int).tolist()
        return [self.shown[number].step for number in chosen]

    def state_at(self, step: int) -> FrameState:
        """Return what is shown after ``step``."""
        return FrameState(step)
