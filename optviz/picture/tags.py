"""Names beside the heads, for as long as they can be told apart, and a flag for whoever finishes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from optviz.picture.board import Moment, Placed, placed
from optviz.picture.scene import Floats, Scene, View
from optviz.picture.sprites import Sprite, rimmed
from optviz.picture.theme import HEAD, TAG

if TYPE_CHECKING:
    from optviz.results import Racer

GAP = 4.0  # design pixels between a head and its name
SHORTEST = 10  # frames; a name that would only flash up stays away
FLAG_SECONDS = 1.4

# Where a name may stand: right of the head's centre and above it, in its own sizes. The first that is free is taken.
SPOTS = np.array([(1, 0), (-1, 0), (0.6, 1), (0.6, -1), (-0.6, 1), (-0.6, -1)])


class Tags:
    """A layer over the view. Where names stand is decided for the whole film at once, so that they do not jump."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.view = scene, view
        self.strokes, self.clip = None, None
        self.reach = (HEAD + GAP) * scene.page.scale
        self._tag = lru_cache(maxsize=256)(self._made)
        self.sizes = np.array([self._size(racer) for racer in scene.race.racers])  # (racers, 2), width and height
        self.written = scene.page.written
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
        runner, steps = self.scene.race.racers[racer], self.scene.steps
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
        """A spot for each name: one that meets no head, no words on the board and no name chosen earlier."""
        chosen = np.full(len(centres), -1)
        reach = self.reach
        heads = np.column_stack([centres - reach, centres + reach])
        taken = np.vstack([heads, self.written])
        inside = np.array(self.view.frame.extents)
        for racer, centre in enumerate(centres):
            if (np.abs(np.delete(centres, racer, axis=0) - centre).max(axis=1) <= reach).any():
                continue
            boxes = self._boxes(racer, centre)
            others = np.delete(taken, racer, axis=0)
            fits = (boxes[:, :2] >= inside[:2]).all(axis=1) & (boxes[:, 2:] <= inside[2:]).all(axis=1)
            free = np.asarray(fits & ~_meet(boxes, others).any(axis=1))
            if not free.any():
                continue
            spot = -1 if before is None else int(before[racer])
            chosen[racer] = spot if spot >= 0 and free[spot] else int(np.argmax(free))
            taken = np.vstack([taken, boxes[chosen[racer]]])
        return chosen

    def _boxes(self, racer: int, centre: Floats) -> Floats:
        """(spots, 4) left, bottom, right, top of a name at each spot."""
        middles = centre + SPOTS * (self.reach + self.sizes[racer] / 2)
        return np.column_stack([middles - self.sizes[racer] / 2, middles + self.sizes[racer] / 2])

    def _put(self, racer: int, text: str, centre: Floats, spot: Floats) -> Placed:
        tag = self._tag(text)
        height, width = tag.colour.shape[:2]
        middle = centre + spot * (self.reach + np.array([width, height]) / 2)
        top = self.scene.page.size[1] - middle[1] - height / 2
        return placed(tag, round(top), round(middle[0] - width / 2))

    def _size(self, racer: Racer) -> tuple[int, int]:
        """Room for the name, and for the flag that may stand in its stead."""
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


def _meet(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """(n, m) whether boxes (n, 4) and others (m, 4), as left, bottom, right, top, share a point."""
    a, b = boxes[:, None], others[None]
    return np.asarray((a[..., :2] < b[..., 2:]).all(axis=-1) & (b[..., :2] < a[..., 2:]).all(axis=-1))


def _lasting(spots: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same without names that stand for fewer than ``SHORTEST`` frames."""
    for column in spots.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column >= 0, [False]])))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            if end - first < min(SHORTEST, len(column)):
                column[first:end] = -1
    return spots
