"""Every comparison says in its small print what is done to gradients, of all and of single racers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from optviz.pipeline.basins import study_basins
from optviz.pipeline.league import study_league
from optviz.pipeline.sweep import axes_of, study_dive, study_sweep
from optviz.pipeline.tune import study_tuning
from optviz.scenario import Scenario, loads

TEXT = """
function: himmelblau
start: [0, 0]
steps: 5
noise: {std: 0.5}
optimizers:
  - sgd: {lr: LR, clip: {norm: 2}, label: held}
  - momentum: {lr: LR, noise: {std: 0}, label: calm}
render: {frames: 2}
league: {functions: [beale], rates: 2, starts: {random: 3}}
"""
OVER = ["lr=0.001:0.1:log:3", "momentum=0.1:0.9:linear:3"]
SAID = [
    "gradient noise of standard deviation 0.5",
    "seed 0",
    "held: gradient clipped to norm 2",
    "calm: no gradient noise",
]


def scenario(lr: str) -> Scenario:
    text = TEXT if lr else TEXT.replace("lr: LR, ", "")
    return loads(text.replace("LR", lr))


STUDIES: dict[str, Callable[[], Iterable[str]]] = {
    "tune": lambda: study_tuning(scenario("{tune: [0.001, 0.1]}")).terms,
    "sweep": lambda: study_sweep(scenario("0.01"), axes_of(OVER[:1], scenario("0.01"))).terms,
    "basins": lambda: study_basins(scenario("0.01"), 4).terms,
    "league": lambda: study_league(scenario(""))[0].terms,
}


@pytest.mark.parametrize("name", STUDIES)
def test_a_comparison_tells_noise_and_clipping(name: str) -> None:
    told = list(STUDIES[name]())
    assert [said for said in SAID if said not in told] == []


def test_a_dive_tells_of_its_racer() -> None:
    of_one = scenario("0.01")
    study, _ = study_dive(
        of_one.model_copy(update={"optimizers": of_one.optimizers[1:]}), axes_of(OVER, of_one), (0.01, 0.5), 1
    )
    assert "calm: no gradient noise" in study.terms
