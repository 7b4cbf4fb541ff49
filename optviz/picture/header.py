"""Draws the words around the view and panels: title, formula, step counter, and the race's terms in the footer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optviz.engine.window import minimum_elsewhere
from optviz.formula.typography import minus
from optviz.picture.frame_state import FrameState
from optviz.picture.layout.page import LEFT_PX, RIGHT_PX, SHRINK, Page
from optviz.picture.layout.theme import COUNTER_PT, LABEL_PT, SMALL_PT, TITLE_PT
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.text import is_short
from optviz.picture.scene import Scene
from optviz.picture.terms import footer_terms
from optviz.problems import Problem

GAP_PX = 24.0  # between words in one line
TITLE_OF_TWO_PT = 15.0  # size of a title that needs two lines
LEADING, CAPITALS = 1.55, 1.02  # design pixels from line to line, and of a capital's height, for each point
TITLE_TOP_PX = 12.0  # the least above a title
TITLE_BASELINE_PX, FORMULA_BASELINE_PX, FOOTER_BASELINE_PX = 52.0, 80.0, 26.0  # the last from below
COUNTER_ALONE_PX = 28.0  # baseline of the step counter on a page without a heading
LINE_PX, FOOTER_LINES, BETWEEN = 15.0, 2, "  ·  "  # of the small print


class StepCounter(Layer):
    """The step, at the page's upper right."""

    def __init__(self, page: Page, steps: int) -> None:
        self.page = page
        self.digits = page.lettering(COUNTER_PT, page.theme.ink)
        self.left = page.width - RIGHT_PX - self.digits.width("0" * len(str(steps))) / page.scale
        self.baseline = TITLE_BASELINE_PX if page.look.heading else COUNTER_ALONE_PX
        page.words(self.left, self.baseline, f"{page.say('step')} ", COUNTER_PT, page.theme.quiet, ha="right")

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the step, next to its name."""
        yield self.digits.number(str(moment.step)).at(*self.page.pixel(self.left, self.baseline))


class Header(StepCounter):
    """Title, formula and footer on the board, the step counter as a sprite."""

    def __init__(self, scene: Scene) -> None:
        page, steps = scene.page, scene.scenario.steps
        super().__init__(page, steps)
        if page.look.heading:
            write_title(page, scene.scenario.title, steps)
            write_formula(page, scene.result.problem, minus(minimum_elsewhere(scene.result, page.say)))
        if page.look.footer:
            write_footer(page, footer_terms(scene.scenario, scene.result))


def write_title(page: Page, title: str, steps: int | None) -> None:
    """Write the title whole, left of a step counter to ``steps``: in one line, else in more, smaller where long."""
    digits = page.lettering(COUNTER_PT, page.theme.ink)
    taken = 0.0 if steps is None else digits.width("0" * len(str(steps)) + f"{page.say('step')} ") / page.scale + GAP_PX
    room = page.width - LEFT_PX - RIGHT_PX - taken
    size, lines = page.whole(title, (TITLE_PT, TITLE_OF_TWO_PT, TITLE_OF_TWO_PT), room, _title_fits, "bold")
    for above, line in enumerate(reversed(lines)):
        page.words(LEFT_PX, TITLE_BASELINE_PX - above * LEADING * size, line, size, page.theme.ink, face="bold")


def _title_fits(lines: int, size: float) -> bool:
    """Tell whether that many lines have room above the formula, the first as tall as its capitals."""
    return (lines - 1) * LEADING * size + CAPITALS * size < TITLE_BASELINE_PX - TITLE_TOP_PX


def write_formula(page: Page, problem: Problem, elsewhere: str = "") -> None:
    """Write the function's name and formula, smaller when it is long; the name alone when that is too wide.

    elsewhere: what stands to the right of it, such as where a lower minimum lies that is not in the picture.
    """
    room = page.width - LEFT_PX - RIGHT_PX
    if problem.recorded:
        page.words(LEFT_PX, FORMULA_BASELINE_PX, page.say("recorded losses"), LABEL_PT, page.theme.quiet)
        return
    if elsewhere:
        page.words(page.width - RIGHT_PX, FORMULA_BASELINE_PX, elsewhere, SMALL_PT, page.theme.ink, ha="right")
        room -= page.width_of(elsewhere, SMALL_PT) + GAP_PX
    name = "" if problem.name == "formula" else f"{problem.title}   "
    value = {1: "f(x)", 2: "f(x, y)"}[problem.dim] if problem.network is None else "f"
    text = f"{name}${value} = {problem.latex}$"
    if not is_short(problem.latex):
        text = f"{name}{value} = {problem.formula}"
    largest = LABEL_PT + 1
    wide = page.width_of(text, largest)  # measured once: setting mathematics is slow
    sizes = [size for size in (largest, LABEL_PT, SMALL_PT) if wide * size / largest <= room]
    said = text if sizes else page.fitted(problem.title, largest, room)
    page.words(LEFT_PX, FORMULA_BASELINE_PX, said, max(sizes, default=largest), page.theme.quiet)


def write_footer(page: Page, said: Sequence[str], most: int = FOOTER_LINES) -> float:
    """Write the terms at the page's foot; return by how much lines beyond FOOTER_LINES, of ``most``, rise above it."""
    size, lines = small_print(page, said, page.width - LEFT_PX - RIGHT_PX, most)
    rise = max(0, len(lines) - FOOTER_LINES) * LINE_PX
    for row, line in enumerate(lines):
        page.words(LEFT_PX, page.height - FOOTER_BASELINE_PX - rise + row * LINE_PX, line, size, page.theme.quiet)
    return rise


def small_print(page: Page, said: Sequence[str], room: float, most: int = FOOTER_LINES) -> tuple[float, list[str]]:
    """Return size and lines of the terms: FOOTER_LINES of that width, broken between terms.

    Where words are large they become smaller for that; where that is not enough they take more lines, up to ``most``,
    and then the last one is cut.
    """
    for count in range(FOOTER_LINES, most + 1):
        size = SMALL_PT
        lines = _lines_of(page, said, room, size, count)
        while size * SHRINK >= page.smallest and not _have_room(page, lines, room, size):
            size *= SHRINK
            lines = _lines_of(page, said, room, size, count)
        if _have_room(page, lines, room, size):
            break
    return size, [page.fitted(line, size, room) for line in lines]


def _have_room(page: Page, lines: Sequence[str], room: float, size: float) -> bool:
    return all(page.width_of(line, size) <= room for line in lines)


def _lines_of(page: Page, said: Sequence[str], room: float, size: float, most: int) -> list[str]:
    """Return the terms in lines that have room, but for the last one, which holds all others."""
    letters = page.lettering(size, page.theme.ink)
    lines: list[str] = []
    for part in said:
        longer = f"{lines[-1]}{BETWEEN}{part}" if lines else ""
        if lines and (len(lines) == most or letters.width(longer) <= room * page.scale):
            lines[-1] = longer
        else:
            lines.append(part)
    return lines
