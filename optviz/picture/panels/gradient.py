"""Draws the norm of the gradient that each rule received, noise included, against the step."""

from __future__ import annotations

from optviz.picture.layout.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.coordinates import NORM
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
    """Draw one curve a racer, from step 1: the start has had no gradient yet."""
    rules = [racer.rule for racer in scene.scenario.optimizers]
    is_noisy = scene.scenario.noise is not None or any(rule.noise for rule in rules)
    is_clipped = any(rule.clip for rule in rules)
    said = ["gradient norm", *["noise included"] * is_noisy, *["clipped"] * is_clipped]
    title = ", ".join(map(scene.page.say, said))
    norms = enumerate(NORM.of(racer.gradient) for racer in scene.result.racers)
    plot = curves.Plot(title, tuple(curves.Curve(index, norm, first=1) for index, norm in norms))
    return curves.draw(scene, slot, [[plot]], log=True)


GRADIENT = Panel(draw, lambda result: curves.need())
