"""Draws the live order, which is the legend too: place, marker, name, learning rate, since when inside, and how far.

At the end it is the podium: the rows of the first three who arrived are lifted, the others stand back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import isfinite

import numpy as np

from optviz.engine.regret import average_loss
from optviz.engine.rest import Rest
from optviz.engine.result import Racer, Result
from optviz.engine.swarm import Runs
from optviz.formula.typography import short, steady
from optviz.picture.frame_state import FrameState, end_frames
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import SMALL_PT
from optviz.picture.machine.fonts import Face
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen, rounded
from optviz.picture.machine.sprites import Lettering, Sprite, draw_sprite, mixed
from optviz.picture.panels import rows
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.rows import Rows, fit_labels, widest
from optviz.picture.scene import Floats, Scene
from optviz.picture.timeline import eased
from optviz.words import Words

REORDER_S = 0.5  # between two looks at the order: racers that change the lead at every step would be a blur
SLIDE_S = 0.4  # over which rows pass one another
SHIFT_PX, FADED = 7.0, 0.6  # how far right an overtaker passes, and how much of the page's colour the overtaken takes
TONES = 5  # of a row that fades
LIFT_ALPHA, STANDING_BACK = 0.2, 0.4  # of the colour behind a row on the podium, and of the page's colour in the others
LIFT_PAD_PX = 5.0  # to the left and right of a row on the podium
PLACE_RIGHT_PX, PLACE_GAP_PX = 14.0, 8.0  # where the numbers of places end at least, and from there to the rows
GAP_PX = 14.0  # between columns
LEAST_NAME_PX, NAME_SHARE = 76.0, 0.42  # room for a name, and of the table that a long one may ask for
LEAVING_TIMES = 100.0  # what lay above the lowest value at the start
MOST_RATE_LETTERS = 16  # of a formula
SINCE = ("inside since", "since")  # names of the column, the longer one where it has room
SWARM_SINCE = ("arrived: median (95 %)", "arrived")

BRIEF: dict[Rest, str] = {
    "local minimum": "local min.",
    "saddle": "saddle",
    "plateau": "plateau",
    "edge": "edge",
    "short of the finish": "short",
}


@dataclass(frozen=True)
class Cells:
    """What a racer's row says right of its name."""

    since: str = ""
    number: str = ""
    event: str = ""  # over both columns, instead of them


