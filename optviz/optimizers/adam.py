"""Adam and its descendants that change the second moment's use: AdamW, AMSGrad, AMSGradW."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from optviz.formula.arithmetic import maximum, sqrt
from optviz.optimizers.algebra import bias, coupled, ema, remember, shrunk
from optviz.optimizers.rule import (
    Grad,
    H,
    Parameter,
    Rule,
    State,
    T,
    X,
    decoupled_decay,
    epsilon,
    l2_decay,
    learning_rate,
    memory,
)

MOMENTS = {
    "lr": learning_rate(0.001),
    "beta1": memory(0.9, "the gradient (first moment)"),
    "beta2": memory(0.999, "the squared gradient (second moment)"),
    "eps": epsilon(1e-8),
}
_BIAS_CORRECTION = Parameter(True, "divide both averages by 1 - beta^t")


def _from_gradient(h: H, g: X, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  v <- beta2;  x <- x - lr m^ / (sqrt(v^) + eps)   (Kingma & Ba 2015, Algorithm 1)"""
    m, v = state
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    m_hat, v_hat = (m / bias(h.beta1, t), v / bias(h.beta2, t)) if h.bias_correction else (m, v)
    return x - h.lr * (m_hat / (sqrt(v_hat) + h.eps)), (m, v)


def _adam(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """g <- g + weight_decay x, then Adam   (Kingma & Ba 2015, Algorithm 1)"""
    return _from_gradient(h, coupled(h, grad(x), x), x, t, state)


def _adamw(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """x <- x (1 - lr weight_decay), then Adam   (Loshchilov & Hutter 2019, Algorithm 2)"""
    # the decay is lr weight_decay, as in PyTorch and optax, not the paper's eta_t weight_decay
    return _from_gradient(h, grad(x), shrunk(h, x), t, state)


def adam_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    """lr / (sqrt(v^) + eps), what multiplies the corrected first moment."""
    v_hat = state["v"] / bias(h.beta2, t) if h.bias_correction else state["v"]
    return h.lr / (sqrt(v_hat) + h.eps)


FIRST = r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t"
SECOND = r"v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2"
HATS = r"\hat{m}_t = \frac{m_t}{1 - \beta_1^t}, \quad \hat{v}_t = \frac{v_t}{1 - \beta_2^t}"
DECAY = r"x_{t-1} \leftarrow (1 - \eta\, \lambda)\, x_{t-1}"
STEP = r"x_t = x_{t-1} - \eta\, \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}"

ADAM = Rule(
    name="adam",
    label="Adam",
    parameters={**MOMENTS, "bias_correction": _BIAS_CORRECTION, "weight_decay": l2_decay()},
    step=_adam,
    init=remember(2),
    state=("m", "v"),
    effective_lr=adam_rate,
    equations=(FIRST, SECOND, HATS, STEP),
    source="Kingma & Ba, ICLR 2015, arXiv:1412.6980, Algorithm 1",
    equals=("torch.optim.Adam", "optax.adam (eps_root 0)", "autograd.misc.optimizers.adam"),
    differs="Keras and ensmallen add eps to the uncorrected root (the paper's epsilon hat); equal at eps 0.",
)

ADAMW = Rule(
    name="adamw",
    label="AdamW",
    parameters={**MOMENTS, "bias_correction": _BIAS_CORRECTION, "weight_decay": decoupled_decay(0.01)},
    step=_adamw,
    init=remember(2),
    state=("m", "v"),
    effective_lr=adam_rate,
    equations=(DECAY, FIRST, SECOND, HATS, STEP),
    source="Loshchilov & Hutter, ICLR 2019, arXiv:1711.05101, Algorithm 2",
    equals=("torch.optim.AdamW", "optax.adamw"),
    differs="Default decay is 0.01 here and in PyTorch, 0.0001 in optax, 0.004 in Keras.",
)


class Correction(NamedTuple):
    """Which averages are divided by 1 - beta^t, and whether v is before or after the maximum is taken."""

    first: bool
    before_max: bool
    after_max: bool


CORRECTIONS = {
    "after_max": Correction(first=True, before_max=False, after_max=True),  # PyTorch
    "before_max": Correction(first=True, before_max=True, after_max=False),  # optax
    "first_moment": Correction(first=True, before_max=False, after_max=False),  # the common NumPy form
    "none": Correction(first=False, before_max=False, after_max=False),  # the paper
}


def _amsgrad_denominator(h: H, t: T, v_max: X) -> X:
    corrected = v_max / bias(h.beta2, t) if CORRECTIONS[h.bias_correction].after_max else v_max
    return sqrt(corrected) + h.eps


def _amsgrad_from_gradient(h: H, g: X, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  v <- beta2;  vmax <- max(vmax, v);  x <- x - lr m / (sqrt(vmax) + eps)"""
    m, v, v_max = state
    correction = CORRECTIONS[h.bias_correction]
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    v_max = maximum(v_max, v / bias(h.beta2, t) if correction.before_max else v)
    m_hat = m / bias(h.beta1, t) if correction.first else m
    return x - h.lr * (m_hat / _amsgrad_denominator(h, t, v_max)), (m, v, v_max)


def _amsgrad(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """g <- g + weight_decay x, then AMSGrad   (Reddi, Kale & Kumar 2018, Algorithm 2)

    The paper has no bias correction (``none``); PyTorch, optax and the common NumPy code each add their own.
    """
    return _amsgrad_from_gradient(h, coupled(h, grad(x), x), x, t, state)


def _amsgradw(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """x <- x (1 - lr weight_decay), then AMSGrad"""
    return _amsgrad_from_gradient(h, grad(x), shrunk(h, x), t, state)


def _amsgrad_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    return h.lr / _amsgrad_denominator(h, t, state["vmax"])


_CORRECTION_CHOICE = Parameter(
    "after_max", "which averages are corrected, and when: see the equations", choices=tuple(CORRECTIONS)
)
_AMSGRAD_EQUATIONS = (
    FIRST,
    SECOND,
    r"v^{\max}_t = \max(v^{\max}_{t-1},\; v_t)",
    r"\mathrm{after\_max:}\quad x_t = x_{t-1} - \eta\, \hat{m}_t"
    r" / \left(\sqrt{v^{\max}_t / (1 - \beta_2^t)} + \epsilon\right)",
    r"\mathrm{before\_max:}\quad v^{\max}_t = \max(v^{\max}_{t-1},\; \hat{v}_t), \quad "
    r"x_t = x_{t-1} - \eta\, \hat{m}_t / \left(\sqrt{v^{\max}_t} + \epsilon\right)",
    r"\mathrm{first\_moment:}\quad "
    r"x_t = x_{t-1} - \eta\, \hat{m}_t / \left(\sqrt{v^{\max}_t} + \epsilon\right)",
    r"\mathrm{none:}\quad x_t = x_{t-1} - \eta\, m_t / \left(\sqrt{v^{\max}_t} + \epsilon\right)",
)

AMSGRAD = Rule(
    name="amsgrad",
    label="AMSGrad",
    parameters={**MOMENTS, "bias_correction": _CORRECTION_CHOICE, "weight_decay": l2_decay()},
    step=_amsgrad,
    init=remember(3),
    state=("m", "v", "vmax"),
    effective_lr=_amsgrad_rate,
    equations=_AMSGRAD_EQUATIONS,
    source="Reddi, Kale & Kumar, ICLR 2018, arXiv:1904.09237, Algorithm 2",
    equals=(
        "torch.optim.Adam(amsgrad) (after_max)",
        "optax.amsgrad (before_max; first_moment and none by its flags)",
        "the common NumPy form (first_moment)",
        "the paper (none)",
    ),
    differs="At the same lr the four forms differ: by default the first step is 1, 1, 31.6, 3.16 lr. before_max keeps "
    "the first gradient's corrected square, so that a large one slows it for good; after_max's rate may rise as 1 - "
    "beta2^t does. Keras and ensmallen equal after_max at eps 0: they add eps to the uncorrected root.",
)

AMSGRADW = Rule(
    name="amsgradw",
    label="AMSGradW",
    parameters={**MOMENTS, "bias_correction": _CORRECTION_CHOICE, "weight_decay": decoupled_decay(0.01)},
    step=_amsgradw,
    init=remember(3),
    state=("m", "v", "vmax"),
    effective_lr=_amsgrad_rate,
    equations=(DECAY, *_AMSGRAD_EQUATIONS),
    source="Reddi, Kale & Kumar 2018, Algorithm 2, with Loshchilov & Hutter's (2019) decoupled decay",
    equals=("torch.optim.AdamW(amsgrad)", "torch.optim.Adam(amsgrad, decoupled_weight_decay)"),
    differs="See amsgrad.",
)
