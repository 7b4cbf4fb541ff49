"""What each racer has spent: steps taken, gradient evaluations, and its learning rate now."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optviz.picture.layout.grid import Slot
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import SMALL
from optviz.picture.machine.board import Layer, Moment, Placed
from optviz.picture.panels import rows
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.rows import Rows, fitting, scientific, short, widest
from optviz.picture.scene import Scene

COLUMNS = ("steps", "gradients", "lr now")
BRIEF = ("steps", "grads", "lr")
SHORTEST_NAME = 110.0  # room for a name, below which the columns are named briefly
ASIDE = 14.0  # between columns, in design pixels


class Rates:
    """One row a racer, in the scenario's order; the numbers are live."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene, self.strokes, self.clip = scene, None, None
        page, racers = scene.page, scene.result.racers
        self.table = Rows(page, rect, len(racers))
        self.numbers = page.type(self.table.number_size, page.theme.quiet)
        heads = next((heads for heads in (COLUMNS, BRIEF) if self._room(heads) >= SHORTEST_NAME), BRIEF)
        self.rights = self._columns(heads)
        room = self._room(heads)
        size, self.labels = fitting(page, [r.label for r in racers], [room] * len(racers), self.table.name_size)
        self.names = page.type(size, page.theme.ink)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """Every row: head, name, numbers."""
        for racer, label in enumerate(self.labels):
            yield self.table.badge(self.scene.badge(racer), self.table.left + rows.BADGE, racer)
            yield self.table.at_left(self.names.word(label), self.table.left + rows.LABEL_LEFT, racer)
            for right, text in zip(self.rights, self._texts(racer, rows.look(self.scene, moment)), strict=True):
                yield self.table.at_right(self.numbers.number(text), right, racer)

    def _columns(self, heads: tuple[str, ...]) -> list[float]:
        """The right ends of the columns, whose names are put on the board."""
        widths = self._widths(heads)
        rights = [self.table.right - sum(widths[at + 1 :]) - ASIDE * (2 - at) for at in range(3)]
        for right, name in zip(rights, heads, strict=True):
            self.table.head(right, name)
        return rights

    def _widths(self, heads: tuple[str, ...]) -> list[float]:
        """Of the columns, each as wide as its widest number or its name."""
        page, last = self.scene.page, int(self.scene.steps[-1])
        texts = [self._texts(racer, step) for racer in range(len(self.scene.result.racers)) for step in (0, 1, last)]
        columns = zip(heads, zip(*texts, strict=True), strict=True)
        return [max(page.width_of(head, SMALL), widest(self.numbers, list(column), page)) for head, column in columns]

    def _room(self, heads: tuple[str, ...]) -> float:
        """For a name, left of the columns."""
        return self.table.right - self.table.left - sum(self._widths(heads)) - 3 * ASIDE - rows.LABEL_LEFT

    def _texts(self, index: int, step: int) -> tuple[str, str, str]:
        trajectory = self.scene.result.racers[index].trajectory
        taken = min(step, trajectory.diverged_at or self.scene.result.steps)
        per_step = trajectory.gradient_evaluations // (trajectory.diverged_at or max(1, trajectory.steps))
        rates = trajectory.lr
        now = float(rates[min(max(step, 1), len(rates)) - 1]) if len(rates) else np.nan
        is_schedule = len(rates) > 1 and not np.array_equal(rates, np.full_like(rates, rates[0]), equal_nan=True)
        return str(taken), str(taken * per_step), scientific(now, 2) if is_schedule else short(now)


def draw(scene: Scene, slot: Slot) -> list[Layer]:
    """The whole table."""
    return [Rates(scene, slot.rect)]


RATES = Panel(draw, lambda result: rows.need(len(result.racers)))
