"""RAdam: Adam whose adaptive rate is rectified while its variance is not yet known."""

from __future__ import annotations

from optviz.formula.arithmetic import python_power, sqrt, where
from optviz.optimizers.algebra import bias, coupled, ema, hat
from optviz.optimizers.parameters import L2_DECAY, MOMENTS
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _radam(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x) + λx
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    ρ∞ = 2/(1−β₂) − 1,  ρ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ)
    r = √((ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ))
    ρ > 5: x ← x − η r √(1−β₂ᵗ) m̂ / (√v + ε)
    ρ ≤ 5: x ← x − η m̂
    """
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    return x - _rate(h, t, v) * hat(m, h.beta1, t), m, v


def _rate(h: H, t: X, v: X, **_: X) -> X:
    # the paper's threshold is 4; PyTorch's 5 keeps clear of the root's pole. ε stands beside the uncorrected root
    rho_inf = 2 / (1 - h.beta2) - 1
    rho = rho_inf - 2 * t * python_power(h.beta2, t) / bias(h.beta2, t)
    rectified = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
    adaptive = sqrt(rectified) * sqrt(bias(h.beta2, t)) / (sqrt(v) + h.eps)
    return h.lr * where(rho > 5, adaptive, 1.0)


RADAM = Rule(
    name="radam",
    label="RAdam",
    step=_radam,
    parameters={**MOMENTS, "weight_decay": L2_DECAY},
    effective_lr=_rate,
    source="Liu et al., ICLR 2020, arXiv:1908.03265, Algorithm 2",
    equals=("torch.optim.RAdam",),
    differs="optax adds eps to the corrected root; kozistr's RAdam stands still while rho_t < 5.",
)
