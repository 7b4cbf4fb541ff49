"""Draws the end of a race: the first three lifted, the others dimmed, and what happened in one line.

Where nobody arrived there is no podium: the line alone stands on its card.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product

import numpy as np
from matplotlib.path import Path

from optviz.formula.typography import minus
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.theme import HEAD_PX, NAME_PT, SMALL_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Face, Pen
from optviz.picture.machine.sprites import Sprite, draw_marker, draw_sprite
from optviz.picture.overlays.captions import draw_card
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.view import View

VEIL_ALPHA = 0.66  # of the page's colour over the view
CARD_PX = (396.0, 188.0)  # width and height
LINE_PX = 42.0  # height of the card without a podium
CARD_GAP_PX = 14.0  # from the card to the view's edges
BLOCKS = ((1, 62.0), (0, 44.0), (2, 30.0))  # column on the podium (from the left) and height in pixels, places 1 to 3
BLOCKS_FOOT_PX = 34.0  # from the card's lower edge


class Podium(Layer):
    """A veil over the view, the leaders, and a card; shown when the race is over."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.view = scene, view
        self.first = scene.result.podium

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the veil, the leaders' trails and marks once more, and the card in the emptiest corner."""
        if not moment.podium:
            return
        frame = self.view.frame
        if self.first:
            yield self._veil.at(round(self.scene.page.size[1] - frame.y1), round(frame.x0))
        centres = [] if self.view.marks is None else self.view.marks.centres(moment).tolist()
        for racer in reversed(self.first if centres else ()):
            x, y = centres[racer]
            if frame.contains(x, y):
                yield self.scene.racer_mark(racer, moment.step, (x, y), radius=1.25 * HEAD_PX)
        yield self._card.at(*self._corner)

    @cached_property
    def _veil(self) -> Sprite:
        """The page's colour over the view, and on it the trails of the first three, unless trails fade."""
        page, frame = self.scene.page, self.view.frame
        width, height = round(frame.x1) - round(frame.x0), round(frame.y1) - round(frame.y0)
        strokes = self.view.strokes
        leaders = None if strokes is None or strokes.memory is not None else strokes.of(self.first)

        def draw(pen: Pen) -> None:
            pen.shape(
                Path([(0, 1), (width, 1), (width, 1 - height), (0, 1 - height)]), page.theme.page, alpha=VEIL_ALPHA
            )
            if leaders is not None:
                over = pen.at(-round(frame.x0), 1 - round(frame.y1))
                over.strokes(leaders, slice(0, len(leaders.steps)), frame)

        return draw_sprite(height, width, page.dpi, (0, 0), draw)

    @cached_property
    def _corner(self) -> tuple[int, int]:
        """(row, column) of the card's upper left pixel: the corner of the view that covers the fewest of the paths."""
        frame, width, height = self.view.frame, self._card.width, self._card.height
        gap = CARD_GAP_PX * self.scene.page.scale
        paths = [] if self.view.marks is None else self.view.marks.paths
        ends = [np.repeat(path[-1:], 40, axis=0) for path in paths]  # weigh more: the heads stand there
        points = np.concatenate([np.empty((0, 2)), *map(_evenly, paths), *ends])

        def covered(place: tuple[float, float]) -> int:
            inside = (points >= place) & (points <= (place[0] + width, place[1] + height))
            return int(inside.all(axis=1).sum())

        lefts = (frame.x1 - width - gap, frame.x0 + gap)
        bottoms = (frame.y0 + gap, frame.y1 - height - gap)
        left, bottom = min(product(lefts, bottoms), key=covered)
        return round(self.scene.page.size[1] - bottom - height), round(left)

    @cached_property
    def _card(self) -> Sprite:
        page, frame = self.scene.page, self.view.frame
        room = min(1.0, frame.width / (CARD_PX[0] + 30) / page.scale, frame.height / (CARD_PX[1] + 30) / page.scale)
        tall = CARD_PX[1] if self.first else LINE_PX
        width, height = (round(length * room * page.scale) for length in (CARD_PX[0], tall))

        def draw(pen: Pen) -> None:
            scale = room * page.scale
            draw_card(pen, width, height, 8 * scale, page.theme.page, page.theme.quiet, 0.7 * scale)
            card = _Card(pen, self.scene, room, tall)
            for index, racer in enumerate(self.first):
                self._step(card, index, racer)
            card.words(CARD_PX[0] / 2, 18, self._lesson(CARD_PX[0] - 24), SMALL_PT, page.theme.quiet, CARD_PX[0] - 20)

        return draw_sprite(height, width, page.dpi, (0, 0), draw)

    def _step(self, card: _Card, index: int, racer: int) -> None:
        """Draw one block of the podium and the racer on it; equal racers stand equally high."""
        runner, row = self.scene.result.racers[racer], self.scene.result.table()[index]
        theme, column, rise = self.scene.page.theme, BLOCKS[index][0], BLOCKS[row.place - 1][1]
        width = (CARD_PX[0] - 36) / 3
        middle = CARD_PX[0] / 2 + (column - (1 if len(self.first) > 2 else 0.5)) * width
        foot, top = BLOCKS_FOOT_PX, BLOCKS_FOOT_PX + rise
        card.block(middle, foot, width - 4, rise, self.scene.paints[racer][0])
        card.words(middle, foot + rise / 2 - 6, row.place_text, 15, theme.ink, width, "bold")
        said = row.outcome if row.arrived_at is None else f"step {row.arrived_at}"
        card.words(middle, top + 8, minus(f"f {row.f:.3g}"), SMALL_PT, theme.quiet, width)
        card.words(middle, top + 24, said, SMALL_PT, theme.ink, width)
        card.words(middle, top + 41, runner.label, NAME_PT, theme.ink, width, "bold")
        card.head(middle, top + 66, racer)

    def _lesson(self, room: float) -> str:
        """Say what happened, in one line: as much of it as there is room for, in design pixels."""
        page = self.scene.page
        letters, said = page.lettering(SMALL_PT, page.theme.quiet), ""
        for part in lessons(self.scene):
            longer = f"{said}  ·  {part}" if said else part
            if not said or letters.width(longer) <= room * page.scale:
                said = longer
        return said


