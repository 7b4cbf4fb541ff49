"""AdaBound and AMSBound: Adam's rate clipped between bounds that close in on SGD's."""

from __future__ import annotations

from optviz.formula.arithmetic import maximum, minimum, sqrt
from optviz.optimizers.algebra import bias, coupled, ema
from optviz.optimizers.parameters import L2_DECAY, MOMENTS, NON_NEGATIVE, POSITIVE, Parameter
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _clipped_rate(h: H, t: X, v: X) -> X:
    # as in the authors' code the rate carries the bias correction and is not divided by √t
    rate = h.lr * sqrt(bias(h.beta2, t)) / bias(h.beta1, t) / (sqrt(v) + h.eps)
    low = h.final_lr * (1 - 1 / (h.gamma * t + 1))
    high = h.final_lr * (1 + 1 / (h.gamma * t))
    return minimum(maximum(rate, low), high)


def _adabound(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x) + λx
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    low = final_lr (1 − 1/(γt + 1)),  high = final_lr (1 + 1/(γt))
    x ← x − clip(η √(1−β₂ᵗ) / (1−β₁ᵗ) / (√v + ε), low, high) m
    """
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    return x - _clipped_rate(h, t, v) * m, m, v


def _adabound_rate(h: H, t: X, v: X, **_: X) -> X:
    return _clipped_rate(h, t, v)


_PARAMETERS = {
    "lr": MOMENTS["lr"],
    "final_lr": Parameter(0.1, "the rate that both bounds approach", NON_NEGATIVE),
    "gamma": Parameter(0.001, "how fast the bounds close", POSITIVE),
    "beta1": MOMENTS["beta1"],
    "beta2": MOMENTS["beta2"],
    "eps": MOMENTS["eps"],
    "weight_decay": L2_DECAY,
}

ADABOUND = Rule(
    name="adabound",
    label="AdaBound",
    step=_adabound,
    parameters=_PARAMETERS,
    effective_lr=_adabound_rate,
    source="Luo et al., ICLR 2019, arXiv:1902.09843, Algorithm 2 and the authors' code",
    equals=("adabound.AdaBound", "torch_optimizer.AdaBound"),
    differs="The paper divides the rate by sqrt(t) and corrects no bias; the authors' code, and so this, has the "
    "correction and no sqrt(t).",
)


def _amsbound(h: H, t: int, grad: Grad, x: X, m: X, v: X, vmax: X) -> State:
    """g ← ∇f(x) + λx
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    vmax ← max(vmax, v)
    low = final_lr (1 − 1/(γt + 1)),  high = final_lr (1 + 1/(γt))
    x ← x − clip(η √(1−β₂ᵗ) / (1−β₁ᵗ) / (√vmax + ε), low, high) m
    """
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    vmax = maximum(vmax, v)
    return x - _clipped_rate(h, t, vmax) * m, m, v, vmax


def _amsbound_rate(h: H, t: X, vmax: X, **_: X) -> X:
    return _clipped_rate(h, t, vmax)


AMSBOUND = Rule(
    name="amsbound",
    label="AMSBound",
    step=_amsbound,
    parameters=_PARAMETERS,
    effective_lr=_amsbound_rate,
    source="Luo et al., ICLR 2019, arXiv:1902.09843, Algorithm 3 and the authors' code",
    equals=("adabound.AdaBound(amsbound)",),
    differs="See adabound.",
)
