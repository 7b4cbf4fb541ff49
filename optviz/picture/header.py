"""Draws the words around the view and panels: title, formula, step counter, and the race's terms in the footer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optviz.engine.result import Result
from optviz.engine.tuning import MEASURES, Tuning
from optviz.engine.window import minimum_elsewhere
from optviz.formula.typography import minus, number, short
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import LEFT_PX, RIGHT_PX
from optviz.picture.layout.theme import COUNTER_PT, LABEL_PT, SMALL_PT, TITLE_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.scene import Scene

GAP_PX = 24.0  # between words in one line
TITLE_BASELINE_PX, FORMULA_BASELINE_PX, FOOTER_PX = 52.0, 80.0, 26.0  # the last from below


class Header(Layer):
    """Title, formula and footer on the board, the step counter as a sprite."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        page, theme = scene.page, scene.page.theme
        self.digits = page.lettering(COUNTER_PT, theme.ink)
        counter = self.digits.width("0" * len(str(scene.scenario.steps))) / page.scale
        room = page.width - LEFT_PX - RIGHT_PX
        taken = counter + self.digits.width("step ") / page.scale + GAP_PX
        title = page.fitted(scene.scenario.title, TITLE_PT, room - taken, "bold")
        page.words(LEFT_PX, TITLE_BASELINE_PX, title, TITLE_PT, theme.ink, face="bold")
        self._formula(room)
        small_print = page.fitted(terms(scene), SMALL_PT, room)
        page.words(LEFT_PX, page.height - FOOTER_PX, small_print, SMALL_PT, theme.quiet)
        step = page.width - RIGHT_PX - counter
        page.words(step, TITLE_BASELINE_PX, "step ", COUNTER_PT, theme.quiet, ha="right")

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the step, right-aligned."""
        page = self.scene.page
        number = self.digits.number(str(moment.step))
        row, column = page.pixel(page.width - RIGHT_PX, TITLE_BASELINE_PX)
        yield number.at(row, column - number.width)

    def _formula(self, room: float) -> None:
        """Write the function's name and formula, smaller when it is long; the name alone when that is too wide.

        To the right of it stands where a lower minimum lies that is not in the picture.
        """
        page, problem = self.scene.page, self.scene.result.problem
        elsewhere = minus(minimum_elsewhere(self.scene.result))
        if elsewhere:
            page.words(page.width - RIGHT_PX, FORMULA_BASELINE_PX, elsewhere, SMALL_PT, page.theme.ink, ha="right")
            room -= page.width_of(elsewhere, SMALL_PT) + GAP_PX
        name = "" if problem.name == "formula" else f"{problem.title}   "
        value = {1: "f(x)", 2: "f(x, y)"}.get(problem.dim, "f")
        text = f"{name}${value} = {problem.latex}$"
        largest = LABEL_PT + 1
        wide = page.width_of(text, largest)  # measured once: setting mathematics is slow
        sizes = [size for size in (largest, LABEL_PT, SMALL_PT) if wide * size / largest <= room]
        said = text if sizes else page.fitted(problem.title, largest, room)
        page.words(LEFT_PX, FORMULA_BASELINE_PX, said, max(sizes, default=largest), page.theme.quiet)


def terms(scene: Scene) -> str:
    """Return on what terms the race is run, in one line: start, gradients, learning rates, finish."""
    result = scene.result
    rates = {racer.hyperparameters["lr"] for racer in result.racers if "lr" in racer.hyperparameters}
    said = [
        _start(result),
        _gradients(scene),
        "learning rates as listed" if len(rates) > 1 else "".join(f"learning rate {short(rate)}" for rate in rates),
        tuning_terms([racer.tuning for racer in result.racers if racer.tuning is not None]),
        _finish(result),
    ]
    return "  ·  ".join(part for part in said if part)


def tuning_terms(tunings: Sequence[Tuning]) -> str:
    """Return how hyperparameters were tuned: which, over what, with how many trials; nothing where none was."""
    searched = {(name, found.low, found.high) for one in tunings for name, found in one.ranges.items()}
    if not searched:
        return ""
    what = ", ".join(f"{name} over {short(low)} to {short(high)}" for name, low, high in sorted(searched))
    one = tunings[0]
    runs = f"{one.trials} trials" + (f" of {one.runs} runs" if one.runs > 1 else "")
    at_edge = sum(bool(each.edges) for each in tunings)
    edge = f" ({at_edge} at the edge)" if at_edge else ""
    return f"tuned: {what}{edge}, {runs} each, by {'median ' if one.runs > 1 else ''}{MEASURES[one.metric]}"


def _start(result: Result) -> str:
    same = "same " if len(result.racers) > 1 else ""
    start = result.racers[0].x[0]
    if len(start) > 2:
        return f"{same}initial weights"
    return f"{same}start ({', '.join(number(value, 6) for value in start)})"


def _gradients(scene: Scene) -> str:
    racers = scene.result.racers
    counts = {racer.trajectory.gradient_evaluations for racer in racers if racer.outcome != "diverged"}
    if len(counts) != 1:
        return f"{scene.scenario.steps} steps each"
    return f"{counts.pop()} gradients" + (" each" if len(racers) > 1 else "")


def _finish(result: Result) -> str:
    finish = result.finish
    if finish.distance is not None and result.problem.minima:
        which = "the minimum" if len(result.problem.minima) == 1 else "a lowest minimum"
        return f"finish: within {number(finish.distance)} of {which}"
    if finish.gap is None:
        return ""
    if result.problem.network is not None:
        return f"finish: a loss of {number(finish.gap)}"
    return f"finish: f within {number(finish.gap)} of the minimum"
