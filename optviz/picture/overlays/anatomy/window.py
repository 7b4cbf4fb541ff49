"""Defines the window in which a step is taken apart: what comes when, and the parts that do not depend on its form."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optviz.picture.layout.theme import HEAD_PX, TAG_PT
from optviz.picture.machine.sprites import Sprite, faded, mixed, rim_words
from optviz.picture.overlays.anatomy import shapes
from optviz.picture.panels.step import latex_of

if TYPE_CHECKING:
    from optviz.engine.anatomy import Anatomy, Arrow
    from optviz.picture.frame_state import FrameState
    from optviz.picture.machine.layer import PlacedSprite
    from optviz.picture.overlays.anatomy.labels import Box
    from optviz.picture.scene import Floats, Scene
    from optviz.picture.views.view import View

SMALLER = 0.88  # from one size of the window that is tried to the next
SHAFT_PX, STEP_SHAFT_PX, RIM_PX = 3.2, 4.2, 1.2  # widths of arrows, and of the page's colour around them
POINTER_PX, UNHELD_PX, DASH_PX = 0.9, 1.3, 5.0
SOURCE_PX, SOURCE_RIM_PX = 4.2, 1.6  # of the ring where the step begins
REACH_ALPHA = 0.16
RING_SHARE = 1.7  # of a head, the least ring around the place that is magnified
SHOWN_SHARE = 0.5  # of the window from which on the head stands in it
REACH, UNHELD, STEP = "reach", "unheld", "Δ"


class Label(NamedTuple):
    """Words in a window, and their box in it."""

    words: Sprite
    box: Box


class StepWindow:
    """One step of a racer in a window over the view.

    Places are pixels, right and up; the window's own count from the place where the step begins. ``ways`` say for each
    arrow and reach, by name, how far it goes; ``labels`` which words stand where.
    """

    ways: dict[str, Floats]
    labels: dict[str, Label]
    middle: Floats  # of the window on the picture
    origin: Floats  # where the step begins, from there

    def __init__(self, scene: Scene, view: View, anatomy: Anatomy, racer: int, step: int) -> None:
        self.scene, self.view, self.anatomy, self.racer, self.step = scene, view, anatomy, racer, step
        assert view.marks is not None
        self.paths = view.marks.paths
        self.begin = self.paths[racer][step - 1]  # on the view
        self.reach = anatomy.reach(step)
        self.arrows: dict[str, Arrow] = {arrow.symbol: arrow for arrow in anatomy.arrows() if self.is_seen(arrow)}
        self.symbols = [term.symbol for term in anatomy.terms()]
        self.grown = lru_cache(maxsize=64)(self._grown)

    # --- what a form of window decides

    @property
    @abstractmethod
    def ground(self) -> tuple[Sprite, ...]:
        """What stands in the window before anything has come, lowest first, each anchored at its middle."""

    @property
    @abstractmethod
    def half(self) -> Floats:
        """(2,) half its width and height."""

    @property
    def slices(self) -> Floats:
        """(n, 4) left, bottom, right, top of boxes that cover it together, from its middle."""
        return np.concatenate([-self.half, self.half])[None]

    @abstractmethod
    def edge(self, way: Floats) -> Floats:
        """Return the place on its edge in a direction of length 1 from its middle."""

    @abstractmethod
    def head(self, share: float) -> Floats:
        """Return where the head stands once that share of the step is taken."""

    @abstractmethod
    def is_seen(self, arrow: Arrow) -> bool:
        """Return whether an arrow has a place in the window."""

    def foot(self, name: str) -> Floats:
        """Return where an arrow begins."""
        return np.zeros(2)

    # --- what is drawn

    @cached_property
    def boxes(self) -> Floats:
        """(n, 4) left, bottom, right, top on the picture of what it covers, its words included."""
        words = [np.array(label.box) + np.tile(self.origin, 2) for label in self.labels.values()]
        return np.concatenate([self.slices, np.reshape(words, (-1, 4))]) + np.tile(self.middle, 2)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the window, and what has come of the step at a moment."""
        seen, come = moment.opened, self.come(moment)
        yield from self._pointer(seen)
        for sprite in self.ground:
            yield faded(sprite, seen).at(*self.pixel(-self.origin))
        for name in sorted(come, key=lambda name: (name not in (UNHELD, REACH), name == STEP)):
            if come[name] > 0:
                yield faded(self.grown(name, round(come[name], 3)), seen).at(*self.pixel(self.foot(name)))
        for name, label in self.labels.items():
            if (shown := seen * max(0.0, 2 * come[name] - 1)) > 0:
                yield faded(label.words, shown).at(*self.pixel(np.array([label.box[0], label.box[3]])))
        yield faded(self._source, seen).at(*self.pixel(np.zeros(2)))
        if seen > SHOWN_SHARE:
            taken = moment.part(len(self.symbols), len(self.symbols) + 1)
            x, y = (self.middle + self.origin + self.head(taken)).tolist()
            yield self.scene.racer_mark(self.racer, self.step, (x, y))

    def come(self, moment: FrameState) -> dict[str, float]:
        """Return how far each arrow and reach has come at a moment, 0 to 1: with the bar of its term."""
        bar = {name: name for name in self.arrows} | dict.fromkeys((REACH, UNHELD), "rate")
        count = len(self.symbols) + 1
        return {
            name: moment.part(self.symbols.index(bar[name] if bar[name] in self.symbols else STEP), count)
            for name in self.ways
        }

    def pixel(self, place: Floats) -> tuple[int, int]:
        """Return the picture's (row, column) of a place in the window."""
        x, y = self.middle + self.origin + place
        return self.scene.page.size[1] - 1 - round(float(y)), round(float(x))

    def named(self, reach: str, unheld: str) -> dict[str, Sprite]:
        """Return the words of each arrow and reach; ``reach`` and ``unheld`` are what those are called."""
        page, rim = self.scene.page, max(1, round(RIM_PX * self.scene.page.scale))
        say = page.say
        said = {REACH: say(reach) if reach else "", UNHELD: say(unheld)}
        for name, arrow in self.arrows.items():
            sign = "" if arrow.kind in ("step", "point") else "-"
            said[name] = f"{say(arrow.words)}  ${sign}{latex_of(name)}$"
        letters = {name: page.lettering(TAG_PT, self.colour(name)) for name in self.ways}
        return {name: rim_words(letters[name], said[name], page.theme.page, rim) for name in self.ways}

    def colour(self, name: str) -> str:
        """Return the colour of an arrow or a reach."""
        theme, own = self.scene.page.theme, self.scene.paints[self.racer][0]
        kind = self.arrows[name].kind if name in self.arrows else "reach"
        return {"slope": theme.quiet, "step": own, "reach": mixed(own, theme.ink, 0.25)}.get(kind, theme.ink)

    def _grown(self, name: str, share: float) -> Sprite:
        """Draw an arrow, a point or a reach as far as it has come."""
        page, way, colour = self.scene.page, self.ways[name] * share, self.colour(name)
        scale, is_box = page.scale, self.reach is not None and self.reach.is_box
        if name == UNHELD:
            return self.draw_unheld(way, colour)
        if name == REACH:
            own, corners = self.scene.paints[self.racer][0], shapes.outline(way, is_box)
            return shapes.filled(corners, own, colour, 0.8 * scale, page.dpi, REACH_ALPHA)
        kind = self.arrows[name].kind
        if kind == "point":
            return shapes.ring(1.2 * HEAD_PX * scale * share, colour, SOURCE_RIM_PX * scale, page.dpi)
        width = (STEP_SHAFT_PX if kind == "step" else SHAFT_PX) * scale
        return shapes.filled(shapes.arrow(way, width), colour, page.theme.page, RIM_PX * scale, page.dpi)

    def draw_unheld(self, way: Floats, colour: str) -> Sprite:
        """Draw how far the step would have gone without the maximum."""
        page, corners = self.scene.page, shapes.outline(way, is_box=False)
        return shapes.dashed(corners, colour, UNHELD_PX * page.scale, DASH_PX * page.scale, page.dpi)

    def _pointer(self, seen: float) -> Iterator[PlacedSprite]:
        """Yield a ring around the place that is magnified, and a line from it to the window."""
        page, frame, ink = self.scene.page, self.view.frame, self.scene.page.theme.ink
        away = self.begin - self.middle
        far = float(np.hypot(*away))
        edge = self.edge(away / max(far, 1e-9))
        small, least = self.source_radius, RING_SHARE * HEAD_PX * page.scale
        if far < small + float(np.hypot(*edge)):  # what is magnified little would meet the window
            small = least
        if not frame.contains(*self.begin) or far < small + float(np.hypot(*edge)):
            return
        line = shapes.line(away * (1 - small / far) - edge, ink, POINTER_PX * page.scale, page.dpi)
        yield faded(line, seen).at(*self.pixel(edge - self.origin))
        ring = shapes.ring(small, ink, POINTER_PX * page.scale, page.dpi)
        yield faded(ring, seen).at(*self.pixel(away - self.origin))

    @property
    def source_radius(self) -> float:
        """Of the ring around the place that is magnified."""
        return RING_SHARE * HEAD_PX * self.scene.page.scale

    @cached_property
    def _source(self) -> Sprite:
        """A small ring where the step begins."""
        page = self.scene.page
        around = shapes.outline(np.full(2, SOURCE_PX * page.scale), is_box=False)
        return shapes.filled(around, page.theme.page, self.colour(STEP), SOURCE_RIM_PX * page.scale, page.dpi)


def lengths(anatomy: Anatomy, arrows: dict[str, Arrow], unit: Floats, step: int) -> dict[str, float]:
    """Return the length in pixels, at ``unit`` pixels each way, of the longest arrow on each arrow's scale.

    Slopes and memories share one; what has another unit has its own.
    """
    found: dict[str, float] = {}
    for name, arrow in arrows.items():
        scale = _scale(name, arrow)
        found[scale] = max(found.get(scale, 0.0), float(np.hypot.reduce(arrow.values[step - 1] * unit)))
    return {name: found[_scale(name, arrow)] for name, arrow in arrows.items()}


def _scale(name: str, arrow: Arrow) -> str:
    return "slope" if arrow.kind in ("slope", "memory") else name
