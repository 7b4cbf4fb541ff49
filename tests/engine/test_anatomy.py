"""A step taken apart: the numbers of a rule's terms bear out the run, for every rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optviz.engine.anatomy import TERMS, dissect
from optviz.engine.result import compete
from optviz.optimizers import OPTIMIZERS, bind
from optviz.problems import from_catalogue
from tests.engine.draws import BOTH

STEPS = 12
BEALE = from_catalogue("beale", search=False)
GIVEN: dict[str, dict[str, Any]] = {"schedule_free_sgd": {"lr": 0.01}}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_terms_of_every_rule_end_in_its_recorded_step(name: str) -> None:
    rule = bind(OPTIMIZERS[name], GIVEN.get(name, {}), STEPS)
    result = compete(BEALE, (0.7, 1.4), {"one": rule}, noise=BOTH)
    (racer,) = result.racers
    anatomy = dissect(racer, result)
    np.testing.assert_array_equal(anatomy.x, racer.x)
    *terms, step = anatomy.terms()
    assert (terms[0].symbol, step.symbol) == ("g", "Δ")
    np.testing.assert_array_equal(step.values, np.diff(racer.x, axis=0))
    if anatomy.every["g"].shape == racer.gradient.shape and not rule.values.get("weight_decay") and name != "rprop":
        np.testing.assert_array_equal(terms[0].values, racer.gradient)
    for state, column in racer.state.items():
        np.testing.assert_array_equal(anatomy.every.get(state, column), column)
    if racer.effective_lr is not None:
        assert anatomy.rate is not None
        np.testing.assert_allclose(anatomy.rate, racer.effective_lr, rtol=1e-14)
    assert all(term.words and "{" not in term.words for term in terms)
    shown = {term.symbol for term in terms}
    lacking = [symbols for symbols, *_ in TERMS[name] if not shown & set(symbols.split("|"))]
    assert not lacking


def test_amsgrads_maximum_holds_while_what_is_remembered_falls() -> None:
    rule = bind(OPTIMIZERS["amsgrad"], {"lr": 0.1, "beta2": 0.5}, 40)
    result = compete(BEALE, (0.7, 1.4), {"one": rule})
    anatomy = dissect(result.racers[0], result, 40)
    falling = np.flatnonzero((anatomy.every["v"] < anatomy.before["v"]).all(axis=1))
    assert len(falling)
    assert all(anatomy.held(t + 1) == ["vmax"] for t in falling.tolist())
    assert anatomy.held(1) == []


def test_a_few_steps_of_many_are_the_first() -> None:
    result = compete(BEALE, (0.7, 1.4), {"one": bind(OPTIMIZERS["adam"], {}, STEPS)})
    few, all_of_them = (dissect(result.racers[0], result, steps) for steps in (3, None))
    np.testing.assert_array_equal(few.every["m̂"], all_of_them.every["m̂"][:3])
