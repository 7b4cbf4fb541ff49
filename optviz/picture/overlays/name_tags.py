"""Draws names at the heads, for as long as they can be told apart, and a flag for a racer that has just arrived."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optviz.picture.frame_state import FrameState
from optviz.picture.layout.theme import HEAD_PX, TAG_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.sprites import Sprite, rim_words
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.view import RacerMarks, View

GAP_PX = 4.0  # between a head and its name
RIM_PX = 1.3
SHORTEST_FRAMES = 10  # a name that would only flash up stays away
FLAG_S = 1.4

# Where a name may stand: right of the head's centre and above it, in its own sizes. The first that is free is taken.
SPOTS = ((1, 0), (-1, 0), (0.6, 1), (0.6, -1), (-0.6, 1), (-0.6, -1))

Edges = tuple[float, float, float, float]  # left, bottom, right, top


class NameTags(Layer):
    """A name at each head, where several race on a view that shows them.

    Where names stand is decided for the whole film at once, so that they do not jump.
    """

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene = scene
        self.marks = view.marks if len(scene.result.racers) > 1 else None
        if self.marks is None:
            return
        self.reach = (HEAD_PX + GAP_PX) * scene.page.scale
        self._tag = lru_cache(maxsize=256)(self._draw_tag)
        # room for each name, and for the flag that may stand in its stead: width and height
        words = [[r.label] if r.arrived_at is None else [r.label, flag(r.arrived_at)] for r in scene.result.racers]
        tags = [[self._tag(text) for text in texts] for texts in words]
        self.sizes = [(max(tag.width for tag in both), max(tag.height for tag in both)) for both in tags]
        self.written: list[Edges] = [tuple(box) for box in scene.page.written.tolist()]
        self.inside: Edges = view.frame.extents
        self.spots = _lasting(self._spots(self.marks))  # (frames, racers), -1 where there is no name

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the names that stand at heads at a moment, and the flags."""
        if self.marks is None:
            return
        centres = self.marks.centres(moment)
        chosen = self._choose(centres, None) if moment.frame is None else self.spots[moment.frame]
        for racer, spot in enumerate(chosen):
            if spot >= 0:
                tag = self._tag(self._text(racer, moment))
                size = np.array([tag.width, tag.height])
                x, y = centres[racer] + np.array(SPOTS[spot]) * (self.reach + size / 2)
                yield tag.at(round(self.scene.page.size[1] - y - tag.height / 2), round(x - tag.width / 2))

    def _text(self, racer: int, moment: FrameState) -> str:
        """Return the name, or for a while after the racer has arrived a flag and the step."""
        runner, steps = self.scene.result.racers[racer], self.scene.steps
        if runner.arrived_at is None or moment.step < runner.arrived_at or moment.frame is None:
            return runner.label
        since = moment.frame - int(np.searchsorted(steps, runner.arrived_at))
        return runner.label if since > FLAG_S * self.scene.scenario.render.fps else flag(runner.arrived_at)

    def _spots(self, marks: RacerMarks) -> NDArray[np.int64]:
        """Choose (frames, racers) the spot of every name, -1 for none; a name stays where it is while that is free."""
        spots = np.full((len(self.scene.steps), len(self.sizes)), -1)
        before = None
        for frame, moment in enumerate(self.scene.moments):
            before = spots[frame] = self._choose(marks.centres(moment), before)
        return spots

    def _choose(self, centres: Floats, before: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """Choose a spot for each name: one that meets no head, no words on the board and no name chosen earlier.

        In plain numbers, which for so few boxes take a fifth of the time of arrays.
        """
        reach, places = self.reach, centres.tolist()
        taken = [(x - reach, y - reach, x + reach, y + reach) for x, y in places] + self.written
        chosen = np.full(len(places), -1)
        for racer, (x, y) in enumerate(places):
            if any(abs(u - x) <= reach and abs(v - y) <= reach for u, v in places[:racer] + places[racer + 1 :]):
                continue
            others = taken[:racer] + taken[racer + 1 :]
            stayed = -1 if before is None else int(before[racer])
            for spot in (stayed, *range(len(SPOTS))) if stayed >= 0 else range(len(SPOTS)):
                box = self._box(racer, x, y, spot)
                if _within(box, self.inside) and not any(_meet(box, other) for other in others):
                    chosen[racer] = spot
                    taken.append(box)
                    break
        return chosen

    def _box(self, racer: int, x: float, y: float, spot: int) -> Edges:
        """Return the edges of a racer's name at a spot of its head."""
        (right, up), (width, height) = SPOTS[spot], self.sizes[racer]
        x, y = x + right * (self.reach + width / 2), y + up * (self.reach + height / 2)
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2

    def _draw_tag(self, text: str) -> Sprite:
        """Set the words with a rim of the page's colour."""
        page = self.scene.page
        letters = page.lettering(TAG_PT, page.theme.ink)
        return rim_words(letters, text, page.theme.page, max(1, round(RIM_PX * page.scale)))


def flag(step: int) -> str:
    """Return what stands in a name's stead when the racer has just arrived."""
    return f"⚑ {step}"


def _within(box: Edges, area: Edges) -> bool:
    left, bottom, right, top = area
    return left <= box[0] and bottom <= box[1] and box[2] <= right and box[3] <= top


def _meet(a: Edges, b: Edges) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _lasting(spots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Remove names that stand for fewer than ``SHORTEST_FRAMES``."""
    for column in spots.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column >= 0, [False]])))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            if end - first < min(SHORTEST_FRAMES, len(column)):
                column[first:end] = -1
    return spots
