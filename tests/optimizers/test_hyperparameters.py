"""What is said of wrong hyperparameters, all of them at once, and how right ones are completed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.optimizers import check_hyperparameters, check_schedules, complete
from optviz.optimizers.rule import CLOSED_UNIT, NON_NEGATIVE, POSITIVE, UNIT, Interval

WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("amsgrad", {"beta1": 1.5}, ["beta1: must be in [0, 1), got 1.5"]),
    ("amsgrad", {"beta1": 1}, ["beta1: must be in [0, 1), got 1"]),
    ("amsgrad", {"beta2": -0.1}, ["beta2: must be in [0, 1), got -0.1"]),
    ("adam", {"lr": -0.1}, ["lr: must be >= 0, got -0.1"]),
    ("adam", {"lr": math.nan}, ["lr: must be a finite number, got nan"]),
    ("adam", {"lr": math.inf}, ["lr: must be a finite number, got inf"]),
    ("adam", {"lr": True}, ["lr: must be a number or a formula in t, got True"]),
    ("adam", {"lr": None}, ["lr: must be a number or a formula in t, got None"]),
    ("adam", {"lr": [0.1]}, ["lr: must be a number or a formula in t, got [0.1]"]),
    ("adam", {"eps": -1, "beta3": 0.9}, ["eps: must be >= 0, got -1", "beta3: adam has no hyperparameter 'beta3'"]),
    ("adam", {"bias_correction": 1}, ["bias_correction: must be yes or no, got 1"]),
    ("adam", {"bias_correction": "none"}, ["bias_correction: must be yes or no, got 'none'"]),
    (
        "amsgrad",
        {"bias_correction": "after"},
        ["bias_correction: must be one of after_max, before_max, first_moment, none, got 'after'"],
    ),
    ("momentum", {"dampening": 1.1}, ["dampening: must be in [0, 1], got 1.1"]),
    ("adabound", {"gamma": 0}, ["gamma: must be > 0, got 0"]),
    ("nadam", {"momentum_decay": -1}, ["momentum_decay: must be >= 0, got -1"]),
    ("prodigy", {"growth_rate": 0.5}, ["growth_rate: must be >= 1, got 0.5"]),
    ("lookahead", {"k": 0}, ["k: must be >= 1, got 0"]),
    ("lookahead", {"k": 2.5}, ["k: must be a whole number, got 2.5"]),
    ("lookahead", {"k": "t"}, ["k: must be a whole number, got 't'"]),
    ("lookahead", {"base": {"adam": {"lr": -1, "k": 1}}}, [
        "base.adam.lr: must be >= 0, got -1",
        "base.adam.k: adam has no hyperparameter 'k'",
    ]),
    ("lookahead", {"base": "adma"}, ["base.adma: unknown optimizer 'adma'"]),
    ("lookahead", {"base": 3}, ["base: must be one optimizer, such as {adam: {lr: 0.1}}, got 3"]),
    ("lookahead", {"base": {"sgd": 0.1}}, ["base.sgd: must be a mapping of hyperparameters, got 0.1"]),
    ("lookahead", {"base": {"sam": {}}}, ["base: sam has a base itself and cannot be one"]),
]  # fmt: skip

ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("adam", {"lr": 0, "beta1": 0, "eps": 0}),
    ("adam", {"lr": "1e-3"}),
    ("adam", {"lr": "0.1/sqrt(t)", "beta1": "0.9*(1 - 1/t)"}),
    ("amsgrad", {"bias_correction": None}),
    ("nadam", {"momentum_decay": None}),
    ("nadam", {"momentum_decay": "none"}),
    ("prodigy", {"growth_rate": math.inf, "beta3": 0.9}),
    ("prodigy", {"growth_rate": "inf"}),
    ("lookahead", {"base": "sgd", "k": 3}),
    ("lookahead", {"base": {"sgd": None}}),
    ("adam", {"lr": np.array([0.1, 0.2])}),
]

COMPLETED: list[tuple[str, str, Any, Any]] = [
    ("adam", "lr", "1e-3", 0.001),
    ("adam", "lr", "0.1/t", "0.1/t"),
    ("amsgrad", "bias_correction", None, "none"),
    ("nadam", "momentum_decay", "none", None),
    ("prodigy", "growth_rate", "inf", math.inf),
    ("sam", "base", "signsgd", {"signsgd": {"lr": 0.001}}),
    ("sam", "base", {"signsgd": {"lr": "0.5"}}, {"signsgd": {"lr": 0.5}}),
]

SCHEDULES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("adam", {"lr": "0.1/sqrt(t)"}, []),
    ("adam", {"lr": "1 - t/10"}, ["at.lr: must be >= 0, got -0.10000000000000009 at t = 11"]),
    ("adam", {"beta1": "t/20"}, ["at.beta1: must be in [0, 1), got 1.0 at t = 20"]),
    ("adam", {"lr": "1/(t - 3)"}, ["at.lr: must be >= 0, got -0.5 at t = 1"]),
    ("adam", {"lr": "1/(t - 3)**2"}, ["at.lr: must be a finite number, got inf at t = 3"]),
    ("sam", {"base": {"sgd": {"lr": "-t"}}}, ["at.base.sgd.lr: must be >= 0, got -1.0 at t = 1"]),
]

INTERVALS = [
    (NON_NEGATIVE, ">= 0", [0, 1e300], [-1e-300, math.inf, math.nan]),
    (POSITIVE, "> 0", [1e-300], [0, -1]),
    (UNIT, "in [0, 1)", [0, 0.999], [1, -0.1, math.nan]),
    (CLOSED_UNIT, "in [0, 1]", [0, 1], [1.001]),
    (Interval(1, infinite=True), ">= 1", [1, math.inf], [0.5, -math.inf]),
]


@pytest.mark.parametrize(("name", "given", "messages"), WRONG)
def test_every_mistake_is_named(name: str, given: dict[str, Any], messages: list[str]) -> None:
    issues = check_hyperparameters(name, given, f"optimizers[1].{name}")
    assert [f"{issue.path}: {issue.message}" for issue in issues] == [f"optimizers[1].{name}.{m}" for m in messages]


def test_a_name_nearly_right_gets_a_hint() -> None:
    (issue,) = check_hyperparameters("adam", {"beta_1": 0.9}, "optimizers[0].adam")
    assert issue.hint == "did you mean beta1?"
    (issue,) = check_hyperparameters("amsgrd", {}, "optimizers[0].amsgrd")
    assert issue.hint == "did you mean amsgrad?"


def test_a_schedule_that_does_not_read_says_where() -> None:
    (issue,) = check_hyperparameters("adam", {"lr": "0.1/sqrt(s)"}, "optimizers[0].adam")
    assert issue.path == "optimizers[0].adam.lr"
    assert issue.column == 10


@pytest.mark.parametrize(("name", "given"), ALLOWED)
def test_what_is_allowed(name: str, given: dict[str, Any]) -> None:
    assert check_hyperparameters(name, given, "") == []


def test_a_batch_is_checked_value_by_value() -> None:
    (issue,) = check_hyperparameters("adam", {"beta1": np.array([0.9, 1.5, 2.0])}, "adam")
    assert issue.message == "must be in [0, 1), got 1.5"


@pytest.mark.parametrize(("name", "key", "given", "full"), COMPLETED)
def test_one_spelling(name: str, key: str, given: Any, full: Any) -> None:
    completed = complete(name, {key: given})[key]
    assert completed == full or completed == {base: complete(base, own) for base, own in full.items()}


@pytest.mark.parametrize(("name", "given", "messages"), SCHEDULES)
def test_schedules_stay_within_bounds(name: str, given: dict[str, Any], messages: list[str]) -> None:
    assert [f"{issue.path}: {issue.message}" for issue in check_schedules(name, given, "at", 30)] == messages


def test_a_schedule_may_use_constants() -> None:
    assert check_hyperparameters("adam", {"lr": "a/t"}, "", constants={"a": 0.1}) == []
    assert check_schedules("adam", {"lr": "a/t"}, "", 10, constants={"a": 0.1}) == []
    assert check_hyperparameters("adam", {"lr": "a/t"}, "") != []


@pytest.mark.parametrize(("interval", "text", "inside", "outside"), INTERVALS)
def test_intervals(interval: Interval, text: str, inside: list[float], outside: list[float]) -> None:
    assert str(interval) == text
    assert all(value in interval for value in inside)
    assert not any(value in interval for value in outside)


def test_a_wrong_run_raises_them_all() -> None:
    from optviz.engine.run import run
    from optviz.optimizers import OPTIMIZERS
    from optviz.problems import from_catalogue

    with pytest.raises(OptvizError) as caught:
        run(OPTIMIZERS["adam"], from_catalogue("quad2"), [1, 0], 10, {"lr": -1, "beta1": 2})
    assert len(caught.value.issues) == 2
