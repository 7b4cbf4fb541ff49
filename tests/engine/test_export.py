"""The exported document, rows and arrays of a result."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from optviz import __version__
from optviz.engine.export import Export, as_written, jsonable
from optviz.engine.result import Result
from optviz.optimizers import OPTIMIZERS
from optviz.problems import from_catalogue
from tests.engine import compete
from tests.engine.quadratic import ORDER, QUADRATIC, race


def document(result: Result, scenario: dict[str, Any] | None = None) -> dict[str, Any]:
    laid_out: dict[str, Any] = jsonable(Export(result, scenario or {}, "").document())
    return laid_out


def test_the_json_reads_back_exactly() -> None:
    done = race()
    data = json.loads(json.dumps(document(done, {"title": "A race", "clip": math.inf}), allow_nan=False))
    assert list(data) == ["optviz", "scenario", "problem", "racers", "ranking"]
    assert data["optviz"] == __version__
    assert data["scenario"] == {"title": "A race", "clip": "inf"}
    assert data["problem"] == {"dimension": 2, "minima": [[2.0, -1.0]], "local_minima": [], "f_min": -6.0}
    assert data["ranking"] == ORDER
    for racer, facts in zip(done.racers, data["racers"], strict=True):
        np.testing.assert_array_equal(facts["x"], racer.trajectory.x)
        np.testing.assert_array_equal(facts["f"], racer.trajectory.f)
        assert len(facts["f"]) == len(facts["x"]) == len(facts["gradient"]) + 1


def test_the_json_of_one_racer() -> None:
    problem = from_catalogue("post_1d")
    (facts,) = document(compete(problem, -1.0, 2, [("Adam", "adam", {"lr": 0.1})]))["racers"]
    assert list(facts) == [
        *("label", "optimizer", "hyperparameters", "outcome", "arrived_at", "entered_at", "stopped_at", "diverged_at"),
        *(
            "place",
            "gradient_evaluations",
            "state_size",
            "x",
            "f",
            "gradient",
            "state",
            "effective_lr",
            "average_regret",
        ),
    ]
    assert facts["hyperparameters"] == {
        "lr": 0.1,
        "beta1": 0.9,
        "beta2": 0.999,
        "eps": 1e-8,
        "eps_root": 0.0,
        "bias_correction": True,
        "weight_decay": 0.0,
        "decoupled": False,
    }
    assert (facts["label"], facts["optimizer"], facts["outcome"]) == ("Adam", "adam", "moving")
    assert [facts[key] for key in ("arrived_at", "entered_at", "stopped_at", "diverged_at")] == [None] * 4
    assert facts["place"] == 1
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
