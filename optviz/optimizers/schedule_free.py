"""Rules that do without a tuned rate or a schedule: Prodigy, schedule-free SGD and AdamW."""

from __future__ import annotations

from optviz.formula.arithmetic import maximum, minimum, sqrt, where
from optviz.optimizers.adam import MOMENTS
from optviz.optimizers.algebra import bias, coupled, dot, ema, is_zero, norm1, zeros
from optviz.optimizers.rule import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Grad,
    H,
    Interval,
    Parameter,
    Rule,
    State,
    T,
    X,
    decoupled_decay,
    l2_decay,
    learning_rate,
)


def _prodigy(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1 m + (1 - beta1) d g;  v <- beta2 v + (1 - beta2) d^2 g^2;  x <- x - rate m / (sqrt(v) + d eps)

    with rate = d lr and d, the estimated distance to the solution, grown by ``_distance``
    (Mishchenko & Defazio 2024, Algorithm 4, as in their package)
    """
    m, v, s, x0, total, d, d_max = state
    g = grad(x)
    beta3 = sqrt(h.beta2) if h.beta3 is None else h.beta3
    rate = d * h.lr * (sqrt(bias(h.beta2, t)) / bias(h.beta1, t) if h.bias_correction else 1.0)
    total = beta3 * total + d / h.d0 * rate * dot(g, x0 - x)
    s = beta3 * s + d / h.d0 * rate * g
    m = h.beta1 * m + d * (1 - h.beta1) * g
    v = h.beta2 * v + d * d * (1 - h.beta2) * (g * g)
    d, d_max = _distance(h, d, d_max, total, norm1(s))
    x = x if is_zero(h.weight_decay) else x * (1 - h.weight_decay * rate)
    return x - rate * (m / (sqrt(v) + d * h.eps)), (m, v, s, x0, total, d, d_max)


def _distance(h: H, d: X, d_max: X, total: X, length: X) -> tuple[X, X]:
    """d^ = d_coef <g, x0 - x> summed / ||s||_1;  d <- min(max of all d^, d growth_rate)"""
    moved = length > 0  # before any gradient there is nothing to estimate from
    estimate = where(moved, h.d_coef * total / where(moved, length, 1.0), d)
    # the package's own rule, not the paper's: at its first value d itself may jump to the estimate
    d = where(d == h.d0, maximum(d, estimate), d)
    d_max = maximum(d_max, estimate)
    return minimum(d_max, d * h.growth_rate), d_max


PRODIGY = Rule(
    name="prodigy",
    label="Prodigy",
    parameters={
        **MOMENTS,
        "lr": Parameter(1.0, "factor on the estimated rate", NON_NEGATIVE),
        "beta3": Parameter(None, "memory of the estimate; none: sqrt(beta2)", UNIT, optional=True),
        "d0": Parameter(1e-6, "first estimate of the distance", POSITIVE),
        "d_coef": Parameter(1.0, "factor on every estimate", POSITIVE),
        "growth_rate": Parameter(float("inf"), "most the estimate may grow by in a step", Interval(1, infinite=True)),
        "bias_correction": Parameter(False, "multiply the rate by sqrt(1 - beta2^t) / (1 - beta1^t)"),
        "weight_decay": decoupled_decay(0.0),
    },
    step=_prodigy,
    init=lambda h, x: (zeros(x), zeros(x), zeros(x), x, 0.0, h.d0, h.d0),
    state=("m", "v", "s", "x0"),
    coordinatewise=False,
    equations=(
        r"r_t = \beta_3 r_{t-1} + \frac{\eta\, d_t^2}{d_0} \langle g_t,\, x_0 - x_{t-1} \rangle, \quad"
        r"s_t = \beta_3 s_{t-1} + \frac{\eta\, d_t^2}{d_0}\, g_t",
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, d_t\, g_t, \quad"
        r"v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, d_t^2 g_t^2",
        r"d_{t+1} = \max(d_t,\; r_t / \Vert s_t \Vert_1)",
        r"x_t = x_{t-1} - \eta\, d_t\, \frac{m_t}{\sqrt{v_t} + d_{t+1} \epsilon}",
    ),
    source="Mishchenko & Defazio, ICML 2024, arXiv:2306.06101, Algorithm 4 and the authors' package",
    equals=("prodigyopt.Prodigy",),
    differs="optax always corrects the bias and never limits the growth.",
)


def _schedule_free(h: H, momentum: X, g: X, y: X, t: T, averaging: State) -> tuple[X, State]:
    """z <- z - gamma g;  y <- (1 - c) y + c z_prev + gamma (momentum (1 - c) - 1) g   (Defazio et al. 2024, eqs. 3-5)

    gamma: lr, warmed up linearly; c: its share of the sum of squared largest rates. The average x of the paper is
    y + (1 - 1 / momentum)(z - y); y is where the gradient is taken and what is recorded.
    """
    z, total, rate_max = averaging
    rate = h.lr * min(t / h.warmup, 1.0) if h.warmup else h.lr
    rate_max = maximum(rate_max, rate)
    weight = rate_max * rate_max
    total = total + weight
    moved = total > 0
    c = where(moved, weight / where(moved, total, 1.0), 0.0)  # a rate of 0 averages nothing
    y = (1 - c) * y + c * z + rate * (momentum * (1 - c) - 1) * g
    return y, (z - rate * g, total, rate_max)


def _schedule_free_sgd(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """schedule-free with the gradient itself   (Defazio et al. 2024, eqs. 3-5)"""
    return _schedule_free(h, h.momentum, coupled(h, grad(x), x), x, t, state)


_WARMUP = Parameter(0, "steps over which lr rises from lr / warmup to lr", NON_NEGATIVE, integer=True)
_AVERAGING_EQUATIONS = (
    r"c_t = \eta^2 / \sum_{i \leq t} \eta^2",
    r"x_t = (1 - c_t)\, x_{t-1} + c_t\, z_t",
)

SCHEDULE_FREE_SGD = Rule(
    name="schedule_free_sgd",
    label="Schedule-free SGD",
    parameters={
        "lr": learning_rate(1.0),
        "momentum": Parameter(0.9, "share of the average x in y, the rest is z", UNIT),
        "weight_decay": l2_decay(),
        "warmup": _WARMUP,
    },
    step=_schedule_free_sgd,
    init=lambda h, x: (x, 0.0, 0.0),
    state=("z",),
    equations=(
        r"y_t = (1 - \mu)\, z_t + \mu\, x_t \quad \mathrm{(recorded)}",
        r"z_{t+1} = z_t - \eta\, \nabla f(y_t)",
        *_AVERAGING_EQUATIONS,
    ),
    source="Defazio et al., NeurIPS 2024, arXiv:2405.15682, eqs. 3-5 and the authors' package",
    equals=("schedulefree.SGDScheduleFree",),
    differs="optax's warm-up begins one step later, at a rate of 0.",
)


def _schedule_free_adamw(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """schedule-free with g / (sqrt(v^) + eps) + weight_decay y   (Defazio et al. 2024, Algorithm 1)"""
    z, v, *weights = state
    g = grad(x)
    v = ema(h.beta2, v, g * g)
    g = coupled(h, g / (sqrt(v / bias(h.beta2, t)) + h.eps), x)
    y, (z, *weights) = _schedule_free(h, h.beta1, g, x, t, (z, *weights))
    return y, (z, v, *weights)


SCHEDULE_FREE_ADAMW = Rule(
    name="schedule_free_adamw",
    label="Schedule-free AdamW",
    parameters={
        **MOMENTS,
        "lr": learning_rate(0.0025),
        "beta1": Parameter(0.9, "share of the average x in y, the rest is z", UNIT),
        "weight_decay": Parameter(0.0, "weight_decay y is added to the normalised gradient", NON_NEGATIVE),
        "warmup": _WARMUP,
    },
    step=_schedule_free_adamw,
    init=lambda h, x: (x, zeros(x), 0.0, 0.0),
    state=("z", "v"),
    equations=(
        r"y_t = (1 - \beta_1)\, z_t + \beta_1 x_t \quad \mathrm{(recorded)}",
        r"v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2",
        r"z_{t+1} = z_t - \eta \left(\frac{g_t}{\sqrt{\hat{v}_t} + \epsilon} + \lambda\, y_t\right)",
        *_AVERAGING_EQUATIONS,
    ),
    source="Defazio et al., NeurIPS 2024, arXiv:2405.15682, Algorithm 1 and the authors' package",
    equals=("schedulefree.AdamWScheduleFree",),
    differs="Keras' weighs every step by 1/t and, with the torch backend, averages the wrong z.",
)
