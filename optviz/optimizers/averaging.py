"""Numerators mixed from several averages: QHAdam, AdEMAMix."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import sqrt
from optviz.optimizers.adam import FIRST, HATS, MOMENTS, SECOND
from optviz.optimizers.algebra import bias, coupled, ema, remember, shrunk
from optviz.optimizers.rule import (
    CLOSED_UNIT,
    NON_NEGATIVE,
    Grad,
    H,
    Parameter,
    Rule,
    State,
    T,
    X,
    decoupled_decay,
    l2_decay,
    memory,
)


def _qhadam(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """x <- x - lr ((1 - nu1) g + nu1 m^) / (sqrt((1 - nu2) g^2 + nu2 v^) + eps)   (Ma & Yarats 2019, eqs. 20-22)"""
    m, v = state
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    mixed = (1 - h.nu1) * g + h.nu1 * (m / bias(h.beta1, t))
    return x - h.lr * (mixed / _qhadam_denominator(h, t, v, g)), (m, v)


def _qhadam_denominator(h: H, t: T, v: X, g: X) -> X:
    return sqrt((1 - h.nu2) * (g * g) + h.nu2 * (v / bias(h.beta2, t))) + h.eps


def _qhadam_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / _qhadam_denominator(h, t, state["v"], coupled(h, state["g"], state["x"]))


QHADAM = Rule(
    name="qhadam",
    label="QHAdam",
    parameters={
        **MOMENTS,
        "beta1": memory(0.995, "the gradient (first moment)"),
        "nu1": Parameter(0.7, "share of the average in the numerator, the rest is the gradient", CLOSED_UNIT),
        "nu2": Parameter(1.0, "share of the average in the denominator", CLOSED_UNIT),
        "weight_decay": l2_decay(),
    },
    step=_qhadam,
    init=remember(2),
    state=("m", "v"),
    effective_lr=_qhadam_rate,
    equations=(
        FIRST,
        SECOND,
        HATS,
        r"x_t = x_{t-1} - \eta\, \frac{(1 - \nu_1)\, g_t + \nu_1 \hat{m}_t}"
        r"{\sqrt{(1 - \nu_2)\, g_t^2 + \nu_2 \hat{v}_t} + \epsilon}",
    ),
    source="Ma & Yarats, ICLR 2019, arXiv:1810.06801, section 4.1",
    equals=("qhoptim.pyt.QHAdam", "torch_optimizer.QHAdam"),
    differs="kozistr's QHAdam keeps its weights in single precision.",
)


def _ademamix(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """x <- x (1 - lr weight_decay) - lr (m1^ + alpha m2) / (sqrt(v^) + eps)   (Pagliardini et al. 2024, Algorithm 1)"""
    m1, m2, v = state
    g = grad(x)
    m1 = ema(h.beta1, m1, g)
    m2 = ema(h.beta3, m2, g)  # the slow average stays uncorrected
    v = ema(h.beta2, v, g * g)
    mixed = m1 / bias(h.beta1, t) + h.alpha * m2
    return shrunk(h, x) - _ademamix_rate(h, t, {"v": v}) * mixed, (m1, m2, v)


def _ademamix_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / (sqrt(state["v"] / bias(h.beta2, t)) + h.eps)


ADEMAMIX = Rule(
    name="ademamix",
    label="AdEMAMix",
    parameters={
        **MOMENTS,
        "beta3": memory(0.9999, "the gradient, slowly"),
        "alpha": Parameter(5.0, "weight of the slow average", NON_NEGATIVE),
        "weight_decay": decoupled_decay(0.0),
    },
    step=_ademamix,
    init=remember(3),
    state=("m1", "m2", "v"),
    effective_lr=_ademamix_rate,
    equations=(
        r"m_{1,t} = \beta_1 m_{1,t-1} + (1 - \beta_1)\, g_t, \quad m_{2,t} = \beta_3 m_{2,t-1} + (1 - \beta_3)\, g_t",
        SECOND,
        r"x_t = (1 - \eta\, \lambda)\, x_{t-1} - \eta\, \frac{\hat{m}_{1,t} + \alpha\, m_{2,t}}"
        r"{\sqrt{\hat{v}_t} + \epsilon}",
    ),
    source="Pagliardini, Ablin & Grangier, ICLR 2025, arXiv:2409.03137, Algorithm 1",
    equals=("optax.contrib.ademamix",),
    differs="alpha and beta3 are constant unless given as schedules; the paper warms both up.",
)
