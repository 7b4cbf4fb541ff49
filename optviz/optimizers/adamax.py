"""Adamax: Adam in the infinity norm."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import absolute, maximum
from optviz.optimizers.algebra import bias, coupled, ema, remember
from optviz.optimizers.rule import (
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


def _adamax(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  u <- max(beta2 u, |g|);  x <- x - lr / (1 - beta1^t) m / (u + eps)

    (Kingma & Ba 2015, Algorithm 2)
    The paper has no eps, which leaves 0/0 at a zero gradient: eps is added to u, or to |g| with eps_in_max.
    """
    m, u = state
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    u = maximum(h.beta2 * u, absolute(g) + h.eps if h.eps_in_max else absolute(g))
    return x - h.lr / bias(h.beta1, t) * (m / _denominator(h, u)), (m, u)


def _denominator(h: H, u: X) -> X:
    return u if h.eps_in_max else u + h.eps


def _adamax_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / bias(h.beta1, t) / _denominator(h, state["u"])


ADAMAX = Rule(
    name="adamax",
    label="Adamax",
    parameters={
        "lr": learning_rate(0.002),
        "beta1": memory(0.9, "the gradient (first moment)"),
        "beta2": memory(0.999, "the largest gradient (infinity norm)"),
        "eps": epsilon(1e-8),
        "eps_in_max": Parameter(False, "u <- max(beta2 u, |g| + eps), as PyTorch and optax do"),
        "weight_decay": l2_decay(),
    },
    step=_adamax,
    init=remember(2),
    state=("m", "u"),
    effective_lr=_adamax_rate,
    equations=(
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t",
        r"u_t = \max(\beta_2 u_{t-1},\; |g_t|)",
        r"x_t = x_{t-1} - \frac{\eta}{1 - \beta_1^t}\, \frac{m_t}{u_t + \epsilon}",
    ),
    source="Kingma & Ba, ICLR 2015, arXiv:1412.6980, Algorithm 2",
    equals=(
        "keras.optimizers.Adamax",
        "jax.example_libraries.optimizers.adamax",
        "torch.optim.Adamax (eps_in_max)",
        "optax.adamax (eps_in_max)",
    ),
    differs="PyTorch and optax put eps inside the maximum; the two differ by about eps / |g|.",
)
