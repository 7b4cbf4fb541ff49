"""What holds for the rules whatever the function: symmetries, monotone rates, batches, and the rate they export."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.engine.run import Trajectory
from optviz.errors import OptvizError
from optviz.optimizers import OPTIMIZERS, bind
from optviz.optimizers.rule import Rule
from optviz.problems import from_catalogue, from_formula
from tests import few
from tests.engine import run

ALL = pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
THIRD = pytest.mark.parametrize("rule", few(OPTIMIZERS.values(), 3), ids=OPTIMIZERS)

QUADRATIC = from_catalogue("quad2")
LANDSCAPES = {1: from_formula("x**4 - x", minima=[]), 2: from_catalogue("himmelblau")}

gradients = st.lists(st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3), min_size=1, max_size=30)


class GivenGradients:
    """A one-dimensional problem whose gradient at step t is given, whatever the point."""

    dim = 1
    domain = None

    def __init__(self, numbers: list[float]) -> None:
        self.numbers = np.array(numbers)

    def gradient(self, x: Any, t: float) -> Any:
        return x * 0.0 + self.numbers[int(t) - 1].item()

    def value(self, x: Any, t: Any) -> Any:
        return np.zeros(x.shape[1:])


def follow(name: str, numbers: list[float], **hyperparameters: Any) -> Trajectory:
    problem: Any = GivenGradients(numbers)
    return run(name, problem, 0.0, len(numbers), hyperparameters)


# --- properties ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["adam", "amsgrad", "adamax", "nadam", "yogi", "adopt", "adan"])
@given(numbers=gradients, exponent=st.integers(-20, 20))
def test_without_eps_the_scale_of_the_gradient_is_nothing(name: str, numbers: list[float], exponent: int) -> None:
    zeroed = {"eps": 0} | ({"initial_accumulator": 0} if name == "yogi" else {})
    scaled = [number * 2.0**exponent for number in numbers]  # a power of two: exact
    np.testing.assert_array_equal(follow(name, numbers, **zeroed).x, follow(name, scaled, **zeroed).x)


@pytest.mark.parametrize("form", ["none", "first_moment", "before_max"])
@given(numbers=gradients, beta1=st.floats(0, 0.99), beta2=st.floats(0, 0.9999))
def test_amsgrads_rate_never_rises(form: str, numbers: list[float], beta1: float, beta2: float) -> None:
    # not so after_max: there the correction is undone after the maximum, as in PyTorch
    path = follow("amsgrad", numbers, beta1=beta1, beta2=beta2, bias_correction=form)
    assert path.effective_lr is not None
    assert (np.diff(path.effective_lr, axis=0) <= 0).all()


@given(numbers=gradients)
def test_adams_first_step_is_lr(numbers: list[float]) -> None:
    path = follow("adam", numbers, eps=0, lr=0.5)
    assert abs(path.x[1, 0]) == pytest.approx(0.5, rel=1e-12)


@THIRD
@given(numbers=gradients)
def test_a_mirrored_gradient_mirrors_the_path(rule: Rule, numbers: list[float]) -> None:
    centred = {"initial_accumulator": 0} if rule.name == "yogi" else {}  # Yogi's first moment starts off centre
    path = follow(rule.name, numbers, **centred).x
    mirrored = follow(rule.name, [-number for number in numbers], **centred).x
    np.testing.assert_array_equal(path, -mirrored)


@ALL
def test_a_rate_of_zero_stays_at_the_start(rule: Rule) -> None:
    still: Any = {"lr": 0}
    if rule.name in {"lookahead", "sam"}:
        still = {"base": {"adam": {"lr": 0}}}
    elif rule.name == "rprop":
        still = {"lr": 0, "step_min": 0}
    elif rule.name in {"adabound", "amsbound"}:
        still = {"lr": 0, "final_lr": 0}
    path = run(rule, QUADRATIC, [1.0, 0.5], 20, still)
    np.testing.assert_array_equal(path.x, np.broadcast_to([1.0, 0.5], (21, 2)))


@ALL
def test_a_step_of_a_rule_leaves_its_arguments_alone(rule: Rule) -> None:
    problem = from_catalogue("rosenbrock")
    start = np.array([[-1.0, 0.5], [1.0, -0.5]])
    before = start.copy()
    run(rule, problem, start, 5, {})
    np.testing.assert_array_equal(start, before)


# --- batches ------------------------------------------------------------------------------------------


def varied(rule: Rule, count: int) -> dict[str, Any]:
    """Every number of the rule as a batch of values below its default, all within bounds."""
    shrink = np.linspace(1.0, 0.9, count)
    return {
        name: (1.0 + parameter.default * shrink) if name == "eta_plus" else parameter.default * shrink
        for name, parameter in rule.parameters.items()
        if parameter.bounds and not parameter.integer and parameter.default and np.isfinite(parameter.default)
    }


def one_of(batch: dict[str, Any], index: int) -> dict[str, Any]:
    return {name: values[index].item() for name, values in batch.items()}


def assert_is_one_of(single: Trajectory, batch: Trajectory, place: tuple[int, ...]) -> None:
    """Bit for bit; a single run may be cut where it diverged, a batch never is."""
    kept, behind = single.steps, (slice(None), *place)
    np.testing.assert_array_equal(batch.x[: kept + 1, *behind], single.x)
    np.testing.assert_array_equal(batch.f[: kept + 1, *place], single.f)
    for name, column in single.state.items():
        np.testing.assert_array_equal(batch.state[name][:kept, *behind], column)


@THIRD
@pytest.mark.parametrize("dim", [1, 2])
def test_a_batch_of_settings_is_its_single_runs_to_the_last_bit(rule: Rule, dim: int) -> None:
    start = [2.0, -1.0][:dim]
    batch = varied(rule, 3)
    together = run(rule, LANDSCAPES[dim], start, 40, batch)
    for index in range(3):
        assert_is_one_of(run(rule, LANDSCAPES[dim], start, 40, one_of(batch, index)), together, (index,))


@THIRD
@pytest.mark.parametrize("dim", [1, 2])
def test_a_batch_of_starts_is_its_single_runs_to_the_last_bit(rule: Rule, dim: int) -> None:
    starts = np.random.default_rng(0).uniform(-2, 2, (dim, 2, 3))
    together = run(rule, LANDSCAPES[dim], starts, 40, {})
    for place in np.ndindex(2, 3):
        assert_is_one_of(run(rule, LANDSCAPES[dim], starts[:, *place], 40, {}), together, place)


@pytest.mark.parametrize("outer", ["lookahead", "sam"])
def test_a_batch_may_vary_the_base(outer: str) -> None:
    rates = np.array([0.1, 0.01])
    together = run(outer, QUADRATIC, [1.0, 0.0], 20, {"base": {"adam": {"lr": rates}}})
    assert together.lr.shape == (20, 2)
    for index, rate in enumerate(rates.tolist()):
        alone = run(outer, QUADRATIC, [1.0, 0.0], 20, {"base": {"adam": {"lr": rate}}})
        assert_is_one_of(alone, together, (index,))


# --- the exported rate --------------------------------------------------------------------------------


def hat(average: Any, beta: float, t: Any) -> Any:
    return average / (1 - beta**t)


# what the exported rate multiplies, in the step x <- x - rate * this
FRONTED: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "sgd": lambda h, t, s, g: g,
    "momentum": lambda h, t, s, g: s["b"],
    "nesterov": lambda h, t, s, g: g + h.momentum * s["b"],
    "adagrad": lambda h, t, s, g: g,
    "rmsprop": lambda h, t, s, g: g,
    "adadelta": lambda h, t, s, g: g,
    "adam": lambda h, t, s, g: hat(s["m"], h.beta1, t),
    "amsgrad": lambda h, t, s, g: hat(s["m"], h.beta1, t),
    "adamax": lambda h, t, s, g: hat(s["m"], h.beta1, t),
    "radam": lambda h, t, s, g: hat(s["m"], h.beta1, t),
    "adabound": lambda h, t, s, g: s["m"],
    "amsbound": lambda h, t, s, g: s["m"],
    "adabelief": lambda h, t, s, g: hat(s["m"], h.beta1, t),
    "yogi": lambda h, t, s, g: hat(s["m"], h.beta1, t),
    "adan": lambda h, t, s, g: hat(s["m"], h.beta1, t) + h.beta2 * hat(s["v"], h.beta2, t),
    "qhadam": lambda h, t, s, g: (1 - h.nu1) * g + h.nu1 * hat(s["m"], h.beta1, t),
    "ademamix": lambda h, t, s, g: hat(s["m1"], h.beta1, t) + h.alpha * s["m2"],
    "lamb": lambda h, t, s, g: hat(s["m"], h.beta1, t),
    "nadam": lambda h, t, s, g: h.beta1 * hat(s["m"], h.beta1, t + 1) + (1 - h.beta1) * hat(g, h.beta1, t),
}
# decay moves x beside the rate; nadamax shares nadam's numerator; sam's gradient is taken elsewhere
NOT_ALONE = {"adamw", "amsgradw", "nadamax", "sam"}


@pytest.mark.parametrize("name", FRONTED)
@pytest.mark.parametrize("problem", [QUADRATIC, from_formula("x**4 - x", minima=[])], ids=["2-D", "1-D"])
def test_the_exported_rate_is_the_factor_of_the_step(name: str, problem: Any) -> None:
    path = run(name, problem, [1.0, 0.5][: problem.dim], 30, {})
    h = SimpleNamespace(**bind(OPTIMIZERS[name], {}, 30).hyperparameters)
    t = np.arange(1, 31).reshape(-1, 1)
    front = FRONTED[name](h, t, path.state, path.gradient)
    np.testing.assert_allclose(np.diff(path.x, axis=0), -path.effective_lr * front, rtol=1e-7, atol=1e-15)


def test_every_rate_is_checked() -> None:
    assert set(FRONTED) | NOT_ALONE == {name for name, rule in OPTIMIZERS.items() if rule.effective_lr}


def test_rules_without_a_factor_export_none() -> None:
    assert run("lion", QUADRATIC, [1, 0], 5, {}).effective_lr is None
    assert run("sam", QUADRATIC, [1, 0], 5, {"base": "lion"}).effective_lr is None


# --- a rule that no library's records are at hand for -------------------------------------------------


def test_amsbound_is_adabound_on_the_largest_second_moment() -> None:
    numbers = [10.0 if t % 10 == 0 else 0.1 for t in range(50)]
    given_rates = {"lr": 0.01, "gamma": 0.05}
    path = follow("amsbound", numbers, **given_rates)
    h = SimpleNamespace(**bind(OPTIMIZERS["amsbound"], given_rates, 50).hyperparameters)
    x, m, v, v_max = 0.0, 0.0, 0.0, 0.0
    for t, g in enumerate(numbers, 1):
        m = h.beta1 * m + (1 - h.beta1) * g
        v = h.beta2 * v + (1 - h.beta2) * g**2
        v_max = max(v_max, v)
        rate = h.lr * (1 - h.beta2**t) ** 0.5 / (1 - h.beta1**t) / (v_max**0.5 + h.eps)
        bounds = h.final_lr * (1 - 1 / (h.gamma * t + 1)), h.final_lr * (1 + 1 / (h.gamma * t))
        x -= min(max(rate, bounds[0]), bounds[1]) * m
        assert path.x[t, 0] == pytest.approx(x, abs=1e-13)


def test_lookahead_returns_to_its_slow_point_every_k_steps() -> None:
    fast = run("sgd", QUADRATIC, [1.0, 0.5], 3, {"lr": 0.1}).x
    path = run("lookahead", QUADRATIC, [1.0, 0.5], 3, {"base": {"sgd": {"lr": 0.1}}, "k": 3, "alpha": 0.5})
    np.testing.assert_array_equal(path.x[:3], fast[:3])
    np.testing.assert_allclose(path.x[3], (fast[0] + fast[3]) / 2, rtol=1e-15)


def test_sam_at_a_stationary_point_stays() -> None:
    path = run("sam", QUADRATIC, [2.0, -1.0], 3, {})
    np.testing.assert_array_equal(path.x, np.broadcast_to([2.0, -1.0], (4, 2)))


# --- at their corners ---------------------------------------------------------------------------------


def test_prodigy_without_a_first_moment_scales_the_gradient_by_the_new_estimate() -> None:
    settings = {"lr": 2, "beta1": 0, "beta2": 0.5, "d0": 0.001, "d_coef": 1.6}
    path = run("prodigy", from_formula("x**4 - 2*x**2 + 0.5*x", minima=[]), -1.66, 2, settings)
    assert path.x[2, 0] == pytest.approx(-1.651083, abs=5e-7)  # prodigyopt's own


@pytest.mark.parametrize("dim", [1, 2])
def test_prodigy_at_a_rate_of_zero_changes_nothing(dim: int) -> None:
    start, settings = [0.9, 0.4][:dim], {"d0": 0.1, "growth_rate": 1.5, "weight_decay": 0.1}
    late = run("prodigy", LANDSCAPES[dim], start, 23, {"lr": "where(t > 3, 1, 0)", **settings})
    soon = run("prodigy", LANDSCAPES[dim], start, 20, settings)
    np.testing.assert_array_equal(late.x[3:], soon.x)
    np.testing.assert_array_equal(late.state["v"][3:], soon.state["v"])


def test_prodigy_without_a_gradient_stands_still() -> None:
    flat = from_formula("x**2 + y**2", minima=[])
    path = run("prodigy", flat, [0.0, 0.0], 5, {"weight_decay": 0.1, "eps": 0})
    np.testing.assert_array_equal(path.x, np.zeros((6, 2)))
    waiting = run("prodigy", from_formula("where(t < 4, 0, x)", minima=[]), 1.0, 5, {"weight_decay": 0.1, "d0": 0.1})
    assert waiting.x[:4].ravel().tolist() == [1.0] * 4
    assert waiting.x[4, 0] < 1


@pytest.mark.parametrize("dim", [1, 2])
def test_without_momentum_nothing_is_damped(dim: int) -> None:
    plain = run("sgd", LANDSCAPES[dim], [0.5, 0.1][:dim], 20, {"lr": 0.01})
    damped = run("momentum", LANDSCAPES[dim], [0.5, 0.1][:dim], 20, {"lr": 0.01, "momentum": 0, "dampening": 1})
    np.testing.assert_array_equal(damped.x, plain.x)
    batch = run("momentum", LANDSCAPES[dim], [0.5, 0.1][:dim], 20, {"momentum": np.array([0, 0.9]), "dampening": 1})
    np.testing.assert_array_equal(batch.x[..., 0], run("sgd", LANDSCAPES[dim], [0.5, 0.1][:dim], 20, {}).x)


@pytest.mark.parametrize(
    ("name", "same"),
    [("adam", "adamw"), ("amsgrad", "amsgradw")],
)
def test_decoupled_decay_is_that_of_the_rule_named_after_it(name: str, same: str) -> None:
    decay = {"lr": 0.1, "weight_decay": 0.3}
    ours = run(name, QUADRATIC, [1.0, 0.5], 30, {**decay, "decoupled": True})
    np.testing.assert_array_equal(ours.x, run(same, QUADRATIC, [1.0, 0.5], 30, decay).x)
    assert not np.array_equal(ours.x, run(name, QUADRATIC, [1.0, 0.5], 30, decay).x)


def test_the_options_stand_on_the_rules_that_have_them() -> None:
    having = {
        option: {name for name, rule in OPTIMIZERS.items() if option in rule.parameters}
        for option in ("decoupled", "eps_root", "nesterov")
    }
    assert having == {
        "decoupled": {"sgd", "momentum", "nesterov", "adadelta", "adam", "adamax", "nadam", "amsgrad"},
        "eps_root": {"adam", "adamw", "amsgrad", "adabelief"},
        "nesterov": {"rmsprop"},
    }


def test_wrappers_take_their_numbers_up_to_their_true_bounds() -> None:
    fast = run("adam", QUADRATIC, [1.0, 0.5], 12, {"lr": 0.1}).x
    ahead = run("lookahead", QUADRATIC, [1.0, 0.5], 12, {"base": {"adam": {"lr": 0.1}}, "alpha": 1}).x
    np.testing.assert_allclose(ahead, fast, rtol=1e-14)
    with pytest.raises(OptvizError, match=r"alpha: must be in \(0, 1\], got 0"):
        bind(OPTIMIZERS["lookahead"], {"alpha": 0}, 1)
    assert bind(OPTIMIZERS["sam"], {"rho": 1000}, 1).hyperparameters["rho"] == 1000
    with pytest.raises(OptvizError, match="rho: must be >= 0, got -1"):
        bind(OPTIMIZERS["sam"], {"rho": -1}, 1)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adam", "amsgrad", "adamax", "nadam", "radam"])
def test_rules_that_move_by_lr_on_the_first_unit_gradient_say_so(name: str) -> None:
    path = follow(name, [1.0, 1.0], lr=0.5)
    assert path.effective_lr is not None
    assert path.effective_lr[0, 0] == pytest.approx(0.5, rel=1e-6)


def test_adabounds_rate_is_the_one_that_its_bounds_hold() -> None:
    path = follow("adabound", [1e-6, 1e6, 1.0], lr=1.0, gamma=1.0)
    t = np.arange(1, 4)
    assert path.effective_lr is not None
    low, high = 0.1 * (1 - 1 / (t + 1)), 0.1 * (1 + 1 / t)
    assert ((low <= path.effective_lr[:, 0]) & (path.effective_lr[:, 0] <= high)).all()
