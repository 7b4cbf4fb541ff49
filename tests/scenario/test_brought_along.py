"""What people write who come from YAML's other features, from mathematics, PyTorch or Keras: taken, or told how."""

from __future__ import annotations

import math

import pytest

from optviz import OptvizError, build, loads
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.libraries import LIBRARIES
from optviz.optimizers.spellings import (
    HOMES,
    HYPERPARAMETERS,
    LIBRARY_RULES,
    RULE_OF_SWITCH,
    RULES,
)
from optviz.output import FORMATS
from optviz.problems import FUNCTIONS
from optviz.scenario import habits
from optviz.scenario.loading import KEYS


def test_arithmetic_is_taken_wherever_a_number_is() -> None:
    scenario = loads("""
        function:
          formula: a*x**2 + y**2
          constants: {a: 1/2}
          window: [[-2*pi, 2*pi], [-1 - 1, 3]]
          minima: [[0, 1-1]]
        start: [1/3, e]
        steps: 10*20
        optimizers: [adam: {lr: 1/3}, lookahead: {k: 10/2}]
        noise: {std: 1/10}
        render: {fps: 50/2, hold: 2**2, size: [1280, 1440/2], trail: 10*2, pauses: [{at: 2*3, seconds: 1/2}]}
    """)
    function, render = scenario.function, scenario.render
    assert function is not None
    assert function.constants == {"a": 0.5}
    assert function.window == ((-2 * math.pi, 2 * math.pi), (-2, 3))
    assert function.minima == ((0, 0),)
    assert scenario.start == (1 / 3, math.e)
    assert scenario.steps == 200
    assert scenario.optimizers[0].hyperparameters["lr"] == 1 / 3
    assert scenario.optimizers[1].hyperparameters["k"] == 5
    assert scenario.noise is not None
    assert scenario.noise.std == 0.1
    assert (render.fps, render.hold, render.size, render.trail) == (25, 4, (1280, 720), 20)
    assert (render.pauses[0].at, render.pauses[0].seconds) == (6, 0.5)


@pytest.mark.parametrize("start", ["1/2", ["1/2"], ("1/2",)])
def test_python_may_give_arithmetic_too(start: object) -> None:
    assert build(function="x**2", start=start, optimizers=["adam"]).start == (0.5,)


