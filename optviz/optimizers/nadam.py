"""Nesterov momentum inside Adam and Adamax: NAdam, NAdaMax."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import absolute, maximum, sqrt
from optviz.optimizers.algebra import bias, coupled, ema, power, zeros
from optviz.optimizers.rule import (
    NON_NEGATIVE,
    Grad,
    H,
    Parameter,
    Rule,
    State,
    T,
    X,
    epsilon,
    l2_decay,
    learning_rate,
    memory,
)


def _mu(h: H, t: T) -> X:
    """mu_t = beta1 (1 - 0.5 * 0.96^(t momentum_decay)), Dozat's warm-up of the momentum."""
    return h.beta1 * (1 - 0.5 * power(0.96, t * h.momentum_decay))


def _scheduled(h: H, m: X, g: X, t: T, product: X) -> tuple[X, X]:
    """m~ = mu_(t+1) m / (1 - P_t mu_(t+1)) + (1 - mu_t) g / (1 - P_t);  P_t = mu_1 ... mu_t"""
    mu, mu_next = _mu(h, t), _mu(h, t + 1)
    product = product * mu
    return mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product), product


def _constant(h: H, m: X, g: X, t: T, product: X) -> tuple[X, X]:
    """m~ = beta1 m / (1 - beta1^(t+1)) + (1 - beta1) g / (1 - beta1^t)"""
    return h.beta1 * m / bias(h.beta1, t + 1) + (1 - h.beta1) * g / bias(h.beta1, t), product


def _nadam(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  v <- beta2;  x <- x - lr m~ / (sqrt(v^) + eps)   (Dozat 2016, Algorithm 2)"""
    m, v, product = state
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    look_ahead = _constant if h.momentum_decay is None else _scheduled
    m_tilde, product = look_ahead(h, m, g, t, product)
    # the paper also multiplies v^ by beta2; no library does, and neither is it done here
    return x - h.lr * (m_tilde / (sqrt(v / bias(h.beta2, t)) + h.eps)), (m, v, product)


def _nadam_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / (sqrt(state["v"] / bias(h.beta2, t)) + h.eps)


_SCHEDULED_NUMERATOR = (
    r"\mu_t = \beta_1 \left(1 - \frac{1}{2}\, 0.96^{\,t d}\right), \quad P_t = \mu_1 \mu_2 \cdots \mu_t",
    r"\tilde{m}_t = \frac{\mu_{t+1}\, m_t}{1 - P_t\, \mu_{t+1}} + \frac{(1 - \mu_t)\, g_t}{1 - P_t}",
)

NADAM = Rule(
    name="nadam",
    label="NAdam",
    parameters={
        "lr": learning_rate(0.002),
        "beta1": memory(0.9, "the gradient (first moment)"),
        "beta2": memory(0.999, "the squared gradient (second moment)"),
        "eps": epsilon(1e-8),
        "momentum_decay": Parameter(
            None, "d in the momentum's warm-up; none: constant momentum", NON_NEGATIVE, optional=True
        ),
        "weight_decay": l2_decay(),
    },
    step=_nadam,
    init=lambda h, x: (zeros(x), zeros(x), 1.0),  # the last is P_0, the empty product
    state=("m", "v"),
    effective_lr=_nadam_rate,
    equations=(
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t",
        r"v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2",
        r"\mathrm{none:}\quad \tilde{m}_t ="
        r"\frac{\beta_1 m_t}{1 - \beta_1^{t+1}} + \frac{(1 - \beta_1)\, g_t}{1 - \beta_1^t}",
        r"\mathrm{a\ number}\ d:\quad " + _SCHEDULED_NUMERATOR[0],
        _SCHEDULED_NUMERATOR[1],
        r"x_t = x_{t-1} - \eta\, \frac{\tilde{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
    ),
    source="Dozat, ICLR 2016 workshop, Algorithm 2",
    equals=(
        "optax.nadam",
        "torch.optim.NAdam (momentum_decay .004)",
        "keras.optimizers.Nadam (momentum_decay 1)",
    ),
    differs="Three libraries, three momentum_decays; ensmallen also adds eps to the uncorrected root.",
)


def _nadamax(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  u <- max(beta2 u, |g|);  x <- x - lr m~ / (u + eps), with NAdam's scheduled m~"""
    m, u, product = state
    g = grad(x)
    m = ema(h.beta1, m, g)
    u = maximum(h.beta2 * u, absolute(g))
    m_tilde, product = _scheduled(h, m, g, t, product)
    return x - h.lr * (m_tilde / (u + h.eps)), (m, u, product)


def _nadamax_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / (state["u"] + h.eps)


NADAMAX = Rule(
    name="nadamax",
    label="NAdaMax",
    parameters={
        "lr": learning_rate(0.002),
        "beta1": memory(0.9, "the gradient (first moment)"),
        "beta2": memory(0.99, "the largest gradient (infinity norm)"),
        "eps": epsilon(1e-8),
        "momentum_decay": Parameter(0.004, "d in the momentum's warm-up", NON_NEGATIVE),
    },
    step=_nadamax,
    init=lambda h, x: (zeros(x), zeros(x), 1.0),
    state=("m", "u"),
    effective_lr=_nadamax_rate,
    equations=(
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t",
        r"u_t = \max(\beta_2 u_{t-1},\; |g_t|)",
        *_SCHEDULED_NUMERATOR,
        r"x_t = x_{t-1} - \eta\, \frac{\tilde{m}_t}{u_t + \epsilon}",
    ),
    source="Dozat, Incorporating Nesterov Momentum into Adam (2016), its infinity-norm form as in ensmallen",
    equals=("ens::NadaMax",),
    differs="Only ensmallen has it.",
)
