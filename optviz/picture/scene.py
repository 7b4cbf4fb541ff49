"""What every view and panel is given: the race, the page, and who is painted how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from optviz.picture.layout.grid import Grid
from optviz.picture.layout.page import Page
from optviz.picture.layout.theme import HALO, HEAD, SMALL_HEAD, identity
from optviz.picture.machine.board import Layer, Moment, Placed, placed
from optviz.picture.machine.sprites import Sprite, at_phase, head
from optviz.picture.machine.strokes import Line, Strokes, bundles, strokes

if TYPE_CHECKING:
    from optviz.engine.result import Result
    from optviz.scenario import Scenario

Floats = NDArray[np.float64]

NEAR = 1.5  # design pixels: paths nearer than about this hide one another
DASH = 9.0  # design pixels that each of them is seen before the next takes its turn
OWN_DASH = (1.0, 0.7, 0.35)  # part of the period that is drawn, for the first ten racers, the next ten, the rest


class View(Layer, Protocol):
    """The layer that shows the function; others put names and podium on it."""

    places: list[Floats]  # of each racer, (steps + 1, 2), in pixels from the lower left: the paths, as at the end
    frame: Bbox  # the view's area, in the same pixels

    def centres(self, moment: Moment) -> Floats:
        """(racers, 2) where the heads stand at a moment, in the same pixels."""


@dataclass(frozen=True)
class Scene:
    """One race on one page. ``steps`` (frames,) are the steps that its frames show."""

    result: Result
    scenario: Scenario
    page: Page
    steps: NDArray[np.int64]
    grid: Grid

    @cached_property
    def paints(self) -> list[tuple[str, str]]:
        """Every racer's colour and marker."""
        colours = self.page.theme.racers
        return [(colours[colour], marker) for colour, marker in map(identity, range(len(self.result.racers)))]

    def head(self, racer: int, row: float, column: float, radius: float = HEAD) -> Placed:
        """A racer's head with its centre at a place in pixels (from the top left)."""
        colour, marker = self.paints[racer]
        return self.marker(marker, colour, row, column, radius)

    def marker(self, marker: str, colour: str, row: float, column: float, radius: float) -> Placed:
        """Any marker in any colour, with the page-coloured rim of a head."""
        down, right, phase = at_phase(row, column)
        scale = self.page.scale
        return placed(head(marker, radius * scale, colour, self.page.theme.page, 1.2 * scale, phase), down, right)

    def badge(self, racer: int) -> Sprite:
        """The small head that stands beside a name."""
        colour, marker = self.paints[racer]
        scale = self.page.scale
        return head(marker, SMALL_HEAD * scale, colour, self.page.theme.page, 0.6 * scale)

    def trails(self, paths: list[Floats], halo: bool = True, who: Sequence[int] | None = None) -> Strokes:
        """Chalk for one path (steps + 1, 2) a racer, in pixels from the lower left; ``who`` where not all have one.

        ``halo`` is for trails in a view, which are as long as the scenario says; a panel's lines have none and stay.
        """
        return self.chalk(self.lines(paths, who), halo, forgets=halo)

    def lines(self, paths: list[Floats], who: Sequence[int] | None = None) -> list[Line]:
        """How each racer's path is drawn.

        Paths that hide one another take turns: the first is drawn whole, the others dashed on top of it, each in a
        part of the period of its own. Racers beyond the tenth, whose colour was given before, are dashed anyway.
        """
        scale = self.page.scale
        racers = range(len(paths)) if who is None else who
        dashes = [self._own_dash(racer) for racer in racers]
        for bundle in bundles(paths, NEAR * scale, self.page.size):
            period = DASH * scale * max(2, len(bundle))
            for rank, path in enumerate(bundle[1:], start=1):
                dashes[path] = (period * rank / len(bundle), period * (rank + 1) / len(bundle), period)
        return [
            Line(path, self.paints[racer][0], self.page.theme.line, dash)
            for path, racer, dash in zip(paths, racers, dashes, strict=True)
        ]

    def chalk(self, lines: list[Line], halo: bool = True, forgets: bool = True) -> Strokes:
        """``lines`` as strokes, with halos or bare, as long as the scenario says or for good."""
        ground = self.page.theme.page if halo else None
        return strokes(lines, ground, HALO, self.page.size, self.memory if forgets else None)

    def _own_dash(self, racer: int) -> tuple[float, float, float] | None:
        """How the line of a racer is dashed that shares its colour with an earlier one, in pixels along it."""
        share = OWN_DASH[racer // len(self.page.theme.racers)]
        period = 2 * DASH * self.page.scale
        return None if share == 1 else (0.0, share * period, period)

    @property
    def memory(self) -> int | None:
        """How many steps a trail stays visible; None: for good."""
        trail = self.scenario.render.trail
        return None if trail == "full" else 0 if trail == "none" else int(trail)

    def standing(self, places: list[Floats], moment: Moment) -> Floats:
        """(racers, 2) the place of every racer at a moment, on paths (steps + 1, 2)."""
        return np.array([path[self.at(racer, moment)] for racer, path in enumerate(places)])

    def at(self, racer: int, moment: Moment) -> int:
        """The step at which a racer stands: the moment's, or its last one."""
        return min(moment.step, self.result.racers[racer].trajectory.steps)
