"""Other second moments under Adam's step: AdaBelief's surprise, Yogi's additive update."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import sign, sqrt
from optviz.optimizers.adam import FIRST, HATS, MOMENTS, STEP
from optviz.optimizers.algebra import bias, coupled, ema, remember, zeros
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
)


def _adabelief(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  s <- beta2 s + (1 - beta2)(g - m)^2 + eps_root;  x <- x - lr m^ / (sqrt(s^) + eps)

    (Zhuang et al. 2020, Algorithm 2; eps_root gathers in the stored s, as in the paper)
    """
    m, s = state
    g = grad(x)
    m = ema(h.beta1, m, g)
    s = ema(h.beta2, s, (g - m) * (g - m)) + h.eps_root
    return x - _adabelief_rate(h, t, {"s": s}) * (m / bias(h.beta1, t)), (m, s)


def _adabelief_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / (sqrt(state["s"] / bias(h.beta2, t)) + h.eps)


ADABELIEF = Rule(
    name="adabelief",
    label="AdaBelief",
    parameters={
        **MOMENTS,
        "eps": epsilon(1e-16),
        "eps_root": epsilon(1e-16, "added to the stored s at every step"),
    },
    step=_adabelief,
    init=remember(2),
    state=("m", "s"),
    effective_lr=_adabelief_rate,
    equations=(
        FIRST,
        r"s_t = \beta_2 s_{t-1} + (1 - \beta_2)\, (g_t - m_t)^2 + \epsilon_r",
        r"x_t = x_{t-1} - \eta\, \frac{\hat{m}_t}{\sqrt{\hat{s}_t} + \epsilon}",
    ),
    source="Zhuang et al., NeurIPS 2020, arXiv:2010.07468, Algorithm 2",
    equals=("optax.adabelief",),
    differs="The official package also rectifies, as RAdam does, unless it is told not to.",
)


def _yogi(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  v <- v - (1 - beta2) sign(v - g^2) g^2;  x <- x - lr m^ / (sqrt(v^) + eps)

    (Zaheer et al. 2018, Algorithm 2, with Adam's bias correction, which the paper leaves out)
    """
    m, v = state
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = v - (1 - h.beta2) * sign(v - g * g) * (g * g)
    return x - _yogi_rate(h, t, {"v": v}) * (m / bias(h.beta1, t)), (m, v)


def _yogi_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / (sqrt(state["v"] / bias(h.beta2, t)) + h.eps)


YOGI = Rule(
    name="yogi",
    label="Yogi",
    parameters={
        **MOMENTS,
        "lr": learning_rate(0.01),
        "eps": epsilon(1e-3),
        "initial_accumulator": Parameter(1e-6, "where both averages start", NON_NEGATIVE),
        "weight_decay": l2_decay(),
    },
    step=_yogi,
    init=lambda h, x: (zeros(x) + h.initial_accumulator,) * 2,  # optax starts m there too
    state=("m", "v"),
    effective_lr=_yogi_rate,
    equations=(
        FIRST,
        r"v_t = v_{t-1} - (1 - \beta_2)\, \mathrm{sign}(v_{t-1} - g_t^2)\, g_t^2",
        HATS,
        STEP,
    ),
    source="Zaheer et al., NeurIPS 2018, Algorithm 2",
    equals=("optax.yogi", "torch_optimizer.Yogi"),
    differs="ensmallen's Yogi is the paper's: both averages start at 0 and are not corrected.",
)
