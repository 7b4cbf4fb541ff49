"""Holds what every view, panel and overlay is given: the race, the page, and how each racer is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import atan2, degrees

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.engine.result import Result
from optviz.engine.window import shown_window, whole_land
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Grid
from optviz.picture.layout.page import Page
from optviz.picture.layout.theme import BADGE_PX, HALO_PT, HEAD_PX, paints
from optviz.picture.layout.ticks import Ticks, log_step_ticks, step_ticks
from optviz.picture.machine.envelope import envelope
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.machine.sprites import ARROW, Sprite, at_phase, draw_marker, mixed
from optviz.picture.machine.strokes import BEAD_WIDTHS, Cover, Polyline, Strokes, covers, cut_strokes, string_beads
from optviz.picture.terms import bead_every
from optviz.problems import Bounds
from optviz.scenario import Scenario

Floats = NDArray[np.float64]
Point = tuple[float, float]  # (x, y) in pixels from the picture's lower left

BEARING_DEG = 5  # between two directions in which an arrow may point
HIDING_PX = 1.5  # paths nearer than about this hide one another
GHOST_SHARE = 0.7  # of the land's colour in that of a racer that another one outshines
LEAST_LOG_STEPS = 30  # for an axis of steps that is even in their logarithm
BAND_SHARE = 0.68  # of the page's colour in a band
BAND_PX, BAND_PT = 2.5, 1.9  # width of the columns of which a band is made, and of the strokes that fill them
DASH_PX = 9.0  # half the period of a dashed line
DASH_SHARES = (
    1.0,
    0.7,
    0.35,
    *[0.2] * 24,
)  # part of the period that is drawn, for the first racer of a colour, the next ...


@dataclass(frozen=True)
class Scene:
    """One race on one page.

    ``steps`` (frames,) are the steps that its frames of motion show, ``ahead`` (frames,) the part of the way to the
    next step that the heads have gone.
    """

    result: Result
    scenario: Scenario
    page: Page
    steps: NDArray[np.int64]
    grid: Grid
    ahead: Floats

    @cached_property
    def moments(self) -> list[FrameState]:
        """What each frame of motion shows, words apart."""
        both = zip(self.steps.tolist(), self.ahead.tolist(), strict=True)
        return [FrameState(step, frame, ahead=ahead) for frame, (step, ahead) in enumerate(both)]

    @cached_property
    def stops(self) -> list[int]:
        """The frames of motion at which the film stands still, in order: the first, those of the stops, the last."""
        stops = np.searchsorted(self.steps, self.scenario.render.stops)
        return sorted({0, *stops.tolist(), len(self.steps) - 1})

    @cached_property
    def paints(self) -> list[tuple[str, str]]:
        """Every racer's colour and marker: its own where the scenario gives it one, else its rule's; ghosts pale."""
        theme, lit = self.page.theme, self.focus
        own = paints(self.scenario.optimizers, theme)
        ghosts = [(mixed(colour, theme.land[len(theme.land) // 2], GHOST_SHARE), marker) for colour, marker in own]
        return own if lit is None else [own[at] if at == lit else ghost for at, ghost in enumerate(ghosts)]

    @property
    def focus(self) -> int | None:
        """The racer that is lit, by its number; None where all are."""
        labels = [racer.label for racer in self.result.racers]
        return None if self.scenario.render.focus is None else labels.index(self.scenario.render.focus)

    @cached_property
    def stacked(self) -> Callable[[int], list[int]]:
        """Return the racers as they lie on one another after a step, lowest first: the leader, then who is lit."""
        return lru_cache(maxsize=8)(self._stacked)  # every layer asks

    def _stacked(self, step: int) -> list[int]:
        below = self.result.order_at(step)[::-1]
        return sorted(below, key=lambda racer: racer == self.focus)

    @cached_property
    def racers_lit_last(self) -> list[int]:
        """The racers in the order in which their trails lie on one another: as given, who is lit above all."""
        return sorted(range(len(self.result.racers)), key=lambda racer: racer == self.focus)

    @property
    def window_is_given(self) -> bool:
        """Whether the scenario says what is drawn, or the paths of a formula that does not."""
        return self.scenario.function is not None and self.scenario.function.window is not None

    def window(self, aspect: float | None = None) -> Bounds:
        """Return the part of the function's plane that a view shows whose width / height is ``aspect``."""
        equal = self.scenario.render.aspect == "equal"
        return shown_window(self.result, given=self.window_is_given, aspect=aspect if equal else None)

    def whole_land(self, window: Bounds) -> Bounds | None:
        """Return the land of which ``window`` is so small a part that the picture tells where it lies."""
        return whole_land(self.result, window, given=self.window_is_given and self.result.problem.searched is None)

    def racer_mark(
        self,
        racer: int,
        step: int,
        place: Point,
        shown: Point | None = None,
        radius: float = HEAD_PX,
    ) -> PlacedSprite:
        """Draw what stands for a racer after ``step``: its head, a cross if it diverged, an arrow if it left the area.

        It stands at ``place``; ``shown`` is the nearest place inside the drawn area, and where the two differ an arrow
        points from there to ``place``. radius: in design pixels.
        """
        colour, marker = self.paints[racer]
        x, y = place if shown is None else shown
        turn = 0
        if (x, y) != place:
            bearing = degrees(atan2(*(float(np.clip(place[axis] - (x, y)[axis], -1e100, 1e100)) for axis in (1, 0))))
            marker, turn = ARROW, round(bearing / BEARING_DEG) * BEARING_DEG
        elif self.result.has_diverged(racer, step):
            marker = "x"
        down, right, phase = at_phase(self.page.size[1] - y, x)
        scale, rim = self.page.scale, self.page.theme.page
        return draw_marker(marker, radius * scale, colour, rim, 1.2 * scale, phase, turn).at(down, right)

    def badge(self, racer: int) -> Sprite:
        """Draw the small head that stands before a name."""
        colour, marker = self.paints[racer]
        scale = self.page.scale
        return draw_marker(marker, BADGE_PX * scale, colour, self.page.theme.page, 0.6 * scale)

    def trails(self, paths: list[Floats]) -> Strokes:
        """Return one path (steps + 1, 2) a racer, in pixels from the lower left, as strokes with halos and beads."""
        return self.strokes(self.beaded(self.polylines(paths)))

    def beaded(self, lines: list[Polyline]) -> list[Polyline]:
        """String beads on trails."""
        apart = BEAD_WIDTHS * self.page.theme.line * self.page.dpi / 72
        strung = []
        for line in lines:
            steps = np.arange(len(line.points)) if line.steps is None else line.steps
            strung.append(replace(line, beads=string_beads(line.points, steps, bead_every(self.result.steps), apart)))
        return strung

    def step_axis(self, axes: Axes, most: float) -> Ticks:
        """Let an axis of steps follow the clock of the film; return its ticks, for ``most`` of which there is room."""
        steps = self.result.steps
        if self.scenario.render.pace == "log" and steps >= LEAST_LOG_STEPS:
            axes.set_xscale("function", functions=(np.log1p, np.expm1))
            axes.set_xlim(0, steps)
            return log_step_ticks(steps, most)
        axes.set_xlim(0, steps)
        return step_ticks(steps, max(2, int(most)))

    def enveloped(self, paths: list[Floats], who: Sequence[int]) -> list[Polyline]:
        """Return how curves (steps + 1, 2) over the steps are drawn: bands where they would be blocks, then lines."""
        seen = [envelope(path, BAND_PX * self.page.scale) for path in paths]
        lines = self.polylines([one.line for one in seen], who, [one.steps for one in seen])
        bands = [
            Polyline(
                one.band,
                mixed(self.paints[racer][0], self.page.theme.page, BAND_SHARE),
                BAND_PT,
                steps=one.band_steps,
                tones=one.tones,
            )
            for one, racer in zip(seen, who, strict=True)
            if len(one.band)
        ]
        return [*bands, *(replace(line, steps=one.steps) for line, one in zip(lines, seen, strict=True))]

    def polylines(
        self,
        paths: list[Floats],
        who: Sequence[int] | None = None,
        steps: list[NDArray[np.int64]] | None = None,
    ) -> list[Polyline]:
        """Return how each racer's path is drawn; ``who`` says whose it is where not every racer has one.

        Where a path lies on others that were drawn before, it is seen in turns with them; elsewhere it is solid. Racers
        whose colour an earlier one has are dashed anyway. steps: at which each path's points are reached; else each
        point is a step.
        """
        racers = list(range(len(paths)) if who is None else who)
        reached = [np.arange(len(path)) for path in paths] if steps is None else steps
        found = covers(paths, HIDING_PX * self.page.scale, self.page.size, reached, racers)
        return [
            Polyline(path, self.paints[racer][0], self.page.theme.line, self._own_dash(racer), cover)
            for path, racer, cover in zip(paths, racers, map(self._uncovered, racers, found), strict=True)
        ]

    def _uncovered(self, racer: int, cover: Cover) -> Cover:
        """Return what a racer's path lies on: nothing if it is lit, for its trail is above all others."""
        return replace(cover, ranks=np.zeros_like(cover.ranks)) if racer == self.focus else cover

    def strokes(self, lines: list[Polyline], halo: bool = True, fades: bool = True) -> Strokes:
        """Cut ``lines`` into strokes, with halos or bare, that fade as the scenario says or stay."""
        ground = self.page.theme.page if halo else None
        return cut_strokes(lines, ground, HALO_PT, self.page.size, self.memory if fades else None)

    def _own_dash(self, racer: int) -> tuple[float, float, float] | None:
        """Return how a racer's line is dashed whose colour an earlier racer has too, in pixels along it."""
        share = DASH_SHARES[sum(colour == self.paints[racer][0] for colour, _ in self.paints[:racer])]
        period = 2 * DASH_PX * self.page.scale
        return None if share == 1 else (0.0, share * period, period)

    @property
    def memory(self) -> int | None:
        """How many steps a trail stays visible; None: for good."""
        trail = self.scenario.render.trail
        return None if trail == "full" else 0 if trail == "none" else int(trail)

    def place(self, path: Floats, racer: int, moment: FrameState) -> Floats:
        """Return (n,) where a racer stands on its ``path`` (steps + 1, n), between two steps while it glides."""
        step = self.step_of(racer, moment)
        if not moment.ahead or step + 1 >= len(path):
            return np.asarray(path[step])
        return np.asarray(path[step] + moment.ahead * (path[step + 1] - path[step]))

    def step_of(self, racer: int, moment: FrameState) -> int:
        """Return the step at which a racer stands: the moment's, or its last one."""
        return min(moment.step, self.result.racers[racer].trajectory.steps)


def nearest_inside(place: Point, frame: Bbox, inset: float = 0.0) -> Point:
    """Return ``place``, or if it lies outside ``frame`` the nearest place that is ``inset`` pixels inside."""
    x, y = place
    if frame.contains(x, y):
        return place
    column = np.clip(x, frame.x0 + inset, frame.x1 - inset)
    return float(column), float(np.clip(y, frame.y0 + inset, frame.y1 - inset))


def upright(low: float, high: float) -> Bbox:
    """Return the frame between two heights that is endless to both sides: an axis that no racer leaves sideways."""
    return Bbox.from_extents(-np.inf, low, np.inf, high)
