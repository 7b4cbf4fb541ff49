"""Tuning: each trial is a race of its own to the bit, and the lowest median is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optviz.engine.judge import judge
from optviz.engine.run import run
from optviz.engine.tuning import Course, Metric, Tuning, gather_trials, medians, run_trials, tried_values, widened
from optviz.optimizers import OPTIMIZERS, BoundRule, Range, bind
from optviz.problems import Finish, from_catalogue
from tests.engine.draws import BOTH

STEPS = 40
HIMMELBLAU = from_catalogue("himmelblau")
FINISH = Finish(distance=0.1)
STARTS = np.random.default_rng(0).uniform(-4, 4, (2, 6))


def tuned(rule: str = "adam", metric: Metric = "final", trials: int = 7, **ranges: tuple[float, float]) -> Tuning:
    given = {name: {"tune": list(ends)} for name, ends in (ranges or {"lr": (1e-3, 10.0)}).items()}
    bound = bind(OPTIMIZERS[rule], given, STEPS)
    return searched(bound, [Course(HIMMELBLAU, STARTS)], trials, metric)


def searched(rule: BoundRule, courses: list[Course], trials: int, metric: Metric = "final") -> Tuning:
    """Try them in two parts, as a pipeline may."""
    tried, parts = tried_values(rule, trials), (slice(0, 2), slice(2, trials))
    runs = [[run_trials(rule, tried, course, FINISH, part) for part in parts] for course in courses]
    return gather_trials(rule, metric, tried, runs)


def trials_of(values: dict[str, list[float]], final: np.ndarray, metric: str = "final") -> Tuning:
    rule = bind(OPTIMIZERS["sgd"], {"lr": {"tune": [0.01, 100]}}, STEPS)
    tried = {name: np.array(column) for name, column in values.items()}
    return Tuning(rule, metric, tried, final, final, 1)


@pytest.mark.parametrize("rule", ["adam", "sgd", "momentum", "lion"])
def test_trials_are_single_races_to_the_bit(rule: str) -> None:
    found = tuned(rule, lr=(1e-3, 1e3))
    diverged = 0
    for trial, lr in enumerate(found.tried["lr"]):
        alone = found.rule.with_values({"lr": float(lr)})
        for one in range(STARTS.shape[1]):
            path = run(alone, HIMMELBLAU, STARTS[:, one])
            arrived_at = judge(path, HIMMELBLAU, FINISH).arrived_at
            diverged += path.diverged_at is not None
            assert found.final[trial, one] == (path.f[-1] if path.diverged_at is None else np.inf)
            assert found.arrival[trial, one] == (np.inf if arrived_at is None else arrived_at)
    assert diverged or rule in ("adam", "lion")


def test_the_lowest_median_is_kept() -> None:
    found = tuned()
    assert found.scores[found.best] == np.median(found.final, axis=1).min()
    assert found.values == {"lr": found.tried["lr"][found.best]}
    assert found.tuned.values["lr"] == found.values["lr"]
    assert found.evaluations == 7 * 6 * STEPS


def test_the_fewest_steps_to_arrive_are_kept_by_target() -> None:
    found = tuned(metric="target", trials=20)
    assert found.scores[found.best] == np.sort(found.arrival, axis=1)[:, 2:4].mean(axis=1).min()
    assert found.decided_by == "target"


def test_where_nobody_arrives_the_last_f_decides() -> None:
    found = trials_of({"lr": [1, 2, 3]}, np.array([[3.0, 3], [1, 2], [2, 2]]), "target")
    never = replace(found, arrival=np.full((3, 2), np.inf))
    assert never.decided_by == "final"
    assert never.values == {"lr": 2}


def test_of_equal_trials_the_middle_one_is_kept() -> None:
    found = trials_of({"lr": [0.1, 0.2, 0.4, 0.8, 1.6]}, np.array([[1.0], [0], [0], [0], [1]]))
    assert found.values == {"lr": 0.4}


def test_a_median_with_an_infinite_half_is_infinite() -> None:
    rows = np.array([[1, 2, np.inf, np.inf], [1, 2, 3, np.inf], [np.inf] * 4])
    assert medians(rows).tolist() == [np.inf, 2.5, np.inf]
    assert medians(rows[:, :3]).tolist() == [2, 2, np.inf]


def test_a_value_at_the_edge_widens_the_range_for_everyone() -> None:
    low, inside = tuned(lr=(1e-6, 1e-3)), tuned("sgd", lr=(1e-6, 1e-2))
    assert (low.edges, inside.edges) == ({"lr": "high"}, {"lr": "high"}) or low.edges == {"lr": "high"}
    rules: list[BoundRule] = widened([low, replace(inside, rule=inside.rule)])
    assert rules[0].ranges["lr"] == Range(1e-6, pytest.approx(1e-2), "log")
    assert rules[1].ranges["lr"] == Range(1e-6, pytest.approx(1e-1), "log")


def test_several_hyperparameters_share_the_budget() -> None:
    found = tuned(lr=(1e-3, 1), beta2=(0.9, 0.9999))
    assert {name: len(column) for name, column in found.tried.items()} == {"lr": 7, "beta2": 7}
    assert found.final.shape == (7, 6)
    assert set(found.values) == {"lr", "beta2"}


def test_seeds_are_more_runs_of_the_same_trials() -> None:
    rule = bind(OPTIMIZERS["sgd"], {"lr": {"tune": [1e-3, 1e-1]}}, STEPS)
    noises = [replace(BOTH, seed=seed) for seed in range(2)]
    found = searched(rule, [Course(HIMMELBLAU, STARTS, noise) for noise in noises], 3)
    assert found.final.shape == (3, 12)
    alone = run(rule.with_values({"lr": float(found.tried["lr"][1])}), HIMMELBLAU, STARTS[:, 2], noise=noises[1])
    assert found.final[1, 6 + 2] == alone.f[-1]