def lessons(scene: Scene) -> list[str]:
    """Say what happened in short sentences, the most telling first."""
    table = scene.result.table()
    arrived = [row for row in table if row.outcome == "arrived"]
    lost = sum(row.outcome == "diverged" for row in table)
    if arrived:
        parts = [f"{len(arrived)} of {len(table)} arrived and stayed to the end"]
    else:
        parts = ["nobody arrived"] * scene.result.has_finish_line
        parts += [_lowest(scene)] if lost < len(table) else []
    if len(arrived) > 1:
        ahead = (arrived[1].arrived_at or 0) - (arrived[0].arrived_at or 0)
        lead = f"{ahead} step{'s' * (ahead != 1)} ahead of" if ahead else "level with"
        parts.append(f"{arrived[0].label} {lead} {arrived[1].label}")
    if lost:
        parts.append(f"{lost} diverged")
    return parts


def _lowest(scene: Scene) -> str:
    """Say who is first where nobody arrived."""
    first = [row for row in scene.result.table() if row.place == 1]
    if len(first) > 1:
        return f"{len(first)} end level"
    if scene.result.problem.online:
        return f"{first[0].label} has the lowest {scene.result.measure}"
    return f"{first[0].label} ends lowest"


def _evenly(path: Floats, count: int = 200) -> Floats:
    """Return ``count`` points (count, 2) at equal distances along a path."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(at, along, path[:, axis]) for axis in (0, 1)])


class _Card:
    """Draws in design pixels from a card's lower left corner; the pen's own origin is the upper left pixel."""

    def __init__(self, pen: Pen, scene: Scene, room: float, tall: float) -> None:
        self.pen, self.scene, self.room, self.tall = pen, scene, room, tall
        self.scale = room * scene.page.scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        return x * self.scale, (y - self.tall) * self.scale + 1

    def block(self, middle: float, foot: float, width: float, height: float, colour: str) -> None:
        left, right = middle - width / 2, middle + width / 2
        corners = [(left, foot), (right, foot), (right, foot + height), (left, foot + height)]
        self.pen.shape(Path([self.at(*corner) for corner in corners]), colour, alpha=0.22)

    def words(
        self, middle: float, baseline: float, text: str, size: float, colour: str, room: float, face: Face = "regular"
    ) -> None:
        """Write words in the middle of ``room``, smaller where they are wider, cut where even that does not help."""
        page = self.scene.page
        wide = page.lettering(size, colour, face).width(text) / (room * page.scale)
        size = self.room * (size if wide <= 1 else max(size / wide, min(size, SMALL_PT)))
        text = page.fitted(text, size, room * self.room, face)
        letters = page.lettering(size, colour, face)
        x, y = self.at(middle, baseline)
        self.pen.words(x - letters.width(text) / 2, y, text, letters.font, colour)

    def head(self, x: float, y: float, racer: int) -> None:
        colour, marker = self.scene.paints[racer]
        sprite = draw_marker(marker, 7.5 * self.scale, colour, self.scene.page.theme.page, 1.2 * self.scale)
        sprite.draw(self.pen.at(*self.at(x, y)))
