"""Draws the focused or only racer's update, term by term: bars with their numbers, the rule's equation.

The bars of one step are to scale among themselves: slopes and memories share a scale, so do v
and its maximum; every other term has its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.path import Path

from optviz.engine.anatomy import Anatomy, Term, dissect, most_terms
from optviz.engine.result import Result
from optviz.formula.typography import steady
from optviz.optimizers.trace import HAT, TILDE
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.grid import Need, Slot
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite, mixed
from optviz.picture.panels import rows
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.state import SYMBOLS
from optviz.picture.scene import Floats, Scene

HEAD_PX = 40.0  # height of the equation and of the columns' names
LEAST_PX, GOOD_PX, MOST_PX = 36.0, 62.0, 80.0  # height of a term
WIDTH_PX = 372.0
SYMBOL_PX = 46.0  # width of the column of symbols
WORDS_BASELINE_PX = 13.0  # of a term's words, from its top
BAR_SHARE, MOST_BAR_PX = 0.4, 20.0  # of a term's height
EDGE_PX = 6.0  # between the longest bar and its column's edge
RMS_NAME = "rms of all weights"
LATEX = {"Δ": r"\Delta", "g₂": "g_2", "rate": r"\eta_{\mathrm{eff}}"}


class StepBars(Layer):
    """One row a term; bars and numbers are live."""

    def __init__(self, scene: Scene, slot: Slot) -> None:
        self.scene, page = scene, scene.page
        self.racer = scene.focus or 0
        self.anatomy = dissect(scene.result.racers[self.racer], scene.result)
        self.terms = self.anatomy.terms()
        dim = scene.result.problem.dim
        self.columns = [f"along ${name}$" for name in "xy"[:dim]] if dim <= 2 else [RMS_NAME]
        rect = slot.rect
        self.top, self.height = rect.top + HEAD_PX, min(MOST_PX, (rect.height - HEAD_PX) / len(self.terms))
        width = (rect.width - SYMBOL_PX) / len(self.columns)
        self.middles = [rect.left + SYMBOL_PX + width * (at + 0.5) for at in range(len(self.columns))]
        self.reach = max(8.0, width / 2 - EDGE_PX)
        self.numbers = page.lettering(LABEL_PT, page.theme.ink)
        self.bar = lru_cache(maxsize=256)(self._bar)
        self._write(slot)

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield a bar and a number for each term and coordinate of the last step; at the start, of the first."""
        if not self.anatomy.steps:
            return
        step = min(max(rows.updated_step(self.scene, moment), 1), self.anatomy.steps)
        values = [self._values(term, step) for term in self.terms]
        alike: dict[str, list[Floats]] = {}
        for term, numbers in zip(self.terms, values, strict=True):
            alike.setdefault(_scale(term), []).append(numbers)
        for row, (term, numbers) in enumerate(zip(self.terms, values, strict=True)):
            longest = _largest(alike[_scale(term)])
            for middle, value in zip(self.middles, numbers.tolist(), strict=True):
                yield from self._drawn(row, middle, value, value / longest if longest else 0.0)

    def _drawn(self, row: int, middle: float, value: float, share: float) -> Iterator[PlacedSprite]:
        page = self.scene.page
        centre = self._centre(row)
        length = round(abs(share) * self.reach * page.scale) if np.isfinite(share) else 0
        down, right = page.pixel(middle, centre)
        if length:
            yield self.bar(length, self.terms[row].kind).at(down, right - length * (share < 0))
        number = self.numbers.number(steady(value))
        gap = round(6 * page.scale)
        left = right + gap if share < 0 else right - gap - number.width  # on the side that the bar leaves free
        yield number.at(page.pixel(0, centre + 0.36 * LABEL_PT * 100 / 72)[0], left)

    def _centre(self, row: int) -> float:
        return self.top + row * self.height + WORDS_BASELINE_PX + 9 + self._bar_height / 2

    @property
    def _bar_height(self) -> float:
        return min(MOST_BAR_PX, BAR_SHARE * self.height)

    def _values(self, term: Term, step: int) -> Floats:
        values = np.asarray(term.values[step - 1], dtype=np.float64)
        return values if len(self.columns) == len(values) else np.sqrt(np.mean(np.square(values), keepdims=True))

    def _bar(self, length: int, kind: str) -> Sprite:
        theme, page = self.scene.page.theme, self.scene.page
        racer = self.scene.paints[self.racer][0]
        size = mixed(racer, theme.quiet, 0.6)
        colour = {"slope": theme.quiet, "memory": theme.ink, "step": racer}.get(kind, size)
        height = max(1, round(self._bar_height * page.scale))

        def draw(pen: Pen) -> None:
            corners = [(0, 1 - height + height // 2), (length, 1 - height + height // 2)]
            upper = [(length, 1 + height // 2), (0, 1 + height // 2)]
            pen.shape(Path([*corners, *upper, corners[0]], closed=True), colour)

        return draw_sprite(height, length, page.dpi, (height // 2, 0), draw)

    def _write(self, slot: Slot) -> None:
        """Write on the board what stays: the equation, the columns' names, symbols and words, the zero of the bars."""
        page, rect = self.scene.page, slot.rect
        room = rect.width - SYMBOL_PX
        page.words(
            rect.left,
            rect.top + 11,
            page.fitted(_equation(self.anatomy), LABEL_PT, rect.width),
            LABEL_PT,
            page.theme.quiet,
        )
        for middle, name in zip(self.middles, self.columns, strict=True):
            page.words(middle, rect.top + 32, name, SMALL_PT + 0.5, page.theme.quiet, ha="center")
        for row, term in enumerate(self.terms):
            top = self.top + row * self.height
            colour = self.scene.paints[self.racer][0] if term.kind == "step" else page.theme.ink
            page.words(rect.left, top + WORDS_BASELINE_PX + 5, f"${_latex(term.symbol)}$", LABEL_PT + 3, colour)
            for middle in self.middles:
                x, ends = (
                    middle / page.width,
                    [self._centre(row) + side * (0.5 * self._bar_height + 3) for side in (-1, 1)],
                )
                zero = Line2D([x, x], [1 - end / page.height for end in ends], color=page.theme.quiet, linewidth=0.8)
                page.figure.add_artist(zero)
            words = page.fitted(term.words, SMALL_PT + 0.5, room)
            page.words(rect.left + SYMBOL_PX, top + WORDS_BASELINE_PX, words, SMALL_PT + 0.5, page.theme.quiet)


def _scale(term: Term) -> str:
    """Return what the terms have in common whose bars share a scale."""
    return "slope" if term.kind in ("slope", "memory") else term.symbol.removesuffix("max")


def _largest(values: list[Floats]) -> float:
    numbers = np.abs(np.concatenate(values))
    return float(numbers[np.isfinite(numbers)].max(initial=0.0))


def _equation(anatomy: Anatomy) -> str:
    """Return the equation by which the rule moves its point, in the form that is used; nothing where it has none."""
    form = anatomy.racer.rule.values.get("bias_correction")
    for line in reversed(anatomy.racer.rule.rule.equations):
        case, is_case, move = line.rpartition(": ")
        if line.startswith("x ← ") or (is_case and move.startswith("x ← ") and form in case.split(", ")):
            return line if line.startswith("x ← ") else move
    return ""


def _latex(symbol: str) -> str:
    """Write a term's name as mathematics: √v̂ is a root over v with a hat."""
    if symbol.startswith("√"):
        return rf"\sqrt{{{_latex(symbol[1:])}}}"
    for mark, accent in ((HAT, "hat"), (TILDE, "tilde")):
        if symbol[1:2] == mark:
            rest = symbol[2:]
            return rf"\{accent}{{{symbol[0]}}}" + (rf"^{{\mathrm{{{rest}}}}}" if rest else "")
    known = {**SYMBOLS, **LATEX}
    if symbol in known:
        return known[symbol]
    return symbol if len(symbol) == 1 else rf"\mathrm{{{symbol}}}".replace("_", r"\_")


def _need(result: Result) -> Need:
    count = max(most_terms(racer.rule) for racer in result.racers)
    least, good, most = (HEAD_PX + height * count for height in (LEAST_PX, GOOD_PX, MOST_PX))
    return Need(least, good, most, WIDTH_PX, ticks=False)


STEP = Panel(lambda scene, slot: [StepBars(scene, slot)], _need)
