"""AdaBound and AMSBound: Adam's rate clipped between bounds that close in on SGD's."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import maximum, minimum, sqrt
from optviz.optimizers.adam import FIRST, MOMENTS, SECOND
from optviz.optimizers.algebra import bias, coupled, ema, remember
from optviz.optimizers.rule import NON_NEGATIVE, POSITIVE, Grad, H, Parameter, Rule, State, T, X, l2_decay


def _clipped_rate(h: H, t: T, v: X) -> X:
    """clip(lr sqrt(1 - beta2^t) / (1 - beta1^t) / (sqrt(v) + eps), final_lr (1 -+ 1 / (gamma t (+ 1))))"""
    rate = h.lr * sqrt(bias(h.beta2, t)) / bias(h.beta1, t) / (sqrt(v) + h.eps)
    lower = h.final_lr * (1 - 1 / (h.gamma * t + 1))
    upper = h.final_lr * (1 + 1 / (h.gamma * t))
    return minimum(maximum(rate, lower), upper)


def _adabound(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  v <- beta2;  x <- x - rate m   (Luo et al. 2019, Algorithm 2)"""
    # as in the authors' code the rate carries the bias correction and is not divided by sqrt(t)
    m, v = state
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    return x - _clipped_rate(h, t, v) * m, (m, v)


def _amsbound(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """the same with vmax <- max(vmax, v) in v's place   (Luo et al. 2019, Algorithm 3)"""
    m, v, v_max = state
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    v_max = maximum(v_max, v)
    return x - _clipped_rate(h, t, v_max) * m, (m, v, v_max)


def _adabound_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return _clipped_rate(h, t, state["v"])


def _amsbound_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return _clipped_rate(h, t, state["vmax"])


_PARAMETERS = {
    "lr": MOMENTS["lr"],
    "final_lr": Parameter(0.1, "the rate that both bounds approach", NON_NEGATIVE),
    "gamma": Parameter(0.001, "how fast the bounds close", POSITIVE),
    "beta1": MOMENTS["beta1"],
    "beta2": MOMENTS["beta2"],
    "eps": MOMENTS["eps"],
    "weight_decay": l2_decay(),
}
_BOUNDS = (
    r"l_t = \eta^* \left(1 - \frac{1}{\gamma t + 1}\right), \quad u_t = \eta^* \left(1 + \frac{1}{\gamma t}\right)"
)

ADABOUND = Rule(
    name="adabound",
    label="AdaBound",
    parameters=_PARAMETERS,
    step=_adabound,
    init=remember(2),
    state=("m", "v"),
    effective_lr=_adabound_rate,
    equations=(
        FIRST,
        SECOND,
        _BOUNDS,
        r"x_t = x_{t-1} - \mathrm{clip}\left(\frac{\eta\, \sqrt{1 - \beta_2^t}}"
        r"{(1 - \beta_1^t)(\sqrt{v_t} + \epsilon)},\; l_t,\; u_t\right) m_t",
    ),
    source="Luo et al., ICLR 2019, arXiv:1902.09843, Algorithm 2 and the authors' code",
    equals=("adabound.AdaBound", "torch_optimizer.AdaBound"),
    differs="The paper also divides the rate by sqrt(t) and has no bias correction; its code does the opposite.",
)

AMSBOUND = Rule(
    name="amsbound",
    label="AMSBound",
    parameters=_PARAMETERS,
    step=_amsbound,
    init=remember(3),
    state=("m", "v", "vmax"),
    effective_lr=_amsbound_rate,
    equations=(
        FIRST,
        SECOND,
        r"v^{\max}_t = \max(v^{\max}_{t-1},\; v_t)",
        _BOUNDS,
        r"x_t = x_{t-1} - \mathrm{clip}\left(\frac{\eta\, \sqrt{1 - \beta_2^t}}"
        r"{(1 - \beta_1^t)(\sqrt{v^{\max}_t} + \epsilon)},\; l_t,\; u_t\right) m_t",
    ),
    source="Luo et al., ICLR 2019, arXiv:1902.09843, Algorithm 3 and the authors' code",
    equals=("adabound.AdaBound(amsbound)",),
    differs="See adabound.",
)