@pytest.mark.parametrize("text", ["1/0", "x", "1e999*1", "2**99999", "1/", "sqrt(-1)"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(OptvizError, match=r"start: must be a number|start\[0\]: must be a number"):
        build(function="x**2", start=text, optimizers=["adam"])


def test_schedules_know_the_number_of_steps() -> None:
    rule = build(function="beale", steps=4, optimizers=[{"adam": {"lr": "0.1*(1 - t/steps)"}}]).optimizers[0].rule
    assert rule.lr.values.tolist() == pytest.approx([0.075, 0.05, 0.025, 0])


def test_a_formula_may_stand_where_a_name_may() -> None:
    function = loads("function: x**4 - 3*x**2 + x\nstart: 1\noptimizers: [adam]").function
    assert function is not None
    assert (function.name, function.formula) == (None, "x**4 - 3*x**2 + x")


def test_merge_keys_bring_what_is_not_written() -> None:
    scenario = loads("""
        function: beale
        optimizers:
          - adam: &quick {lr: 0.1, beta1: 0.8}
          - amsgrad: {<<: *quick, beta1: 0.7}
          - adamax: {<<: [*quick, {lr: 3, eps: 1e-5}], label: c}
    """)
    given = [racer.hyperparameters for racer in scenario.optimizers]
    assert [(one["lr"], one["beta1"]) for one in given] == [(0.1, 0.8), (0.1, 0.7), (0.1, 0.8)]
    assert given[2]["eps"] == 1e-5


def test_a_mapping_that_merges_itself_ends() -> None:
    assert loads("function: beale\noptimizers: [adam: &a {lr: 0.1, <<: *a}]").optimizers[0].hyperparameters["lr"] == 0.1


def test_merging_does_not_explode() -> None:
    lines = ["a0: &a0 {x: 1}", *(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 40))]
    with pytest.raises(OptvizError, match="unknown key"):
        loads("\n".join(lines))


def issue_of(racer: object) -> str:
    with pytest.raises(OptvizError) as caught:
        build(function="beale", optimizers=[racer])
    (issue,) = caught.value.issues
    return str(issue)


@pytest.mark.parametrize(
    ("racer", "hint"),
    [
        ({"adam": {"learning_rate": 0.1}}, "write lr"),
        ({"adam": {"betas": [0.9, 0.99]}}, "write beta1 and beta2"),
        ({"adam": {"epsilon": 1e-7}}, "write eps"),
        ({"adam": {"amsgrad": True}}, "race amsgrad instead, a rule of its own here"),
        ({"sgd": {"momentum": 0.9}}, "race momentum instead, a rule of its own here"),
        ("adam(lr=0.1, beta1 = 0.5)", "write adam: {lr: 0.1, beta1: 0.5}"),
        ("SGD()", "write sgd"),
        ({"adam": {"lr = 0.1": None}}, "write lr: 0.1"),
        ({"adam": {"1": None}}, "a comma ends a value; write a decimal point"),
        ({"adam": {"clipnorm": 1}}, "write clip: {norm: ...}"),
        ({"sgd": {"clip_value": 1}}, "write clip: {value: ...}"),
        ({"adam": {"foreach": True}}, "leave it out: it changes no step"),
        ({"name": "sgd", "lr": 0.1}, "write sgd: {lr: ...}"),
        ({"type": "Adam", "params": {"lr": 0.1}}, "write adam: {lr: ...}"),
        ({"_target_": "torch.optim.Adam", "lr": 0.1}, "write adam: {lr: ...}"),
        ({"adam": {"lr": [0.1, 0.2]}}, "for several values, race several"),
        ({"adam": {"lr": {"min": 0.1}}}, "to search a range: {tune: [0.001, 1]}"),
        ({"type": "Adam"}, "write adam"),
        ("Adam", "did you mean adam?"),
        ("NAG", "it is called nesterov here"),
        ({"torch.optim.Adam": {"lr": 0.1}}, "write torch: {Adam: {...}} for that library's own code"),
        ("tf.keras.optimizers.Nadam", "write keras: {Nadam: {...}} for that library's own code"),
        ({"jax": {"adam": {}}}, "write optax: {adam: {...}} for that library's own code"),
        ({"sam": {"base": {"NAG": {}}}}, "it is called nesterov here"),
        ({"sam": {"base_optimizer": "sgd"}}, "write base"),
        ({"adam": {"learning-rate": 0.1}}, "write lr"),
        ({"adam": {"noise": False}}, "write {std: 0} for none"),
        ({"adam": {"noise": {"sigma": 1}}}, "it is called std here"),
        ({"adam": {"alpha": 0.1}}, "write lr"),
        ({"adam": {"name": "Mine"}}, "write label"),
        ({"adam": {"lw": 2}}, "racers have color and marker"),
        ({"adam": {"warmup_steps": 5}}, "lr may be a formula in t, such as lr: 0.1*min(1, t/10)"),
        ({"adam": {"steps": 5}}, "it is the same for all racers: write it at the top level"),
        ({"sgd": {"dampening": 0.1}}, "race momentum, which has it"),
        ("Heavy-Ball", "it is called momentum here"),
        ("LBFGS", "write torch: {LBFGS: {...}} for that library's own code"),
        ("optim.Adam", "write torch: {Adam: {...}} for that library's own code"),
        ("Adam(lr=0.1, betas=(0.9, 0.99))", "write adam: {lr: 0.1, betas: [0.9, 0.99]}"),
        ("adam:lr=0.1", "write adam: {lr: 0.1}, with a blank behind each colon"),
    ],
)
def test_the_words_of_other_libraries_get_ours(racer: object, hint: str) -> None:
    assert issue_of(racer).endswith(f"; {hint}")


@pytest.mark.parametrize("start", ["1, 2", "(1, 2)"])
def test_a_start_without_brackets_gets_them(start: str) -> None:
    with pytest.raises(OptvizError, match=r"start: must be a number or \[x, y\], got '.*'; write \[1, 2\]"):
        loads(f"function: beale\nstart: {start}\noptimizers: [adam]")


def test_hints_name_what_there_is() -> None:
    assert {library for library, _ in LIBRARY_RULES.values()} <= {*LIBRARIES}
    assert not {*LIBRARY_RULES} & {*OPTIMIZERS}
    assert {*RULES.values(), *RULE_OF_SWITCH.values()} <= {*OPTIMIZERS}
    assert {library for library, _ in HOMES.values()} == {*LIBRARIES}
    known = {name for rule in OPTIMIZERS.values() for name in rule.parameters}
    assert {name for ours in HYPERPARAMETERS.values() for name in ours} <= known


@pytest.mark.parametrize("path", [r'"films\new\a.gif"', r'"films\tx.gif"'])
def test_a_path_that_a_backslash_changed_is_refused(path: str) -> None:
    with pytest.raises(OptvizError, match=r"control character: .*; a backslash makes it: use single quotes"):
        loads(f"function: beale\noptimizers: [adam]\noutput: {path}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr: 0.1", "lr: unknown key; common: {lr: ...} gives it to every racer"),
        ("clip: 1", "clip: unknown key; it belongs to a racer, such as adam: {clip: ...}"),
        ("file: a.gif", "file: unknown key; it is called output here"),
        ("num_steps: 3", "num_steps: unknown key; it is called steps here"),
        ("figsize: [8, 6]", "figsize: unknown key; write render.size instead"),
        ("render: {figsize: [8, 6]}", "render.figsize: unknown key; it is called size here"),
        ("noise: {sigma: 1}", "noise.sigma: unknown key; it is called std here"),
        ("render: {size: 240p}", "render.size: no such size: '240p'; did you mean 426x240?"),
        ("render: {fps: '30'}", "render.fps: must be a whole number, got '30'; write 30 without quotes"),
        ("render: {hold: 2s}", "render.hold: must be a number, got '2s'; write 2 without its unit"),
        ("start: [10^2, 1]", "start[0]: must be a number, got '10^2'; write 10**2"),
        ("start: [\N{MINUS SIGN}1, ½]", "start[1]: must be a number, got '½'; write 1/2"),
        ("start: [2 pi, 1]", "start[0]: must be a number, got '2 pi'"),
        ("noise: {multiplicative: 1}", "noise.multiplicative: unknown key; it is called relative_std here"),
        ("common: {clip: {norm: 1}}", "common.clip: no racer has such a hyperparameter; write clip under each racer"),
        ("steps: 1,000", "steps: must be a whole number, got '1,000'; write 1000"),
        ("steps: 1k", "steps: must be a whole number, got '1k'"),
        ("starts: {count: 5}", "starts.count: unknown key; it is called random here"),
        ("render: {pauses: [{at: 1, hold: 1, seconds: 1}]}", "hold: unknown key; it is called seconds here"),
        ("render: {loop: forever}", "got 'forever'; true plays it for ever"),
        ("render: {view: 3D}", "got '3D'; did you mean surface?"),
        ("language: German", "got 'German'; did you mean de?"),
        ("output: films/", "output: films/ is a folder; name a file in it: films/race.gif"),
        ("output: a.jpeg", "output: no such format: .jpeg; did you mean .png?"),
        ("output: https://a.b/c.gif", "output: https://a.b/c.gif is an address; name a file of this machine"),
    ],
)
def test_habits_of_elsewhere_get_what_does_it_here(text: str, said: str) -> None:
    with pytest.raises(OptvizError) as caught:
        loads(f"function: beale\noptimizers: [adam]\n{text}\n")
    assert str(caught.value).endswith(said)


def test_what_habits_name_exists() -> None:
    assert all({*ours} <= {*KEYS[part].model_fields} for part, ours in habits.KEYS.items())
    assert {*habits.SUFFIXES} <= {*FORMATS}
    assert {*habits.FUNCTIONS} <= {*FUNCTIONS}
    assert not any(
        name in KEYS[part].model_fields
        for part, ours in habits.KEYS.items()
        for name in " ".join(ours.values()).split()
    )
