"""Rules that heed the gradient's sign: signSGD, Lion, Rprop."""

from __future__ import annotations

from optviz.formula.arithmetic import maximum, minimum, sign, where
from optviz.optimizers.algebra import ema, remember, shrunk, zeros
from optviz.optimizers.rule import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT,
    Grad,
    H,
    Parameter,
    Rule,
    State,
    T,
    X,
    decoupled_decay,
    learning_rate,
    memory,
)


def _signsgd(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """x <- x - lr sign(g)   (Bernstein et al. 2018, Algorithm 1)"""
    return x - h.lr * sign(grad(x)), ()


SIGNSGD = Rule(
    name="signsgd",
    label="signSGD",
    parameters={"lr": learning_rate(0.001)},
    step=_signsgd,
    init=remember(0),
    equations=(r"x_t = x_{t-1} - \eta\, \mathrm{sign}(g_t)",),
    source="Bernstein et al., ICML 2018, arXiv:1802.04434, Algorithm 1",
    equals=("optax.sign_sgd",),
    differs="The sign of 0 is 0.",
)


def _lion(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """x <- x (1 - lr weight_decay) - lr sign(beta1 m + (1 - beta1) g);  m <- beta2 m + (1 - beta2) g

    (Chen et al. 2023, Algorithm 2)
    """
    (m,) = state
    g = grad(x)
    return shrunk(h, x) - h.lr * sign(ema(h.beta1, m, g)), (ema(h.beta2, m, g),)


LION = Rule(
    name="lion",
    label="Lion",
    parameters={
        "lr": learning_rate(0.0001),
        "beta1": memory(0.9, "the gradient, in the step"),
        "beta2": memory(0.99, "the gradient, in the stored average"),
        "weight_decay": decoupled_decay(0.0),
    },
    step=_lion,
    init=remember(1),
    state=("m",),
    equations=(
        r"x_t = (1 - \eta\, \lambda)\, x_{t-1} - \eta\, \mathrm{sign}(\beta_1 m_{t-1} + (1 - \beta_1)\, g_t)",
        r"m_t = \beta_2 m_{t-1} + (1 - \beta_2)\, g_t",
    ),
    source="Chen et al., NeurIPS 2023, arXiv:2302.06675, Algorithm 2",
    equals=("optax.lion", "lion_pytorch.Lion", "keras.optimizers.Lion"),
    differs="Default decay is 0.001 in optax, none elsewhere.",
)


def _rprop(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """s = g g_prev;  step <- step eta_plus where s > 0, step eta_minus where s < 0, g <- 0 there;
    x <- x - step sign(g)   (Riedmiller & Braun 1993; without weight backtracking)
    """
    g_prev, length = state
    g = grad(x)
    agreement = sign(g) * sign(g_prev)  # the signs alone: a product of tiny gradients would vanish
    factor = where(agreement > 0, h.eta_plus, where(agreement < 0, h.eta_minus, 1.0))
    length = minimum(maximum(length * factor, h.step_min), h.step_max)
    g = where(agreement < 0, 0.0 * g, g)
    return x - length * sign(g), (g, length)


RPROP = Rule(
    name="rprop",
    label="Rprop",
    parameters={
        "lr": Parameter(0.01, "every coordinate's first step length", NON_NEGATIVE),
        "eta_minus": Parameter(0.5, "the step shrinks by this where the gradient changed its sign", UNIT),
        "eta_plus": Parameter(1.2, "the step grows by this where it kept its sign", AT_LEAST_ONE),
        "step_min": Parameter(1e-6, "shortest step", NON_NEGATIVE),
        "step_max": Parameter(50.0, "longest step", NON_NEGATIVE),
    },
    step=_rprop,
    init=lambda h, x: (zeros(x), zeros(x) + h.lr),
    state=("g_prev", "step"),
    equations=(
        r"\Delta_t = \mathrm{clip}(\eta^{\pm} \Delta_{t-1},\; \Delta_{\min},\; \Delta_{\max})",
        r"g_t \leftarrow 0 \quad \mathrm{where} \quad g_t\, g_{t-1} < 0",
        r"x_t = x_{t-1} - \Delta_t\, \mathrm{sign}(g_t)",
    ),
    source="Riedmiller & Braun, IEEE ICNN 1993; the form without weight backtracking",
    equals=("torch.optim.Rprop",),
    differs="optax.rprop applies every step one gradient late.",
)
