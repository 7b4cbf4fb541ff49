"""A scenario with ranges is tuned before it races, and says so everywhere."""

from __future__ import annotations

import numpy as np
import pytest

import optviz
from optviz.engine.tuning import Tuning
from optviz.pipeline.tune import study_tuning, tune
from optviz.scenario import loads

TEXT = """function: himmelblau
steps: 30
common: {lr: {tune: [1.0e-3, 1]}}
optimizers: [adam, sgd: {lr: 0.01}, momentum]
tuning: {trials: 9, starts: {random: 5}}
"""


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    return optviz.run(loads(TEXT))


def test_every_racer_with_a_range_is_tuned_and_no_other(race: optviz.Race) -> None:
    adam, sgd, momentum = race.racers
    assert sgd.tuning is None
    assert adam.hyperparameters["lr"] == adam.tuning.values["lr"] in np.geomspace(1e-3, 1, 9)
    assert adam.tuning.trials == momentum.tuning.trials == 9
    assert adam.tuning.evaluations == 9 * 5 * 30
    assert momentum.tuning.evaluations < 9 * 5 * 30  # those that diverge ask for no more


def test_the_race_is_that_of_the_values_found(race: optviz.Race) -> None:
    lr = race["Adam"].hyperparameters["lr"]
    alone = optviz.run(loads(f"function: himmelblau\nsteps: 30\noptimizers: [adam: {{lr: {lr!r}}}]\n"))
    assert np.array_equal(alone.racers[0].x, race["Adam"].x)


def test_the_data_hold_the_protocol(race: optviz.Race) -> None:
    document = race.to_dict()
    facts = document["racers"][0]["tuning"]
    assert facts["ranges"] == {"lr": [0.001, 1.0]}
    assert (facts["trials"], facts["runs"], facts["metric"]) == (9, 5, "final")
    assert facts["values"] == {"lr": document["racers"][0]["hyperparameters"]["lr"]}
    assert "tuning" not in document["racers"][1]
    assert document["scenario"]["tuning"]["starts"] == {"random": 5, "seeds": 1}
    again = optviz.run(optviz.build(**race.scenario.resolved()))
    assert again["Adam"].hyperparameters == race["Adam"].hyperparameters


def test_the_small_print_tells_it(race: optviz.Race) -> None:
    from optviz.picture.terms import tuning_terms

    tunings = [racer.tuning for racer in race.racers if racer.tuning is not None]
    assert tuning_terms(tunings) == (
        "tuned: lr over 0.001 to 1 (1 at the edge), 9 trials of 5 runs each, by median final f"
    )
    assert tuning_terms([]) == ""


def test_the_races_own_start_is_the_default() -> None:
    scenario = loads("function: beale\nsteps: 10\noptimizers: [adam: {lr: {tune: [1e-3, 1]}}]\n")
    assert scenario.tuning.trials == 64
    (found,) = tune(scenario).values()
    assert found.final.shape == (64, 1)


def test_a_wider_range_is_searched_by_all_until_no_best_lies_at_an_edge() -> None:
    text = "function: himmelblau\nsteps: 30\ncommon: {lr: {tune: [1e-6, 1e-5]}}\noptimizers: [adam, sgd]\n"
    narrow, wide = tune(loads(text)), study_tuning(loads(text), widen=True).tunings
    assert all(found.edges for found in narrow.values())
    assert not any(found.edges for found in wide.values())
    assert len({repr(found.ranges) for found in wide.values()}) == 1


def test_trials_of_a_network_are_new_networks_for_every_seed() -> None:
    text = "network: {layers: [2, 4, 1], samples: 20}\nsteps: 5\noptimizers: [adam: {lr: {tune: [1e-3, 1]}}]\n"
    (found,) = tune(loads(text + "tuning: {trials: 3, seeds: 2}\n")).values()
    assert isinstance(found, Tuning)
    assert found.final.shape == (3, 2)
    assert (found.final[:, 0] != found.final[:, 1]).all()
