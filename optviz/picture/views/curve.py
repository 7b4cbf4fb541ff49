"""Draws the view in one dimension: the curve, its minima, and a head for each racer on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.engine.result import Racer
from optviz.formula.typography import minus
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import HEAD_PX, LABEL_PT, SMALL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite
from optviz.picture.machine.strokes import Strokes, cut_strokes
from optviz.picture.scene import Floats, Point, Scene, nearest_inside
from optviz.picture.timeline import eased
from optviz.picture.views.cloud import Cloud
from optviz.picture.views.locator import draw_locator
from optviz.picture.views.view import EDGE_INSET_PX, RacerMarks, View, level_line
from optviz.problems import Bounds, Problem, local_minima_in

SAMPLES = 1200
HIGHEST = 1e300  # drawn; the differences and margins of such numbers are floats still
LEAST_SHARE = 1e-9  # of the larger end of an axis that both are apart at least, so that ticks differ
LEAST_SPAN = 1e-280  # of an axis: Matplotlib transforms no shorter one
HISTORY_STEPS = 15  # that stay of each racer's path where several race
RADIUS_PX = 1.25 * HEAD_PX
APART_PX = 2.6 * RADIUS_PX  # between the centres of two heads that can be told apart
EASE_FRAMES = 4  # on either side, over which a head rises or sinks
EDGE_SHARE = 0.08  # of the window's width, where there is no room for words next to a place
MOST_NAMED_MINIMA = 4  # whose places are said; of more, the lowest one's
START_DROP_PT = 12.0  # from the start down to the baseline of its name
UNDER_MINIMUM_PX, LINE_PX = 20.0, 18.0  # from a minimum to the baseline of its label, and to one below
MINIMUM_ROOM_PX = 32.0  # that an axis of our own leaves below the lowest place of the curve, for that label
BESIDE_MINIMUM_PX = (9.0, 8.0)  # to the right and up, where there is no room below
HEAD_SHARE, FOOT_SHARE = 0.06, 0.1  # of the heights of a curve, left free above and below it


class StackedMarks(RacerMarks):
    """Racers on a curve; those that stand on the same spot are stacked over it."""

    radius = RADIUS_PX

    def __init__(self, scene: Scene, paths: list[Floats], frame: Bbox, window: Bounds) -> None:
        super().__init__(scene, paths, frame, window)
        self.frame: Bbox = frame
        # two heads stand nearer than they should where all of them would not fit above one another
        self.apart = min(APART_PX * scene.page.scale, 0.9 * frame.height / len(paths))
        targets = np.array([self.lifts_at(moment) for moment in scene.moments])
        lifts = eased(targets, EASE_FRAMES, scene.stops)
        self.lifts = _sinking(lifts, self.apart, scene.stops)  # (frames, racers) pixels from the curve up to the head

    def centres(self, moment: FrameState) -> Floats:
        """Return (racers, 2) where the heads stand at a moment."""
        lifts = self.lifts_at(moment) if moment.frame is None else self.lifts[moment.frame]
        return np.asarray(self.on_paths(moment) + np.column_stack([np.zeros(len(lifts)), lifts]))

    def inside(self, moment: FrameState) -> NDArray[np.bool_]:
        """Return (racers,) whether each racer's foot is in the view."""
        feet = self.on_paths(moment)
        return np.asarray(((feet >= self.frame.p0) & (feet <= self.frame.p1)).all(axis=1))

    def shown(self, moment: FrameState) -> Floats:
        """Return (racers, 2) where the marks are drawn, those of racers that left at the view's edge.

        They stand sideways where x is outside, however far f rises or falls there.
        """
        shown, feet = self.centres(moment), self.on_paths(moment)
        for racer in np.flatnonzero(~self.inside(moment)):
            shown[racer] = nearest_inside(self.bearing(feet[racer]), self.frame, EDGE_INSET_PX * self.scene.page.scale)
        return shown

    def bearing(self, foot: Floats) -> Point:
        """Return the place outside the view to which the arrow of a racer with that foot points."""
        x, y = foot.tolist()
        return x, y if self.frame.x0 <= x <= self.frame.x1 else float(np.clip(y, self.frame.y0, self.frame.y1))

    def lifts_at(self, moment: FrameState) -> Floats:
        """Return (racers,) how far each head stands off the curve, in pixels: down where there is no room above.

        In the order in which they end, each takes the lowest place over its foot that no earlier one has taken, so
        that none moves while another passes, and the last picture has them by rank.
        """
        feet = self.on_paths(moment)
        lifts = np.zeros(len(feet))
        rungs: Floats = np.arange(2.0 * len(feet)) * (self.apart * (1 + 1e-9))
        for rank, racer in enumerate(self.scene.result.order):
            (x, y), earlier = feet[racer], list(self.scene.result.order[:rank])
            others = feet[earlier] + np.column_stack([np.zeros(rank), lifts[earlier]])
            fits = y + rungs < self.frame.y1 - self.apart / 2
            for lift in (*rungs[:1], *rungs[1:][fits[1:]], *-rungs[1:]):
                if (np.hypot(others[:, 0] - x, others[:, 1] - (y + lift)) >= self.apart).all():
                    lifts[racer] = lift
                    break
        return lifts


