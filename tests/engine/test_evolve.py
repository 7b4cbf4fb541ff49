"""Compiled stages: every rule and every function on every target, with the bits of the rule's own code."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from optviz.engine.batch import run_batch
from optviz.engine.evolve import InPlace, Lanes, Target, choose_target, evolve
from optviz.engine.judge import finish_line
from optviz.engine.noise import NO_NOISE, GradientNoise
from optviz.engine.run import RunSettings, run
from optviz.engine.stages import Plan, plan_of
from optviz.formula.codegen import lanes
from optviz.formula.codegen.in_place import compile_in_place
from optviz.formula.codegen.vectors import of_one_coordinate
from optviz.formula.graph import topological_order
from optviz.optimizers import OPTIMIZERS, BoundRule, Rule, bind
from optviz.optimizers.parameters import learning_rate
from optviz.problems import FUNCTIONS, Finish, Problem, default_finish, from_catalogue, from_formula
from tests import few
from tests.engine.draws import BOTH
from tests.optimizers.test_trace import OTHER_FORMS

STEPS, MANY = 40, 13
BEALE = from_catalogue("beale", search=False)
# what is made of products, quotients and roots alone has the same bits everywhere; these go through the C library
TRANSCENDENTAL = {"sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "log", "log10"}
TRANSCENDENTAL |= {"log2", "power"}

needs_llvm = pytest.mark.skipif(not lanes.is_available(), reason="needs the extra fast")


def starts_in(problem: Problem, count: int = MANY) -> Any:
    low, high = np.array(problem.window, dtype=float).T
    return np.random.default_rng(0).uniform(low, high, size=(count, problem.dim)).T


def plan(rule: BoundRule, problem: Problem, starts: Any, noise: GradientNoise = NO_NOISE) -> Plan:
    settings = RunSettings(rule, problem, starts, noise.draw(rule, problem.dim), "last")
    planned = plan_of(settings, None, finish_line(problem, Finish()))
    assert planned is not None
    return planned


def last_points(planned: Plan, starts: Any, target: Target) -> Any:
    target.width = 5
    ((step, columns),) = evolve(planned, starts, target)
    assert step == planned.steps
    return np.stack(list(columns.values()))


def assert_rule_agrees(name: str, given: dict[str, Any], target: Target) -> None:
    """On Beale, with a batch of learning rates and with noise, to the last bit."""
    batch = {"lr": np.geomspace(1e-3, 0.3, MANY)} if "lr" in OPTIMIZERS[name].parameters and "lr" not in given else {}
    rule, starts = bind(OPTIMIZERS[name], {**given, **batch}, STEPS), starts_in(BEALE)
    own = run(rule, BEALE, starts, noise=BOTH, record="last").x[-1]
    np.testing.assert_array_equal(last_points(plan(rule, BEALE, starts, BOTH), starts, target), own)


@pytest.mark.parametrize(("name", "given"), few([*((name, {}) for name in OPTIMIZERS), *OTHER_FORMS], 3), ids=str)
def test_every_rule_in_place(name: str, given: dict[str, Any]) -> None:
    assert_rule_agrees(name, given, InPlace())


@pytest.mark.parametrize("name", few(FUNCTIONS, 3))
def test_every_function_in_place(name: str) -> None:
    problem = from_catalogue(name, search=False)
    rule, starts = bind(OPTIMIZERS["momentum"], {"lr": 1e-3}, STEPS), starts_in(problem)
    own = run(rule, problem, starts, record="last").x[-1]
    np.testing.assert_array_equal(last_points(plan(rule, problem, starts), starts, InPlace()), own)


@pytest.mark.parametrize("name", few(OPTIMIZERS, 3))
def test_rules_without_norms_are_compiled_for_one_coordinate(name: str) -> None:
    rule = plan(bind(OPTIMIZERS[name], {}, STEPS), BEALE, starts_in(BEALE)).moves[-1]
    assert (of_one_coordinate(rule.kernel) is None) == (name in ("lamb", "prodigy"))


def test_coordinates_share_calls_and_memory() -> None:
    """Adam has fourteen operations, Himmelblau's slopes five for both coordinates and five pairs that differ."""
    problem = from_catalogue("himmelblau")
    rule, slopes = plan(bind(OPTIMIZERS["adam"], {}, STEPS), problem, starts_in(problem)).step(1)
    compiled = [compile_in_place(stage.kernel) for stage in (rule, slopes)]
    assert [len(one.lines) for one in compiled] == [14, 10]
    assert [one.floats for one in compiled] == [2, 2]


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_rule_on_every_function_in_place(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = from_catalogue(function, search=False)
    starts, finish, differing = starts_in(problem), default_finish(problem), []
    for name in OPTIMIZERS:
        rule, ends = bind(OPTIMIZERS[name], {}, STEPS), []
        for target in (None, InPlace()):
            monkeypatch.setattr("optviz.engine.batch.choose_target", lambda plan, points, expect, target=target: target)
            ends.append(run_batch(rule, problem, starts, finish=finish))
        same = [np.array_equal(*pair) for pair in zip(*(vars(end).values() for end in ends), strict=True)]
        differing += [] if all(same) else [name]
    assert not differing


@needs_llvm
@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_rule_on_every_algebraic_function_in_lanes(function: str) -> None:
    problem = from_catalogue(function, search=False)
    if uses(problem, TRANSCENDENTAL):
        pytest.skip("within a stated tolerance, see above")
    starts, differing = starts_in(problem), []
    for name in OPTIMIZERS:
        rule = bind(OPTIMIZERS[name], {}, STEPS)
        own = run(rule, problem, starts, record="last").x[-1]
        found = last_points(plan(rule, problem, starts), starts, Lanes())
        differing += [] if np.array_equal(found, own, equal_nan=True) else [name]
    assert not differing


@needs_llvm
@pytest.mark.slow
@pytest.mark.parametrize(("name", "given"), [*((name, {}) for name in OPTIMIZERS), *OTHER_FORMS], ids=str)
def test_every_rule_in_lanes(name: str, given: dict[str, Any]) -> None:
    assert_rule_agrees(name, given, Lanes())


@needs_llvm
@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_in_lanes(name: str) -> None:
    """One gradient each: every bit for algebraic functions, MOST_ULPS of the largest term for the others."""
    problem = from_catalogue(name, search=False)
    starts = starts_in(problem, 500)
    rule = bind(OPTIMIZERS["sgd"], {"lr": 1.0}, 1)
    own, lane = (
        run(rule, problem, starts, record="last").x[-1],
        last_points(plan(rule, problem, starts), starts, Lanes()),
    )
    assert problem.symbols is not None
    if uses(problem, TRANSCENDENTAL):
        scale = np.abs(problem.gradient(starts, 1.0)).max() + np.abs(starts).max()
        np.testing.assert_allclose(lane, own, rtol=1e-12, atol=1e-14 * scale)
    else:
        np.testing.assert_array_equal(lane, own)


def uses(problem: Problem, operations: set[str]) -> bool:
    from optviz.formula.codegen.straight_line import products_for_powers

    assert problem.symbols is not None
    return any(node.op in operations for node in topological_order(products_for_powers(problem.symbols.slopes)))


def test_an_online_function_a_domain_and_a_schedule_in_place() -> None:
    online = from_formula("where(t % 3 == 1, 3*x, -x) + y**2", domain=[[-1, 1], [-0.5, 2]], window=[[-1, 1], [-1, 1]])
    rule, starts = bind(OPTIMIZERS["amsgrad"], {"lr": "0.5/sqrt(t)"}, STEPS), starts_in(online)
    own = run(rule, online, starts, noise=BOTH, record="last").x[-1]
    np.testing.assert_array_equal(last_points(plan(rule, online, starts, BOTH), starts, InPlace()), own)


def test_powers_of_a_swept_hyperparameter_are_computed_once_for_each_value() -> None:
    beta2 = np.repeat([0.9, 0.99, 0.999], 5)
    rule = bind(OPTIMIZERS["adam"], {"lr": np.linspace(0.1, 0.2, 15), "beta2": beta2}, STEPS)
    planned = plan(rule, BEALE, starts_in(BEALE, 15))
    assert planned.picks.shape == (STEPS + 1, 3)
    np.testing.assert_array_equal(planned.picks[7], [1 - beta**7 for beta in (0.9, 0.99, 0.999)])
    nodes = topological_order(root for stage in planned.step(1) for root in stage.kernel.results.values())
    assert "python_power" not in {node.op for node in nodes}


def test_what_would_not_fit_into_memory_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.engine.stages.MOST_PICKS", 100)
    rule, starts = bind(OPTIMIZERS["adam"], {"beta2": np.linspace(0.9, 0.99, MANY)}, STEPS), starts_in(BEALE)
    planned = plan(rule, BEALE, starts)
    assert not planned.picks.size
    own = run(rule, BEALE, starts, record="last").x[-1]
    np.testing.assert_array_equal(last_points(planned, starts, InPlace()), own)


@pytest.mark.parametrize("sample_blocks", [1, 100])
def test_who_can_change_no_more_leaves_and_changes_no_bit(sample_blocks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.engine.evolve.SAMPLE_BLOCKS", sample_blocks)
    monkeypatch.setattr("optviz.engine.evolve.LEAST_LOOK_WORK", 0)
    rule, starts = bind(OPTIMIZERS["sgd"], {"lr": 0.1}, 120), np.linspace(-40, 40, 30)[np.newaxis]
    problem = from_formula(
        "x**4/4 + x**2", minima=[0], window=[[-2, 2]]
    )  # far points diverge, near ones stand still at 0
    planned = plan(rule, problem, starts)
    counts: list[int] = []

    class Counting(InPlace):
        @staticmethod
        def compiled(stages: Any) -> Any:
            advance = InPlace.compiled(stages)

            def counting(blocks: Any, begin: int, end: int, path: Any) -> None:
                counts.append(blocks.shape[0] * blocks.shape[2])
                advance(blocks, begin, end, path)

            return counting

    left = last_points(planned, starts, Counting())
    assert counts[-1] < counts[0]
    monkeypatch.setattr("optviz.engine.evolve.LEAVING_SHARE", 1.0)
    np.testing.assert_array_equal(left, last_points(planned, starts, InPlace()))
    np.testing.assert_array_equal(left, run(rule, problem, starts, record="last").x[-1])


@pytest.mark.parametrize("target", [InPlace(), *([Lanes()] if lanes.is_available() else [])], ids=type)
def test_portions_of_one_step(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.engine.evolve.CHUNK_STEPS", 1)
    monkeypatch.setattr("optviz.engine.evolve.LEAST_LOOK_WORK", 0)
    for name in ("adam", "sgd"):  # the latter is looked at from the first step on
        rule, starts = bind(OPTIMIZERS[name], {"lr": 0.1}, STEPS), starts_in(BEALE)
        own = run(rule, BEALE, starts, record="last").x[-1]
        np.testing.assert_array_equal(last_points(plan(rule, BEALE, starts), starts, target), own)


def test_what_cannot_be_traced_runs_by_its_own_code() -> None:
    def step(h: Any, t: int, grad: Any, x: Any) -> Any:
        return (x - h.lr * np.cumsum(grad(x), axis=-1),)

    rule = bind(
        Rule(name="mine", label="Mine", parameters={"lr": learning_rate(0.1)}, step=step, source="a test"), {}, 3
    )
    starts = starts_in(BEALE)
    assert plan_of(RunSettings(rule, BEALE, starts, None, "last"), None, finish_line(BEALE, Finish())) is None
    assert run(rule, BEALE, starts, record="last").x.shape == (1, 2, MANY)


def test_small_work_is_left_to_the_rules_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan(bind(OPTIMIZERS["adam"], {}, STEPS), BEALE, starts_in(BEALE))
    assert choose_target(planned, 10) is None
    monkeypatch.setattr("optviz.engine.evolve.is_available", lambda: False)
    assert isinstance(choose_target(planned, 100_000_000), InPlace)


@needs_llvm
def test_code_is_compiled_where_it_repays(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan(bind(OPTIMIZERS["adam"], {}, STEPS), BEALE, starts_in(BEALE))
    monkeypatch.setattr("optviz.engine.evolve.is_kept", lambda text: False)
    assert isinstance(choose_target(planned, 5_000), InPlace)
    assert isinstance(choose_target(planned, 5_000, expect=100), Lanes)
    monkeypatch.setattr("optviz.engine.evolve.is_kept", lambda text: True)
    monkeypatch.setitem(sys.modules, "llvmlite", lanes)
    assert isinstance(choose_target(planned, 10_000), Lanes)


@needs_llvm
@pytest.mark.parametrize("function", ["ackley", "shubert", "forrester"])
def test_what_rounds_otherwise_runs_alike_in_every_process(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, chosen = from_catalogue(function, search=False), []
    planned = plan(bind(OPTIMIZERS["adam"], {}, 100), problem, starts_in(problem))
    monkeypatch.setattr("optviz.engine.evolve.is_available", lambda: True)
    for is_kept, is_imported in ((True, True), (False, True), (True, False), (False, False)):
        monkeypatch.setattr("optviz.engine.evolve.is_kept", lambda text, is_kept=is_kept: is_kept)
        if is_imported:
            monkeypatch.setitem(sys.modules, "llvmlite", sys)
        else:
            monkeypatch.delitem(sys.modules, "llvmlite", raising=False)
        chosen.append([type(choose_target(planned, points)) for points in (100, 3_000, 20_000, 1_000_000)])
    assert all(one == chosen[0] for one in chosen)
    assert chosen[0][-1] is Lanes


@pytest.mark.parametrize("name", ["adam", "sam"])
def test_a_rule_is_laid_out_once_for_functions_that_follow_one_another(name: str) -> None:
    lr = np.geomspace(1e-3, 0.3, MANY)
    given = {"lr": lr} if name == "adam" else {"base": {"sgd": {"lr": lr}}}
    rule, problems = bind(OPTIMIZERS[name], given, STEPS), [BEALE, from_catalogue("booth", search=False)]
    plans = []
    for problem in problems:
        starts = starts_in(problem)
        plans.append(plan(rule, problem, starts))
        last = run(rule, problem, starts, record="last").x[-1]
        np.testing.assert_array_equal(last_points(plans[-1], starts, InPlace()), last)
    assert plans[0].own[-1] is plans[1].own[-1]
    assert plan(bind(OPTIMIZERS[name], given, STEPS), BEALE, starts_in(BEALE)).own[-1] is not plans[0].own[-1]
