"""The catalogue of rules: names, defaults, bounds, state, equations, and what each rule says of itself."""

from __future__ import annotations

import math
import pickle
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.cli.describe import describe_rule
from optviz.optimizers import OPTIMIZERS, Parameter, Rule, bind
from optviz.optimizers.parameters import NON_NEGATIVE, UNIT

INF = math.inf
ADAM = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
DECAY = {"weight_decay": 0, "decoupled": False}

DEFAULTS: dict[str, dict[str, Any]] = {
    "sgd": {"lr": 0.001, **DECAY},
    "momentum": {"lr": 0.001, "momentum": 0.9, "dampening": 0, **DECAY},
    "nesterov": {"lr": 0.001, "momentum": 0.9, **DECAY},
    "adagrad": {
        "lr": 0.01,
        "eps": 1e-10,
        "initial_accumulator": 0,
        "lr_decay": 0,
        "eps_in_sqrt": False,
        "weight_decay": 0,
    },
    "rmsprop": {
        "lr": 0.01,
        "alpha": 0.99,
        "eps": 1e-8,
        "momentum": 0,
        "nesterov": False,
        "centered": False,
        "eps_in_sqrt": False,
        "initial_accumulator": 0,
        "weight_decay": 0,
    },
    "adadelta": {"lr": 1, "rho": 0.9, "eps": 1e-6, **DECAY},
    "rprop": {"lr": 0.01, "eta_minus": 0.5, "eta_plus": 1.2, "step_min": 1e-6, "step_max": 50},
    "adam": {**ADAM, "eps_root": 0, "bias_correction": True, **DECAY},
    "adamw": {**ADAM, "eps_root": 0, "bias_correction": True, "weight_decay": 0.01},
    "amsgrad": {**ADAM, "eps_root": 0, "bias_correction": "after_max", **DECAY},
    "amsgradw": {**ADAM, "bias_correction": "after_max", "weight_decay": 0.01},
    "adamax": {**ADAM, "lr": 0.002, "eps_in_max": False, **DECAY},
    "nadam": {**ADAM, "lr": 0.002, "momentum_decay": None, **DECAY},
    "nadamax": {**ADAM, "lr": 0.002, "beta2": 0.99, "momentum_decay": 0.004},
    "radam": {**ADAM, "weight_decay": 0},
    "adabound": {**ADAM, "final_lr": 0.1, "gamma": 0.001, "weight_decay": 0},
    "amsbound": {**ADAM, "final_lr": 0.1, "gamma": 0.001, "weight_decay": 0},
    "adabelief": {**ADAM, "eps": 1e-16, "eps_root": 1e-16, "weight_decay": 0},
    "yogi": {**ADAM, "lr": 0.01, "eps": 1e-3, "initial_accumulator": 1e-6, "weight_decay": 0},
    "lion": {"lr": 0.0001, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0},
    "adan": {"lr": 0.001, "beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "eps": 1e-8, "weight_decay": 0},
    "qhadam": {**ADAM, "beta1": 0.995, "nu1": 0.7, "nu2": 1, "weight_decay": 0},
    "ademamix": {**ADAM, "beta3": 0.9999, "alpha": 5, "weight_decay": 0},
    "adopt": {**ADAM, "beta2": 0.9999, "eps": 1e-6, "clipping": True},
    "lamb": {**ADAM, "eps": 1e-6, "weight_decay": 0},
    "signsgd": {"lr": 0.001},
    "prodigy": {
        **ADAM,
        "lr": 1,
        "beta3": None,
        "d0": 1e-6,
        "d_coef": 1,
        "growth_rate": INF,
        "bias_correction": False,
        "weight_decay": 0,
    },
    "schedule_free_sgd": {"lr": 1, "momentum": 0.9, "weight_decay": 0, "warmup": 0},
    "schedule_free_adamw": {**ADAM, "lr": 0.0025, "weight_decay": 0, "warmup": 0},
    "lookahead": {"base": {"adam": {**ADAM, "eps_root": 0, "bias_correction": True, **DECAY}}, "k": 5, "alpha": 0.5},
    "sam": {"base": {"sgd": {"lr": 0.001, **DECAY}}, "rho": 0.05},
}

# the recorded state by rule and setting: so many numbers are kept per coordinate
STATES: list[tuple[str, dict[str, Any], str]] = [
    ("sgd", {}, ""),
    ("momentum", {}, "b"),
    ("adagrad", {}, "G"),
    ("rmsprop", {}, "v"),
    ("rmsprop", {"momentum": 0.9}, "v b"),
    ("rmsprop", {"momentum": "0.9/t"}, "v b"),
    ("rmsprop", {"momentum": 0.9, "centered": True}, "v mean b"),
    ("rprop", {}, "g_prev step"),
    ("adam", {}, "m v"),
    ("amsgrad", {}, "m v vmax"),
    ("adamax", {}, "m u"),
    ("nadam", {}, "m v"),
    ("adabelief", {}, "m s"),
    ("lion", {}, "m"),
    ("adan", {}, "m v n g_prev"),
    ("ademamix", {}, "m1 m2 v"),
    ("prodigy", {}, "m v s x0"),
    ("prodigy", {"beta1": 0}, "v s x0"),
    ("schedule_free_sgd", {}, "z"),
    ("lookahead", {}, "slow m v"),
    ("lookahead", {"base": {"sgd": {}}}, "slow"),
    ("sam", {}, ""),
    ("sam", {"base": {"momentum": {}}}, "b"),
]

every_rule = pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
NUMBERS = [
    (rule, name, parameter)
    for rule in OPTIMIZERS.values()
    for name, parameter in rule.parameters.items()
    if parameter.bounds
]


def test_the_catalogue_is_the_contract() -> None:
    assert list(OPTIMIZERS) == list(DEFAULTS)


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults(name: str) -> None:
    assert bind(OPTIMIZERS[name], {}, 1).hyperparameters == DEFAULTS[name]


@pytest.mark.parametrize(("name", "given", "state"), STATES)
def test_state(name: str, given: dict[str, Any], state: str) -> None:
    bound = bind(OPTIMIZERS[name], given, 1)
    assert [kept for kept in bound.state if kept] == state.split()
    assert bound.state_size == len(state.split())


@every_rule
def test_a_rules_names_are_its_own(rule: Rule) -> None:
    assert set(rule.kept_if) <= set(rule.state)
    assert set(rule.kept_if.values()) <= set(rule.parameters)
    begun = bind(rule, {}, 1).numeric(lambda schedule: 0.0)
    assert set(rule.starts) <= {*rule.state, *rule.internal}
    assert {start for start in rule.starts.values() if isinstance(start, str)} <= {"x", *rule.parameters}
    moved = begun.step(1, lambda x: x, *begun.begin(1.0))
    assert len(moved) == 1 + len(bind(rule, {}, 1).state)


@every_rule
def test_a_rule_survives_pickling(rule: Rule) -> None:
    bound = bind(rule, {}, 3)
    again = pickle.loads(pickle.dumps(bound))
    assert again == bound
    assert again.rule is bound.rule  # what was compiled for it serves again


def test_a_rule_that_the_catalogue_does_not_have_is_pickled_whole() -> None:
    other = replace(OPTIMIZERS["adam"], label="Adam's cousin")
    assert pickle.loads(pickle.dumps(other)) == other


@every_rule
def test_a_rule_speaks_for_itself(rule: Rule) -> None:
    assert OPTIMIZERS[rule.name] is rule
    assert all((rule.label, rule.source, rule.equals, rule.differs, rule.equations))
    assert all(parameter.meaning for parameter in rule.parameters.values())


@every_rule
def test_the_equations_say_what_their_symbols_mean(rule: Rule) -> None:
    equations = "\n".join(rule.equations)
    greek = set(re.findall("[α-ω][₀-₉₋₊∞]?", equations))
    defined = set(re.findall("([α-ω]∞?)ₜ? = ", equations))  # by an equation of its own
    assert {symbol for symbol in greek if symbol not in rule.legend} <= defined
    assert {name for name in rule.legend.values() if name.isidentifier()} <= set(rule.parameters)
    corrected = set(re.findall("\\w\u0302\\d?", equations))
    assert corrected <= set(rule.legend)


@every_rule
def test_what_show_prints_fits_a_terminal(rule: Rule) -> None:
    assert [line for line in describe_rule(rule).splitlines() if len(line) > 80] == []


@every_rule
def test_every_state_stands_in_the_equations(rule: Rule) -> None:
    fixed = {"x0"}  # the start: it never changes
    for state in set(rule.state) - fixed:
        assert re.search(rf"(?<!\w){state} ← ", "\n".join(rule.equations)), state


def test_a_rate_stands_in_the_legend_and_a_lookalike_does_not() -> None:
    assert OPTIMIZERS["adam"].legend == {
        "η": "lr",
        "β₁": "beta1",
        "β₂": "beta2",
        "ε_root": "eps_root",
        "ε": "eps",
        "λ": "weight_decay",
        "m̂": "m/(1−β₁ᵗ)",
        "v̂": "v/(1−β₂ᵗ)",
    }
    assert OPTIMIZERS["rprop"].legend == {"η₋": "eta_minus", "η₊": "eta_plus"}


@pytest.mark.parametrize(("rule", "name", "parameter"), NUMBERS, ids=[f"{r.name}.{n}" for r, n, _ in NUMBERS])
def test_the_default_is_allowed(rule: Rule, name: str, parameter: Parameter) -> None:
    assert parameter.bounds is not None
    assert parameter.default in parameter.bounds if parameter.default is not None else parameter.optional


def test_one_more_rule_is_its_equations_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def averaged(h: Any, t: int, grad: Any, x: Any, m: Any) -> Any:
        """m ← βm + (1−β)∇f(x)
        x ← x − η m
        """
        m = h.beta * m + (1 - h.beta) * grad(x)
        return x - h.lr * m, m

    parameters = {"lr": Parameter(0.1, "learning rate", NON_NEGATIVE), "beta": Parameter(0.5, "memory", UNIT)}
    rule = Rule(name="averaged", label="Averaged", step=averaged, parameters=parameters, source="this test")
    monkeypatch.setitem(OPTIMIZERS, "averaged", rule)

    text = "function: {formula: x**2, window: [[-2, 2]]}\nstart: 1\nsteps: 2\noptimizers: [averaged: {lr: 0.25}]\n"
    racer = optviz.run(optviz.loads(text))["Averaged"]
    np.testing.assert_array_equal(racer.x.ravel(), [1.0, 0.75, 0.75 - 0.25 * (0.5 * 1.0 + 0.5 * 1.5)])
    np.testing.assert_array_equal(racer.state["m"].ravel(), [1.0, 1.25])
    shown = describe_rule(rule)
    assert all(words in shown for words in ("m ← βm + (1−β)∇f(x)", "lr", "beta", "this test"))
    assert re.search(r"state +m\n", shown)
    with pytest.raises(optviz.OptvizError, match=r"averaged.beta: must be in \[0, 1\), got 1"):
        optviz.loads(text.replace("lr: 0.25", "beta: 1"))
