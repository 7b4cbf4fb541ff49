"""Draws the live order, which is the legend too: place, marker, name, learning rate, and how far or since when in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
from matplotlib.path import Path

from optviz.engine.regret import average_loss
from optviz.engine.result import Racer, Result
from optviz.formula.typography import short, steady
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import SMALL_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite
from optviz.picture.panels import rows
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.rows import Rows, fit_labels, widest
from optviz.picture.scene import Floats, Scene
from optviz.picture.timeline import eased

REORDER_S = 0.5  # between two looks at the order: racers that change the lead at every step would be a blur
EASE_FRAMES = 3  # on either side, over which a change of place is spread
PLACE_PX, PLACE_RIGHT_PX = 22.0, 14.0  # the column of places: its width, and where its numbers end
GAP_PX = 14.0  # between columns
LEAST_NAME_PX = 76.0  # room for a name; with less the learning rates are left out
MOST_RATE_LETTERS = 16  # of a formula
BOLD_PLACES = 3  # set in bold


class Ranking(Layer):
    """One row a racer; rows slide when places change, the leader's over the others."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        page, theme, racers = scene.page, scene.page.theme, scene.result.racers
        self.table = Rows(page, rect, len(racers))
        self.rates = page.lettering(SMALL_PT, theme.quiet)
        self.values = page.lettering(self.table.number_size, theme.quiet)
        self.events = page.lettering(self.table.number_size, theme.ink)
        self.measure, self.measures = _measures(scene.result)
        self.rate_right = self.table.right - self._value_width() - GAP_PX
        self._set_names()
        self.rows = eased(self._targets(), EASE_FRAMES, scene.stops)
        self.card = self._draw_card()
        self._row = lru_cache(maxsize=1024)(lambda *row: tuple(self._marks(*row)))  # most are as in the frame before
        self.ends = scene.result.table()
        for place in range(len(racers)):
            if not self.ends[place].shared:
                words = (self.table.left + PLACE_RIGHT_PX, self.table.baseline(place), str(place + 1))
                page.words(*words, self.table.number_size, theme.quiet, ha="right")

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the rows at a frame, the leader's on top."""
        places = self._order_at(moment.step) if moment.frame is None else self.rows[moment.frame]
        look = rows.updated_step(self.scene, moment)
        for place, row in enumerate(self.ends):
            if row.shared:
                text = row.place_text if moment.step >= self.scene.result.steps else str(place + 1)
                yield self.table.at_right(self.values.number(text), self.table.left + PLACE_RIGHT_PX, place)
        for racer in np.argsort(-places, kind="stable").tolist():
            yield from self._row(racer, float(places[racer]), *self._value(racer, moment.step, look))

    def _marks(self, racer: int, place: float, is_event: bool, text: str) -> Iterator[PlacedSprite]:
        """Yield what stands in one row."""
        table, left = self.table, self.table.left + PLACE_PX
        if abs(place - round(place)) > 0.01:  # on its way: a card, so that two names are never read as one
            yield self.card.at(*self.scene.page.pixel(left, table.middle(place) - table.height / 2))
        yield table.badge(self.scene.badge(racer), left + rows.BADGE_CENTRE_PX, place)
        names = self.leaders if round(place) < BOLD_PLACES else self.others
        yield table.at_left(names.word(self.labels[racer]), left + rows.LABEL_LEFT_PX, place)
        if self.with_rates:
            yield table.at_right(self.rates.word(rate_of(self.scene.result.racers[racer])), self.rate_right, place)
        yield table.at_right((self.events if is_event else self.values).number(text), table.right, place)

    def _value(self, index: int, step: int, look: int) -> tuple[bool, str]:
        """Return whether it is an event, and the words, or the number at ``look``."""
        racer = self.scene.result.racers[index]
        if self.scene.result.has_diverged(index, step):
            return True, f"diverged at {racer.diverged_at}"
        if step >= self.scene.result.steps and racer.arrived_at is not None:
            return True, f"✓ step {racer.arrived_at}"
        if (since := racer.judgement.inside_since(step)) is not None:
            return True, f"inside since {since}"
        return False, steady(float(self.measures[index][min(look, racer.trajectory.steps)]))

    def _value_width(self) -> float:
        """Return the width of the widest that will ever stand in the last column, its name among them."""
        page, last = self.scene.page, self.scene.result.steps
        ends = [self._value(racer, last, last)[1] for racer in range(len(self.scene.result.racers))]
        stays = [racer.judgement.stays[:, 0] for racer in self.scene.result.racers]
        ends += [f"inside since {starts.max()}" for starts in stays if len(starts)]
        numbers = [steady(number) for measure in self.measures for number in _longest(measure)]
        return max(widest(self.values, ends + numbers, page), page.width_of(self.measure, SMALL_PT))

    def _set_names(self) -> None:
        """Choose the names' lettering and words, and write the columns' heads; without rates where names need room."""
        page, racers = self.scene.page, self.scene.result.racers
        rates = [rate_of(racer) for racer in racers]
        start = self.table.left + PLACE_PX + rows.LABEL_LEFT_PX
        rooms = [self.rate_right - self.rates.width(rate) / page.scale - GAP_PX / 2 - start for rate in rates]
        self.with_rates = any(rates) and min(rooms) >= LEAST_NAME_PX
        if not self.with_rates:
            rooms = [self.rate_right - start] * len(racers)
        labels = [racer.label for racer in racers]
        size, self.labels = fit_labels(page, labels, rooms, self.table.name_size)
        self.leaders = page.lettering(size, page.theme.ink, "bold")
        self.others = page.lettering(size, page.theme.ink)
        if self.with_rates:
            self.table.head(self.rate_right, "lr")
        self.table.head(self.table.right, self.measure)

    def _draw_card(self) -> Sprite:
        """Draw a card of the page's colour, one row high, anchored at its upper left corner."""
        page = self.scene.page
        height = max(1, round(self.table.height * page.scale))
        width = round((self.table.right - self.table.left - PLACE_PX) * page.scale) + 1

        def draw(pen: Pen) -> None:
            pen.shape(Path([(0, 1), (width, 1), (width, 1 - height), (0, 1 - height)]), page.theme.page)

        return draw_sprite(height, width, page.dpi, (0, 0), draw)

    def _targets(self) -> Floats:
        """Return (frames, racers) the place (from 0) of every racer at every frame: as it is at the nearest look.

        The frames at which the film stands still are looks, and those between them at equal distances.
        """
        steps, beat = self.scene.steps, REORDER_S * self.scene.scenario.render.fps
        frames = [self.scene.stops[0]]
        for first, last in pairwise(self.scene.stops):
            count = max(1, round((last - first) / beat))
            frames += np.rint(np.linspace(first, last, count + 1)[1:]).astype(int).tolist()
        looks = np.array([self._order_at(int(steps[frame])) for frame in frames])
        middles = (np.array(frames[1:]) + frames[:-1]) / 2
        return np.asarray(looks[np.searchsorted(middles, np.arange(len(steps)))])

    def _order_at(self, step: int) -> Floats:
        """Return (racers,) the place (from 0) of every racer after a step."""
        return np.argsort(self.scene.result.order_at(step)).astype(float)