class CurveView(View):
    """f against x.

    One racer alone leaves a trail on the curve. Of several, which would hide one another's, a short history
    stays; those that stand on the same spot are stacked over it, each with a stem to its place on the curve.
    """

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        self.axes = scene.page.axes(rect)
        self.window = scene.window()
        self._curve()
        self._start()
        points = (
            np.column_stack([racer.x[:, 0], _values(racer, scene.result.problem)]) for racer in scene.result.racers
        )
        paths = [np.asarray(self.axes.transData.transform(path)) for path in points]
        self.clip = self.frame = Bbox.from_extents(*self.axes.bbox.extents)
        goals = self._minima()
        curve = np.asarray(self.axes.transData.transform(self.axes.lines[0].get_xydata()))
        draw_locator(scene, self.frame, self.window, [curve[np.isfinite(curve).all(axis=1)], *paths], goals)
        self.strokes = scene.trails(paths) if len(paths) == 1 else self._history(paths)
        self.marks: StackedMarks = StackedMarks(scene, paths, self.frame, self.window)
        self._stems: dict[int, Sprite] = {}
        self.cloud = Cloud(
            scene, lambda x, f: np.asarray(self.axes.transData.transform(np.column_stack([x[:, 0], f]))), self.frame
        )

    def _history(self, paths: list[Floats]) -> Strokes:
        """Return the last steps of several racers: of longer trails on one curve each would hide the others."""
        steps = HISTORY_STEPS if self.scene.memory is None else min(HISTORY_STEPS, self.scene.memory)
        return cut_strokes(self.scene.polylines(paths), None, 0.0, self.scene.page.size, steps)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the dots of a swarm, stems, then the racers' marks, the leader's on top."""
        yield from self.cloud.sprites(moment)
        feet, centres = self.marks.on_paths(moment), self.marks.centres(moment)
        order = self.scene.stacked(moment.step)
        inside, shown = self.marks.inside(moment), self.marks.shown(moment)
        for racer in order:
            if inside[racer] and abs(centres[racer, 1] - feet[racer, 1]) > 1:
                yield self._stem(feet[racer], centres[racer])
        for racer in order:
            x, y = centres[racer].tolist()
            if inside[racer]:
                yield self.scene.racer_mark(racer, moment.step, (x, y), radius=RADIUS_PX)
            else:
                place, shown_at = self.marks.bearing(feet[racer]), shown[racer].tolist()
                yield self.scene.racer_mark(racer, moment.step, place, (shown_at[0], shown_at[1]), RADIUS_PX)

    def _stem(self, foot: Floats, head: Floats) -> PlacedSprite:
        """Draw a thin upright line from the curve to a head."""
        length = round(abs(head[1] - foot[1]))
        if length not in self._stems:
            self._stems[length] = self._draw_stem(length)
        top = round(self.scene.page.size[1] - max(head[1], foot[1]))
        return self._stems[length].at(top, round(float(foot[0])))

    def _draw_stem(self, length: int) -> Sprite:
        theme, scale = self.scene.page.theme, self.scene.page.scale
        width = max(1, round(1.2 * scale))

        def draw(pen: Pen) -> None:
            corners = [(0, 1), (width, 1), (width, 1 - length), (0, 1 - length)]
            pen.shape(Path([*corners, corners[0]]), theme.quiet)

        return draw_sprite(length, width, self.scene.page.dpi, (0, width // 2), draw)

    def _curve(self) -> None:
        problem, theme = self.scene.result.problem, self.scene.page.theme
        ((low, high),) = self.window
        low, high = told_apart(low, high)
        x = np.linspace(low, high, SAMPLES)
        with np.errstate(all="ignore"):  # a formula may have no value in a part of its window
            y = np.asarray(problem.value(x[None], 1.0), float)
        self.axes.plot(x, np.where(np.isfinite(y), y, np.nan), color=theme.curve, linewidth=2.6, solid_capstyle="round")
        foot = MINIMUM_ROOM_PX * self.scene.page.scale / self.axes.bbox.height
        shown = self.scene.scenario.render.values or values_shown(y, max(FOOT_SHARE, foot / (1 - foot)))
        self.axes.set(xlim=(low, high), ylim=told_apart(*shown))
        self.scene.page.name_axes(self.axes, "$x$", "$f(x)$")
        curve = np.column_stack([x, y])[np.isfinite(y)]
        self.outlines = (np.asarray(self.axes.transData.transform(curve)),)

    def _minima(self) -> Floats:
        """Draw a line at the lowest value and a star at each minimum, hollow at a local one, its place in words.

        Return (n, 2) where the stars are on the picture.
        """
        problem, theme = self.scene.result.problem, self.scene.page.theme
        if problem.f_min is not None:
            self.axes.axhline(problem.f_min, color=theme.quiet, linewidth=1.2, dashes=(4, 4), zorder=1)
            self.outlines = (*self.outlines, level_line(self.axes, problem.f_min))
        local = local_minima_in(problem, self.window)
        minima = [(x, float(problem.value(np.array([x]), 1.0))) for (x,) in (*problem.minima, *local)]
        inside = [place for place in minima if self.axes.viewLim.contains(*place)]
        for x, y in sorted(inside, key=lambda place: place[1]):
            is_lowest = (x,) in problem.minima
            face, rim = (theme.ink, 0) if is_lowest else (theme.page, 1)
            star = Line2D(
                [x], [y], marker="*", markersize=10, markerfacecolor=face, markeredgecolor=theme.ink, zorder=3
            )
            star.set_markeredgewidth(rim)
            self.axes.add_line(star)
            if is_lowest:
                self._finish(x, y)
            said = minus(f"x = {x:.4g}")
            if is_lowest or len(inside) <= MOST_NAMED_MINIMA:
                self._label(x, y, f"{self.scene.page.say('minimum')}  {said}" if len(inside) == 1 else said)
        return np.asarray(self.axes.transData.transform(np.reshape(inside, (-1, 2))))

    def _label(self, x: float, y: float, text: str) -> None:
        """Write words at a minimum where they hide neither other words nor the curve, or hide the curve alone."""
        page = self.scene.page
        half = page.width_of(text, LABEL_PT) / 2
        places, words, curve = self._label_places(x, y, half), page.written / page.scale, self.outlines[0] / page.scale
        for left, bottom, right, top in (np.concatenate([words, np.hstack([curve + 4, curve - 4])]).T, words.T):
            for middle, foot in places:
                beyond = (foot + LABEL_PT + 4 < bottom) | (foot - 4 > top)
                if np.all(beyond | (middle + half + 8 < left) | (middle - half - 8 > right)):
                    page.words(middle, page.height - foot, text, LABEL_PT, page.theme.ink, ha="center")
                    return

    def _label_places(self, x: float, y: float, half: float) -> list[Point]:
        """Return middle and baseline of words of half that width: under a minimum and off the line at the lowest value.

        Then a line lower and to both sides; where the view ends there, above it to both sides.
        """
        scale, f_min = self.scene.page.scale, self.scene.result.problem.f_min
        (at, height), (_, line) = self.axes.transData.transform([(x, y), (x, y if f_min is None else f_min)]) / scale
        foot = height - UNDER_MINIMUM_PX
        if foot - 4 < line < foot + LABEL_PT + 4:
            foot = line - UNDER_MINIMUM_PX
        beside, up = BESIDE_MINIMUM_PX
        sides = (at + beside + half, at - beside - half)
        under = [(at, foot), (at, foot - LINE_PX), *((side, foot) for side in sides)]
        places = [place for place in under if place[1] >= self.frame.y0 / scale + 4]
        least, most = self.frame.x0 / scale + half, self.frame.x1 / scale - half
        return [
            (float(np.clip(middle, least, most)), float(baseline))
            for middle, baseline in places or [(side, height + up) for side in sides]
        ]

    def _finish(self, x: float, y: float) -> None:
        """Draw a dashed line at a minimum, and the range around it that is the finish."""
        theme, distance = self.scene.page.theme, self.scene.result.finish.distance
        if distance is not None:
            self.axes.axvspan(x - distance, x + distance, color=theme.faint, alpha=0.6, linewidth=0, zorder=0)
        top = self.axes.get_ylim()[1]  # from the minimum up: below it stand its words
        self.axes.plot([x, x], [y, top], color=theme.quiet, linewidth=1.2, dashes=(4, 4), zorder=1)

    def _start(self) -> None:
        """Draw a ring where all begin, its name below, on the side to which the curve rises unless that is too near."""
        theme, trajectory = self.scene.page.theme, self.scene.result.racers[0].trajectory
        if self.scene.result.racers[0].runs is not None:
            return  # a swarm has no one start
        place = (trajectory.x[0, 0], trajectory.f[0])
        self.axes.plot(*place, "o", markersize=7, markerfacecolor=theme.page, markeredgecolor=theme.ink, zorder=4)
        low, high = self.axes.get_xlim()
        share, f_min = (place[0] - low) / (high - low), self.scene.result.problem.f_min
        rises = float(self.scene.result.problem.gradient(trajectory.x[0], 1.0)[0]) > 0
        right = share < EDGE_SHARE or (rises and share < 1 - EDGE_SHARE)
        words, look = self.scene.page.as_artist(self.scene.page.say("start"), SMALL_PT)
        self.axes.annotate(
            words,
            place,
            (8 if right else -8, -self._start_drop(float(place[1]), f_min)),
            textcoords="offset points",
            ha="left" if right else "right",
            color=theme.ink,
            **look,
        )

    def _start_drop(self, f: float, f_min: float | None) -> float:
        """Return how many points below the start the baseline of its name lies: off the line at the lowest value."""
        heights = self.axes.transData.transform([(0.0, f), (0.0, f if f_min is None else f_min)])[:, 1]
        line = float(heights[0] - heights[1]) * 72 / self.scene.page.dpi
        return line + START_DROP_PT if SMALL_PT / 4 < line < START_DROP_PT + SMALL_PT / 2 else START_DROP_PT


def _sinking(lifts: Floats, most: float, stops: list[int]) -> Floats:
    """Return (frames, racers) ``lifts`` that come nearer to the curve by at most ``most`` pixels a frame.

    So a stack whose lower heads leave at once sinks; at the ``stops`` all stand where they should.
    """
    sunk = lifts.copy()
    for frame in sorted(set(range(1, len(lifts))) - set(stops)):
        before = sunk[frame - 1]
        high, low = np.maximum(sunk[frame], before - most), np.minimum(sunk[frame], before + most)
        sunk[frame] = np.where(before > 0, high, np.where(before < 0, low, sunk[frame]))
    return sunk


def values_shown(y: Floats, foot: float = FOOT_SHARE) -> tuple[float, float]:
    """Return the ends of a vertical axis on which a curve's heights stand, with margins; ``foot`` is the lower one."""
    finite = np.clip(y[np.isfinite(y)], -HIGHEST, HIGHEST)
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    span = high - low or 1.0
    return told_apart(low - foot * span, high + HEAD_SHARE * span)


def told_apart(low: float, high: float) -> tuple[float, float]:
    """Return the ends of an axis, moved apart where ticks between them would be equal or their distance no float."""
    low, high = max(low, -HIGHEST), min(high, HIGHEST)
    apart = max(LEAST_SHARE * max(abs(low), abs(high)), LEAST_SPAN)
    if high - low >= apart:
        return low, high
    middle = (low + high) / 2
    return middle - apart, middle + apart


def _values(racer: Racer, problem: Problem) -> Floats:
    """Return (steps + 1,) f at a racer's points; of a swarm at the median point, where the median of f is another."""
    return racer.f if racer.runs is None else np.asarray(problem.value(racer.x.T, 1.0), dtype=np.float64)
