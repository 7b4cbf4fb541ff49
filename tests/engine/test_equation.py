"""The numbers in the places of an equation's symbols give the rule's own step, for every rule that is one sum."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from optviz.engine.anatomy import dissect
from optviz.engine.equation import filled, move_of, used
from optviz.engine.result import compete
from optviz.optimizers import OPTIMIZERS, bind
from optviz.problems import from_catalogue

STEPS, STEP = 9, 7
BEALE = from_catalogue("beale", search=False)
WITHOUT = {  # whose move is not one sum of numbers
    "adagrad", "radam", "adabound", "amsbound", "lamb", "prodigy", "schedule_free_sgd", "schedule_free_adamw",
    "lookahead", "sam", "amsgradw", "adabelief", "adan",
}  # fmt: skip
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def value_of(text: str) -> float:
    """What written numbers come to."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda power: f"**({power[0].translate(POWERS)})", text)
    text = re.sub(r"√(\(|[\d.]+)", lambda root: "sqrt(" if root[1] == "(" else f"sqrt({root[1]})", text)
    text = re.sub(r"([\d)]) sign", r"\1*sign", text.replace("·", "*").replace("−", "-"))
    return float(eval(text, {"sqrt": math.sqrt, "sign": np.sign, "max": max}))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_move_with_its_numbers_gives_the_next_point(name: str) -> None:
    result = compete(BEALE, (0.7, 1.4), {"one": bind(OPTIMIZERS[name], {}, STEPS)})
    racer = result.racers[0]
    anatomy, move = dissect(racer, result), move_of(racer.rule)
    said = [filled(anatomy, move, STEP, at, 10) if move else "" for at in range(2)]
    if name in WITHOUT:
        assert said == ["", ""]
    else:
        np.testing.assert_allclose([value_of(text) for text in said], racer.x[STEP], rtol=1e-7)


def test_of_several_cases_that_of_the_rule_is_used() -> None:
    line = "before_max, first_moment: x ← x − η m̂ / (√(vmax + ε_root) + ε)"
    assert used(line, bind(OPTIMIZERS["amsgrad"], {"bias_correction": "first_moment"}, 3)) == line.split(": ")[1]
    either = "x ← x − ηb,  nesterov: x ← x − η(u + μb)"
    plain, ahead = (bind(OPTIMIZERS["rmsprop"], {"nesterov": on, "momentum": 0.5}, 3) for on in (False, True))
    assert (used(either, plain), used(either, ahead)) == ("x ← x − ηb", "x ← x − η(u + μb)")


def test_nothing_is_said_where_a_switch_changes_the_equation() -> None:
    rule = bind(OPTIMIZERS["adamax"], {"eps_in_max": True}, STEPS)
    result = compete(BEALE, (0.7, 1.4), {"one": rule})
    anatomy = dissect(result.racers[0], result)
    assert filled(anatomy, move_of(rule), STEP, 0, 4) == ""
