"""Lists the panels by the names that a scenario gives them. One more: a file, a row, its name in scenario/render.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optviz.picture.panels.distance import DISTANCE
from optviz.picture.panels.effective_lr import EFFECTIVE_LR
from optviz.picture.panels.gradient import GRADIENT
from optviz.picture.panels.loss import LOSS
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.ranking import RANKING
from optviz.picture.panels.rates import RATES
from optviz.picture.panels.regret import REGRET
from optviz.picture.panels.state import STATE

if TYPE_CHECKING:
    from optviz.engine.result import Result
    from optviz.picture.layout.grid import Need, Slot
    from optviz.picture.machine.layer import Layer
    from optviz.picture.scene import Scene


def _draw_step(scene: Scene, slot: Slot) -> Sequence[Layer]:
    """Draw the step as bars, which are imported then: few films have them."""
    from optviz.picture.panels.step import StepBars

    return [StepBars(scene, slot.rect)]


def _step_need(result: Result) -> Need:
    from optviz.picture.panels.step import need

    return need(result)


PANELS: dict[str, Panel] = {
    "loss": LOSS,
    "distance": DISTANCE,
    "gradient": GRADIENT,
    "effective_lr": EFFECTIVE_LR,
    "state": STATE,
    "regret": REGRET,
    "ranking": RANKING,
    "rates": RATES,
    "step": Panel(_draw_step, _step_need),
}
