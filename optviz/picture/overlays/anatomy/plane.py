"""Draws a step of two coordinates taken apart: a round window on the map, arrows from the iterate, the step's reach."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from optviz.picture.layout.theme import HEAD_PX
from optviz.picture.machine.sprites import Sprite, premultiply
from optviz.picture.overlays.anatomy import shapes
from optviz.picture.overlays.anatomy.labels import Tip, place_labels
from optviz.picture.overlays.anatomy.place import largest_place
from optviz.picture.overlays.anatomy.window import REACH, SMALLER, STEP, UNHELD, Label, StepWindow, lengths
from optviz.picture.overlays.names.window import Window

if TYPE_CHECKING:
    from optviz.engine.anatomy import Anatomy, Arrow
    from optviz.picture.scene import Floats, Scene
    from optviz.picture.views.view import View

RADIUS_PX, RADIUS_SHARE, LEAST_RADIUS_PX = 140.0, 0.24, 56.0  # of the window; share of the view's shorter side
ARROW_SHARE, STEP_SHARE, POINT_SHARE = 0.68, 0.54, 0.9  # of the radius: the longest arrow, reach or step, a point
UNHELD_SHARE = 0.86  # of the radius: the longest half axis of the reach without the maximum
LABEL_SHARE = 0.97  # of the radius, within which words should stay
MOST_ZOOM, LEAST_ZOOM = 1e5, 1e-6
BORDER_PX = 1.6
ALIKE = 0.99  # cosine between two arrows from which on they would hide one another
SIDES, SIDE_PX = (0, 1, -1, 2, -2, 3, -3, 4, -4), 7.0  # sideways places for arrows, and their distance
TAIL_STEPS = 400  # of the trail, off which words stand
SLICES = 9  # boxes that cover the disc
HEAD_ROOM_PX = 3.0  # around a head, free of words
OUTLINE_TIPS = 24  # places along a reach's outline where its words may stand
REACH_WORDS, UNHELD_WORDS = "reach of a step", "its reach without the maximum"


class PlaneWindow(StepWindow):
    """A round window on a map; reach and step are to the map's scale, magnified."""

    def __init__(self, scene: Scene, view: View, anatomy: Anatomy, racer: int, step: int) -> None:
        assert view.per_unit is not None
        self.unit: Floats = view.per_unit
        self.radius, self.middle = _place(scene, view, racer, step)
        self.origin = np.zeros(2)
        self.zoom = self._zoom(anatomy, step)
        super().__init__(scene, view, anatomy, racer, step)
        self.ways = self._ways()
        self.feet = self._feet()
        self.labels = self._labels()

    def _zoom(self, anatomy: Anatomy, step: int) -> float:
        """Return the zoom at which step and reach are well seen, and the reach without the maximum too."""
        reach, moved = anatomy.reach(step), anatomy.every[STEP][step - 1] * self.unit
        sizes = [float(np.hypot(*moved)) / STEP_SHARE]
        if reach is not None:
            sizes.append(float(np.max(reach.half * self.unit)) / STEP_SHARE)
        if reach is not None and reach.unheld is not None:
            sizes.append(float(np.max(reach.unheld * self.unit)) / UNHELD_SHARE)
        return float(np.clip(self.radius / max(*sizes, 1e-300), LEAST_ZOOM, MOST_ZOOM))

    @property
    def half(self) -> Floats:
        """(2,) half its width and height."""
        return np.full(2, float(self.radius))

    @property
    def slices(self) -> Floats:
        """(n, 4) left, bottom, right, top of boxes that cover it together, from its middle."""
        levels = np.linspace(-self.radius, self.radius, SLICES + 1)
        nearest = np.where(levels[:-1] * levels[1:] < 0, 0.0, np.minimum(np.abs(levels[:-1]), np.abs(levels[1:])))
        wide = np.sqrt(self.radius**2 - nearest**2)
        return np.column_stack([-wide, levels[:-1], wide, levels[1:]])

    def edge(self, way: Floats) -> Floats:
        """Return the place on its edge in a direction of length 1 from its middle."""
        return way * (self.radius - 1)

    def head(self, share: float) -> Floats:
        """Return where the head stands once that share of the step is taken."""
        return self.ways[STEP] * share

    def foot(self, name: str) -> Floats:
        """Return where an arrow begins: at the iterate, beside others that point where it does; a point where it is."""
        if name in self.arrows and self.arrows[name].kind == "point":
            return self.ways[name]
        return self.feet.get(name, np.zeros(2))

    def _feet(self) -> dict[str, Floats]:
        """Return for each arrow how far sideways it begins, so that none hides another: the step in the middle."""
        placed: list[tuple[Floats, int]] = []
        feet = {}
        for name in sorted(self.arrows, key=lambda name: name != STEP):
            way = self.ways[name] / max(float(np.hypot(*self.ways[name])), 1e-9)
            along = {side for other, side in placed if float(other @ way) > ALIKE}
            side = next(side for side in SIDES if side not in along)
            placed.append((way, side))
            feet[name] = side * SIDE_PX * self.scene.page.scale * np.array([-way[1], way[0]])
        return feet

    @property
    def source_radius(self) -> float:
        """Of the ring around the place that is magnified: what the window shows, where that is no less than a head."""
        return max(self.radius / self.zoom, super().source_radius)

    def is_seen(self, arrow: Arrow) -> bool:
        """Return whether an arrow has a length, or a point lies in the window."""
        way = self._way(arrow)
        if arrow.kind == "point":
            return bool(np.hypot(*way) * self.zoom < POINT_SHARE * self.radius)
        return bool(np.isfinite(way).all() and (np.hypot(*way) > 0 or arrow.kind == "step"))

    def _way(self, arrow: Arrow) -> Floats:
        """Return where an arrow points, on the map's scale: for a point the way to it."""
        from_origin = self.anatomy.x[self.step - 1] if arrow.kind == "point" else 0.0
        return np.asarray((arrow.values[self.step - 1] - from_origin) * self.unit)

    def _ways(self) -> dict[str, Floats]:
        longest = lengths(self.anatomy, self.arrows, self.unit, self.step)
        ways: dict[str, Floats] = {}
        for name, arrow in self.arrows.items():
            is_place = arrow.kind in ("step", "point")
            ways[name] = self._way(arrow) * (self.zoom if is_place else ARROW_SHARE * self.radius / longest[name])
        if self.reach is not None:
            ways[REACH] = self.reach.half * self.unit * self.zoom
            if self.reach.unheld is not None:
                ways[UNHELD] = self.reach.unheld * self.unit * self.zoom
        return ways

    # --- words

    def _labels(self) -> dict[str, Label]:
        """Return the words of everything in the window, off one another, heads and arrows."""
        named, frame, scale = self.named(REACH_WORDS, UNHELD_WORDS), self.view.frame, self.scene.page.scale
        tips = [self._tip(name, (float(words.width), float(words.height))) for name, words in named.items()]
        arrows = [np.array([self.feet[name], self.feet[name] + self.ways[name]]) for name in self.arrows]
        room = (HEAD_PX + HEAD_ROOM_PX) * scale
        heads = [(x - room, y - room, x + room, y + room) for x, y in (np.zeros(2), self.ways[STEP])]
        left, low, right, high = (frame.p0 - self.middle).tolist() + (frame.p1 - self.middle).tolist()
        boxes = place_labels(
            tips, [*arrows, self._trail()], heads, (left, low, right, high), LABEL_SHARE * self.radius, scale
        )
        return {name: Label(words, box) for (name, words), box in zip(named.items(), boxes, strict=True)}

    def _trail(self) -> Floats:
        """Return (n, 2) the end of the racer's own trail, as far as it lies in the window."""
        trail = (self.paths[self.racer][max(0, self.step - TAIL_STEPS) : self.step] - self.begin) * self.zoom
        outside = np.flatnonzero(np.hypot(*trail.T) > self.radius)
        return np.asarray(trail[outside[-1] + 1 :] if len(outside) else trail)

    def _tip(self, name: str, size: tuple[float, float]) -> Tip:
        """Return where the words of something belong."""
        places = (self.ways[name] + self.feet.get(name, 0.0))[None]
        if name in (REACH, UNHELD):
            corners = shapes.outline(self.ways[name], self.reach is not None and self.reach.is_box)
            places = corners[:: max(1, len(corners) // OUTLINE_TIPS)]
        return Tip(places, places / np.maximum(np.hypot(*places.T), 1e-9)[:, None], size)

    # --- what is drawn

    @cached_property
    def ground(self) -> tuple[Sprite, ...]:
        """The magnified land, the minima on it, and the trails: that of the racer up to where its step begins."""
        page, radius = self.scene.page, self.radius
        paths = [path[: self.step] if racer == self.racer else path for racer, path in enumerate(self.paths)]
        x, y = self.begin.tolist()
        window = Window(self.scene, self.view, paths, radius, (x, y), self.zoom, (self.step, self.step))
        window.go_to(self.step, 0.0)
        rgba = window.pixels.copy()
        rgba[..., 3] = window.mask(radius)[..., 0]
        land = premultiply(rgba, (radius, radius), lambda pen: pen.at(-radius, -radius).image(rgba))
        edge = shapes.ring(radius - page.scale, page.theme.ink, BORDER_PX * page.scale, page.dpi)
        return land, edge


def _place(scene: Scene, view: View, racer: int, step: int) -> tuple[int, Floats]:
    """Return the radius and the middle of the window, the largest that hides little."""
    scale, frame = scene.page.scale, view.frame
    radius = min(RADIUS_PX * scale, RADIUS_SHARE * min(frame.width, frame.height) + 20 * scale)
    sizes = [radius]
    while sizes[-1] * SMALLER > LEAST_RADIUS_PX * scale:
        sizes.append(sizes[-1] * SMALLER)
    half, middle = largest_place(scene, view, step, racer, [np.full(2, size) for size in sizes], is_round=True)
    return round(float(half[0])), middle
