"""Results: the finish line, the order at every step, and the exported numbers."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optviz import __version__
from optviz.engine.export import Export, as_written, jsonable
from optviz.engine.judge import status_at
from optviz.engine.result import Result, Spec, compete
from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS
from optviz.problems.finish import Finish, default_finish
from optviz.problems.problem import from_catalogue, from_formula

QUADRATIC = from_catalogue("post_2d")  # minimum -6 at (2, -1), window 5 by 6
SPECS: list[Spec] = [
    ("slow", "sgd", {"lr": 1e-4}),
    ("lost", "sgd", {"lr": 5.0}),
    ("steady", "sgd", {"lr": 0.05}),
    ("lost sooner", "sgd", {"lr": 50.0}),
    ("fast", "momentum", {"lr": 0.05}),
    ("slower", "sgd", {"lr": 1e-5}),
]
ORDER = ["fast", "steady", "slow", "slower", "lost", "lost sooner"]


def race(specs: list[Spec] = SPECS, steps: int = 200, finish: Finish | None = None) -> Result:
    return compete(QUADRATIC, [1, 0], steps, specs, finish)


# --- the finish ---------------------------------------------------------------------------------------


def test_the_default_line_is_one_percent_of_the_windows_diagonal() -> None:
    assert default_finish(QUADRATIC) == Finish(distance=pytest.approx(0.01 * math.hypot(5, 6)))
    assert race().finish == default_finish(QUADRATIC)


@pytest.mark.parametrize("missing", [{"window": None}, {"minima": ()}, {"online": True}])
def test_no_default_line_without_window_or_minimum_nor_online(missing: dict[str, Any]) -> None:
    assert default_finish(replace(QUADRATIC, **missing)) == Finish()


def test_the_first_step_on_or_behind_the_line_counts() -> None:
    (racer,) = race([("a", "sgd", {"lr": 0.05})], finish=Finish(distance=0.5)).racers
    distances = np.hypot(*(racer.trajectory.x - [2, -1]).T)
    assert racer.finished_at is not None
    assert distances[racer.finished_at] <= 0.5 < distances[racer.finished_at - 1]


def test_the_start_may_be_behind_the_line() -> None:
    (racer,) = race([("a", "sgd", {})], finish=Finish(distance=10)).racers
    assert (racer.outcome, racer.finished_at) == ("finished", 0)


def test_the_gap_is_above_the_best_minimum() -> None:
    (racer,) = race([("a", "sgd", {"lr": 0.05})], finish=Finish(gap=1e-3)).racers
    gaps = racer.trajectory.f + 6
    assert racer.finished_at == int(np.argmax(gaps <= 1e-3)) > 0


def test_the_nearest_of_several_minima_counts() -> None:
    problem = from_formula("(x**2 - 1)**2", minima=[-1, 1], window=[[-2, 2]])
    left, right = (compete(problem, start, 100, [("a", "sgd", {"lr": 0.05})]).racers[0] for start in (-1.5, 1.5))
    assert left.finished_at == right.finished_at is not None


def test_without_a_line_everyone_runs_on() -> None:
    assert {racer.outcome for racer in race(SPECS[:1] + SPECS[2:3], finish=Finish()).racers} == {"running"}


# --- the order ----------------------------------------------------------------------------------------


def test_finished_then_running_by_value_then_diverged_the_latest_first() -> None:
    done = race()
    assert list(done.ranking) == ORDER
    outcomes = [done.racers[index].outcome for index in done.order]
    assert outcomes == ["finished", "finished", "running", "running", "diverged", "diverged"]


def test_a_racers_status_changes_at_its_step() -> None:
    done = race()
    fast, lost = done.racers[4].finished_at, done.racers[1].trajectory.diverged_at
    assert fast is not None
    assert lost is not None
    assert [done.status(4, step) for step in (0, fast - 1, fast, done.steps)] == ["running"] * 2 + ["finished"] * 2
    assert [done.status(1, step) for step in (0, lost - 1, lost, done.steps)] == ["running"] * 2 + ["diverged"] * 2
    for index, racer in enumerate(done.racers):
        assert done.status(index, done.steps) == racer.outcome


def test_a_racer_that_finished_and_then_diverged_has_diverged() -> None:
    assert [status_at(step, 2, 5) for step in range(7)] == ["running"] * 2 + ["finished"] * 3 + ["diverged"] * 2


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(SPECS))
def test_the_order_of_entry_changes_nothing(order: list[Spec]) -> None:
    straight, mixed = race(), race(order)
    assert list(mixed.ranking) == ORDER
    by_label = {racer.label: racer.trajectory.x for racer in mixed.racers}
    for racer in straight.racers:
        np.testing.assert_array_equal(by_label[racer.label], racer.trajectory.x)


def test_at_the_start_all_are_equal_and_stand_in_file_order() -> None:
    assert race().order_at(0) == tuple(range(len(SPECS)))


def test_the_ranking_at_a_step_knows_nothing_of_later_ones() -> None:
    long = race()
    for step in (1, 5, 20, 150):
        short = race(steps=step)
        assert long.order_at(step) == short.order_at(step) == short.order


def test_the_table_has_a_row_for_every_racer() -> None:
    rows = race().table()
    assert [(row.place, row.label) for row in rows] == list(enumerate(ORDER, 1))
    assert all(math.isfinite(row.f) for row in rows)
    steps = {row.label: row.step for row in rows}
    assert steps["slow"] is None
    assert steps["fast"] == race().racers[4].finished_at
    assert steps["lost"] == race().racers[1].trajectory.diverged_at


def test_two_racers_of_one_name_are_refused() -> None:
    with pytest.raises(OptvizError, match="optimizers: label given twice: 'a'"):
        race([("a", "sgd", {}), ("a", "adam", {})])


def test_racers_share_the_noise() -> None:
    noise = np.random.default_rng(0).normal(size=(10, 2))
    done = compete(QUADRATIC, [1, 0], 10, [("a", "sgd", {}), ("b", "sgd", {})], noise=noise)
    np.testing.assert_array_equal(*(racer.trajectory.x for racer in done.racers))


# --- the exported numbers -----------------------------------------------------------------------------


def document(result: Result, scenario: dict[str, Any] | None = None) -> dict[str, Any]:
    laid_out: dict[str, Any] = jsonable(Export(result, scenario or {}, "").document())
    return laid_out


def test_the_json_reads_back_exactly() -> None:
    done = race()
    data = json.loads(json.dumps(document(done, {"title": "A race", "clip": math.inf}), allow_nan=False))
    assert list(data) == ["optviz", "scenario", "problem", "racers", "ranking"]
    assert data["optviz"] == __version__
    assert data["scenario"] == {"title": "A race", "clip": "inf"}
    assert data["problem"] == {"dimension": 2, "minima": [[2.0, -1.0]], "f_min": -6.0}
    assert data["ranking"] == ORDER
    for racer, facts in zip(done.racers, data["racers"], strict=True):
        np.testing.assert_array_equal(facts["x"], racer.trajectory.x)
        np.testing.assert_array_equal(facts["f"], racer.trajectory.f)
        assert len(facts["f"]) == len(facts["x"]) == len(facts["gradient"]) + 1


def test_the_json_of_one_racer() -> None:
    problem = from_catalogue("post_1d")
    (facts,) = document(compete(problem, -1.0, 2, [("Adam", "adam", {"lr": 0.1})]))["racers"]
    assert list(facts) == [
        *("label", "optimizer", "hyperparameters", "outcome", "finished_at", "diverged_at"),
        *("gradient_evaluations", "state_size", "x", "f", "gradient", "state", "effective_lr", "average_regret"),
    ]
    assert facts["hyperparameters"] == {
        "lr": 0.1,
        "beta1": 0.9,
        "beta2": 0.999,
        "eps": 1e-8,
        "bias_correction": True,
        "weight_decay": 0.0,
    }
    assert (facts["label"], facts["optimizer"], facts["outcome"]) == ("Adam", "adam", "running")
    assert (facts["finished_at"], facts["diverged_at"]) == (None, None)
    assert (facts["gradient_evaluations"], facts["state_size"]) == (2, 2)
    assert facts["x"][0] == [-1.0]
    assert facts["gradient"][0] == [-2.0]
    assert facts["state"]["m"][0] == pytest.approx([-0.2])
    assert len(facts["effective_lr"]) == 2
    assert facts["average_regret"] is None


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_rule_exports(name: str) -> None:
    done = compete(QUADRATIC, [1, 0], 3, [("a", name, {})])
    (facts,) = json.loads(json.dumps(document(done), allow_nan=False))["racers"]
    assert len(facts["state"]) == facts["state_size"]
    assert all(np.shape(column) == (3, 2) for column in facts["state"].values())


def test_what_json_cannot_hold() -> None:
    assert jsonable({"f": math.inf, "none": None, "t": np.float64(np.nan)}) == {"f": None, "none": None, "t": None}
    assert jsonable(np.array([[1.0, math.inf], [math.nan, 2.0]])) == [[1.0, None], [None, 2.0]]


def test_a_setting_that_is_infinite_is_written_as_a_scenario_writes_it() -> None:
    assert as_written({"rate": math.inf, "base": {"low": (-math.inf, 1.0)}}) == {
        "rate": "inf",
        "base": {"low": ["-inf", 1.0]},
    }


def test_the_csv_has_one_row_per_racer_and_step() -> None:
    done = compete(QUADRATIC, [1, 0], 2, [("a", "sgd", {"lr": 0.05}), ("b", "lion", {})])
    header, *rows = Export(done, {}, "").csv_rows()
    assert header == (
        *("racer", "step", "x0", "x1", "f", "|g|"),
        *("effective_lr0", "effective_lr1", "lr", "optimizer"),
    )
    assert rows[0] == ("a", 0, 1.0, 0.0, -4.0, None, None, None, None, "sgd")
    assert rows[1] == ("a", 1, 1.1, -0.1, *map(pytest.approx, (-4.38, math.sqrt(8))), 0.05, 0.05, 0.05, "sgd")
    assert rows[4][6:8] == (None, None)
    assert [row[:2] + row[-1:] for row in rows[3:]] == [("b", 0, "lion"), ("b", 1, "lion"), ("b", 2, "lion")]


def test_the_csv_names_the_one_rate_of_one_dimension() -> None:
    done = compete(from_catalogue("post_1d"), -1.0, 1, [("a", "sgd", {"lr": 0.05})])
    assert list(Export(done, {}, "").csv_rows()) == [
        ("racer", "step", "x0", "f", "|g|", "effective_lr", "lr", "optimizer"),
        ("a", 0, -1.0, 0.0, None, None, None, "sgd"),
        ("a", 1, -0.9, pytest.approx(-0.9 + 0.9**3), 2.0, 0.05, 0.05, "sgd"),
    ]


def test_the_arrays_go_by_label() -> None:
    done = compete(QUADRATIC, [1, 0], 2, [("a", "adam", {}), ("b", "lion", {})])
    shapes = {name: column.shape for name, column in Export(done, {}, "").arrays().items()}
    assert shapes == {
        "a/x": (3, 2),
        "a/f": (3,),
        "a/gradient": (2, 2),
        "a/lr": (2,),
        "a/effective_lr": (2, 2),
        "a/state/m": (2, 2),
        "a/state/v": (2, 2),
        "b/x": (3, 2),
        "b/f": (3,),
        "b/gradient": (2, 2),
        "b/lr": (2,),
        "b/state/m": (2, 2),
    }
