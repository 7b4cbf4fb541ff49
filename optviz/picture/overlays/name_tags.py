"""Names beside the heads, for as long as they can be told apart, and a flag for whoever finishes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from optviz.picture.layout.theme import HEAD, TAG
from optviz.picture.machine.board import Moment, Placed, placed
from optviz.picture.machine.sprites import Sprite, rimmed
from optviz.picture.scene import Floats, Scene, View

if TYPE_CHECKING:
    from optviz.engine.result import Racer

GAP = 4.0  # design pixels between a head and its name
SHORTEST = 10  # frames; a name that would only flash up stays away
FLAG_SECONDS = 1.4

# Where a name may stand: right of the head's centre and above it, in its own sizes. The first that is free is taken.
SPOTS = ((1, 0), (-1, 0), (0.6, 1), (0.6, -1), (-0.6, 1), (-0.6, -1))

Edges = tuple[float, float, float, float]  # left, bottom, right, top


class Tags:
    """A layer over the view. Where names stand is decided for the whole film at once, so that they do not jump."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.view = scene, view
        self.strokes, self.clip = None, None
        self.reach = (HEAD + GAP) * scene.page.scale
        self._tag = lru_cache(maxsize=256)(self._made)
        self.sizes = [self._size(racer) for racer in scene.result.racers]
        self.written: list[Edges] = [tuple(box) for box in scene.page.written.tolist()]
        self.inside: Edges = view.frame.extents
        self.spots = _lasting(self._film())  # (frames, racers), -1 where there is no name

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """The names that stand beside heads at a moment, and the flags."""
        if moment.podium:
            return
        centres = self.view.centres(moment)
        chosen = self._choose(centres, None) if moment.frame is None else self.spots[moment.frame]
        for racer, spot in enumerate(chosen):
            if spot >= 0:
                yield self._put(racer, self._text(racer, moment), centres[racer], SPOTS[spot])

    def _text(self, racer: int, moment: Moment) -> str:
        """The name, with a flag and the step for a while after the racer has finished."""
        runner, steps = self.scene.result.racers[racer], self.scene.steps
        if runner.finished_at is None or moment.step < runner.finished_at or moment.frame is None:
            return runner.label
        since = moment.frame - int(np.searchsorted(steps, runner.finished_at))
        return runner.label if since > FLAG_SECONDS * self.scene.scenario.render.fps else flag(runner.finished_at)

    def _film(self) -> NDArray[np.int64]:
        """The spot of every name at every frame, -1 for none; a name stays where it stands while that is free."""
        spots = np.full((len(self.scene.steps), len(self.sizes)), -1)
        before = None
        for frame, step in enumerate(self.scene.steps):
            before = spots[frame] = self._choose(self.view.centres(Moment(int(step), frame)), before)
        return spots

    def _choose(self, centres: Floats, before: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """A spot for each name: one that meets no head, no words on the board and no name chosen earlier.

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
                if self._is_inside(box) and not any(_meet(box, other) for other in others):
                    chosen[racer] = spot
                    taken.append(box)
                    break
        return chosen

    def _box(self, racer: int, x: float, y: float, spot: int) -> Edges:
        """A racer's name at a spot of its head's."""
        (right, up), (width, height) = SPOTS[spot], self.sizes[racer]
        x, y = x + right * (self.reach + width / 2), y + up * (self.reach + height / 2)
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2

    def _is_inside(self, box: Edges) -> bool:
        left, bottom, right, top = self.inside
        return left <= box[0] and bottom <= box[1] and box[2] <= right and box[3] <= top

    def _put(self, racer: int, text: str, centre: Floats, spot: tuple[float, float]) -> Placed:
        tag = self._tag(text)
        height, width = tag.colour.shape[:2]
        middle = centre + np.array(spot) * (self.reach + np.array([width, height]) / 2)
        top = self.scene.page.size[1] - middle[1] - height / 2
        return placed(tag, round(top), round(middle[0] - width / 2))

    def _size(self, racer: Racer) -> tuple[int, int]:
        """Room for the name, and for the flag that may stand in its stead: width and height."""
        texts = [racer.label] if racer.finished_at is None else [racer.label, flag(racer.finished_at)]
        heights, widths, _ = zip(*(self._tag(text).colour.shape for text in texts), strict=True)
        return max(widths), max(heights)

    def _made(self, text: str) -> Sprite:
        """The words with a rim of the page's colour."""
        page = self.scene.page
        kind = page.type(TAG, page.theme.ink)
        return rimmed(kind, text, page.theme.page, max(1, round(1.3 * page.scale)))


def flag(step: int) -> str:
    """What stands in a name's stead when the racer has just finished."""
    return f"⚑ {step}"


def _meet(a: Edges, b: Edges) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _lasting(spots: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same without names that stand for fewer than ``SHORTEST`` frames."""
    for column in spots.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column >= 0, [False]])))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            if end - first < min(SHORTEST, len(column)):
                column[first:end] = -1
    return spots
