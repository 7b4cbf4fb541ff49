"""Draws a name at every head: next to it, or led to it by a thin line; under the lens where heads gather.

Where names stand is decided for the whole film at once, so that they do not jump.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from optviz.picture.frame_state import FrameState
from optviz.picture.layout.theme import HEAD_PX, TAG_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.sprites import Sprite, rim_words
from optviz.picture.overlays.names.column import beside_ends
from optviz.picture.overlays.names.lens import SHORTEST_S, Lens, lines_between
from optviz.picture.overlays.names.plan import ON_HEAD, ON_HEIGHT, ON_WORDS, Obstacles, Planner, plan_all, slots, summed
from optviz.picture.scene import Floats, Scene
from optviz.picture.views.view import RacerMarks, View, flagged

GAP_PX = 3.0  # between a head and its name
RIM_PX = 1.3
FLAG_S = 1.6
LABEL_SHARE = 0.45  # of the view's width that a name may have
GOAL_PX = 7.0  # half the width of a star
LEADER_PX = 9.0  # from a head on, a name is led to by a line
TRAIL_CELL_PX = 4.0
AWAY_S = 0.4  # between two updates of how far away a racer is


@dataclass(frozen=True)
class Plan:
    """Where names stand in some frames in a row; those of the lens's members stand at the lens."""

    lens: Lens
    texts: list[list[str]]  # (frames, racers)
    widths: Floats  # (frames, racers) of the names
    offsets: Floats  # (frames, racers, 2) from each racer's mark to the middle of its name, NaN for none
    corners: NDArray[np.int64]  # (frames, racers, 2) row and column of each name's upper left pixel
    lines: NDArray[np.int64]  # (frames, racers, 4) from marks to names, see ``lines_between``; 0 without


