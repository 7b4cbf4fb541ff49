"""Magnifies the place where heads gather: when the lens opens, where it stands. Names are its fan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.path import Path

from optviz.frames import Box
from optviz.picture.layout.theme import HEAD_PX
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite
from optviz.picture.overlays.names.shots import Shot, held, runs_of, shots_of
from optviz.picture.overlays.names.window import Disc, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optviz.picture.frame_state import FrameState
    from optviz.picture.overlays.names.plan import Trails
    from optviz.picture.scene import Floats, Scene
    from optviz.picture.views.view import RacerMarks, View

    Flags = NDArray[np.bool_]

SHORTEST_S = 1.5  # that a name, and so a lens, stays
RADIUS_PX, RADIUS_SHARE = 92.0, 0.2  # of the lens, at most; of the view's shorter side
LEAST_RADIUS_PX, SIZES = 40.0, (1.0, 0.8, 0.64)  # of the lens; shares of its radius that are tried where room lacks
GATHERED_PX = 3 * 2 * HEAD_PX  # three head widths: the diameter of the place where heads gather
EASE_FRAMES, OPEN_FRAMES = 3, 6  # before and after it moves to another place or zoom, and over which it grows
GAP_PX = 10.0  # from the lens to its names
CLEAR_PX = 16.0  # around heads that it must not cover
PLACES = 13  # of a side, tried for the lens
BORDER_PX, RING_PX = 1.4, 0.9  # width of the lens's edge, and of the ring around what it shows
LEAD_SLACK_PX = 0.6 * HEAD_PX  # that a head may move under the end of its line before the line follows


@dataclass(frozen=True)
class Fan:
    """The names of a lens: ``boxes`` left, bottom, right, top of each racer's name, and the side it stands on."""

    boxes: dict[int, tuple[float, float, float, float]]


