"""A scenario from keys, as Python gives them."""

from __future__ import annotations

import pickle
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError
from optviz.scenario import loads


def descent(x: Any, g: Any, lr: float = 0.001) -> Any:
    return x - lr * g


KEYS = [
    {"function": "beale", "optimizers": ["adam", "sgd"], "steps": 7},
    {
        "title": "A title: with a colon",
        "function": {"formula": "a*x**2", "constants": {"a": 2}, "window": [[-1, 1]]},
        "start": 1,
        "optimizers": [{"adam": {"lr": "0.1/sqrt(t)", "label": "falling"}}, {"adam": None}],
        "common": {"beta1": 0},
        "noise": {"std": 0.1},
        "render": {"size": "480p", "captions": [{"at": 3, "text": "here"}]},
        "output": ["a.gif", "b.json"],
    },
]


@pytest.mark.parametrize("keys", KEYS)
def test_keywords_are_resolved_like_a_file(keys: dict[str, Any]) -> None:
    scenario = optviz.build(**keys)
    assert isinstance(scenario, optviz.Scenario)
    assert loads(scenario.source_text).resolved() == scenario.resolved()
    assert pickle.loads(pickle.dumps(scenario)).resolved() == scenario.resolved()


def test_numpy_tuples_and_paths_are_plain_values_too() -> None:
    scenario = optviz.build(
        function="beale",
        start=np.array([3, 4]),
        steps=np.int64(5),
        optimizers=({"adam": {"lr": np.float64(0.1)}},),
        output=Path("a") / "b.json",
    )
    assert (scenario.start, scenario.steps, scenario.output) == ((3.0, 4.0), 5, ("a/b.json",))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "optimizers: is required; such as optimizers: [adam, adamax]\nfunction: is required; such as"),
        ({"function": "baele", "optimizers": ["adam"]}, "function: no such function: baele; did you mean beale?"),
        ({"function": "beale", "optimizers": ["adam"], "stepps": 3}, "stepps: unknown key; did you mean steps?"),
        ({"function": "beale", "optimizers": [3]}, "optimizers[0]: must be an optimizer's name, got 3; such as adam"),
        ({"function": "beale", "optimizers": "adam"}, "optimizers: must be a list, got 'adam'; begin each racer"),
        ({"function": "beale", "optimizers": [{descent: {"m": 1}}]}, "optimizers[0].descent.m: descent has no hyper"),
        (
            {"function": "beale", "optimizers": ["adam"], "seed": object},
            "seed: the class object cannot stand in a scenario",
        ),
        ({"function": "beale", "optimizers": [{"adam": {"lr": open}}]}, "optimizers[0].adam.lr: the function open"),
        ({"function": "beale", "optimizers": [Lock()]}, "optimizers[0]: an object of lock cannot stand"),
        (
            {"network": {"module": Lock(), "loss": min}},
            "network.module: must be a torch.nn.Module, got an object of lock",
        ),
    ],
)
def test_what_is_wrong_with_keywords_is_told_by_path(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(OptvizError) as caught:
        optviz.build(**keys)
    assert str(caught.value).startswith(said)
