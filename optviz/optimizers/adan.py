"""Adan: Nesterov momentum from differences of gradients."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import sqrt
from optviz.optimizers.algebra import bias, ema, is_zero, remember
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
    learning_rate,
    memory,
)


def _adan(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """d = g - g_prev;  m <- beta1 on g;  v <- beta2 on d;  n <- beta3 on (g + beta2 d)^2;
    x <- x - lr (m^ + beta2 v^) / (sqrt(n^) + eps)   (Xie et al. 2022, Algorithm 1, in the authors' code's form)
    """
    # the paper weighs by 1 - beta, with beta near 0; the authors' code, and so this, by beta
    m, v, n, g_prev = state
    g = grad(x)
    d = g - g_prev if t > 1 else 0.0 * g  # step 1 has no difference to see
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, d)
    corrected = g + h.beta2 * d
    n = ema(h.beta3, n, corrected * corrected)
    direction = m / bias(h.beta1, t) + h.beta2 * (v / bias(h.beta2, t))
    x = x - _adan_rate(h, t, {"n": n}) * direction
    # decay is proximal: x / (1 + lr weight_decay), after the step
    return x if is_zero(h.weight_decay) else x / (1 + h.lr * h.weight_decay), (m, v, n, g)


def _adan_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / (sqrt(state["n"]) / sqrt(bias(h.beta3, t)) + h.eps)


ADAN = Rule(
    name="adan",
    label="Adan",
    parameters={
        "lr": learning_rate(0.001),
        "beta1": memory(0.98, "the gradient"),
        "beta2": memory(0.92, "the gradient's difference"),
        "beta3": memory(0.99, "the squared corrected gradient"),
        "eps": epsilon(1e-8),
        "weight_decay": Parameter(0.0, "proximal: x is divided by 1 + lr weight_decay after the step", NON_NEGATIVE),
    },
    step=_adan,
    init=remember(4),
    state=("m", "v", "n", "g_prev"),
    effective_lr=_adan_rate,
    equations=(
        r"d_t = g_t - g_{t-1}, \quad d_1 = 0",
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t, \quad v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, d_t",
        r"n_t = \beta_3 n_{t-1} + (1 - \beta_3)\, (g_t + \beta_2 d_t)^2",
        r"x_t = \left(x_{t-1} - \eta\, \frac{\hat{m}_t + \beta_2 \hat{v}_t}{\sqrt{\hat{n}_t} + \epsilon}\right)"
        r" / (1 + \eta\, \lambda)",
    ),
    source="Xie et al., IEEE TPAMI 2024, arXiv:2208.06677, Algorithm 1 and the authors' code",
    equals=("pytorch_optimizer.Adan", "sail-sg/Adan"),
    differs="optax weighs the difference by 1 - beta2, against the official code; lucidrains' skips step 1.",
)
