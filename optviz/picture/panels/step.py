"""Draws the focused or only racer's update, term by term: bars with their numbers, the rule's equation.

The bars of one step are to scale among themselves: slopes and memories share a scale, so do v
and its maximum; every other term has its own. Where the film takes a step apart, they come one after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from matplotlib.path import Path

from optviz.engine.anatomy import Term, dissect, most_terms
from optviz.engine.equation import filled, move_of
from optviz.engine.result import Result
from optviz.formula.typography import number, steady
from optviz.optimizers.terms import HAT, TILDE
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Need
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite, faded, mixed
from optviz.picture.panels import rows
from optviz.picture.panels.state import SYMBOLS
from optviz.picture.scene import Floats, Scene

EQUATION_PX, NAMES_PX, HEAD_PX = 11.0, 32.0, 40.0  # baselines of equation and columns' names, height of both
FILLED_LINE_PX = 16.0  # of the equation with its numbers, a coordinate
FILLED_DIGITS = (3, 2)  # of these numbers: fewer where that has room
LEAST_PX, GOOD_PX, MOST_PX = 36.0, 62.0, 80.0  # height of a term
WIDTH_PX = 372.0
SYMBOL_PX, SYMBOL_GAP_PX = 46.0, 7.0  # least width of the column of symbols, and what it is wider than they
WORDS_BASELINE_PX = 13.0  # of a term's words, from its top
BAR_SHARE, MOST_BAR_PX = 0.4, 20.0  # of a term's height
EDGE_PX = 6.0  # between the longest bar and its column's edge
NUMBER_GAP_PX = 6.0
WORDS_PT = SMALL_PT + 0.5
RMS_NAME = "rms of all weights"
HOLDS = "{words}: holds"  # of a running maximum
NAMED = r"\mathrm"  # how the symbol of a term begins that the rule calls by a name
LATEX = {"Δ": r"\Delta", "g₂": "g_2", "rate": r"\eta_{\mathrm{eff}}"}


class StepBars(Layer):
    """The equation and its numbers, then one row a term."""

    def __init__(self, scene: Scene, rect: Rect, comes: bool = False) -> None:
        """comes: whether it stands where other things are, and comes only to take a step apart."""
        self.scene, self.rect, self.comes, page = scene, rect, comes, scene.page
        self.racer = scene.focus or 0
        self.anatomy = dissect(scene.result.racers[self.racer], scene.result)
        self.terms = self.anatomy.terms(page.say)
        self.move = move_of(self.anatomy.racer.rule)
        dim = scene.result.problem.dim
        names = [page.say("along {axis}", axis=f"${name}$") for name in "xy"[:dim]]
        self.columns = names if dim <= 2 else [page.say(RMS_NAME)]
        self.head = head_px(dim)
        self.top, self.height = rect.top + self.head, min(MOST_PX, (rect.height - self.head) / len(self.terms))
        widest = max(page.width_of(*symbol_of(term)) for term in self.terms)
        self.left = rect.left + max(SYMBOL_PX, widest + SYMBOL_GAP_PX)  # of words and bars
        width = (rect.right - self.left) / len(self.columns)
        self.middles = [self.left + width * (at + 0.5) for at in range(len(self.columns))]
        self.reach = max(8.0, width / 2 - EDGE_PX)
        self.bar_height = min(MOST_BAR_PX, BAR_SHARE * self.height)
        self.numbers = page.lettering(LABEL_PT, page.theme.ink)
        self.bar = lru_cache(maxsize=256)(self._bar)
        self.zero = self._zero()

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield equation, words, bars and numbers of the last step; at the start, of the first."""
        if not self.anatomy.steps or (self.comes and not moment.apart):
            return
        step = min(max(rows.updated_step(self.scene, moment), 1), self.anatomy.steps)
        yield from self._head(step, moment)
        values = [self._values(term, step) for term in self.terms]
        alike: dict[str, list[Floats]] = {}
        for term, numbers in zip(self.terms, values, strict=True):
            alike.setdefault(_scale(term), []).append(numbers)
        held = self.anatomy.held(step)
        for row, (term, numbers) in enumerate(zip(self.terms, values, strict=True)):
            come = self.come(row, moment)
            yield from self._words(row, term.symbol in held, come if self.comes else 1.0)
            longest = _largest(alike[_scale(term)])
            for middle, value in zip(self.middles, numbers.tolist(), strict=True):
                yield from self._drawn(row, middle, value, value / longest if longest else 0.0, come)

    def come(self, row: int, moment: FrameState) -> float:
        """Return how far a row has come, 0 to 1: those of a panel go as the film begins to take the step apart."""
        if not moment.apart:
            return 1.0
        if moment.apart > 1:
            return self._seen(moment)
        return max(moment.part(row, len(self.terms) + 1), 0.0 if self.comes else 1 - moment.opened)

    def _seen(self, moment: FrameState) -> float:
        """Return how far what comes over other things is seen, 0 to 1: once they are hidden."""
        return max(0.0, 2 * moment.opened - 1) if self.comes else 1.0

    def _head(self, step: int, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the equation, its numbers where the film stands still, and the columns' names."""
        rect, page, seen = self.rect, self.scene.page, self._seen(moment)
        move = page.fitted(self.move, LABEL_PT, rect.width)
        yield from self._said(move, rect.left, rect.top + EQUATION_PX, LABEL_PT, page.theme.ink, seen)
        if moment.apart or moment.frame is None or moment.frame in self.scene.stops:
            for line, text in enumerate(self._filled(step)):
                baseline = rect.top + EQUATION_PX + (line + 1) * FILLED_LINE_PX
                yield from self._said(text, rect.left, baseline, SMALL_PT, page.theme.quiet, seen)
        for middle, name in zip(self.middles, self.columns, strict=True):
            left = middle - page.width_of(name, WORDS_PT) / 2
            baseline = rect.top + self.head - (HEAD_PX - NAMES_PX)
            yield from self._said(name, left, baseline, WORDS_PT, page.theme.quiet, seen)

    def _filled(self, step: int) -> list[str]:
        """Return the equation with its numbers, a line a coordinate; without any where it is not one sum of them."""
        if not self.move or len(self.columns) < self.scene.result.problem.dim:
            return []
        page, x = self.scene.page, self.anatomy.x[step]
        for digits in FILLED_DIGITS:
            said = [filled(self.anatomy, self.move, step, at, digits) for at in range(len(x))]
            lines = [f"{'xy'[at]}: {text} = {number(x[at], digits + 1)}" for at, text in enumerate(said)]
            if all(said) and all(page.width_of(line, SMALL_PT) <= self.rect.width for line in lines):
                return lines
        return []

    def _words(self, row: int, holds: bool, seen: float) -> Iterator[PlacedSprite]:
        """Yield a term's symbol and words, and the zero of its bars."""
        page, term, top = self.scene.page, self.terms[row], self.top + row * self.height
        colour = self.scene.paints[self.racer][0] if term.kind == "step" else page.theme.ink
        symbol, size = symbol_of(term)
        yield from self._said(symbol, self.rect.left, top + WORDS_BASELINE_PX + 5, size, colour, seen)
        said = page.say(HOLDS, words=term.words) if holds else term.words
        words = page.fitted(said, WORDS_PT, self.rect.right - self.left)
        colour = page.theme.ink if holds else page.theme.quiet
        yield from self._said(words, self.left, top + WORDS_BASELINE_PX, WORDS_PT, colour, seen)
        for middle in self.middles:
            yield faded(self.zero, seen).at(*page.pixel(middle, self._centre(row)))

    def _said(
        self, text: str, left: float, baseline: float, size: float, colour: str, seen: float
    ) -> Iterator[PlacedSprite]:
        page = self.scene.page
        if text and seen > 0:
            yield faded(page.lettering(size, colour).word(text), seen).at(*page.pixel(left, baseline))

    def _drawn(self, row: int, middle: float, value: float, share: float, come: float) -> Iterator[PlacedSprite]:
        page = self.scene.page
        centre = self._centre(row)
        length = round(abs(share) * self.reach * page.scale * come) if np.isfinite(share) else 0
        down, right = page.pixel(middle, centre)
        if length:
            yield self.bar(length, self.terms[row].kind).at(down, right - length * (share < 0))
        if come > 0:
            text = self.numbers.number(steady(value))
            gap = round(NUMBER_GAP_PX * page.scale)
            left = right + gap if share < 0 else right - gap - text.width  # on the side that the bar leaves free
            yield faded(text, come).at(page.pixel(0, centre + 0.36 * LABEL_PT * 100 / 72)[0], left)

    def _centre(self, row: int) -> float:
        return self.top + row * self.height + WORDS_BASELINE_PX + 9 + self.bar_height / 2

    def _values(self, term: Term, step: int) -> Floats:
        values = np.asarray(term.values[step - 1], dtype=np.float64)
        return values if len(self.columns) == len(values) else np.sqrt(np.mean(np.square(values), keepdims=True))

    def _bar(self, length: int, kind: str) -> Sprite:
        theme, page = self.scene.page.theme, self.scene.page
        racer = self.scene.paints[self.racer][0]
        size = mixed(racer, theme.quiet, 0.6)
        colour = {"slope": theme.quiet, "memory": theme.ink, "direction": theme.ink, "step": racer}.get(kind, size)
        return self._upright(length, max(1, round(self.bar_height * page.scale)), colour)

    def _zero(self) -> Sprite:
        page = self.scene.page
        height = round((self.bar_height + 6) * page.scale)
        return self._upright(max(1, round(page.scale)), height, page.theme.quiet)

    def _upright(self, width: int, height: int, colour: str) -> Sprite:
        """Draw a rectangle, anchored at the middle of its left side."""

        def draw(pen: Pen) -> None:
            corners = [(0, 1 - height + height // 2), (width, 1 - height + height // 2)]
            upper = [(width, 1 + height // 2), (0, 1 + height // 2)]
            pen.shape(Path([*corners, *upper, corners[0]], closed=True), colour)

        return draw_sprite(height, width, self.scene.page.dpi, (height // 2, 0), draw)


def symbol_of(term: Term) -> tuple[str, float]:
    """Return a term's symbol as mathematics, and its size: a name is smaller than letters."""
    latex = latex_of(term.symbol)
    return f"${latex}$", LABEL_PT if latex.startswith(NAMED) else LABEL_PT + 3


def head_px(dim: int) -> float:
    """Return the height of what stands over the terms of a problem of that dimension, in design pixels."""
    return HEAD_PX + (FILLED_LINE_PX * dim if dim <= 2 else 0)


def _scale(term: Term) -> str:
    """Return what the terms have in common whose bars share a scale."""
    return "slope" if term.kind in ("slope", "memory") else term.symbol.removesuffix("max")


def _largest(values: list[Floats]) -> float:
    numbers = np.abs(np.concatenate(values))
    return float(numbers[np.isfinite(numbers)].max(initial=0.0))


def latex_of(symbol: str) -> str:
    """Write a term's name as mathematics: √v̂ is a root over v with a hat."""
    if symbol.startswith("√"):
        return rf"\sqrt{{{latex_of(symbol[1:])}}}"
    for mark, accent in ((HAT, "hat"), (TILDE, "tilde")):
        if symbol[1:2] == mark:
            rest = symbol[2:]
            return rf"\{accent}{{{symbol[0]}}}" + (rf"^{{\mathrm{{{rest}}}}}" if rest else "")
    known = {**SYMBOLS, **LATEX}
    if symbol in known:
        return known[symbol]
    return symbol if len(symbol) == 1 else rf"\mathrm{{{symbol}}}".replace("_", r"\_")


def need(result: Result, racer: int | None = None) -> Need:
    """Return the room for the terms of one racer, or for those of the racer with most."""
    racers = result.racers if racer is None else [result.racers[racer]]
    count = max(most_terms(one.rule) for one in racers)
    least, good, most = (head_px(result.problem.dim) + height * count for height in (LEAST_PX, GOOD_PX, MOST_PX))
    return Need(least, good, most, WIDTH_PX, ticks=False)
