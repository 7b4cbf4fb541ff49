"""Draws a step of one coordinate taken apart: f of that step with its tangent, and below it arrows along x."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from optviz.formula.typography import minus, number
from optviz.picture.layout.theme import SMALL_PT
from optviz.picture.machine.pen import rounded
from optviz.picture.machine.sprites import Sprite, draw_sprite
from optviz.picture.overlays.anatomy import shapes
from optviz.picture.overlays.anatomy.place import largest_place
from optviz.picture.overlays.anatomy.window import (
    STEP,
    STEP_SHAFT_PX,
    UNHELD,
    UNHELD_PX,
    Label,
    StepWindow,
    lengths,
)

if TYPE_CHECKING:
    from matplotlib.path import Path

    from optviz.engine.anatomy import Anatomy, Arrow
    from optviz.picture.machine.pen import Pen
    from optviz.picture.scene import Floats, Scene
    from optviz.picture.views.view import View

WIDTH_PX, SHARES = 330.0, (1.0, 0.92, 0.84, 0.76)  # of the window, and the parts of its size that are tried
CURVE_PX, ROW_PX, EDGE_PX = 118.0, 25.0, 10.0  # heights of the curve and of an arrow's row, margin around both
CORNER_PX, BORDER_PX, CURVE_WIDTH_PX, TANGENT_PX = 9.0, 1.4, 2.2, 1.2
ARROW_SHARE, STEP_SHARE = 0.86, 0.62  # of half the width: the longest arrow, and the step
CURVE_SHARE = 0.8  # of its room that f fills
LABEL_GAP_PX = 9.0  # from where arrows begin to their words
MOST_ZOOM = 1e12  # pixels of a unit
SAMPLES = 120
UNHELD_WORDS = "without the maximum"


class LineWindow(StepWindow):
    """A window with rows; the step is to the scale of f's own axis, magnified."""

    def __init__(self, scene: Scene, view: View, anatomy: Anatomy, racer: int, step: int) -> None:
        moved, held = float(anatomy.every[STEP][step - 1, 0]), anatomy.unheld_step(step)
        self.unheld = None if held is None else float(held[0])
        super().__init__(scene, view, anatomy, racer, step)
        self.rows = [name for name in self.arrows if name != STEP] + [UNHELD] * (held is not None) + [STEP]
        self.factor, self.middle = self._place()  # of all lengths, where the view is small
        self._half = np.rint(self._half_at(self.factor))
        largest = max(abs(moved), abs(self.unheld or 0.0), MOST_ZOOM**-1)
        self.zoom = min(STEP_SHARE * self.half[0] / largest, MOST_ZOOM)
        self.x = float(anatomy.x[step - 1, 0])
        self.heights = self._heights()
        self.origin = np.array([0.0, round(self._height_at(0.0))])
        self.ways = self._ways(moved)
        self.labels = self._labels()

    @property
    def half(self) -> Floats:
        """(2,) half its width and height."""
        return self._half

    def edge(self, way: Floats) -> Floats:
        """Return the place on its edge in a direction of length 1 from its middle."""
        return np.asarray(way / np.max(np.abs(way) / self.half))

    def head(self, share: float) -> Floats:
        """Return where the head stands once that share of the step is taken: on the curve."""
        away = float(self.ways[STEP][0]) * share
        return np.array([away, self._height_at(away) - self.origin[1]])

    def foot(self, name: str) -> Floats:
        """Return where an arrow begins: under the point, in its row."""
        top = self.half[1] - self._px(EDGE_PX + CURVE_PX + EDGE_PX)
        row = ROW_PX * self.scene.page.scale * (self.rows.index(name) + 0.5)
        return np.array([0.0, top - row - self.origin[1]])

    def draw_unheld(self, way: Floats, colour: str) -> Sprite:
        """Draw how far the step would have gone without the maximum: a hollow arrow."""
        page = self.scene.page
        corners = shapes.arrow(way, STEP_SHAFT_PX * page.scale)
        return shapes.filled(corners, page.theme.page, colour, UNHELD_PX * page.scale, page.dpi)

    def is_seen(self, arrow: Arrow) -> bool:
        """Return whether an arrow has a length; a point far from the iterate has no place here."""
        value = arrow.values[self.step - 1, 0]
        return arrow.kind == "step" or bool(arrow.kind != "point" and np.isfinite(value) and value != 0)

    def _half_at(self, factor: float) -> Floats:
        """Return (2,) half the window's width and height where lengths are that share; rows have room for words."""
        height = factor * (CURVE_PX + 3 * EDGE_PX) + ROW_PX * len(self.rows)
        return np.array([factor * WIDTH_PX, height]) * self.scene.page.scale / 2

    def _px(self, length: float) -> float:
        return length * self.factor * self.scene.page.scale

    def _place(self) -> tuple[float, Floats]:
        """Return the factor and the middle of the window, the largest that hides little."""
        sizes = [self._half_at(share) for share in SHARES]
        half, middle = largest_place(self.scene, self.view, self.step, self.racer, sizes, is_round=False)
        return float(half[0] / sizes[0][0]), middle

    def _ways(self, moved: float) -> dict[str, Floats]:
        longest = lengths(self.anatomy, self.arrows, np.ones(1), self.step)
        ways = {
            name: np.array([float(arrow.values[self.step - 1, 0]) / longest[name] * ARROW_SHARE * self.half[0], 0.0])
            for name, arrow in self.arrows.items()
            if name != STEP
        }
        if self.unheld is not None:
            ways[UNHELD] = np.array([self.unheld * self.zoom, 0.0])
        return {**ways, STEP: np.array([moved * self.zoom, 0.0])}

    # --- f around the point

    def _heights(self) -> tuple[Floats, Floats]:
        """Return (n,) places along the window from its middle, and f there in pixels from its middle."""
        across = np.linspace(-self.half[0], self.half[0], SAMPLES)
        with np.errstate(all="ignore"):
            x = (self.x + across / self.zoom)[None]
            f = np.asarray(self.scene.result.problem.value(x, float(self.step)), float)
        f = np.where(np.isfinite(f), f, np.nan)
        low, high = (float(np.nanmin(f)), float(np.nanmax(f))) if np.isfinite(f).any() else (0.0, 1.0)
        span = (high - low) or 1.0
        middle = self.half[1] - self._px(EDGE_PX + CURVE_PX / 2)
        return across, middle + (f - (low + high) / 2) / span * CURVE_SHARE * self._px(CURVE_PX)

    def _height_at(self, away: float) -> float:
        """Return the height of f, from the window's middle, that far from where the step begins."""
        across, heights = self.heights
        known = np.isfinite(heights)
        return float(np.interp(away, across[known], heights[known])) if known.any() else 0.0

    # --- words

    def _labels(self) -> dict[str, Label]:
        """Return the words of each row, on the side to which its arrow does not point, inside the window."""
        gap, labels = self._px(LABEL_GAP_PX), {}
        for name, words in self.named("", UNHELD_WORDS).items():
            y = float(self.foot(name)[1])
            most = float(self.half[0]) - gap - words.width  # of a long one the start lies over the arrow's
            left = min(gap, most) if self.ways[name][0] < 0 else max(-gap - words.width, -float(self.half[0]) + gap)
            labels[name] = Label(words, (left, y - words.height / 2, left + words.width, y + words.height / 2))
        return labels

    # --- what is drawn

    @cached_property
    def ground(self) -> tuple[Sprite, ...]:
        """A card with f, its tangent, and a line down from where the step begins."""
        page, theme = self.scene.page, self.scene.page.theme
        width, height = (2 * self.half + 1).astype(int).tolist()
        middle = self.half + 0.5
        card: Path = rounded(width, height, CORNER_PX * page.scale)
        across, heights = self.heights
        slope = (self._height_at(1.0) - self._height_at(-1.0)) / 2
        ends = self._tangent(slope)
        foot = self.foot(STEP)[1] + self.origin[1]
        inset = self._px(EDGE_PX)
        letters = page.lettering(SMALL_PT, theme.quiet)
        title = letters.line(self._title())
        left = inset if slope > 0 else width - inset - title.width  # where f is low

        def draw(pen: Pen) -> None:
            pen.shape(card, theme.page, theme.ink, BORDER_PX * page.scale, alpha=1.0)
            inside = np.abs(across) < self.half[0] - inset
            curve = np.column_stack([across, heights])[inside & np.isfinite(heights)] + middle - (0, height - 1)
            points = 72 / page.dpi * page.scale
            dash = (0.0, 5.0 * page.scale, 8.0 * page.scale)
            down = np.array([[0.0, self.origin[1]], [0.0, foot]]) + middle - (0, height - 1)
            pen.line(down, theme.faint, TANGENT_PX * points)
            pen.line(curve, theme.curve, CURVE_WIDTH_PX * points)
            pen.words(left, -inset - SMALL_PT * page.dpi / 72, title, theme.quiet)
            pen.line(ends + middle - (0, height - 1), theme.quiet, TANGENT_PX * points, "butt", dash)

        return (_centred(draw_sprite(height, width, page.dpi, (0, 0), draw), self.half),)

    def _title(self) -> str:
        """Return what the curve is: f of this step, or f around the point."""
        online = self.scene.result.problem.online
        say = self.scene.page.say
        if online:
            return say("f of step {step}", step=self.step)
        return say("f near {place}", place=minus(f"x = {number(self.x)}"))

    def _tangent(self, slope: float) -> Floats:
        """Return (2, 2) the ends of the tangent, from the window's middle, inside the curve's room."""
        room = self._px(CURVE_PX) / 2
        middle = self.half[1] - self._px(EDGE_PX) - room
        away = 0.55 * self.half[0]
        ends = np.array([[-away, self.origin[1] - slope * away], [away, self.origin[1] + slope * away]])
        for end in ends:
            beyond = np.clip(end[1], middle - room, middle + room)
            if beyond != end[1]:
                end[:] = (beyond - self.origin[1]) / slope, beyond
        return ends


def _centred(sprite: Sprite, half: Floats) -> Sprite:
    """Return the same sprite, anchored at its middle."""
    right, up = (int(length) for length in half)
    return Sprite(sprite.tint, sprite.shade, (up, right), lambda pen: sprite.draw(pen.at(-right, up)))
