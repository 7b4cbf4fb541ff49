"""Magnifies the place where heads gather: when the lens opens, what it shows, where it stands. Names are its fan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.path import Path

from optviz.frames import Pixels
from optviz.picture.layout.theme import HEAD_PX
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_marker, draw_sprite, premultiply
from optviz.picture.timeline import eased
from optviz.picture.views.contours import MOST_LINES, crossings, levels_of
from optviz.picture.views.land import is_filled, ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optviz.picture.frame_state import FrameState
    from optviz.picture.machine.layer import PlacedSprite
    from optviz.picture.overlays.names.plan import Trails
    from optviz.picture.scene import Floats, Scene
    from optviz.picture.views.view import RacerMarks, View

    Flags = NDArray[np.bool_]

SHORTEST_S = 1.5  # that a name, and so a lens, stays
RADIUS_PX, RADIUS_SHARE = 92.0, 0.2  # of the lens, at most; of the view's shorter side
LEAST_RADIUS_PX = 44.0
GATHERED_PX = 3 * 2 * HEAD_PX  # three head widths: the diameter of the place where heads gather
LEAST_FIELD = 3  # racers that must gather, and half of the field
ZOOMS = (3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 100.0)
FILLED_SHARE = 0.72  # of the lens's radius within which heads stay
EASE_FRAMES, OPEN_FRAMES = 6, 6  # over which it moves to another place or zoom, and grows
SEARCH_FRAMES = 3  # between two looks for a gathering
GAP_PX = 10.0  # from the lens to its names
CLEAR_PX = 16.0  # around heads that it must not cover
PLACES = 13  # of a side, tried for the lens
COARSE_PIXELS = 2  # from one sample of the land to the next, near enough; planes between them
TAIL_STEPS = 400  # of the trails, shown in the lens
BORDER_PT = 1.3


@dataclass(frozen=True)
class Shot:
    """What the lens shows from frame ``first`` up to ``end``: these racers, around one place."""

    first: int
    end: int
    members: tuple[int, ...]
    centre: tuple[float, float]  # in pixels of the picture
    zoom: float


def shots_of(heads: Floats, inside: Flags, gathered: float, radius: float, shortest: int) -> list[Shot]:
    """Return when at least half of the field stays gathered for ``shortest`` frames, and who.

    heads: (frames, n, 2). inside: (frames, n) who is in the view. gathered: the diameter of a gathering; radius: of the
    lens; in pixels.
    """
    frames, at = len(heads), 0
    shots: list[Shot] = []
    shortest = min(shortest, frames)
    while at + shortest <= frames:
        end = at + shortest if frames - at >= 2 * shortest else frames
        shot = _shot(heads[at:end], inside[at:end], gathered, radius, at) or _shot(
            heads[at : at + shortest], inside[at : at + shortest], gathered, radius, at
        )
        if shot and shots and shots[-1].end == at and _fits(shots[-1], shot, heads[at : shot.end], radius):
            shot = replace(shot, centre=shots[-1].centre, zoom=shots[-1].zoom)
        shots += [shot] if shot else []
        # names that stood at the heads since the start, or since the lens closed, had their time before it opens
        closed = shots[-1].end if shots else 0
        at = shot.end if shot else max(at + SEARCH_FRAMES, closed + shortest)
    return shots


def _shot(heads: Floats, inside: Flags, gathered: float, radius: float, first: int) -> Shot | None:
    """Return the largest group that stays within a circle for all of ``heads``, if it is half of the field."""
    stays = np.asarray(inside.all(axis=0))
    field = int(inside.any(axis=0).sum())
    middles = np.where(stays[:, None], np.nan_to_num(heads).mean(axis=0), np.nan)
    with np.errstate(invalid="ignore"):
        far = np.hypot(*(heads[:, None] - middles[:, None]).transpose(3, 0, 1, 2)).max(axis=0)  # (centre, racer)
    near: Flags = np.array((far <= gathered / 2) & stays)  # who has left is shown at the edge, not where it is
    chosen: Flags = near[near.sum(axis=1).argmax()]
    if chosen.sum() < max(LEAST_FIELD, -(-field // 2)):
        return None
    points = heads[:, chosen].reshape(-1, 2)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    spread = max(float(np.hypot(*(points - centre).T).max()), 1e-9)
    fitting = [zoom for zoom in ZOOMS if zoom * spread <= FILLED_SHARE * radius]
    if not fitting:
        return None
    members = tuple(np.flatnonzero(chosen).tolist())
    return Shot(first, first + len(heads), members, (float(centre[0]), float(centre[1])), fitting[-1])


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
        heads: Floats,
        inside: Flags,
        widths: Floats,
        height: float,
        trails: Trails,
    ) -> None:
        self.scene, self.view, self.marks, self.height = scene, view, marks, height
        scale, frame = scene.page.scale, view.frame
        self.radius = min(RADIUS_PX * scale, RADIUS_SHARE * min(frame.width, frame.height) + 20 * scale)
        self.frames = len(heads)
        self.members = np.zeros(inside.shape, bool)  # (frames, racers) whose names stand at the lens
        self.runs: list[tuple[int, int, tuple[float, float], Fan]] = []  # frames, where the lens stands, its names
        self.centre, self.zoom = np.zeros((self.frames, 2)), np.ones(self.frames)
        self._disc = lru_cache(maxsize=2)(self._draw_disc)
        self._land = lru_cache(maxsize=2)(self._draw_land)
        self._mask = lru_cache(maxsize=OPEN_FRAMES + 1)(self._draw_mask)
        self._line = lru_cache(maxsize=512)(self._draw_line)
        if view.value_at is None or self.radius < LEAST_RADIUS_PX * scale or not scene.scenario.render.lens:
            return
        shortest = round(SHORTEST_S * scene.scenario.render.fps)
        shots = shots_of(heads, inside, GATHERED_PX * scale, self.radius, shortest)
        for run in _runs(shots):
            self._place(run, heads, inside, widths, trails)

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
        smooth = eased(target_view, EASE_FRAMES)
        self.centre[first:end], self.zoom[first:end] = smooth[:, :2], np.exp(smooth[:, 2])

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
        covered = np.zeros(len(x), bool)
        written = [tuple(box) for box in self.scene.page.written.tolist()]
        for box_left, box_low, box_right, box_high in edges:
            across = (heads[:, 0] > (x + box_left - clear)[:, None]) & (heads[:, 0] < (x + box_right + clear)[:, None])
            up = (heads[:, 1] > (y + box_low - clear)[:, None]) & (heads[:, 1] < (y + box_high + clear)[:, None])
            covered |= (across & up).any(axis=1)
            for word_left, word_low, word_right, word_high in written:
                beside = (x + box_left >= word_right) | (x + box_right <= word_left)
                covered |= ~(beside | (y + box_low >= word_high) | (y + box_high <= word_low))
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
        """Yield the ring around the place, the lens, and the heads in it, at a moment that is that frame's."""
        run = self.run_at(frame)
        if run is None:
            return
        first, _, (x, y), _ = run
        size, scale = self.scene.page.size, self.scene.page.scale
        radius = round(self.radius * min(1.0, (frame - first + 2) / OPEN_FRAMES if first else 1.0))
        centre, zoom = self.centre[frame], float(self.zoom[frame])
        yield from self._pointer(centre, radius / zoom, np.array([x, y]), radius)
        row, column = round(size[1] - y), round(x)
        disc = self._disc(radius, float(centre[0]), float(centre[1]), zoom, moment.step, moment.ahead)
        yield disc.at(row, column)
        places = self.heads_in(moment, frame)
        for racer in self.scene.stacked(moment.step):
            if np.hypot(*(places[racer] - (x, y))) < radius - 0.5 * HEAD_PX * scale:
                yield self.scene.racer_mark(racer, moment.step, (float(places[racer, 0]), float(places[racer, 1])))

    def heads_in(self, moment: FrameState, frame: int) -> Floats:
        """Return (racers, 2) where heads stand as the lens shows them, on the picture; as they are without one."""
        run, places = self.run_at(frame), self.marks.centres(moment)
        return places if run is None else np.asarray((places - self.centre[frame]) * self.zoom[frame] + run[2])

    def leader(self, begin: Floats, end: Floats) -> Iterator[PlacedSprite]:
        """Yield a thin line between two places on the picture."""
        low = np.minimum(begin, end)
        right, up = np.rint(end - begin).astype(int).tolist()
        if right or up:
            sprite = self._line(right, up)
            yield sprite.at(round(self.scene.page.size[1] - low[1]), round(float(low[0])))

    def _draw_line(self, right: int, up: int) -> Sprite:
        page = self.scene.page

        def draw(pen: Pen) -> None:
            begin = np.array([max(-right, 0) + 1.5, max(-up, 0) + 1.5])
            pen.line(np.array([begin, begin + np.array([right, up])]), page.theme.ink, 0.6)

        return draw_sprite(abs(up) + 4, abs(right) + 4, page.dpi, (abs(up) + 2, 1), draw)

    def _pointer(self, source: Floats, small: float, place: Floats, radius: float) -> Iterator[PlacedSprite]:
        """Yield a ring around the place that is magnified, and a line from it to the lens."""
        away = place - source
        away = away / max(float(np.hypot(*away)), 1e-9)
        ring = max(small, 1.4 * HEAD_PX * self.scene.page.scale)
        yield from self.leader(source + ring * away, place - radius * away)
        at = self.scene.page.size[1] - source[1], source[0]
        yield self._ring(round(ring)).at(round(float(at[0])), round(float(at[1])))

    def _ring(self, radius: int) -> Sprite:
        page = self.scene.page
        reach = radius + 2

        def draw(pen: Pen) -> None:
            pen.shape(Path.circle((0.5, 0.5), radius), None, page.theme.ink, 0.9 * page.scale)

        return draw_sprite(2 * reach + 1, 2 * reach + 1, page.dpi, (reach, reach), draw)

    def _draw_disc(self, radius: int, x: float, y: float, zoom: float, step: int, ahead: float) -> Sprite:
        """Draw the magnified land, what stands on it, and the trails, within a circle."""
        page, side = self.scene.page, 2 * radius + 1
        land = self._land(radius, x, y, zoom)
        renderer = RendererAgg(side, side, page.dpi)
        np.asarray(renderer.buffer_rgba())[...] = land
        pen = Pen(renderer, page.dpi)
        middle = np.array([radius + 0.5, radius + 0.5])
        self._goals(pen, np.array([x, y]), zoom, middle)
        memory = TAIL_STEPS if self.scene.memory is None else min(TAIL_STEPS, self.scene.memory)
        for racer in self.scene.racers_lit_last:
            path = self.marks.paths[racer]
            last = min(step, len(path) - 1)
            tail = path[max(0, last - memory) : last + 1]
            if ahead and last + 1 < len(path):
                tail = np.vstack([tail, tail[-1] + ahead * (path[last + 1] - tail[-1])])
            places = np.clip((tail - (x, y)) * zoom, -20 * radius, 20 * radius) + middle
            if len(places) > 1 and (np.abs(places - middle) < radius).all(axis=1).any():
                pen.line(places, self.scene.paints[racer][0], page.theme.line)
        pen.shape(
            Path.circle((float(middle[0]), float(middle[1])), radius - page.scale),
            None,
            page.theme.ink,
            1.4 * page.scale,
        )
        rgba = np.asarray(renderer.buffer_rgba()).copy()
        rgba[..., 3] = self._mask(radius)
        return premultiply(rgba, (radius, radius), lambda pen: pen.at(-radius, -radius).image(rgba))

    def _draw_mask(self, radius: int) -> Pixels:
        """Return (side, side) how much of each pixel the lens covers."""
        down, right = np.mgrid[: 2 * radius + 1, : 2 * radius + 1] - radius
        edge = radius - 0.3 * self.scene.page.scale - np.hypot(down, right)
        return np.asarray((255 * np.clip(edge + 0.5, 0, 1)).round(), np.uint8)

    def _draw_land(self, radius: int, x: float, y: float, zoom: float) -> Pixels:
        """Paint the land around a place, (side, side, 4), with levels of its own."""
        theme, side = self.scene.page.theme, 2 * radius + 1
        away = np.linspace(-radius, radius, radius // COARSE_PIXELS + 2) / zoom
        assert self.view.value_at is not None
        z = self.view.value_at(*np.meshgrid(x + away, y - away))
        levels = levels_of(z)
        coarse = np.interp(z, levels.heights, np.arange(len(levels.heights)))
        height = _finer(coarse.astype(np.float32), side)
        colours = ramp(theme.land, levels.bands).astype(np.float32)
        rgba = np.full((side, side, 4), 255, np.uint8)
        land = colours[np.clip(height.astype(int), 0, levels.bands - 1)]
        if crossings(levels, z) <= MOST_LINES / 2 or not is_filled(theme):
            slope = np.hypot(*np.gradient(height))
            near = np.abs(height - np.rint(height)) / np.maximum(slope, 1e-9)
            line = np.clip(0.5 * self.scene.page.scale + 0.5 - near, 0, 1) * (slope > 1e-9)
            line = line * ((height > 0.5) & (height < levels.bands - 0.5))
            land = land + line[..., None] * (np.array(to_rgb(theme.contour), np.float32) - land)
        rgba[..., :3] = np.rint(255 * land)
        return rgba

    def _goals(self, pen: Pen, centre: Floats, zoom: float, middle: Floats) -> None:
        """Draw the minima that the lens shows, and the finish around them."""
        page, finish = self.scene.page, self.view.finish_radius
        for place in self.view.goals:
            at = (np.array(place) - centre) * zoom + middle
            if finish is not None and 2 < finish * zoom < 40 * middle[0]:
                pen.shape(
                    Path.circle((float(at[0]), float(at[1])), finish * zoom), None, page.theme.ink, 1.2 * page.scale
                )
            if (np.abs(at - middle) < middle).all():
                star = draw_marker("*", 5.0 * page.scale, page.theme.ink, page.theme.page, 0.0)
                star.draw(pen.at(*(at - 0.5)))


def _fits(before: Shot, shot: Shot, heads: Floats, radius: float) -> bool:
    """Return whether what the lens showed before would do: its heads stay in it, and it is not much too coarse."""
    points = heads[:, shot.members].reshape(-1, 2)
    spread = before.zoom * float(np.hypot(*(points - before.centre).T).max())
    return spread <= FILLED_SHARE * radius and shot.zoom <= 2 * before.zoom


def _finer(grid: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Return a grid (n, n) read at (side, side) even places, planes between its points."""
    at = np.linspace(0, len(grid) - 1, side, dtype=np.float32)
    low = np.minimum(at.astype(int), len(grid) - 2)
    share = at - low
    rows = grid[low] + share[:, None] * (grid[low + 1] - grid[low])
    return np.asarray(rows[:, low] + share * (rows[:, low + 1] - rows[:, low]))


def _seen(run: list[Shot], racer: int, heads: Floats) -> Floats:
    """Return (2,) where a racer stands on average, from the lens's middle, in the last of the shots that show it."""
    shot = next(shot for shot in reversed(run) if racer in shot.members)
    return np.asarray((heads[shot.first : shot.end, racer].mean(axis=0) - shot.centre) * shot.zoom)


def _runs(shots: list[Shot]) -> Iterator[list[Shot]]:
    """Yield the shots that follow one another without a gap."""
    run: list[Shot] = []
    for shot in shots:
        if run and shot.first != run[-1].end:
            yield run
            run = []
        run.append(shot)
    if run:
        yield run