class Ranking(Layer):
    """One row a racer; rows slide when places change, the overtaker over the overtaken."""

    def __init__(self, scene: Scene, rect: Rect) -> None:
        self.scene = scene
        result, page = scene.result, scene.page
        self.table = Rows(page, rect, len(result.racers))
        self.measure, self.measures = _measures(result, page.say)
        self._columns()
        window = max(1, round(SLIDE_S * scene.scenario.render.fps / 2))
        self.rows = eased(self._targets(), window, scene.stops)
        self.drift = self._drift(window)
        render, is_race = scene.scenario.render, len(result.racers) > 1
        self.lifted = result.podium if is_race and render.podium and end_frames(render) else ()
        # most is as in the frame before
        self._row = lru_cache(maxsize=1024)(lambda *row: tuple(self._marks(*row)))
        self._numbered = lru_cache(maxsize=8)(self._number_places)
        self._rows_at = lru_cache(maxsize=8)(self._order_rows)
        self._card = lru_cache(maxsize=256)(self._draw_card)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the places, then the rows: those that are overtaken first, those that overtake on top."""
        look, frame = rows.updated_step(self.scene, moment), moment.frame
        lifted = self.lifted if moment.podium else ()
        yield from self._numbered(look, lifted)
        places = self._rows_at(look) if frame is None else self.rows[frame]
        passing = (
            np.rint(np.clip(self.drift[frame] * TONES, -TONES, TONES)) / TONES if frame is not None else 0 * places
        )
        for racer in np.lexsort((-places, -passing)).tolist():
            up = moment.podium if racer in lifted else 0.0
            back = moment.podium if lifted and not up else 0.0
            yield from self._row(racer, float(places[racer]), look, float(passing[racer]), back, up)

    def _number_places(self, look: int, lifted: tuple[int, ...]) -> tuple[PlacedSprite, ...]:
        """Place the numbers of the places, 2= for a shared one; those on the podium are bold."""
        places, right = self.scene.result.places_at(look), self.table.left + self.place_right
        texts = [f"{place}{'=' * (places.count(place) > 1)}" for place in places]
        letters = [self._letters("bold", 0.0) if at in lifted else self._numbers(0.0) for at in range(len(places))]
        order = self.scene.result.order_at(look)
        return tuple(self.table.at_right(letters[at].number(texts[at]), right, row) for row, at in enumerate(order))

    def _order_rows(self, step: int) -> Floats:
        """Return (racers,) the row (from 0) of every racer after a step."""
        return np.argsort(self.scene.result.order_at(step)).astype(float)

    def _marks(
        self, racer: int, row: float, look: int, passing: float, back: float, up: float
    ) -> Iterator[PlacedSprite]:
        """Yield what stands in one row.

        passing: -1 for one that overtakes, 1 for one that is overtaken. back, up: how far it has stood back or risen.
        """
        table, shift = self.table, SHIFT_PX * max(0.0, -passing)
        fade = max(FADED * max(0.0, passing), STANDING_BACK * back)
        cells, bold = self._cells(racer, look), self._is_inside(racer, look)
        left = table.left + self.place_right + PLACE_GAP_PX + shift
        if up:
            card = self._card(self.scene.paints[racer][0], up)
            yield card.at(*self.scene.page.pixel(table.left - LIFT_PAD_PX, table.middle(row) - table.height / 2))
        yield table.badge(self.scene.badge(racer), left + rows.BADGE_CENTRE_PX, row)
        names = self._letters("bold" if bold else "regular", fade)
        yield from table.label(names, self.labels[racer], left + rows.LABEL_LEFT_PX, row)
        numbers, events = self._numbers(fade), self._events(fade)
        if self.rate_right is not None:
            rate = self._rates(fade).word(_rate_at(self.scene.result.racers[racer], look))
            yield table.at_right(rate, self.rate_right + shift, row)
        if cells.event:
            yield table.at_right(events.number(cells.event), table.right, row)
            return
        if cells.since and self.since_right is not None:
            yield table.at_right(events.number(cells.since), self.since_right, row)
        yield table.at_right(numbers.number(cells.number), table.right, row)

    # --- what the rows say

    def _cells(self, index: int, step: int) -> Cells:
        """Return what a racer's row says after a step."""
        racer, result = self.scene.result.racers[index], self.scene.result
        if racer.runs is not None:
            return self._swarm_cells(index, racer.runs, step)
        if result.has_diverged(index, step):
            return Cells(event=self.scene.page.say("diverged at {step}", step=racer.diverged_at))
        number = steady(float(self.measures[index][min(step, racer.trajectory.steps)]))
        if not result.has_finish_line:
            return Cells(number=number)
        since = racer.judgement.inside_since(step)
        told = "" if since is None else str(since)
        if self._is_leaving(index, step):
            told = self.scene.page.say("leaving")
        elif step >= result.steps and racer.arrived_at is not None:
            told = f"✓ {racer.arrived_at}"
        elif step >= result.steps and (racer.stopped_at or since is None):
            told = self.scene.page.say(BRIEF[racer.stopped_at] if racer.stopped_at else "moving")
        return Cells(told, number)

    def _is_leaving(self, index: int, step: int) -> bool:
        """Return whether f has grown so far above where it began that a racer is hardly coming back."""
        if self.scene.result.problem.online:
            return False
        above = self.measures[index]
        return bool(above[min(step, len(above) - 1)] > LEAVING_TIMES * max(float(above[0]), 0.0) > 0)

    def _swarm_cells(self, index: int, runs: Runs, step: int) -> Cells:
        """Return how many runs have arrived so far, at the end when they did in the median; and the median number."""
        racer, result, say = self.scene.result.racers[index], self.scene.result, self.scene.page.say
        number = steady(float(self.measures[index][min(step, racer.trajectory.steps)]))
        if result.has_diverged(index, step):
            return Cells(event=say("most diverged"))
        if step >= result.steps and racer.arrived_at is not None:
            ends = [f"{end:g}" if isfinite(end) else say("never") for end in (runs.arrival.low, runs.arrival.high)]
            return Cells(f"✓ {runs.arrival.value:g} ({ends[0]}–{ends[1]})", number)
        so_far = say("{some} of {all}", some=int((runs.arrivals <= step).sum()), all=runs.count)
        return Cells(so_far if result.has_finish_line else "", number)

    def _is_inside(self, index: int, step: int) -> bool:
        """Return whether a racer's name is bold: it is inside the finish, at the end it has arrived."""
        racer = self.scene.result.racers[index]
        if step >= self.scene.result.steps:
            return racer.arrived_at is not None
        return racer.judgement.inside_since(step) is not None

    # --- columns and letters

    def _columns(self) -> None:
        """Place the columns: with learning rates and long heads where the names have room beside them."""
        page, racers, table = self.scene.page, self.scene.result.racers, self.table
        self.name_size = table.name_size
        places = self.scene.result.places_at(self.scene.result.steps)
        shared = [f"{place}=" for place in {*places, 1} if place == 1 or places.count(place) > 1]
        wide = [self._letters("bold", 0.0).number(place).width for place in shared]
        self.place_right = max(PLACE_RIGHT_PX, max(wide) / page.scale)
        letters, last = self._numbers(0.0), self.scene.result.steps
        ends = [self._cells(index, last) for index in range(len(racers))]
        numbers = [steady(number) for measure in self.measures for number in _longest(measure)]
        number_width = max(widest(letters, numbers, page), page.width_of(self.measure, SMALL_PT))
        stays = [str(racer.judgement.stays[:, 0].max()) for racer in racers if len(racer.judgement.stays)]
        since_width = widest(letters, [*stays, *(cells.since for cells in ends)], page)
        event_width = widest(letters, [cells.event for cells in ends], page)
        rate_width = self._rates_width()
        start = table.left + self.place_right + PLACE_GAP_PX + rows.LABEL_LEFT_PX
        wishes = [page.width_of(racer.label, SMALL_PT, "bold") for racer in racers]
        wish = max(LEAST_NAME_PX, min(max(wishes), NAME_SHARE * (table.right - table.left)))
        names = tuple(map(page.say, SWARM_SINCE if racers[0].runs else SINCE))
        heads = names if since_width and self.scene.result.has_finish_line else ("",)
        for with_rates, head in [(with_rates, head) for with_rates in (True, False) for head in heads]:
            width = max(since_width, page.width_of(head, SMALL_PT)) if head else 0.0
            width = max(width, event_width - number_width - GAP_PX)
            self.since_right = table.right - number_width - GAP_PX if head else None
            left_of = table.right - number_width - (GAP_PX + width if width > 0 else 0)
            self.rate_right = left_of - GAP_PX if with_rates and rate_width else None
            end = left_of if self.rate_right is None else self.rate_right - rate_width
            if end - GAP_PX - start >= wish:
                break
        labels = [racer.label for racer in racers]
        self.name_size, self.labels = fit_labels(page, labels, end - GAP_PX - start, table)
        table.head(table.right, self.measure)
        if self.since_right is not None:
            table.head(self.since_right, head)
        if self.rate_right is not None:
            table.head(self.rate_right, page.say("lr now" if any(map(_is_long, racers)) else "lr"))

    def _rates_width(self) -> float:
        """Return how wide the widest learning rate ever is; 0 without any, or where labels or small print tell them."""
        page, racers = self.scene.page, self.scene.result.racers
        rates = [rate_of(racer) for racer in racers]
        told = all(rate in racer.label for rate, racer in zip(rates, racers, strict=True))
        if told or (page.look.footer and len(racers) > 1 and len(set(rates)) == 1):
            return 0.0
        live = {steady(rate) for racer in racers if _is_long(racer) for rate in _longest(racer.trajectory.lr)}
        fixed = {rate for rate, racer in zip(rates, racers, strict=True) if not _is_long(racer)}
        return max(page.width_of(rate, SMALL_PT) for rate in live | fixed)

    def _letters(self, face: Face, fade: float) -> Lettering:
        theme = self.scene.page.theme
        return self.scene.page.lettering(self.name_size, mixed(theme.ink, theme.page, fade), face)

    def _numbers(self, fade: float) -> Lettering:
        theme = self.scene.page.theme
        return self.scene.page.lettering(self.table.number_size, mixed(theme.quiet, theme.page, fade))

    def _events(self, fade: float) -> Lettering:
        theme = self.scene.page.theme
        return self.scene.page.lettering(self.table.number_size, mixed(theme.ink, theme.page, fade))

    def _rates(self, fade: float) -> Lettering:
        theme = self.scene.page.theme
        return self.scene.page.lettering(SMALL_PT, mixed(theme.quiet, theme.page, fade))

    def _draw_card(self, colour: str, risen: float) -> Sprite:
        """Draw what stands behind a row on the podium, anchored at its upper left corner."""
        page, table = self.scene.page, self.table
        height = max(1, round((table.height - 2) * page.scale))
        width = round((table.right - table.left + 2 * LIFT_PAD_PX) * page.scale)

        def draw(pen: Pen) -> None:
            pen.shape(rounded(width, height, 4 * page.scale), colour, alpha=LIFT_ALPHA * risen)

        return draw_sprite(height, width, page.dpi, (0, 0), draw)

    # --- rows over time

    def _targets(self) -> Floats:
        """Return (frames, racers) the row (from 0) of every racer at every frame: as it is at the nearest look.

        The frames at which the film stands still are looks, and those between them at equal distances.
        """
        steps, beat = self.scene.steps, REORDER_S * self.scene.scenario.render.fps
        frames = [self.scene.stops[0]]
        for first, last in pairwise(self.scene.stops):
            count = max(1, round((last - first) / beat))
            frames += np.rint(np.linspace(first, last, count + 1)[1:]).astype(int).tolist()
        looks = np.array([self._order_rows(int(steps[frame])) for frame in frames])
        middles = (np.array(frames[1:]) + frames[:-1]) / 2
        return np.asarray(looks[np.searchsorted(middles, np.arange(len(steps)))])

    def _drift(self, window: int) -> Floats:
        """Return (frames, racers) by how many rows each is passing others: below 0 upwards, 0 where it stands still."""
        index, still = np.arange(len(self.rows)), np.array(self.scene.stops)
        reach = np.minimum(window, np.abs(index[:, None] - still).min(axis=1))
        return np.asarray(self.rows[index + reach] - self.rows[index - reach])


def _measures(result: Result, say: Words) -> tuple[str, list[Floats]]:
    """Return what racers outside the finish rank by: its name, and (steps + 1,) a racer, NaN where it has none."""
    problem, paths = result.problem, [racer.trajectory for racer in result.racers]
    if not problem.online:
        name = "$f$" if problem.f_min is None else "$f$ − min $f$"
        return name, [problem.above_least(path.f) for path in paths]
    name = say("average loss" if result.regrets is None else "average regret")
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


def _is_long(racer: Racer) -> bool:
    """Return whether a learning rate is a formula that a column has no room for: it says the rate of the step."""
    rate = racer.hyperparameters.get("lr")
    return isinstance(rate, str) and len(short(rate)) > MOST_RATE_LETTERS and len(racer.trajectory.lr) > 0


def _rate_at(racer: Racer, step: int) -> str:
    """Write the learning rate: as given, or where that is too long what it is at a step."""
    rates = racer.trajectory.lr
    return steady(float(rates[min(max(step, 1), len(rates)) - 1])) if _is_long(racer) else rate_of(racer)


RANKING = Panel(lambda scene, slot: [Ranking(scene, slot.rect)], lambda result: rows.need(len(result.racers)))