class Lens:
    """The lens of one film. Where it opens, whose names it takes, and what is drawn."""

    def __init__(
        self,
        scene: Scene,
        view: View,
        marks: RacerMarks,
        steps: NDArray[np.int64],
        heads: Floats,
        inside: Flags,
        widths: Floats,
        height: float,
        trails: Trails,
    ) -> None:
        """Plan the lens for frames at ``steps`` (frames,), with ``heads`` (frames, racers, 2) and names' ``widths``."""
        self.scene, self.view, self.marks, self.height = scene, view, marks, height
        scale, frame = scene.page.scale, view.frame
        self.frames, self.steps, self.words = len(heads), steps, scene.page.written
        largest = min(RADIUS_PX * scale, RADIUS_SHARE * min(frame.width, frame.height) + 20 * scale)
        self._close(largest)
        self._window = lru_cache(maxsize=2)(partial(Window, scene, view, marks.paths))
        self._line = lru_cache(maxsize=512)(self._draw_line)
        self._ring = lru_cache(maxsize=8)(self._draw_ring)
        if view.value_at is None or not scene.scenario.render.lens or scene.result.is_swarm:
            return  # over a swarm it would hide more runs than it names medians
        found = []
        for radius in (share * largest for share in SIZES if share * largest >= LEAST_RADIUS_PX * scale):
            wanted = self._open(radius, heads, inside, widths, trails)
            found.append((int(self.members.any(axis=1).sum()), radius))
            if found[-1][0] == wanted:
                return
        if found and max(found)[1] != found[-1][1]:  # the one with the most frames, the largest of those
            self._open(max(found)[1], heads, inside, widths, trails)

    def _close(self, radius: float) -> None:
        """Forget everything that it shows."""
        self.radius = radius
        racers = len(self.scene.result.racers)
        self.members = np.zeros((self.frames, racers), bool)  # (frames, racers) whose names stand at the lens
        self.runs: list[tuple[int, int, tuple[float, float], Fan]] = []  # frames, where the lens stands, its names
        self.centre, self.zoom = np.zeros((self.frames, 2)), np.ones(self.frames)
        self.spans = np.zeros((self.frames, 2), np.int64)  # the steps while it shows the same place
        self.lines = np.zeros((self.frames, racers, 4), np.int64)  # from the heads in the lens to their names

    def _open(self, radius: float, heads: Floats, inside: Flags, widths: Floats, trails: Trails) -> int:
        """Place a lens of that radius wherever heads gather and it has room; return in how many frames they gather."""
        self._close(radius)
        shortest = round(SHORTEST_S * self.scene.scenario.render.fps)
        shots = shots_of(heads, inside, GATHERED_PX * self.scene.page.scale, radius, shortest)
        for run in runs_of(held(shots, heads, radius)):
            self._place(run, heads, inside, widths, trails)
        return sum(shot.end - shot.first for shot in shots)

    def run_at(self, frame: int) -> tuple[int, int, tuple[float, float], Fan] | None:
        """Return the run of frames to which one belongs, where the lens stands, and its names."""
        return next((run for run in self.runs if run[0] <= frame < run[1]), None)

    def boxes(self) -> Floats:
        """Return (frames, n, 4) what the lens covers: itself and its names, NaN where it is closed."""
        most = max((len(run[3].boxes) for run in self.runs), default=0) + 2
        boxes = np.full((self.frames, most, 4), np.nan)
        for first, end, (x, y), fan in self.runs:
            boxes[first:end, 0] = x - self.radius, y - self.radius, x + self.radius, y + self.radius
            ring = (self.radius / self.zoom[first:end])[:, None]
            boxes[first:end, 1] = np.hstack([self.centre[first:end] - ring, self.centre[first:end] + ring])
            for number, (racer, box) in enumerate(fan.boxes.items(), start=2):
                shown = self.members[first:end, racer]
                boxes[first:end, number][shown] = box
        return boxes

    def _place(self, run: list[Shot], heads: Floats, inside: Flags, widths: Floats, trails: Trails) -> None:
        """Choose where the lens stands while these shots last, and note what it shows."""
        first, end = run[0].first, run[-1].end
        racers = sorted({racer for shot in run for racer in shot.members})
        points = heads[first:end][inside[first:end]]
        target = {racer: _seen(run, racer, heads) for racer in racers}
        best: tuple[float, tuple[float, float], Fan] | None = None
        for sides in (("right", "left"), ("right",), ("left",)):
            fan = self._fan(racers, target, widths[first:end].max(axis=0), sides)
            found = self._best_place(fan, points, np.array(run[0].centre), trails)
            if found is not None and (best is None or found[0] < best[0]):
                best = (found[0] + 0.1 * (len(sides) == 1), found[1], fan)
        if best is None:
            return
        _, (x, y), fan = best
        moved = {racer: (left + x, low + y, right + x, top + y) for racer, (left, low, right, top) in fan.boxes.items()}
        self.runs.append((first, end, (x, y), Fan(moved)))
        target_view = np.zeros((end - first, 3))
        for shot in run:
            part = slice(shot.first - first, shot.end - first)
            target_view[part] = *shot.centre, np.log(shot.zoom)
            self.members[shot.first : shot.end, shot.members] = True
        smooth = _glided(target_view, min([EASE_FRAMES, *((shot.end - shot.first) // 2 for shot in run)]))
        self.centre[first:end], self.zoom[first:end] = smooth[:, :2], np.exp(smooth[:, 2])
        edges = np.flatnonzero((np.diff(smooth, axis=0) != 0).any(axis=1)) + first + 1
        for begin, stop in pairwise([first, *edges.tolist(), end]):
            self.spans[begin:stop] = self.steps[begin], self.steps[stop - 1]
        magnified = (heads[first:end] - self.centre[first:end, None]) * self.zoom[first:end, None, None] + (x, y)
        leads = _led(magnified, LEAD_SLACK_PX * self.scene.page.scale)
        for racer, (left, low, right, high) in self.runs[-1][3].boxes.items():
            names = np.clip(leads[:, racer], (left, (low + 2 * high) / 3), (right, (2 * low + high) / 3))
            self.lines[first:end, racer] = lines_between(leads[:, racer], names, self.scene.page.size[1])

    def _fan(self, racers: list[int], target: dict[int, Floats], widths: Floats, sides: tuple[str, ...]) -> Fan:
        """Return the names' boxes around a lens at the origin: each on the side of its head, in the heads' order."""
        scale, boxes = self.scene.page.scale, {}
        across = sorted(racers, key=lambda racer: -target[racer][0])
        half = -(-len(across) // 2)
        split = {"right": across[:half], "left": across[half:]} if len(sides) == 2 else {sides[0]: across}
        for side, group in split.items():
            ordered = sorted(group, key=lambda racer: -target[racer][1])
            for number, racer in enumerate(ordered):
                y = ((len(ordered) - 1) / 2 - number) * self.height
                x = np.sqrt(max(self.radius**2 - min(abs(y) + self.height / 2, self.radius) ** 2, 0))
                near = max(x, 0.35 * self.radius) + GAP_PX * scale
                ends = (near, near + widths[racer]) if side == "right" else (-near - widths[racer], -near)
                boxes[racer] = (float(ends[0]), y - self.height / 2, float(ends[1]), y + self.height / 2)
        return Fan(boxes)

    def _best_place(
        self, fan: Fan, heads: Floats, source: Floats, trails: Trails
    ) -> tuple[float, tuple[float, float]] | None:
        """Return the cost and place of the lens that covers neither head nor word and the fewest trails."""
        edges = np.array([(-self.radius,) * 2 + (self.radius,) * 2, *fan.boxes.values()])
        left, low = edges[:, :2].min(axis=0) - 4
        right, high = edges[:, 2:].max(axis=0) + 4
        frame, clear = self.view.frame, CLEAR_PX * self.scene.page.scale
        if right - left > frame.width or high - low > frame.height:
            return None
        xs = np.linspace(frame.x0 - left, frame.x1 - right, PLACES)
        ys = np.linspace(frame.y0 - low, frame.y1 - high, PLACES)
        x, y = (grid.ravel() for grid in np.meshgrid(xs, ys))
        avoided = np.concatenate([np.hstack([heads - clear, heads + clear]), self.words])
        met = np.zeros((PLACES, PLACES), bool)
        for box in edges:  # covers what it meets both across and up: two small matrices are multiplied
            across, up = (
                (places[:, None] + box[axis] < avoided[:, 2 + axis])
                & (places[:, None] + box[2 + axis] > avoided[:, axis])
                for axis, places in enumerate((xs, ys))
            )
            met |= up.astype(np.float32) @ across.astype(np.float32).T > 0
        covered = met.ravel()
        if covered.all():
            return None
        middle_x, middle_y = x + (left + right) / 2, y + (low + high) / 2
        wide = np.full((len(x), 1), (right - left) / 2)
        crowded = trails.share(middle_x[:, None], middle_y[:, None], wide, (high - low) / 2)[:, 0, 0]
        far = np.hypot(x - source[0], y - source[1]) / np.hypot(frame.width, frame.height)
        cost = np.where(covered, np.inf, crowded + 0.25 * far)
        chosen = int(cost.argmin())
        return float(cost[chosen]), (float(x[chosen]), float(y[chosen]))

    # --- what is drawn

    def sprites(self, moment: FrameState, frame: int) -> Iterator[PlacedSprite]:
        """Yield the ring around the place, the lens, lines to its names, and the heads in it, at a frame's moment."""
        run = self.run_at(frame)
        if run is None:
            return
        first, _, (x, y), _ = run
        size, scale = self.scene.page.size, self.scene.page.scale
        full = round(self.radius)
        radius = round(full * min(1.0, (frame - first + 2) / OPEN_FRAMES if first else 1.0))
        yield from self._pointer(self.centre[frame], radius / float(self.zoom[frame]), np.array([x, y]), radius)
        row, column = round(size[1] - y), round(x)
        first_step, last_step = self.spans[frame].tolist()
        shown = float(self.centre[frame, 0]), float(self.centre[frame, 1])
        window = self._window(full, shown, float(self.zoom[frame]), (first_step, last_step))
        place = Box(row - radius, column - radius, row + radius + 1, column + radius + 1)
        yield PlacedSprite(Disc(window, radius, moment.step, moment.ahead), place)
        yield self._ring(round(radius - scale), BORDER_PX * scale).at(row, column)
        for racer in np.flatnonzero(self.members[frame]).tolist():
            yield from self.line(self.lines[frame, racer])
        places = (self.marks.centres(moment) - self.centre[frame]) * self.zoom[frame] + (x, y)
        seen = np.hypot(*(places - (x, y)).T) < radius - 0.5 * HEAD_PX * scale
        for racer in self.scene.stacked(moment.step):
            if seen[racer]:
                yield self.scene.racer_mark(racer, moment.step, (float(places[racer, 0]), float(places[racer, 1])))

    def line(self, place: NDArray[np.int64]) -> Iterator[PlacedSprite]:
        """Yield a thin line as ``lines_between`` says, none where it has no length."""
        right, up, row, column = place.tolist()
        if right or up:
            yield self._line(right, up).at(row, column)

    def _draw_line(self, right: int, up: int) -> Sprite:
        page = self.scene.page

        def draw(pen: Pen) -> None:
            begin = np.array([max(-right, 0) + 1.5, max(-up, 0) + 1.5])
            pen.line(np.array([begin, begin + np.array([right, up])]), page.theme.ink, 0.6)

        return draw_sprite(abs(up) + 4, abs(right) + 4, page.dpi, (abs(up) + 2, 1), draw, page.theme.ink)

    def _pointer(self, source: Floats, small: float, place: Floats, radius: float) -> Iterator[PlacedSprite]:
        """Yield a ring around the place that is magnified, and a line from it to the lens."""
        scale = self.scene.page.scale
        away = place - source
        away = away / max(float(np.hypot(*away)), 1e-9)
        ring = max(small, 1.4 * HEAD_PX * scale)
        yield from self.line(lines_between(source + ring * away, place - radius * away, self.scene.page.size[1]))
        row, column = self.scene.page.size[1] - float(source[1]), float(source[0])
        yield self._ring(round(ring), RING_PX * scale).at(round(row), round(column))

    def _draw_ring(self, radius: int, width: float) -> Sprite:
        page = self.scene.page
        reach = radius + 2

        def draw(pen: Pen) -> None:
            pen.shape(Path.circle((0.5, 0.5), radius), None, page.theme.ink, width)

        return draw_sprite(2 * reach + 1, 2 * reach + 1, page.dpi, (reach, reach), draw, page.theme.ink)


def lines_between(begin: Floats, end: Floats, height: int) -> NDArray[np.int64]:
    """Return (..., 4) of lines from ``begin`` to ``end`` (..., 2): pixels to the right and up, row and column.

    The last two are those of their lower left corner on a picture of that height; where there is no line, all are 0.
    """
    low = np.minimum(begin, end)
    places = np.concatenate([end - begin, height - low[..., 1:], low[..., :1]], axis=-1)
    return np.asarray(np.rint(np.nan_to_num(places)), np.int64)


def _glided(target: Floats, reach: int) -> Floats:
    """Return ``target`` (frames, n), each of its jumps spread over ``reach`` frames before and after; else the same."""
    smooth = target.copy()
    for jump in (np.flatnonzero((np.diff(target, axis=0) != 0).any(axis=1)) + 1).tolist():
        share = (np.arange(1, 2 * reach + 1) / (2 * reach + 1))[:, None]
        share = share * share * (3 - 2 * share)
        smooth[jump - reach : jump + reach] = target[jump - 1] + share * (target[jump] - target[jump - 1])
    return smooth


def _seen(run: list[Shot], racer: int, heads: Floats) -> Floats:
    """Return (2,) where a racer stands on average, from the lens's middle, in the last of the shots that show it."""
    shot = next(shot for shot in reversed(run) if racer in shot.members)
    return np.asarray((heads[shot.first : shot.end, racer].mean(axis=0) - shot.centre) * shot.zoom)


def _led(heads: Floats, slack: float) -> Floats:
    """Return (frames, n, 2) where lines to heads end: where a head was until it has moved ``slack`` away from there."""
    ends = heads.copy()
    for frame in range(1, len(ends)):
        near = np.hypot(*(heads[frame] - ends[frame - 1]).T) <= slack
        ends[frame, near] = ends[frame - 1, near]
    return ends
