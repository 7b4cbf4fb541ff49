"""Traced rules: the graph of one update, evaluated on floats, has every bit of the engine's run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optviz.engine.run import run
from optviz.formula.arithmetic import absolute
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.graph import topological_order
from optviz.optimizers import OPTIMIZERS, BoundRule, Rule, bind
from optviz.optimizers.parameters import NON_NEGATIVE, Parameter, learning_rate
from optviz.optimizers.trace import TraceError, Update, trace
from optviz.problems import Problem, from_catalogue, from_formula
from tests import few
from tests.engine.draws import BOTH

STEPS = 30
BEALE = from_catalogue("beale", search=False)
CURVE = from_formula("x**4 - 2*x**2 + 0.5*x", minima=[])
BOXED = from_formula("where(t % 3 == 1, 3*x, -x) + (y - 1)**2/2", domain=[[-1, 1], [-0.4, 0.5]])

OTHER_FORMS: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {"weight_decay": 0.1, "lr": "0.01/sqrt(t)"}),
    ("momentum", {"dampening": 0.3, "weight_decay": 0.1}),
    ("rmsprop", {"centered": True, "momentum": 0.5, "eps_in_sqrt": True}),
    *(("amsgrad", {"bias_correction": form, "lr": 0.1}) for form in ("before_max", "first_moment", "none")),
    ("nadam", {"momentum_decay": 0.004, "lr": 0.1}),
    ("prodigy", {"beta3": 0.9, "bias_correction": True, "weight_decay": 0.1, "growth_rate": 1.1}),
    ("schedule_free_adamw", {"warmup": 7, "lr": 0.1}),
    ("adopt", {"clipping": False, "lr": "0.1*0.9**t"}),
    ("lookahead", {"base": {"momentum": {}}, "k": 3}),
    ("lookahead", {"base": {"nadam": {"lr": "0.1/t", "momentum_decay": 0.1}}}),
    ("sam", {"base": {"adan": {"lr": 0.1}}}),
    ("sam", {"base": {"prodigy": {}}}),
]


def follow(
    update: Update, bound: BoundRule, problem: Problem, start: tuple[float, ...]
) -> tuple[np.ndarray, list[dict[str, float]]]:
    """Evaluate the graph in plain floats, step by step: (steps + 1, dim) points, and all variables after each step."""
    x = [f"x_{i}" for i in range(update.dim)]
    values = dict(zip(x, start, strict=True))
    begun = compile_kernel(list(update.begin.values()), [*x, *update.table.inputs])
    inputs = {name: np.ravel(value)[0].item() for name, value in update.table.inputs.items()}
    values |= dict(zip(update.begin, begun(*values.values(), *inputs.values()), strict=True))
    points, states = [[values[name] for name in x]], []
    for t, row in enumerate(update.table.rows(bound.steps).tolist(), 1):
        values |= dict(zip(update.table.columns, row, strict=True))
        for call, at in enumerate(update.gradients):
            place = np.array(compile_kernel(list(at), list(values))(*values.values()))
            g = problem.gradient(place, float(t)).tolist()
            values |= dict(zip(update.gradient_variables(call), g, strict=True))
        moved = compile_kernel([*update.x, *update.next.values()], list(values))(*values.values())
        values |= dict(zip([*x, *update.next], moved, strict=True))
        points.append([values[name] for name in x])
        states.append(dict(values))
    return np.array(points), states


@pytest.mark.parametrize(("name", "given"), few([*((name, {}) for name in OPTIMIZERS), *OTHER_FORMS], 3), ids=str)
@pytest.mark.parametrize("problem", [BEALE, CURVE], ids=["2-D", "1-D"])
def test_the_graph_has_every_bit_of_the_run(name: str, given: dict[str, Any], problem: Problem) -> None:
    given = {"lr": 0.01, **given} if name == "schedule_free_sgd" else given
    bound = bind(OPTIMIZERS[name], given, STEPS)
    start = problem.start or (0.7,)
    went = run(bound, problem, start)
    update = trace(bound, problem.dim)
    x, states = follow(update, bound, problem, start)
    np.testing.assert_array_equal(x, went.x)
    for state, variables in zip(bound.state, update.state, strict=True):
        if state is not None:
            column = [[after[variable] for variable in variables] for after in states]
            np.testing.assert_array_equal(column, went.state[state])


@pytest.mark.parametrize("name", ["adam", "adan", "lookahead", "sam", "schedule_free_sgd"])
def test_noise_domain_and_schedule_are_part_of_the_graph(name: str) -> None:
    rate = {"lr": "0.5/sqrt(t)"} if "lr" in OPTIMIZERS[name].parameters else {}
    bound = bind(OPTIMIZERS[name], rate, STEPS)
    went = run(bound, BOXED, (0.5, 0.5), noise=BOTH)
    update = trace(bound, 2, noise=BOTH.draw(bound, 2), domain=BOXED.domain)
    x, _ = follow(update, bound, BOXED, (0.5, 0.5))
    np.testing.assert_array_equal(x, went.x)


def test_what_no_point_has_a_say_in_is_in_the_table() -> None:
    update = trace(bind(OPTIMIZERS["nadam"], {"momentum_decay": 0.1}, STEPS), 2)
    assert list(update.table.next) == ["s_P"]
    assert list(update.next) == ["s_m_0", "s_m_1", "s_v_0", "s_v_1"]
    variables = {part.name for part in topological_order(update.roots) if part.op == "variable"}
    assert variables == {"x_0", "x_1", "g1_0", "g1_1", *update.next, *update.table.columns}


def test_a_batch_of_hyperparameters_stays_out_of_the_table() -> None:
    rates = np.geomspace(1e-3, 1e-1, 5)
    update = trace(bind(OPTIMIZERS["adam"], {"lr": rates}, STEPS), 2)
    assert list(update.batches) == ["h_lr"]
    assert "h_lr" not in update.table.inputs


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_rule_names_its_terms(name: str) -> None:
    update = trace(bind(OPTIMIZERS[name], {}, STEPS), 2)
    known = {"g", "Δ", *(state for state in bind(OPTIMIZERS[name], {}, STEPS).state if state and state != "x0")}
    assert known <= set(update.terms)


def test_adams_terms_are_those_of_its_equations() -> None:
    terms = trace(bind(OPTIMIZERS["adam"], {}, STEPS), 2).terms
    assert list(terms) == ["g", "m", "v", "m̂", "v̂", "√v̂", "Δ"]
    assert "v̂" in trace(bind(OPTIMIZERS["adan"], {}, STEPS), 2).terms


# --- what cannot be traced ------------------------------------------------------------------------


def rule_of(step: Any) -> BoundRule:
    parameters = {"lr": learning_rate(0.1), "power": Parameter(2.0, "", NON_NEGATIVE)}
    return bind(Rule(name="mine", label="Mine", parameters=parameters, step=step, source="a test"), {}, STEPS)


def test_a_branch_on_the_point_is_refused_with_its_line() -> None:
    def step(h: Any, t: int, grad: Any, x: Any) -> Any:
        g = grad(x)
        if absolute(g) > 1:
            g = 0.5 * g
        return (x - h.lr * g,)

    line = step.__code__.co_firstlineno + 2
    with pytest.raises(TraceError, match=f"test_trace.py:{line}: mine cannot be traced: a branch on"):
        trace(rule_of(step), 1)


@pytest.mark.parametrize("caught", [Exception, BaseException])
@pytest.mark.parametrize("condition", [lambda g, t: g > 0, lambda g, t: t > 1])
def test_a_branch_is_never_taken_silently(caught: type[BaseException], condition: Any) -> None:
    def step(h: Any, t: int, grad: Any, x: Any) -> Any:
        try:
            return (x - h.lr if condition(grad(x), t) else x,)
        except caught:
            return (x,)

    on_t = condition(-1, 2)
    if on_t and caught is Exception:
        assert trace(rule_of(step), 1).x[0].op == "where"
    else:
        with pytest.raises(TraceError, match="a branch on" if caught is Exception else "it catches"):
            trace(rule_of(step), 1)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda x, t: float(x), "a float is made"),
        (lambda x, t: np.asarray(x), "an array is made"),
        (lambda x, t: np.cumsum(x), "numpy's cumsum"),
        (lambda x, t: np.spacing(x), "numpy's spacing"),
        (lambda x, t: np.add.reduce(x), "numpy's add"),
        (lambda x, t: x.mean(), "no attribute 'mean'"),
        (lambda x, t: sum(range(t)), "an integer is made"),
        (lambda x, t: x + "1", "str is not a number"),
    ],
)
def test_what_is_no_arithmetic_is_refused(use: Any, said: str) -> None:
    with pytest.raises(TraceError, match=said):
        trace(rule_of(lambda h, t, grad, x: (use(grad(x), t),)), 2)


def test_a_loop_on_t_is_refused() -> None:
    def step(h: Any, t: int, grad: Any, x: Any) -> Any:
        g, n = grad(x), t
        while n > 1:
            n = n / 2
        return (x - h.lr / n * g,)

    with pytest.raises(TraceError, match="more branches on t"):
        trace(rule_of(step), 1)


def test_numpys_own_names_are_followed() -> None:
    def step(h: Any, t: int, grad: Any, x: Any) -> Any:
        g = np.clip(grad(x), -1, 1)
        pulled = np.where((g > 0.5) & ~(x < -9), np.square(g), g**2) + np.zeros_like(x)
        return (x - h.lr * np.sign(g) * np.sqrt(np.abs(pulled)) ** h.power * (g > -5),)

    bound = rule_of(step)
    went = run(bound, BEALE, np.array([[1.0], [1.0]]), record="x")
    x, _ = follow(trace(bound, 2), bound, BEALE, (1.0, 1.0))
    np.testing.assert_array_equal(x, went.x[..., 0])
