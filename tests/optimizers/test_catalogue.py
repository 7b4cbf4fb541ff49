"""The catalogue of rules: names, defaults, bounds, equations that can be drawn, and what each rule says of itself."""

from __future__ import annotations

import math
from typing import Any

import pytest
from matplotlib.mathtext import MathTextParser

from optviz.optimizers import OPTIMIZERS, complete, state_size
from optviz.optimizers.rule import Parameter, Rule

INF = math.inf
ADAM = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}

DEFAULTS: dict[str, dict[str, Any]] = {
    "sgd": {"lr": 0.001, "weight_decay": 0},
    "momentum": {"lr": 0.001, "momentum": 0.9, "dampening": 0, "weight_decay": 0},
    "nesterov": {"lr": 0.001, "momentum": 0.9, "weight_decay": 0},
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
        "centered": False,
        "eps_in_sqrt": False,
        "initial_accumulator": 0,
        "weight_decay": 0,
    },
    "adadelta": {"lr": 1, "rho": 0.9, "eps": 1e-6, "weight_decay": 0},
    "rprop": {"lr": 0.01, "eta_minus": 0.5, "eta_plus": 1.2, "step_min": 1e-6, "step_max": 50},
    "adam": {**ADAM, "bias_correction": True, "weight_decay": 0},
    "adamw": {**ADAM, "bias_correction": True, "weight_decay": 0.01},
    "amsgrad": {**ADAM, "bias_correction": "after_max", "weight_decay": 0},
    "amsgradw": {**ADAM, "bias_correction": "after_max", "weight_decay": 0.01},
    "adamax": {**ADAM, "lr": 0.002, "eps_in_max": False, "weight_decay": 0},
    "nadam": {**ADAM, "lr": 0.002, "momentum_decay": None, "weight_decay": 0},
    "nadamax": {**ADAM, "lr": 0.002, "beta2": 0.99, "momentum_decay": 0.004},
    "radam": {**ADAM, "weight_decay": 0},
    "adabound": {**ADAM, "final_lr": 0.1, "gamma": 0.001, "weight_decay": 0},
    "amsbound": {**ADAM, "final_lr": 0.1, "gamma": 0.001, "weight_decay": 0},
    "adabelief": {**ADAM, "eps": 1e-16, "eps_root": 1e-16},
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
    "lookahead": {"base": {"adam": {**ADAM, "bias_correction": True, "weight_decay": 0}}, "k": 5, "alpha": 0.5},
    "sam": {"base": {"sgd": {"lr": 0.001, "weight_decay": 0}}, "rho": 0.05},
}

# numbers kept per parameter, by rule and setting
STATE_SIZES = [
    ("sgd", {}, 0),
    ("momentum", {}, 1),
    ("rmsprop", {}, 1),
    ("rmsprop", {"momentum": 0.9}, 2),
    ("rmsprop", {"momentum": 0.9, "centered": True}, 3),
    ("adam", {}, 2),
    ("amsgrad", {}, 3),
    ("adamax", {}, 2),
    ("lion", {}, 1),
    ("adan", {}, 4),
    ("lookahead", {}, 3),
    ("lookahead", {"base": {"sgd": {}}}, 1),
    ("sam", {}, 0),
    ("sam", {"base": {"momentum": {}}}, 1),
]

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
    assert complete(name, {}) == DEFAULTS[name]


@pytest.mark.parametrize(("name", "given", "size"), STATE_SIZES)
def test_state_size(name: str, given: dict[str, Any], size: int) -> None:
    assert state_size(OPTIMIZERS[name], complete(name, given)) == size


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_rule_speaks_for_itself(rule: Rule) -> None:
    assert OPTIMIZERS[rule.name] is rule
    assert all((rule.label, rule.source, rule.equals, rule.differs, rule.equations))
    assert all(parameter.meaning for parameter in rule.parameters.values())
    assert set(rule.kept_if) <= set(rule.state)


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_equations_can_be_drawn(rule: Rule) -> None:
    for equation in rule.equations:
        MathTextParser("path").parse(f"${equation}$")


@pytest.mark.parametrize(("rule", "name", "parameter"), NUMBERS, ids=[f"{r.name}.{n}" for r, n, _ in NUMBERS])
def test_the_default_is_allowed(rule: Rule, name: str, parameter: Parameter) -> None:
    assert parameter.bounds is not None
    assert parameter.default in parameter.bounds if parameter.default is not None else parameter.optional
