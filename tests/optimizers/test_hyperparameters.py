"""Binding a rule: what is said of wrong hyperparameters, all of them at once, and how right ones are completed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from optviz.errors import Issue, OptvizError
from optviz.optimizers import OPTIMIZERS, bind
from optviz.optimizers.parameters import CLOSED_UNIT, NON_NEGATIVE, POSITIVE, UNIT, Interval

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
    ("adam", {"bias_correction": 1}, ["bias_correction: must be yes, no or first_moment, got 1"]),
    ("adam", {"bias_correction": "none"}, ["bias_correction: must be yes, no or first_moment, got 'none'"]),
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
    ("lookahead", {"k": np.array([2, 3])}, ["k: must be a whole number, got array([2, 3])"]),
    ("adamax", {"eps_in_max": "maybe"}, ["eps_in_max: must be yes or no, got 'maybe'"]),
    ("adam", {"beta1": np.array([0.9, 1.5, 2.0])}, ["beta1: must be in [0, 1), got 1.5"]),
    ("adam", {"lr": -1, "beta1": "2*t"}, ["lr: must be >= 0, got -1", "beta1: must be in [0, 1), got 2.0 at t = 1"]),
    ("lookahead", {"base": {"adam": {"lr": -1, "k": 1}}}, [
        "base.adam.lr: must be >= 0, got -1",
        "base.adam.k: adam has no hyperparameter 'k'",
    ]),
    ("lookahead", {"base": "adma"}, ["base.adma: no such optimizer"]),
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
    ("adam", "bias_correction", "no", False),
    ("adam", "lr", 1, 1),
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


def issues_of(name: str, given: dict[str, Any], path: str, steps: int = 30, **more: Any) -> list[Issue]:
    """What ``bind`` raises."""
    try:
        bind(OPTIMIZERS[name], given, steps, path=path, **more)
    except OptvizError as error:
        return list(error.issues)
    return []


@pytest.mark.parametrize(("name", "given", "messages"), WRONG)
def test_every_mistake_is_named(name: str, given: dict[str, Any], messages: list[str]) -> None:
    issues = issues_of(name, given, f"optimizers[1].{name}")
    assert [f"{issue.path}: {issue.message}" for issue in issues] == [f"optimizers[1].{name}.{m}" for m in messages]


def test_a_name_nearly_right_gets_a_hint() -> None:
    (issue,) = issues_of("adam", {"beta11": 0.9}, "optimizers[0].adam")
    assert issue.hint == "did you mean beta1?"
    (issue,) = issues_of("sam", {"base": "amsgrd"}, "optimizers[0].sam")
    assert issue.hint == "did you mean amsgrad?"


def test_a_schedule_that_does_not_read_says_where() -> None:
    (issue,) = issues_of("adam", {"lr": "0.1/sqrt(s)"}, "optimizers[0].adam")
    assert issue.path == "optimizers[0].adam.lr"
    assert issue.column == 10


@pytest.mark.parametrize(("name", "given"), ALLOWED)
def test_what_is_allowed(name: str, given: dict[str, Any]) -> None:
    bind(OPTIMIZERS[name], given, 30)


@pytest.mark.parametrize(("name", "key", "given", "full"), COMPLETED)
def test_one_spelling(name: str, key: str, given: Any, full: Any) -> None:
    completed = bind(OPTIMIZERS[name], {key: given}, 30).hyperparameters[key]
    assert type(completed) is type(full)
    if isinstance(full, dict):
        full = {base: bind(OPTIMIZERS[base], own, 30).hyperparameters for base, own in full.items()}
    assert completed == full


@pytest.mark.parametrize(("name", "given", "messages"), SCHEDULES)
def test_schedules_stay_within_bounds(name: str, given: dict[str, Any], messages: list[str]) -> None:
    assert [f"{issue.path}: {issue.message}" for issue in issues_of(name, given, "at")] == messages


def test_a_schedule_may_use_constants() -> None:
    assert issues_of("adam", {"lr": "a/t"}, "", constants={"a": 0.1}) == []
    assert issues_of("adam", {"lr": "a/t"}, "") != []


def test_common_holds_where_nothing_is_given_and_is_checked_even_so() -> None:
    common = {"lr": 0.5, "momentum": 0.5}  # Adam has no momentum: it is not for Adam
    assert bind(OPTIMIZERS["adam"], {}, 1, common=common).hyperparameters["lr"] == 0.5
    assert bind(OPTIMIZERS["adam"], {"lr": 1}, 1, common=common).hyperparameters["lr"] == 1
    (issue,) = issues_of("adam", {"lr": 1}, "adam", common={"lr": -1})
    assert str(issue) == "common.lr: must be >= 0, got -1"


def test_a_bound_rule_has_its_numbers_as_floats_and_its_schedules_computed() -> None:
    numeric, steps = bind(OPTIMIZERS["lookahead"], {"base": {"sgd": {"lr": "0.1/t"}}, "k": 3.0}, 3).iterate()
    assert (type(numeric.h.k), numeric.base is not None) == (int, True)
    base = numeric.h.base.h
    assert [(t, base.lr) for t in steps] == [(1, 0.1), (2, 0.05), (3, 0.1 / 3)]
    assert type(bind(OPTIMIZERS["sgd"], {"lr": 1}, 1).iterate()[0].h.lr) is float


def test_a_bound_rule_serves_many_runs_at_once() -> None:
    bound = bind(OPTIMIZERS["sgd"], {"lr": "1/t"}, 3)
    (first, steps), (second, _) = bound.iterate(), bound.iterate()
    list(steps)
    assert (first.h.lr, second.h.lr) == (1 / 3, 1.0)


@pytest.mark.parametrize(("interval", "text", "inside", "outside"), INTERVALS)
def test_intervals(interval: Interval, text: str, inside: list[float], outside: list[float]) -> None:
    assert str(interval) == text
    assert all(value in interval for value in inside)
    assert not any(value in interval for value in outside)
