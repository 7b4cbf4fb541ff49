"""Clipping: the gradient that a racer is given, alone, in batches, in compiled stages, in the page and in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optviz.engine import run as single
from optviz.engine.anatomy import dissect
from optviz.engine.batch import run_batch
from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS, bind
from optviz.optimizers.clip import Clip
from optviz.optimizers.trace import trace
from optviz.pipeline.run import run
from optviz.problems import Finish, from_formula
from optviz.scenario import loads
from tests.engine.draws import BOTH

TEXT = """
function: {formula: "100*x**2 + y**2", window: [[-2, 2], [-2, 2]]}
start: [1, -1.5]
steps: 12
noise: {std: 0.5}
optimizers:
"""
CLIPS = (Clip(norm=1.0), Clip(norm=30.0), Clip(value=0.5))


@pytest.mark.parametrize(
    ("clip", "g", "left"),
    [
        (Clip(norm=1.0), [3.0, 4.0], [0.6, 0.8]),
        (Clip(norm=5.0), [3.0, 4.0], [3.0, 4.0]),
        (Clip(norm=1.0), [0.0, 0.0], [0.0, 0.0]),
        (Clip(value=1.0), [3.0, -0.5], [1.0, -0.5]),
    ],
)
def test_clips_as_optax_does(clip: Clip, g: list[float], left: list[float]) -> None:
    np.testing.assert_allclose(clip(np.array(g)), left, rtol=1e-15)
    np.testing.assert_allclose(np.asarray(clip(np.array([g, g]).T))[:, 1], left, rtol=1e-15)  # a batch


def test_one_dimension_on_floats() -> None:
    assert Clip(norm=2.0)(-7.0) == -2.0
    assert Clip(value=2.0)(-7.0) == -2.0
    assert Clip(norm=2.0)(0.0) == 0.0


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("name", ["sgd", "adam", "sam", "lookahead"])
def test_single_run_batch_and_stages_agree(clip: Clip, name: str) -> None:
    problem = from_formula("100*x**2 + y**2", window=[(-2.0, 2.0), (-2.0, 2.0)], minima=[(0.0, 0.0)])
    rule = replace(bind(OPTIMIZERS[name], {}, 8), clip=clip)
    start = np.array([1.0, -1.5])
    path = single.run(rule, problem, start, noise=BOTH)
    assert np.all(np.linalg.norm(path.gradient, axis=1) <= (clip.norm or np.inf) * (1 + 1e-15))
    assert np.all(abs(path.gradient) <= (clip.value or np.inf))
    starts = np.repeat(start[:, np.newaxis], 5, axis=1)
    for expect in (1, 1_000_000):  # by the rule's own code, and by compiled stages where these can be had
        end = run_batch(rule, problem, starts, finish=Finish(0.1), noise=BOTH, expect=expect)
        np.testing.assert_array_equal(end.x[:, 3], path.x[-1])


def test_gradient_descent_steps_by_the_clipped_gradient() -> None:
    problem = from_formula("100*x**2", window=[(-2.0, 2.0)], minima=[(0.0,)])
    path = single.run(replace(bind(OPTIMIZERS["sgd"], {"lr": 0.1}, 3), clip=Clip(norm=1.0)), problem, [1.0])
    np.testing.assert_allclose(path.x[:, 0], [1.0, 0.9, 0.8, 0.7], rtol=1e-15)


def test_traces_of_a_rule_clipped_and_not_differ() -> None:
    rule = bind(OPTIMIZERS["sgd"], {"lr": 0.1}, 3)
    plain, clipped = trace(rule, 2), trace(replace(rule, clip=Clip(value=1.0)), 2)
    assert plain.x != clipped.x
    assert trace(replace(rule, clip=Clip(value=2.0)), 2).x != clipped.x


def test_words_data_and_page_tell_it() -> None:
    race = run(loads(TEXT + "  - sgd: {lr: 0.01, clip: {norm: 1/2}}\n  - sgd: {lr: 0.01}\n"))
    assert [racer.label for racer in race.result.racers] == ["SGD clip norm 0.5", "SGD clip none"]
    assert "SGD clip norm 0.5: gradient clipped to norm 0.5" in race.in_words()
    facts = race.to_dict()
    assert [one.get("clip") for one in facts["racers"]] == [{"norm": 0.5}, None]
    assert facts["scenario"]["optimizers"][0]["sgd"]["clip"] == {"norm": 0.5}
    shared = run(loads(TEXT + "  - sgd: {clip: {value: 2}}\n  - adam: {clip: {value: 2}}\n"))
    assert "gradient clipped to ±2" in shared.in_words()
    assert "Adam: gradient" not in shared.in_words()


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("1", "must be a mapping, got 1"),
        ("{norm: 0}", "must be greater than 0"),
        ("{}", "needs either norm or value"),
        ("{norm: 1, value: 1}", "needs either norm or value"),
        ("{nrom: 1}", "did you mean norm?"),
        ("{norm: big}", "number"),
    ],
)
def test_mistakes_are_told_where_they_stand(written: str, message: str) -> None:
    with pytest.raises(OptvizError, match=r"clip") as caught:
        loads(TEXT + f"  - sgd: {{clip: {written}}}\n")
    said = str(caught.value)
    assert message in said, said
    assert ":7:" in said


@pytest.mark.parametrize("name", ["adam", "sam"])
def test_a_step_taken_apart_begins_with_the_clipped_gradient(name: str) -> None:
    race = run(loads(TEXT + f"  - {name}: {{clip: {{norm: 1}}}}\n"))
    (racer,) = race.racers
    anatomy = dissect(racer, race.result)
    slope = anatomy.terms()[0]
    assert slope.words == "slope now, clipped"
    np.testing.assert_array_equal(slope.values, racer.trajectory.gradient)
    np.testing.assert_array_equal(anatomy.x, racer.x)
