"""Adan: Nesterov momentum from differences of gradients."""

from __future__ import annotations

from optviz.formula.arithmetic import sqrt
from optviz.optimizers.algebra import bias, ema, hat, is_zero
from optviz.optimizers.parameters import NON_NEGATIVE, Parameter, epsilon, learning_rate, memory
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _adan(h: H, t: int, grad: Grad, x: X, m: X, v: X, n: X, g_prev: X) -> State:
    """g ← ∇f(x)
    d ← g − g_prev,  at t = 1: d ← 0
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)d
    n ← β₃n + (1−β₃)(g + β₂d)²
    x ← (x − η(m̂ + β₂v̂) / (√n̂ + ε)) / (1 + ηλ)
    g_prev ← g
    """
    # the paper weighs by 1 − β, with β near 0; the authors' code, and so this, by β
    g = grad(x)
    d = g - g_prev if t > 1 else 0.0 * g
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, d)
    corrected = g + h.beta2 * d
    n = ema(h.beta3, n, corrected * corrected)
    x = x - _rate(h, t, n) * (hat(m, h.beta1, t) + h.beta2 * hat(v, h.beta2, t))
    return x if is_zero(h.weight_decay) else x / (1 + h.lr * h.weight_decay), m, v, n, g


def _rate(h: H, t: X, n: X, **_: X) -> X:
    return h.lr / (sqrt(n) / sqrt(bias(h.beta3, t)) + h.eps)


ADAN = Rule(
    name="adan",
    label="Adan",
    step=_adan,
    parameters={
        "lr": learning_rate(0.001),
        "beta1": memory(0.98, "the gradient"),
        "beta2": memory(0.92, "the gradient's difference"),
        "beta3": memory(0.99, "the squared corrected gradient"),
        "eps": epsilon(1e-8),
        "weight_decay": Parameter(0.0, "proximal: x is divided by 1 + lr weight_decay after the step", NON_NEGATIVE),
    },
    effective_lr=_rate,
    source="Xie et al., IEEE TPAMI 2024, arXiv:2208.06677, Algorithm 1 and the authors' code",
    equals=("pytorch_optimizer.Adan", "sail-sg/Adan"),
    differs="optax weighs the difference by 1 - beta2, against the official code; lucidrains' skips step 1.",
)
