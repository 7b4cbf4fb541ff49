"""The words around the picture: title, formula, step counter, and the terms of the race in small print."""

from __future__ import annotations

from collections.abc import Iterator

from optviz.picture.layout.page import LEFT, RIGHT
from optviz.picture.layout.theme import COUNTER, LABEL, SMALL, TITLE
from optviz.picture.machine.board import Moment, Placed, placed
from optviz.picture.panels.rows import short
from optviz.picture.scene import Scene


class Header:
    """Title and formula on the board, the counter as a pointer."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        page, theme = scene.page, scene.page.theme
        self.strokes, self.clip = None, None
        self.kind = page.type(COUNTER, theme.ink)
        self.digits = self.kind.width("0" * len(str(scene.scenario.steps))) / page.scale
        room = page.width - LEFT - RIGHT
        counter = self.digits + self.kind.width("step ") / page.scale
        title = page.fitted(scene.scenario.title, TITLE, room - counter - 24, "bold")
        page.words(LEFT, 52, title, TITLE, theme.ink, face="bold")
        self._formula(room)
        page.words(LEFT, page.height - 26, page.fitted(terms(scene), SMALL, room), SMALL, theme.quiet)
        step = page.width - RIGHT - self.digits
        page.words(step, 52, "step ", COUNTER, theme.quiet, ha="right")

    def pointers(self, moment: Moment) -> Iterator[Placed]:
        """The step, right-aligned."""
        page = self.scene.page
        number = self.kind.number(str(moment.step))
        row, column = page.pixel(page.width - RIGHT, 52)
        yield placed(number, row, column - number.width)

    def _formula(self, room: float) -> None:
        """The function's name and its formula, set smaller when it is long; left out when even that is too wide."""
        page, problem = self.scene.page, self.scene.result.problem
        name = "" if problem.name == "formula" else f"{problem.title}   "
        value = {1: "f(x)", 2: "f(x, y)"}.get(problem.dim, "f")
        text = f"{name}${value} = {problem.latex}$"
        wide = page.width_of(text, LABEL + 1)  # measured once: setting mathematics is slow
        for size in (LABEL + 1, LABEL, SMALL):
            if wide * size / (LABEL + 1) <= room:
                page.words(LEFT, 80, text, size, page.theme.quiet)
                return
        page.words(LEFT, 80, page.fitted(problem.title, LABEL + 1, room), LABEL + 1, page.theme.quiet)


def terms(scene: Scene) -> str:
    """On what terms the race is run, in one line."""
    result = scene.result
    rates = {racer.hyperparameters["lr"] for racer in result.racers if "lr" in racer.hyperparameters}
    said = [
        _start(scene),
        _gradients(scene),
        "learning rates as listed" if len(rates) > 1 else "".join(f"learning rate {short(rate)}" for rate in rates),
        _finish(scene),
    ]
    return "  ·  ".join(part for part in said if part)


def _start(scene: Scene) -> str:
    same = "same " if len(scene.result.racers) > 1 else ""
    start = scene.result.racers[0].trajectory.x[0]
    if len(start) > 2:
        return f"{same}initial weights"
    return f"{same}start ({', '.join(f'{value:g}' for value in start)})".replace("-", "−")


def _gradients(scene: Scene) -> str:
    counts = {racer.trajectory.gradient_evaluations for racer in scene.result.racers if racer.outcome != "diverged"}
    if len(counts) != 1:
        return f"{scene.scenario.steps} steps each"
    return f"{counts.pop()} gradients" + (" each" if len(scene.result.racers) > 1 else "")


def _finish(scene: Scene) -> str:
    finish = scene.result.finish
    if finish.distance is not None and scene.result.problem.minima:
        return f"finish: within {finish.distance:.3g} of a minimum"
    if finish.gap is None:
        return ""
    if scene.result.problem.network is not None:
        return f"finish: a loss of {finish.gap:g}"
    return f"finish: f within {finish.gap:g} of the minimum"
