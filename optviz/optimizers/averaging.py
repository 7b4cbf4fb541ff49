"""Numerators mixed from several averages: QHAdam, AdEMAMix."""

from __future__ import annotations

from optviz.formula.arithmetic import sqrt
from optviz.optimizers.algebra import coupled, decayed, ema, hat
from optviz.optimizers.parameters import (
    CLOSED_UNIT,
    L2_DECAY,
    MOMENTS,
    NON_NEGATIVE,
    Parameter,
    decoupled_decay,
    memory,
)
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _qhadam(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x) + λx
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    x ← x − η((1−ν₁)g + ν₁m̂) / (√((1−ν₂)g² + ν₂v̂) + ε)
    """
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    mixed = (1 - h.nu1) * g + h.nu1 * hat(m, h.beta1, t)
    return x - h.lr * (mixed / _qhadam_root(h, t, g, v)), m, v


def _qhadam_root(h: H, t: X, g: X, v: X) -> X:
    return sqrt((1 - h.nu2) * (g * g) + h.nu2 * hat(v, h.beta2, t)) + h.eps


def _qhadam_rate(h: H, t: X, x: X, g: X, v: X, **_: X) -> X:
    return h.lr / _qhadam_root(h, t, coupled(h, g, x), v)


QHADAM = Rule(
    name="qhadam",
    label="QHAdam",
    step=_qhadam,
    parameters={
        **MOMENTS,
        "beta1": memory(0.995, "the gradient (first moment)"),
        "nu1": Parameter(0.7, "share of the average in the numerator, the rest is the gradient", CLOSED_UNIT),
        "nu2": Parameter(1.0, "share of the average in the denominator", CLOSED_UNIT),
        "weight_decay": L2_DECAY,
    },
    effective_lr=_qhadam_rate,
    source="Ma & Yarats, ICLR 2019, arXiv:1810.06801",
    equals=("qhoptim.pyt.QHAdam", "torch_optimizer.QHAdam"),
    differs="kozistr's QHAdam keeps its weights in single precision.",
)


def _ademamix(h: H, t: int, grad: Grad, x: X, m1: X, m2: X, v: X) -> State:
    """g ← ∇f(x)
    m1 ← β₁m1 + (1−β₁)g
    m2 ← β₃m2 + (1−β₃)g
    v ← β₂v + (1−β₂)g²
    x ← (1−ηλ)x − η(m̂1 + αm2) / (√v̂ + ε)

    The slow average m2 stays uncorrected.
    """
    g = grad(x)
    m1 = ema(h.beta1, m1, g)
    m2 = ema(h.beta3, m2, g)
    v = ema(h.beta2, v, g * g)
    return decayed(h, x) - _ademamix_rate(h, t, v) * (hat(m1, h.beta1, t) + h.alpha * m2), m1, m2, v


def _ademamix_rate(h: H, t: X, v: X, **_: X) -> X:
    return h.lr / (sqrt(hat(v, h.beta2, t)) + h.eps)


ADEMAMIX = Rule(
    name="ademamix",
    label="AdEMAMix",
    step=_ademamix,
    parameters={
        **MOMENTS,
        "beta3": memory(0.9999, "the gradient, slowly"),
        "alpha": Parameter(5.0, "weight of the slow average", NON_NEGATIVE),
        "weight_decay": decoupled_decay(0.0),
    },
    effective_lr=_ademamix_rate,
    source="Pagliardini, Ablin & Grangier, ICLR 2025, arXiv:2409.03137, Algorithm 1",
    equals=("optax.contrib.ademamix", "pytorch_optimizer.AdEMAMix (weight_decay 0)"),
    differs="alpha and beta3 are constant unless given as schedules; the paper warms both up.",
)
