"""A swarm: each run is a race of its own to the bit, each racer its median."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.engine.batch import Summary
from optviz.engine.judge import judge
from optviz.engine.noise import NO_NOISE
from optviz.engine.result import Result, compete_as_swarms
from optviz.engine.run import run
from optviz.engine.statistics import median_of
from optviz.engine.swarm import Runs, quartiles_of
from optviz.engine.tuning import Course
from optviz.optimizers import OPTIMIZERS, bind
from optviz.problems import Finish, from_catalogue
from tests.engine.draws import BOTH

STEPS = 60
HIMMELBLAU = from_catalogue("himmelblau")
FINISH = Finish(distance=0.1)
STARTS = np.random.default_rng(0).uniform(-5, 5, (2, 21))
RATES = {"adam": 0.3, "momentum": 0.02, "sgd": 0.5, "lion": 0.05}  # momentum diverges from some starts, sgd from all


@pytest.fixture(scope="module")
def result() -> Result:
    courses = [Course(HIMMELBLAU, STARTS), Course(HIMMELBLAU, STARTS[:, :4], BOTH)]
    rules = {name: bind(OPTIMIZERS[name], {"lr": lr}, STEPS) for name, lr in RATES.items()}
    return compete_as_swarms(courses, rules, FINISH)


def runs_of(result: Result, name: str) -> Runs:
    runs = result[name].runs
    assert runs is not None
    return runs


@pytest.mark.parametrize("name", RATES)
def test_every_run_is_a_race_of_its_own_to_the_bit(result: Result, name: str) -> None:
    runs = runs_of(result, name)
    assert runs.count == 25
    starts = [*((STARTS[:, one], NO_NOISE) for one in range(21)), *((STARTS[:, one], BOTH) for one in range(4))]
    for one, ((path, judgement), (start, noise)) in enumerate(zip(runs.single(), starts, strict=True)):
        alone = run(runs.rule, HIMMELBLAU, start, noise=noise)
        for column in ("x", "f", "gradient", "lr"):
            np.testing.assert_array_equal(getattr(path, column), getattr(alone, column))
        for state, column in alone.state.items():
            np.testing.assert_array_equal(path.state[state], column)
        assert path.diverged_at == alone.diverged_at
        assert path.gradient_evaluations == alone.gradient_evaluations
        own = judge(alone, HIMMELBLAU, FINISH)
        assert (judgement.outcome, judgement.arrived_at, judgement.stopped_at) == (
            *(own.outcome, own.arrived_at, own.stopped_at),
        )
        assert runs.arrivals[one] == (np.inf if own.arrived_at is None else own.arrived_at)
        kept = len(alone.x)
        np.testing.assert_array_equal(runs.x[:kept, :, one], alone.x)


def test_the_racer_is_the_median_of_its_runs(result: Result) -> None:
    adam = result["adam"]
    runs = runs_of(result, "adam")
    np.testing.assert_array_equal(adam.f, np.median(runs.f, axis=1))
    np.testing.assert_array_equal(adam.x, np.median(runs.x, axis=2))
    assert adam.arrived_at == int(np.ceil(median_of(runs.arrivals).value))
    assert adam.outcome == "arrived"
    assert str(adam.judgement).startswith(f"median {runs.arrival.value:g} (")
    assert f"of {runs.count} arrived" in str(adam.judgement)


def test_a_racer_diverges_when_half_of_its_runs_have(result: Result) -> None:
    sgd = result["sgd"]
    assert sgd.outcome == "diverged"
    gone = np.sort(np.concatenate([one.diverged_at for one in runs_of(result, "sgd").summaries]))
    assert sgd.diverged_at == gone[12]
    assert np.isfinite(sgd.x).all()
    assert result.ranking[-1] == "sgd"


def test_quartiles_are_numpys_and_divergence_is_infinite(result: Result) -> None:
    values = np.random.default_rng(2).normal(size=(5, 12))
    np.testing.assert_allclose(quartiles_of(values), np.quantile(values, [0.25, 0.5, 0.75], axis=1), rtol=1e-14)
    values[0, :4] = np.inf
    assert quartiles_of(values)[2, 0] == np.inf
    assert np.isfinite(quartiles_of(values)[1]).all()
    momentum = runs_of(result, "momentum")
    assert momentum.outcomes["diverged"] > 0
    assert (momentum.values[-1] == np.inf).sum() == momentum.outcomes["diverged"]


def test_ranks_follow_the_medians(result: Result) -> None:
    medians = {name: runs_of(result, name).arrival.value for name in RATES}
    arrived = [name for name in result.ranking if np.isfinite(medians[name])]
    assert [medians[name] for name in arrived] == sorted(medians[name] for name in arrived)
    assert result.is_swarm
    assert all(isinstance(one, Summary) for one in runs_of(result, "adam").summaries)
