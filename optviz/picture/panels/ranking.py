"""The live order, which is the legend too: place, marker, name, learning rate, and how far or when finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from optviz.picture.board import Moment, Placed, placed
from optviz.picture.page import Rect
from optviz.picture.scene import Floats, Scene
from optviz.picture.theme import NAME, SMALL
from optviz.timeline import eased

if TYPE_CHECKING:
    from optviz.results import Racer

EASE = 2  # frames on either side over which a change of place is spread
BEAT = 0.5  # seconds between two looks at the order, so that rows mostly stand still and can be read
BADGE, TITLE = 31.0, 48.0  # columns from the left: centre of the head, left of the name
RATE = 90.0  # right of the learning rate, from the right


class RankingPanel:
    """One row a racer; rows slide when places change."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene, self.rect = scene, rect
        theme, page = scene.page.theme, scene.page
        self.row = rect.height / len(scene.race.racers)
        self.size = min(1.0, self.row / 24)
        self.names = page.type(NAME * self.size, theme.ink, "bold")
        self.rates = page.type(SMALL * self.size, theme.quiet)
        self.values = page.type((SMALL + 1) * self.size, theme.quiet)
        self.finished = page.type((SMALL + 1) * self.size, theme.ink)
        self.strokes, self.clip = None, None
        self.labels = [
            page.fitted(racer.label, NAME * self.size, self._room(racer), "bold") for racer in scene.race.racers
        ]
        self.rows = eased(self._targets(), EASE)
        for place in range(len(scene.race.racers)):
            self._place(place)

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """The rows at a frame, the leader's on top."""
        rows = self._order_at(moment.step) if moment.frame is None else self.rows[moment.frame]
        for racer in np.argsort(-rows, kind="stable"):
            yield from self._entry(int(racer), float(rows[racer]), moment)

    def _entry(self, racer: int, place: float, moment: Moment) -> Iterator[Placed]:
        baseline = self._baseline(place)
        page = self.scene.page
        row, column = page.pixel(self.rect.left + BADGE, baseline - 4.2 * self.size)
        yield placed(self.scene.badge(racer), row, column)
        yield placed(self.names.word(self.labels[racer]), *page.pixel(self.rect.left + TITLE, baseline))
        rate = self.rates.word(rate_of(self.scene.race.racers[racer]))
        row, column = page.pixel(self.rect.right - RATE * self.size, baseline)
        yield placed(rate, row, column - rate.width)
        kind, text = self._value(racer, moment)
        value = (self.finished if kind else self.values).number(text)
        row, column = page.pixel(self.rect.right, baseline)
        yield placed(value, row, column - value.width)

    def _value(self, index: int, moment: Moment) -> tuple[bool, str]:
        """Whether it is an event, and the words: the finishing step, where it diverged, or the gap left."""
        racer = self.scene.race.racers[index]
        trajectory = racer.trajectory
        if racer.finished_at is not None and racer.finished_at <= moment.step:
            return True, f"✓ step {racer.finished_at}"
        if trajectory.diverged_at is not None and trajectory.diverged_at <= moment.step:
            return True, f"diverged at {trajectory.diverged_at}"
        gap = trajectory.f[self.scene.at(index, moment)] - (self.scene.race.problem.f_min or 0.0)
        return False, f"{gap:.1e}".replace("-", "−")

    def _targets(self) -> Floats:
        """The place (from 0) of every racer at every frame, shape (frames, racers); the last frame's is exact."""
        steps = self.scene.steps
        beat = max(1, round(BEAT * self.scene.scenario.render.fps))
        looks = np.array([self._order_at(int(step)) for step in steps[::beat]])
        targets = np.repeat(looks, beat, axis=0)[: len(steps)]
        targets[-1] = self._order_at(int(steps[-1]))
        return targets

    def _order_at(self, step: int) -> Floats:
        """The place (from 0) of every racer after a step."""
        return np.argsort(self.scene.race.order_at(step)).astype(float)

    def _room(self, racer: Racer) -> float:
        rate = self.rates.width(rate_of(racer)) / self.scene.page.scale
        return self.rect.width - RATE * self.size - TITLE - rate - 8

    def _baseline(self, place: float) -> float:
        return self.rect.top + self.row * (place + 0.5) + 4.2 * self.size

    def _place(self, place: int) -> None:
        page = self.scene.page
        page.words(
            self.rect.left + 14,
            self._baseline(place),
            str(place + 1),
            (SMALL + 1) * self.size,
            page.theme.quiet,
            ha="right",
        )


def rate_of(racer: Racer) -> str:
    """The learning rate as given, a formula included."""
    rate = racer.hyperparameters.get("lr")
    if rate is None:
        return ""
    text = rate if isinstance(rate, str) else f"{rate:g}"
    return f"lr {text if len(text) <= 16 else text[:15] + '…'}"
