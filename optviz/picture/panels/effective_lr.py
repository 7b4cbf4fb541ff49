"""Draws the factor in front of the moment or gradient, for each coordinate: AMSGrad's never rises, Adam's does."""

from __future__ import annotations

from optviz.engine.result import Result
from optviz.picture.layout.grid import Need, Slot
from optviz.picture.panels import curves
from optviz.picture.panels.coordinates import MEDIAN, parts
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene
from optviz.words import ENGLISH, Words


def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
    """Draw one curve for every racer whose rule has such a factor; name the others."""
    result, dim, say = scene.result, scene.result.problem.dim, scene.page.say
    rates = {at: racer.effective_lr for at, racer in enumerate(result.racers) if racer.effective_lr is not None}
    plots = [curves.Plot(part.titled(say("effective lr"), say), part.curves(rates)) for part in parts(dim, MEDIAN)]
    return curves.draw(scene, slot, [plots], log=True, note=_left_out(result, say))


def need(result: Result) -> Need:
    """Return room for the axes of two coordinates side by side, and for a note."""
    return curves.need(columns=2 if result.problem.dim == 2 else 1, note=bool(_left_out(result, ENGLISH)))


def _left_out(result: Result, say: Words) -> str:
    """Return who has no such factor, in words."""
    names = [racer.label for racer in result.racers if racer.effective_lr is None]
    return say("no effective lr: {names}", names=", ".join(names)) if names else ""


EFFECTIVE_LR = Panel(draw, need)