def _measures(result: Result) -> tuple[str, list[Floats]]:
    """Return what racers outside the finish rank by: its name, and (steps + 1,) a racer, NaN where it has none."""
    problem, paths = result.problem, [racer.trajectory for racer in result.racers]
    if not problem.online:
        name = "$f$" if problem.f_min is None else "$f$ − min $f$"
        return name, [path.f - (problem.f_min or 0.0) for path in paths]
    name = "average loss" if result.regrets is None else "average regret"
    columns = result.regrets or [average_loss(path.x, problem) for path in paths]
    return name, [np.concatenate([[np.nan], column]) for column in columns]


def _longest(numbers: Floats) -> Iterator[float]:
    """Yield those among ``numbers`` that are longest to write: the largest and the smallest of either sign."""
    for part in (numbers[numbers > 0], numbers[numbers < 0]):
        if len(part):
            yield from (float(part.min()), float(part.max()))


def rate_of(racer: Racer) -> str:
    """Write the learning rate as given, a formula included; nothing where a rule has none."""
    rate = racer.hyperparameters.get("lr")
    text = "" if rate is None else short(rate)
    return text if len(text) <= MOST_RATE_LETTERS else text[: MOST_RATE_LETTERS - 1] + "…"


RANKING = Panel(lambda scene, slot: [Ranking(scene, slot.rect)], lambda result: rows.need(len(result.racers)))