class Names(Layer):
    """A name at each head, where several race on a view that shows them."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.view = scene, view
        self.marks = view.marks if len(scene.result.racers) > 1 else None
        if self.marks is None:
            return
        self._tag = lru_cache(maxsize=256)(self._draw_tag)
        page, room = scene.page, view.longest_name
        room = LABEL_SHARE * view.frame.width / page.scale if room is None else room
        self.labels = [page.fitted(racer.label, TAG_PT, room) for racer in scene.result.racers]
        self.trails = summed([*self.marks.paths, *view.outlines], scene.page.size, TRAIL_CELL_PX * scene.page.scale)
        self.height = float(self._tag("x").height)

    @cached_property
    def plan(self) -> Plan:
        """Where names stand in the film; a still of its own does without."""
        assert self.marks is not None
        return self._plan(self.marks, self.scene.moments)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the lens, lines and names that stand on the picture at a moment."""
        if self.marks is None:
            return
        if moment.frame is None:  # a still of its own
            plan, frame = self._plan(self.marks, [moment]), 0
        else:
            plan, frame = self.plan, moment.frame
        offsets, corners, lines = plan.offsets[frame], plan.corners[frame], plan.lines[frame]
        at_lens, covered = plan.lens.members[frame], self.view.covered(moment)
        if covered and any(_meet(box, cover) for box in plan.lens.boxes()[frame] for cover in covered):
            at_lens = np.zeros_like(at_lens)
        elif plan.lens.run_at(frame) is not None:
            yield from plan.lens.sprites(moment, frame)
        if covered:
            offsets, corners, lines = self._clear_of(covered, plan, frame, self.marks.shown(moment), at_lens)
        for racer in np.flatnonzero(np.isfinite(offsets[:, 0])).tolist():
            yield from plan.lens.line(lines[racer])
        for racer in np.flatnonzero(np.isfinite(offsets[:, 0]) | at_lens).tolist():
            row, column = corners[racer].tolist()
            yield self._tag(plan.texts[frame][racer]).at(row, column)

    def _clear_of(
        self, covered: list[Floats], plan: Plan, frame: int, heads: Floats, at_lens: NDArray[np.bool_]
    ) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        """Return offsets, corners and lines of the names at a frame, those that windows cover moved or left out."""
        widths, offsets = plan.widths[frame], plan.offsets[frame].copy()
        for racer in np.flatnonzero(~at_lens).tolist():
            offsets[racer] = self._uncovered(racer, heads[racer], offsets[racer], float(widths[racer]), covered)
        corners, lines = self._placed(heads, offsets, widths)
        return offsets, np.where(at_lens[:, None], plan.corners[frame], corners), lines

    def _uncovered(self, racer: int, head: Floats, offset: Floats, width: float, covered: list[Floats]) -> Floats:
        """Return where a name stands that no window covers: there, or for who is lit at its head; NaN for nowhere."""
        size, reach = np.array([width, self.height]), (HEAD_PX + GAP_PX) * self.scene.page.scale
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

    def _plan(self, marks: RacerMarks, moments: list[FrameState]) -> Plan:
        """Decide for some moments in a row where names stand, and what the lens shows."""
        scene, scale, frame = self.scene, self.scene.page.scale, self.view.frame
        heads = np.array([marks.shown(moment) for moment in moments])
        inside = np.isfinite(heads[..., 0]) & np.array([marks.inside(moment) for moment in moments])
        texts = self._texts(moments, inside)
        wide = {text: float(self._tag(text).width) for text in {text for row in texts for text in row}}
        widths = np.array([[wide[text] for text in row] for row in texts])
        steps = np.array([moment.step for moment in moments])
        lens = Lens(scene, self.view, marks, steps, heads, inside, widths, self.height, self.trails)
        written = lens.words[None]
        goals = np.reshape(self.view.goals, (1, -1, 2))
        stars = np.concatenate([goals - GOAL_PX * scale, goals + GOAL_PX * scale], axis=2)
        obstacles = [
            Obstacles(np.broadcast_to(stars, (len(moments), *stars.shape[1:])), ON_WORDS),
            Obstacles(np.broadcast_to(written, (len(moments), *written.shape[1:])), ON_WORDS),
            Obstacles(np.broadcast_to(self.view.heights, (len(moments), *self.view.heights.shape)), ON_HEIGHT),
            Obstacles(lens.boxes(), ON_WORDS),
            Obstacles(self._covered(moments), ON_HEAD),
        ]
        edges = (frame.x0, frame.y0, frame.x1, frame.y1)
        reach = (marks.radius + GAP_PX) * scale
        shortest = round(SHORTEST_S * scene.scenario.render.fps)
        present = np.isfinite(heads[..., 0]) & ~lens.members
        order = sorted(scene.result.order, key=lambda racer: racer != scene.focus)  # who is lit always has a name
        beside = np.full_like(heads, np.nan)
        if self.view.is_series:
            beside = beside_ends(heads, widths, present, order, self.height, reach, edges)
            size = np.stack([widths, np.full_like(widths, self.height)], axis=2)
            middles = heads + beside
            obstacles += [Obstacles(np.concatenate([middles - size / 2, middles + size / 2], axis=2), ON_WORDS)]
        planned = present & np.isnan(beside[..., 0])
        grid = slots(self.height, reach, scale)
        planner = Planner(heads, marks.radius * scale, edges, grid, obstacles, self.trails, written[0])
        offsets = np.where(planned[..., None], plan_all(planner, order, widths, planned, shortest), beside)
        corners, lines = self._placed(heads, offsets, widths)
        for first, end, (x, _), fan in lens.runs:
            for racer, (left, low, right, high) in fan.boxes.items():
                at = np.flatnonzero(lens.members[first:end, racer]) + first
                corners[at, racer, 0] = round(scene.page.size[1] - (low + high) / 2 - self.height / 2)
                corners[at, racer, 1] = np.rint(left if left + right >= 2 * x else right - widths[at, racer])
        return Plan(lens, texts, widths, offsets, corners, lines)

    def _placed(self, heads: Floats, offsets: Floats, widths: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (..., 2) the names' upper left pixels, row and column, and (..., 4) the lines to their heads."""
        scale, height = self.scene.page.scale, self.scene.page.size[1]
        middles = heads + offsets
        half = np.stack([widths / 2, np.full_like(widths, 0.22 * self.height)], axis=-1)
        ends = np.clip(heads, middles - half, middles + half)
        length = np.hypot(*np.moveaxis(ends - heads, -1, 0))[..., None]
        begins = heads + (ends - heads) * (HEAD_PX * scale / np.maximum(length, 1e-9))
        led = length > (HEAD_PX + LEADER_PX) * scale
        lines = np.where(led, lines_between(begins, ends, height), 0)
        corners = np.stack([height - middles[..., 1] - self.height / 2, middles[..., 0] - widths / 2], axis=-1)
        return np.rint(np.nan_to_num(corners)).astype(int), lines

    def _texts(self, moments: list[FrameState], inside: NDArray[np.bool_]) -> list[list[str]]:
        """Return (frames, racers) what each name says: what stands behind it included."""
        texts = [list(self.labels) for _ in moments]
        fps = self.scene.scenario.render.fps
        for index, racer in enumerate(self.scene.result.racers):
            told = ~inside[:, index]
            if racer.arrived_at is not None:
                since = np.array([racer.arrived_at <= moment.step for moment in moments])
                told |= since & (since.cumsum() - 1 <= FLAG_S * fps)
            for frame in np.flatnonzero(told).tolist():
                texts[frame][index] = self._text(index, moments[frame], bool(inside[frame, index]))
        return texts

    def _text(self, racer: int, moment: FrameState, inside: bool) -> str:
        """Return the name; with a flag and the step while the racer has just arrived, or how far away it is."""
        runner, steps, fps = self.scene.result.racers[racer], self.scene.steps, self.scene.scenario.render.fps
        label = self.labels[racer]
        if not inside and self.marks is not None and (away := self.marks.away(racer, self._look(moment))):
            return f"{label}  {self.scene.page.say('{distance} away', distance=away)}"
        if runner.arrived_at is None or moment.step < runner.arrived_at or moment.frame is None:
            return label
        since = moment.frame - int(np.searchsorted(steps, runner.arrived_at))
        return label if since > FLAG_S * fps else flagged(label, runner.arrived_at)

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
