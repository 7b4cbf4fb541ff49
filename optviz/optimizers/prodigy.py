"""Prodigy: Adam that estimates its learning rate from the distance to the solution."""

from __future__ import annotations

from optviz.formula.arithmetic import Condition, maximum, minimum, sqrt, where
from optviz.optimizers.algebra import bias, dot, is_zero, norm1
from optviz.optimizers.parameters import MOMENTS, NON_NEGATIVE, POSITIVE, UNIT, Interval, Parameter, decoupled_decay
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _prodigy(h: H, t: int, grad: Grad, x: X, m: X, v: X, s: X, x0: X, total: X, d: X, d_max: X) -> State:
    """g ← ∇f(x)
    r ← dη,  bias_correction: r ← dη √(1−β₂ᵗ)/(1−β₁ᵗ)
    total ← β₃ total + d/d₀ · r ⟨g, x0 − x⟩
    s ← β₃s + d/d₀ · r g
    m ← β₁m + (1−β₁)d g
    v ← β₂v + (1−β₂)d²g²
    D ← d_coef total / ‖s‖₁,  where d = d₀: d ← max(d, D)
    d_max ← max(d_max, D)
    d ← min(d_max, growth_rate d)
    x ← (1−λr)x − r m / (√v + dε),  where β₁ = 0: d g for m

    Where η is 0, or no gradient has been other than 0 yet, nothing changes.
    """
    g = grad(x)
    beta3 = sqrt(h.beta2) if h.beta3 is None else h.beta3
    rate = d * h.lr * (sqrt(bias(h.beta2, t)) / bias(h.beta1, t) if h.bias_correction else 1.0)
    goes = h.lr > 0
    total = where(goes, beta3 * total + d / h.d0 * rate * dot(g, x0 - x), total)
    s = where(goes, beta3 * s + d / h.d0 * rate * g, s)
    m = where(goes, h.beta1 * m + d * (1 - h.beta1) * g, m)
    v = where(goes, h.beta2 * v + d * d * (1 - h.beta2) * (g * g), v)
    length = norm1(s)
    goes = goes & (length > 0)  # before any gradient there is nothing to estimate from
    d, d_max = _distance(h, goes, d, d_max, total, length)
    direction = where(h.beta1 == 0, d * g, m)  # the package keeps no average then, and scales by the new d
    step = where(goes, rate * (direction / (sqrt(v) + d * h.eps)), 0.0)
    x = x if is_zero(h.weight_decay) else x * (1 - h.weight_decay * where(goes, rate, 0.0))
    return x - step, m, v, s, x0, total, d, d_max


def _distance(h: H, goes: Condition, d: X, d_max: X, total: X, length: X) -> tuple[X, X]:
    """Return the estimated distance to the solution, and the largest estimate so far."""
    estimate = h.d_coef * total / where(goes, length, 1.0)
    # the package's own rule, not the paper's: at its first value d itself may jump to the estimate
    jumped = where(d == h.d0, maximum(d, estimate), d)
    largest = maximum(d_max, estimate)
    return where(goes, minimum(largest, jumped * h.growth_rate), d), where(goes, largest, d_max)


PRODIGY = Rule(
    name="prodigy",
    label="Prodigy",
    step=_prodigy,
    parameters={
        **MOMENTS,
        "lr": Parameter(1.0, "factor on the estimated rate", NON_NEGATIVE),
        "beta3": Parameter(None, "memory of the estimate; none: sqrt(beta2)", UNIT, optional=True),
        "d0": Parameter(1e-6, "first estimate of the distance", POSITIVE),
        "d_coef": Parameter(1.0, "factor on every estimate", POSITIVE),
        "growth_rate": Parameter(float("inf"), "most the estimate may grow by in a step", Interval(1, infinite=True)),
        "bias_correction": Parameter(False, "multiply the rate by sqrt(1 - beta2^t) / (1 - beta1^t)"),
        "weight_decay": decoupled_decay(0.0),
    },
    starts={"x0": "x", "d": "d0", "d_max": "d0"},
    internal=("total", "d", "d_max"),
    kept_if={"m": "beta1"},
    coordinatewise=False,
    source="Mishchenko & Defazio, ICML 2024, arXiv:2306.06101, its Adam version as in the authors' package",
    equals=("prodigyopt.Prodigy",),
    differs="At the first estimate d0 the package lets d jump to what it finds, before growth_rate holds; without a "
    "first moment (beta1 0) it scales the gradient by the new d. optax always corrects the bias, has no growth_rate, "
    "and neither of these two.",
)
