"""Draws what each racer has spent: steps taken, gradient evaluations, and its learning rate now."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optviz.formula.typography import short, steady
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import SMALL_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.panels import rows
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.rows import Rows, fit_labels, widest
from optviz.picture.scene import Scene

COLUMNS = ("steps", "gradients", "lr now")
BRIEF = ("steps", "grads", "lr")
LEAST_NAME_PX = 110.0  # room for a name; with less the columns are named briefly
GAP_PX = 14.0  # between columns


class Rates(Layer):
    """One row a racer, in the scenario's order; the numbers are live."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        page, racers = scene.page, scene.result.racers
        self.table = Rows(page, rect, len(racers))
        self.numbers = page.lettering(self.table.number_size, page.theme.quiet)
        whole, brief = ((page.say(one), page.say(two), page.say(three)) for one, two, three in (COLUMNS, BRIEF))
        heads = next((heads for heads in (whole, brief) if self._room(heads) >= LEAST_NAME_PX), brief)
        self.rights = self._columns(heads)
        size, self.labels = fit_labels(page, [racer.label for racer in racers], self._room(heads), self.table)
        self.names = page.lettering(size, page.theme.ink)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield every row: head, name, numbers."""
        for racer, label in enumerate(self.labels):
            yield self.table.badge(self.scene.badge(racer), self.table.left + rows.BADGE_CENTRE_PX, racer)
            yield from self.table.label(self.names, label, self.table.left + rows.LABEL_LEFT_PX, racer)
            for right, text in zip(self.rights, self._texts(racer, rows.updated_step(self.scene, moment)), strict=True):
                yield self.table.at_right(self.numbers.number(text), right, racer)

    def _columns(self, heads: tuple[str, ...]) -> list[float]:
        """Write the columns' names on the board; return their right ends."""
        widths = self._widths(heads)
        rights = [self.table.right - sum(widths[at + 1 :]) - GAP_PX * (2 - at) for at in range(3)]
        for right, name in zip(rights, heads, strict=True):
            self.table.head(right, name)
        return rights

    def _widths(self, heads: tuple[str, ...]) -> list[float]:
        """Return the widths of the columns, each as wide as its widest number or its name."""
        page, last = self.scene.page, int(self.scene.steps[-1])
        texts = [self._texts(racer, step) for racer in range(len(self.scene.result.racers)) for step in (0, 1, last)]
        columns = zip(heads, zip(*texts, strict=True), strict=True)
        return [
            max(page.width_of(head, SMALL_PT), widest(self.numbers, list(column), page)) for head, column in columns
        ]

    def _room(self, heads: tuple[str, ...]) -> float:
        """Return the room for a name, left of the columns."""
        return self.table.right - self.table.left - sum(self._widths(heads)) - 3 * GAP_PX - rows.LABEL_LEFT_PX

    def _texts(self, index: int, step: int) -> tuple[str, str, str]:
        trajectory = self.scene.result.racers[index].trajectory
        taken = min(step, trajectory.diverged_at or self.scene.result.steps)
        rates = trajectory.lr
        now = float(rates[min(max(step, 1), len(rates)) - 1]) if len(rates) else np.nan
        is_schedule = len(rates) > 1 and not np.array_equal(rates, np.full_like(rates, rates[0]), equal_nan=True)
        asked = int(trajectory.evaluations[:taken].sum())
        return str(taken), str(asked), steady(now) if is_schedule else short(now)


RATES = Panel(lambda scene, slot: [Rates(scene, slot.rect)], lambda result: rows.need(len(result.racers)))
