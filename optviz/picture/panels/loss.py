"""Draws f - f_min against the step on a logarithmic axis, or f on a linear one where no minimum is known.

Of an online problem the average so far: the f of one step alone says what the problem did, not the racer. Where the
view is a plane through networks' weights, the loss in it, dashed, shows how far the picture is from the truth.
"""

from __future__ import annotations

from optviz.engine.regret import average_loss
from optviz.picture.layout.grid import Slot
from optviz.picture.panels import curves
from optviz.picture.panels.panel import Panel
from optviz.picture.scene import Scene


def draw(scene: Scene, slot: Slot) -> list[curves.CurveAxes]:
    """Draw one curve a racer."""
    problem, racers = scene.result.problem, scene.result.racers
    if problem.online:
        means = (average_loss(racer.x, problem) for racer in racers)
        averages = tuple(curves.Curve(index, mean, first=1) for index, mean in enumerate(means))
        return curves.draw(scene, slot, [[curves.Plot(scene.page.say("average loss"), averages)]], log=False)
    if scene.result.landscape is not None:
        true = [curves.Curve(index, racer.f) for index, racer in enumerate(racers)]
        seen = [curves.Curve(index, f, is_dashed=True) for index, f in enumerate(scene.result.landscape.losses)]
        title = scene.page.say("loss (dashed: in the plane)")
        return curves.draw(scene, slot, [[curves.Plot(title, (*true, *seen))]], log=None)
    least = problem.f_min or 0.0
    title = "$f$" if problem.f_min is None else "$f$ − min $f$"
    losses = [
        curve
        for index, racer in enumerate(racers)
        for curve in curves.with_quartiles(
            index, racer.f - least, None if racer.runs is None else racer.runs.quartiles - least
        )
    ]
    title += f", {scene.page.say('median and quartiles')}" if racers[0].runs else ""
    return curves.draw(scene, slot, [[curves.Plot(title, tuple(losses))]], log=problem.f_min is not None)


LOSS = Panel(draw, lambda result: curves.need())
