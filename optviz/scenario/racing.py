"""From a Scenario to the race it describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.problems import Problem
from optviz.problems.noise import noise_draws
from optviz.results import Finish, Race, compete
from optviz.scenario.loading import problem_of
from optviz.scenario.models import Scenario

_ABOVE_POSITIVE_SEEDS = 2**64  # where negative seeds go, since the generator takes none


def run(scenario: Scenario) -> Race:
    """Compute the race: every racer's trajectory, and who won. Nothing is drawn or written."""
    problem = problem_of(scenario)
    return compete(
        problem,
        scenario.start or problem.start or (),
        scenario.steps,
        [(racer.label, racer.optimizer, racer.hyperparameters) for racer in scenario.optimizers],
        _finish(scenario),
        noise=_noise(scenario, problem),
        scenario=scenario,
        constants=_constants(scenario),
    )


def _finish(scenario: Scenario) -> Finish:
    return Finish(scenario.finish.distance, scenario.finish.gap) if scenario.finish else Finish()


def _noise(scenario: Scenario, problem: Problem) -> NDArray[np.float64] | None:
    if scenario.noise is None:
        return None
    seed = scenario.seed if scenario.seed >= 0 else _ABOVE_POSITIVE_SEEDS - scenario.seed
    return noise_draws(scenario.noise, seed, scenario.steps, problem.dim)


def _constants(scenario: Scenario) -> Mapping[str, Any]:
    return scenario.function.constants if scenario.function else {}
