"""Draws a name at every head: next to it, or led to it by a thin line; under the lens where heads gather.

Where names stand is decided for the whole film at once, so that they do not jump.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optviz.formula.typography import minus
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.theme import HEAD_PX, TAG_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.sprites import Sprite, rim_words
from optviz.picture.overlays.names.lens import SHORTEST_S, Lens
from optviz.picture.overlays.names.plan import ON_HEAD, ON_WORDS, Obstacles, Planner, plan_all, slots, summed
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.view import RacerMarks, View

GAP_PX = 3.0  # between a head and its name
RIM_PX = 1.3
FLAG_S = 1.6
GOAL_PX = 7.0  # half the width of a star
LEADER_PX = 9.0  # from a head on, a name is led to by a line
TRAIL_CELL_PX = 4.0
AWAY_S = 0.4  # between two updates of how far away a racer is


class Names(Layer):
    """A name at each head, where several race on a view that shows them."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.view = scene, view
        self.marks = view.marks if len(scene.result.racers) > 1 else None
        if self.marks is None:
            return
        self._tag = lru_cache(maxsize=256)(self._draw_tag)
        self.trails = summed(self.marks.paths, scene.page.size, TRAIL_CELL_PX * scene.page.scale)
        self.height = float(self._tag("x").height)
        self.lens, self.widths, self.offsets = self._plan(self.marks, scene.moments)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the lens, lines and names that stand on the picture at a moment."""
        if self.marks is None:
            return
        lens, frame, offsets = self.lens, moment.frame, self.offsets
        if frame is None:  # a still of its own
            (lens, _, offsets), frame = self._plan(self.marks, [moment]), 0
        covered = self.view.covered(moment)
        heads, inside, run = self.marks.shown(moment), self.marks.inside(moment), lens.run_at(frame)
        if run is not None and any(_meet(box, cover) for box in lens.boxes()[frame] for cover in covered):
            run = None
        if run is not None:
            yield from lens.sprites(moment, frame)
        for racer, offset in enumerate(offsets[frame]):
            text = self._text(racer, moment, bool(inside[racer]))
            if run is not None and lens.members[frame, racer]:
                left, low, right, high = run[3].boxes[racer]
                yield self._beside(text, float(run[2][0]), left, right, (low + high) / 2)
                continue
            clear = self._uncovered(racer, heads[racer], offset, text, covered) if covered else offset
            if np.isfinite(clear[0]):
                yield from self._led(lens, heads[racer], heads[racer] + clear, text, self._tag(text).width)

    def _uncovered(self, racer: int, head: Floats, offset: Floats, text: str, covered: list[Floats]) -> Floats:
        """Return where a name stands that no window covers: there, or for who is lit at its head; NaN for nowhere."""
        size, reach = np.array([self._tag(text).width, self.height]), (HEAD_PX + GAP_PX) * self.scene.page.scale
        sides = [np.array(way) * (size / 2 + reach) for way in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        for tried in (offset, *(sides if racer == self.scene.focus else ())):
            corners = np.array([head, head + tried - size / 2, head + tried + size / 2])
            box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
            if np.isfinite(tried[0]) and not any(_meet(box, cover) for cover in covered):
                return np.asarray(tried)
        return np.full(2, np.nan)

    def _covered(self, moments: list[FrameState]) -> Floats:
        """Return (frames, n, 4) the boxes that windows cover where the film stands still, NaN elsewhere."""
        steps = [one.at for one in self.scene.scenario.render.anatomy]
        stops = set(np.searchsorted(self.scene.steps, steps).tolist())
        found = [
            self.view.covered(replace(moment, apart=1.0) if moment.frame in stops else moment) for moment in moments
        ]
        boxes = np.full((len(moments), max(map(len, found), default=0), 4), np.nan)
        for frame, some in enumerate(found):
            boxes[frame, : len(some)] = np.reshape(some, (-1, 4))
        return boxes

    def _led(self, lens: Lens, head: Floats, middle: Floats, text: str, width: float) -> Iterator[PlacedSprite]:
        """Yield a name in its box around ``middle``, and a line to it from a head that is farther away."""
        scale = self.scene.page.scale
        half = np.array([width / 2, 0.22 * self.height])
        near = np.clip(head, middle - half, middle + half)
        way = near - head
        length = float(np.hypot(*way))
        if length > (HEAD_PX + LEADER_PX) * scale:
            yield from lens.leader(head + way * (HEAD_PX * scale / length), near)
        yield self._beside(text, head[0], middle[0] - width / 2, middle[0] + width / 2, middle[1])

    def _beside(self, text: str, x: float, left: float, right: float, middle: float) -> PlacedSprite:
        """Place a name between ``left`` and ``right``, at the end that is nearer to ``x``."""
        tag = self._tag(text)
        start = left if left + right >= 2 * x else right - tag.width
        return tag.at(round(self.scene.page.size[1] - middle - tag.height / 2), round(start))

    def _plan(self, marks: RacerMarks, moments: list[FrameState]) -> tuple[Lens, Floats, Floats]:
        """Return the lens, the widths of all names (frames, racers), and (frames, racers, 2) from each racer's mark to
        the middle of its name, NaN for none.
        """
        scene, scale, frame = self.scene, self.scene.page.scale, self.view.frame
        heads = np.array([marks.shown(moment) for moment in moments])
        inside = np.isfinite(heads[..., 0]) & np.array([marks.inside(moment) for moment in moments])
        widths = self._widths(moments, inside)
        steps = np.array([moment.step for moment in moments])
        lens = Lens(scene, self.view, marks, steps, heads, inside, widths, self.height, self.trails)
        written = np.array([tuple(box) for box in scene.page.written.tolist()]).reshape(1, -1, 4)
        goals = np.reshape(self.view.goals, (1, -1, 2))
        stars = np.concatenate([goals - GOAL_PX * scale, goals + GOAL_PX * scale], axis=2)
        obstacles = [
            Obstacles(np.broadcast_to(stars, (len(moments), *stars.shape[1:])), ON_WORDS),
            Obstacles(np.broadcast_to(written, (len(moments), *written.shape[1:])), ON_WORDS),
            Obstacles(lens.boxes(), ON_WORDS),
            Obstacles(self._covered(moments), ON_HEAD),
        ]
        edges = (frame.x0, frame.y0, frame.x1, frame.y1)
        grid = slots(self.height, (marks.radius + GAP_PX) * scale, scale)
        shortest = round(SHORTEST_S * scene.scenario.render.fps)
        present = np.isfinite(heads[..., 0]) & ~lens.members
        planner = Planner(heads, marks.radius * scale, edges, grid, obstacles, self.trails)
        order = sorted(scene.result.order, key=lambda racer: racer != scene.focus)  # who is lit always has a name
        return lens, widths, plan_all(planner, order, widths, present, shortest)

    def _widths(self, moments: list[FrameState], inside: NDArray[np.bool_]) -> Floats:
        """Return (frames, racers) how wide each name is, what stands behind it included."""
        racers = self.scene.result.racers
        widths = np.tile([float(self._tag(racer.label).width) for racer in racers], (len(moments), 1))
        fps = self.scene.scenario.render.fps
        for index, racer in enumerate(racers):
            told = ~inside[:, index]
            if racer.arrived_at is not None:
                told |= np.array([racer.arrived_at <= moment.step for moment in moments]).cumsum() - 1 <= FLAG_S * fps
                told &= np.array([racer.arrived_at <= moment.step for moment in moments]) | ~inside[:, index]
            for frame in np.flatnonzero(told):
                widths[frame, index] = self._tag(self._text(index, moments[frame], bool(inside[frame, index]))).width
        return widths

    def _text(self, racer: int, moment: FrameState, inside: bool) -> str:
        """Return the name; with a flag and the step while the racer has just arrived, or how far away it is."""
        runner, steps, fps = self.scene.result.racers[racer], self.scene.steps, self.scene.scenario.render.fps
        if not inside and self.marks is not None and (away := self.marks.away(racer, self._look(moment))):
            return f"{runner.label}  {self.scene.page.say('{distance} away', distance=away)}"
        if runner.arrived_at is None or moment.step < runner.arrived_at or moment.frame is None:
            return runner.label
        since = moment.frame - int(np.searchsorted(steps, runner.arrived_at))
        return runner.label if since > FLAG_S * fps else minus(f"{runner.label}  ⚑ {runner.arrived_at}")

    def _look(self, moment: FrameState) -> FrameState:
        """Return the moment at which distances were last written, so that digits do not flicker."""
        if moment.frame is None:
            return moment
        beat = max(1, round(AWAY_S * self.scene.scenario.render.fps))
        return self.scene.moments[moment.frame - moment.frame % beat]

    def _draw_tag(self, text: str) -> Sprite:
        """Set the words with a rim of the page's colour."""
        page = self.scene.page
        letters = page.lettering(TAG_PT, page.theme.ink)
        return rim_words(letters, text, page.theme.page, max(1, round(RIM_PX * page.scale)))


def _meet(one: Floats, other: Floats) -> bool:
    """Return whether two boxes left, bottom, right, top share a pixel; one of NaN meets none."""
    return bool((one[:2] < other[2:]).all() and (other[:2] < one[2:]).all())
