"""Nesterov momentum inside Adam and Adamax: NAdam, NAdaMax."""

from __future__ import annotations

from optviz.formula.arithmetic import absolute, maximum, python_power, sqrt
from optviz.optimizers.algebra import bias, ema, hat, with_decay
from optviz.optimizers.parameters import DECOUPLED, L2_DECAY, MOMENTS, NON_NEGATIVE, Parameter, learning_rate, memory
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _mu(h: H, t: X) -> X:
    """μₜ = β₁(1 − ½·0.96^(tδ)), Dozat's warm-up of the momentum."""
    return h.beta1 * (1 - 0.5 * python_power(0.96, t * h.momentum_decay))


def _look_ahead(h: H, t: int, g: X, m: X, P: X) -> State:
    """Return the momentum one step ahead, m̃, and the product P = μ₁μ₂⋯μₜ."""
    if h.momentum_decay is None:
        return h.beta1 * m / bias(h.beta1, t + 1) + (1 - h.beta1) * g / bias(h.beta1, t), P
    mu, mu_next = _mu(h, t), _mu(h, t + 1)
    P = P * mu
    return mu_next * m / (1 - P * mu_next) + (1 - mu) * g / (1 - P), P


def _nadam(h: H, t: int, grad: Grad, x: X, m: X, v: X, P: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    momentum_decay none: m̃ = β₁m/(1−β₁ᵗ⁺¹) + (1−β₁)g/(1−β₁ᵗ)
    momentum_decay δ: μₜ = β₁(1 − ½·0.96^(tδ)),  P ← Pμₜ,
      m̃ = μₜ₊₁m/(1−Pμₜ₊₁) + (1−μₜ)g/(1−P)
    x ← x − η m̃ / (√v̂ + ε)
    """
    # the paper also multiplies v̂ by β₂; no library does, and neither is it done here
    g, x = with_decay(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    m_tilde, P = _look_ahead(h, t, g, m, P)
    return x - h.lr * (m_tilde / _nadam_root(h, t, v)), m, v, P


def _nadam_root(h: H, t: X, v: X) -> X:
    return sqrt(hat(v, h.beta2, t)) + h.eps


def _nadam_rate(h: H, t: X, v: X, **_: X) -> X:
    return h.lr / _nadam_root(h, t, v)


NADAM = Rule(
    name="nadam",
    label="NAdam",
    step=_nadam,
    parameters={
        **MOMENTS,
        "lr": learning_rate(0.002),
        "momentum_decay": Parameter(
            None, "speed of the momentum's warm-up; none: constant momentum", NON_NEGATIVE, optional=True
        ),
        "weight_decay": L2_DECAY,
        "decoupled": DECOUPLED,
    },
    starts={"P": 1.0},
    internal=("P",),
    effective_lr=_nadam_rate,
    source="Dozat, ICLR 2016 workshop, Algorithm 2",
    equals=(
        "optax.nadam, nadamw (decoupled)",
        "torch.optim.NAdam (momentum_decay .004)",
        "keras.optimizers.Nadam (momentum_decay 1)",
    ),
    differs="Three libraries, three momentum_decays; ensmallen also adds eps to the uncorrected root.",
)


def _nadamax(h: H, t: int, grad: Grad, x: X, m: X, u: X, P: X) -> State:
    """g ← ∇f(x)
    m ← β₁m + (1−β₁)g
    u ← max(β₂u, |g|)
    μₜ = β₁(1 − ½·0.96^(tδ)),  P ← Pμₜ
    m̃ = μₜ₊₁m/(1−Pμₜ₊₁) + (1−μₜ)g/(1−P)
    x ← x − η m̃ / (u + ε)
    """
    g = grad(x)
    m = ema(h.beta1, m, g)
    u = maximum(h.beta2 * u, absolute(g))
    m_tilde, P = _look_ahead(h, t, g, m, P)
    return x - h.lr * (m_tilde / (u + h.eps)), m, u, P


def _nadamax_rate(h: H, t: X, u: X, **_: X) -> X:
    return h.lr / (u + h.eps)


NADAMAX = Rule(
    name="nadamax",
    label="NAdaMax",
    step=_nadamax,
    parameters={
        **MOMENTS,
        "lr": learning_rate(0.002),
        "beta2": memory(0.99, "the largest gradient (infinity norm)"),
        "momentum_decay": Parameter(0.004, "speed of the momentum's warm-up", NON_NEGATIVE),
    },
    starts={"P": 1.0},
    internal=("P",),
    effective_lr=_nadamax_rate,
    source="ensmallen's NadaMax, after Dozat, ICLR 2016 workshop, and Adamax",
    equals=("ens::NadaMax",),
    differs="Only ensmallen has it. Its memory beta2 is 0.99 by default, Adamax' 0.999.",
)
