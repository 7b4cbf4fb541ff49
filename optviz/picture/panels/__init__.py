"""Lists the panels by the names that a scenario gives them. One more: a file, a row, its name in scenario/render.py."""

from __future__ import annotations

from optviz.picture.panels.distance import DISTANCE
from optviz.picture.panels.effective_lr import EFFECTIVE_LR
from optviz.picture.panels.gradient import GRADIENT
from optviz.picture.panels.loss import LOSS
from optviz.picture.panels.panel import Panel
from optviz.picture.panels.ranking import RANKING
from optviz.picture.panels.rates import RATES
from optviz.picture.panels.regret import REGRET
from optviz.picture.panels.state import STATE
from optviz.picture.panels.step import STEP

PANELS: dict[str, Panel] = {
    "loss": LOSS,
    "distance": DISTANCE,
    "gradient": GRADIENT,
    "effective_lr": EFFECTIVE_LR,
    "state": STATE,
    "regret": REGRET,
    "ranking": RANKING,
    "rates": RATES,
    "step": STEP,
}
